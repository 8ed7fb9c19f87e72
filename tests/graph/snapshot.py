"""Texts as files: what a change does to them is read as a diff, and taken over by one command.

``RENEW=1 python -m pytest tests/graph`` writes what the code gives now; read ``git diff tests/graph/snapshots``
before it is committed. Files that no test asks for are told by ``test_no_snapshot_is_left_over``.
"""

from __future__ import annotations

import difflib
import os
import pathlib

FOLDER = pathlib.Path(__file__).parent / "snapshots"
asked: set[str] = set()


def same(text: str, name: str) -> None:
    """Fail with a diff unless *text* is what the file of that name has.

    Raises:
        AssertionError: It is another, or there is no such file.
    """
    asked.add(name)
    file = FOLDER / name
    if os.environ.get("RENEW") == "1":
        file.parent.mkdir(exist_ok=True)
        file.write_text(text + "\n", encoding="utf-8")
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    if before != text + "\n":
        lines = difflib.unified_diff(before.splitlines(), text.splitlines(), name, "as it is now", lineterm="")
        raise AssertionError("\n".join([f"{name} is not what the code gives; RENEW=1 takes it over:", *lines]))


def left_over() -> set[str]:
    """Give the files that no test has asked for in this run."""
    return {file.name for file in FOLDER.iterdir()} - asked
