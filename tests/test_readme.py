"""The README's code runs as it stands there."""

from __future__ import annotations

import pathlib
import re
import typing as t

README = pathlib.Path(__file__).parent.parent / "README.md"


def test_the_code_of_the_readme_runs() -> None:
    """Its python blocks, one after another, are a program that passes."""
    names: dict[str, t.Any] = {}
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        exec(compile(block, str(README), "exec"), names)
