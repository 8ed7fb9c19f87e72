"""The README's code runs as it stands there, and its pictures are those that the code gives.

``RENEW=1 python -m pytest tests/test_readme.py`` draws the picture anew.
"""

from __future__ import annotations

import functools
import os
import pathlib
import re
import typing as t

import pytest

import parallel_dsl as dsl

ROOT = pathlib.Path(__file__).parent.parent
README = ROOT / "README.md"


@functools.cache
def names() -> dict[str, t.Any]:
    """Give what the python blocks define, one after another."""
    found: dict[str, t.Any] = {}
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        exec(compile(block, str(README), "exec"), found)
    return found


def test_the_code_of_the_readme_runs() -> None:
    """Its python blocks, one after another, are a program that passes."""
    assert isinstance(names()["plan"], dsl.Plan)


def test_the_picture_is_what_the_plan_draws() -> None:
    """The picture that the README shows is that of its plan, not of an older one."""
    file = ROOT / "docs" / "plan.svg"
    drawn = dsl.to_svg(names()["plan"])
    if os.environ.get("RENEW") == "1":
        file.write_text(drawn, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == drawn, "docs/plan.svg is stale; RENEW=1 draws it anew"
    assert "(docs/plan.svg)" in README.read_text()


def test_the_tree_is_what_the_plan_prints() -> None:
    """The tree of text in the README is that of its plan."""
    assert f"```text\n{dsl.to_text(names()['plan'])}\n```" in README.read_text()


def test_the_code_of_the_page_about_pictures_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """What docs/pictures.md shows is a program that passes."""
    page = (ROOT / "docs" / "pictures.md").read_text()
    for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
        exec(compile(block, "docs/pictures.md", "exec"), {})
    assert "reviews: Settled" in capsys.readouterr().out
