"""Texts as files: what a change does to them is read as a diff, and taken over by one command.

``RENEW=1 python -m pytest tests/graph`` writes what the code gives now; read ``git diff tests/graph/snapshots``
before it is committed.
"""

from __future__ import annotations

import difflib
import os
import pathlib

FOLDER = pathlib.Path(__file__).parent / "snapshots"


def same(text: str, name: str) -> None:
    """Fail with a diff unless *text* is what the file of that name has.

    Raises:
        AssertionError: It is another, or there is no such file.
    """
    file = FOLDER / name
    if os.environ.get("RENEW") == "1":
        file.parent.mkdir(exist_ok=True)
        file.write_text(text + "\n", encoding="utf-8")
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    if before != text + "\n":
        lines = difflib.unified_diff(before.splitlines(), text.splitlines(), name, "as it is now", lineterm="")
        raise AssertionError("\n".join([f"{name} is not what the code gives; RENEW=1 takes it over:", *lines]))
