"""A plan that reviews a Python project: commands and agents side by side, then a synthesis of what they found.

Copy this file, and put your own commands and agents in.
"""

from __future__ import annotations

import ast
import sys
import typing as t
from pathlib import Path

import trio

import parallel_dsl as dsl
from parallel_dsl import Agent, All, Command, Settled, Stage, ref

Found = list[str]


def review(root: Path, scratch: Path, tests: str = "tests/plan") -> dsl.Plan[t.Any]:
    """Give the plan for the project at *root*; *scratch* is an empty folder for caches."""
    python = sys.executable
    return Stage(
        found=All(
            checks=All(
                lint=Command([python, "-m", "ruff", "check", "--no-cache", "--output-format=concise", "."], cwd=root),
                types=Command([python, "-m", "mypy", f"--cache-dir={scratch / 'types'}", "parallel_dsl"], cwd=root),
                compiles=Command(
                    [python, "-m", "compileall", "-q", "-f", "parallel_dsl"],
                    cwd=root,
                    env={"PYTHONPYCACHEPREFIX": str(scratch / "compiled")},
                ),
                tests=Command([python, "-m", "pytest", "-q", "-p", "no:cacheprovider", tests], cwd=root),
            ),
            readings=Settled(
                longest=Agent("longest-functions", root),
                rooms=Agent("import-graph", root),
                todos=Agent("open-todos", root).retry(attempts=3, delay=0.1),
                tickets=Agent("ticket-system", root),
            ),
        ),
        synthesis=Agent(
            "synthesis",
            checks=ref.found.checks,
            readings=ref.found.readings.successes,
            missing=ref.found.readings.failures,
        ),
    ).timeout(100)


def sources(root: Path) -> list[Path]:
    """Give the source files of the project."""
    return sorted((root / "parallel_dsl").rglob("*.py"))


def longest_functions(root: Path, most: int = 5) -> Found:
    """Name the longest functions: a sync agent, in a thread."""
    found = []
    for path in sources(root):
        try:
            tree = ast.parse(path.read_text())
        except SyntaxError as error:
            found.append((10**6, f"{path.relative_to(root)}: cannot be read: {error.msg}"))
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                found.append((lines, f"{path.relative_to(root)}:{node.lineno} {node.name}: {lines} lines"))
    return [said for _, said in sorted(found, reverse=True)[:most]]


async def import_graph(root: Path) -> Found:
    """Say which room imports which: an async agent, in the loop."""
    edges: dict[str, set[str]] = {}
    for path in sources(root):
        room = path.relative_to(root / "parallel_dsl").parts[0].removesuffix(".py")
        lines = (await trio.Path(path).read_text()).splitlines()
        for line in lines:
            if line.startswith("from .."):
                edges.setdefault(room, set()).add(line.split()[1].lstrip("."))
    return [f"{room} imports {', '.join(sorted(rooms))}" for room, rooms in sorted(edges.items())]


class OpenTodos:
    """List open TODOs; the first reading meets a busy disk, so it is retried."""

    def __init__(self) -> None:
        self.calls = 0

    async def __call__(self, root: Path) -> Found:
        """Read all files, the second time with success."""
        self.calls += 1
        if self.calls == 1:
            raise OSError("the disk is busy")
        found = []
        for path in sources(root):
            lines = (await trio.Path(path).read_text()).splitlines()
            found += [f"{path.relative_to(root)}:{n}: {x.strip()}" for n, x in enumerate(lines, 1) if "# TODO" in x]
        return found


async def ticket_system(root: Path) -> Found:
    """Ask a service that this machine does not have: its failure is settled, and told."""
    raise ConnectionError("no ticket system is configured here")


def synthesis(checks: t.Any, readings: t.Any, missing: t.Any) -> str:
    """Put everything together: what is red, what was read, what is missing."""
    lines = []
    for name, result in dict(checks).items():
        lines.append(f"{'ok ' if result.ok else 'RED'} {name} ({result.seconds:.1f} s)")
        lines += [] if result.ok else [f"      {line}" for line in (result.stdout + result.stderr).splitlines()[:8]]
    for name, found in dict(readings).items():
        lines.append(f"{name}: {len(found)}")
        lines += [f"      {line}" for line in found[:5]]
    lines += [f"missing: {m.name}: {m.error}" for m in missing]
    return "\n".join(lines)


def team() -> dict[str, t.Any]:
    """Give the agents of the plan, afresh for each run."""
    return {
        "longest-functions": longest_functions,
        "import-graph": import_graph,
        "open-todos": OpenTodos(),
        "ticket-system": ticket_system,
        "synthesis": synthesis,
    }
