"""The house stays true: who may import what, what a file begins with, and that core imports stay light."""

from __future__ import annotations

import ast
import pathlib
import subprocess
import sys

import pytest

import parallel_dsl

ROOT = pathlib.Path(parallel_dsl.__file__).parent
DATA = {"errors", "wording", "results", "events", "report", "plan"}
ROOMS: dict[str, set[str]] = {
    "errors": set(),
    "wording": set(),
    "results": {"errors", "wording"},
    "events": {"errors", "results"},
    "report": {"errors", "wording", "events", "results"},
    "plan": {"errors", "wording", "results"},
    "machine": DATA,
    "graph": DATA - {"events"},
    "processes": {"errors", "wording", "results"},
    "agents": {"errors", "wording", "results", "plan", "processes"},
    "runtime": DATA | {"machine", "agents"},
    "display": DATA - {"plan"} | {"graph"},
    "_api": DATA | {"machine", "graph", "agents", "runtime"},
    "__init__": DATA | {"machine", "graph", "agents", "runtime", "display", "_api"},
}
UPWARD = {  # what a room above makes of a value for a notebook: one late line each, a second one is a decision
    "plan/_base.py": {"graph"},
    "report/_report.py": {"display"},
}
LIBRARIES: dict[str, set[str]] = {
    "trio": {"processes", "agents", "runtime", "testing"},
    "networkx": {"graph"},
    "ipywidgets": {"display"},
    "rich": {"display"},
    "parallel_dsl": set(),  # rooms are imported relatively; an absolute import would slip past their table
}
FILES = sorted(ROOT.rglob("*.py"))


def room_of(path: pathlib.Path) -> str:
    first = path.relative_to(ROOT).parts[0]
    return first.removesuffix(".py")


def imports(path: pathlib.Path) -> tuple[set[str], set[str]]:
    """Give the rooms and the libraries that a file imports, late imports included."""
    rooms, libraries = set(), set()
    depth = len(path.relative_to(ROOT).parts)
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            libraries |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            if not node.level:
                libraries.add((node.module or "").partition(".")[0])
            elif node.level == depth:
                rooms |= {node.module.partition(".")[0]} if node.module else {n.name for n in node.names}
    return rooms, libraries


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_rooms_import_what_they_may(path: pathlib.Path) -> None:
    """A file imports only the rooms and libraries that its room may, and begins with a claim."""
    room = room_of(path)
    rooms, libraries = imports(path)
    assert rooms - ROOMS[room] - {room} == UPWARD.get(path.relative_to(ROOT).as_posix(), set())
    assert [lib for lib in libraries & set(LIBRARIES) if room not in LIBRARIES[lib]] == []
    claim = (ast.get_docstring(ast.parse(path.read_text())) or "").splitlines()[0]
    assert claim.endswith(".")


def test_upward_imports_are_late() -> None:
    """What is imported from a room above stands in the body of a method, once."""
    for name, rooms in UPWARD.items():
        tree = ast.parse((ROOT / name).read_text())
        late = [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.level == 2 and n.module in rooms]
        assert len(late) == len(rooms)
        assert all(node.col_offset == 8 for node in late)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_files_are_short(path: pathlib.Path) -> None:
    """No file has more than 400 lines, unless its docstring says why."""
    text = path.read_text()
    reasoned = "over 400 lines" in (ast.get_docstring(ast.parse(text)) or "")
    assert len(text.splitlines()) <= (450 if reasoned else 400)


def test_import_is_light() -> None:
    """Importing the package loads none of the heavy libraries, and no room that a run does not need."""
    rooms = ("graph", "display", "machine.rehearsal")
    heavy = ("networkx", "ipywidgets", "numpy", "asyncio", "rich", *(f"parallel_dsl.{room}" for room in rooms))
    code = f"import sys, parallel_dsl; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_no_room_is_named_like_a_public_function() -> None:
    """`from parallel_dsl import run` never gives a module."""
    assert {p.stem for p in ROOT.iterdir() if p.is_dir()} & {"run", "arun", "check", "start", "simulate"} == set()


def test_a_star_import_gives_the_public_names() -> None:
    """`from parallel_dsl import *` gives what the door names, and no room: `plan` stays the caller's."""
    tree = ast.parse((ROOT / "__init__.py").read_text())
    named = {a.asname for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) for a in n.names if a.asname}
    assert set(parallel_dsl.__all__) == named
    assert not named & {"plan", "report", "agents", "machine", "events", "errors", "results", "runtime"}
