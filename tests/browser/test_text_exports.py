"""The real Mermaid and the real Graphviz show of each plan what is in it: its parts, its names, its lines."""

from __future__ import annotations

import random
import typing as t

import pytest
from hostile import HOSTILE, everywhere, failed
from plans import PLANS
from random_plans import random_plan

import parallel_dsl as dsl
from parallel_dsl import Agent, All, Command, Stage, Value
from parallel_dsl.graph import outline, to_dot, to_mermaid
from parallel_dsl.graph._said import titled

if t.TYPE_CHECKING:
    from collections.abc import Callable

    from drawing import Drawn

    Draw = Callable[[str], Drawn]

NAMES = 20  # in one document: of more children some are left out


def chunks() -> list[list[str]]:
    return [list(HOSTILE[at : at + NAMES]) for at in range(0, len(HOSTILE), NAMES)]


def documents() -> list[dsl.Plan[t.Any]]:
    """Give plans in which each hostile name is that of a leaf and of a group, kind, task, argument and value."""
    found: list[dsl.Plan[t.Any]] = []
    for names in chunks():
        found.append(All({n: Agent(n or " ", n) for n in names}))
        found.append(Stage({n: All({n: Command(["x", f"x{n}"]), "v": Value(n)}) for n in names}))
    return found


def words(text: str) -> str:
    """Give text as a browser shows it: spaces and breaks of lines are one space."""
    return " ".join(text.split())


def titles(plan: dsl.Plan[t.Any], *, leaves: bool) -> list[str]:
    """Give the titles of what is drawn as a box, or as a frame."""
    parts = [part for part in outline(plan).parts if bool(part.children) is not leaves]
    return sorted(words(titled(p) + ("" if p.is_leaf or p.children else ", empty")) for p in parts)


def shows(drawn: Drawn, plan: dsl.Plan[t.Any], between: str) -> None:
    """Compare a picture with the plan, by the titles before policies."""
    for labels, leaves in ((drawn.nodes, True), (drawn.groups, False)):
        assert sorted(words(label.split(between if not leaves else "\n")[0]) for label in labels) == titles(
            plan, leaves=leaves
        )


@pytest.mark.parametrize("number", range(len(documents())))
def test_hostile_names(mermaid: Draw, dot: Draw, number: int) -> None:
    """Each hostile name is shown as its cleaned text, in a box or a frame of its own."""
    plan = documents()[number]
    shows(mermaid(to_mermaid(plan)), plan, " · ")
    shows(dot(to_dot(plan)), plan, "\n")


def test_hostile_errors_references_and_policies(mermaid: Draw, dot: Draw) -> None:
    """Names in errors, references, reasons and resources neither add a part nor a line."""
    names = [name for name in HOSTILE if len(name) < 60][::6]
    for at in range(0, len(names), 10):
        plan = Stage({f"p{i}": everywhere(name) for i, name in enumerate(names[at : at + 10])})
        size = len(plan.parts())
        report = failed(plan, names[at])
        flow, graph = mermaid(to_mermaid(plan, report)), dot(to_dot(plan, report))
        assert [len(flow.nodes), len(flow.groups), flow.edges] == [5 * size, 3 * size + 1, 4 * size + size - 1]
        assert [len(graph.nodes), len(graph.groups)] == [5 * size, 3 * size + 1]


def test_random_plans(mermaid: Draw, dot: Draw) -> None:
    """Any plan is drawn with all its parts; the lines of order are those between the children of a `Stage`."""
    for seed in range(15):
        plan = random_plan(random.Random(seed), 4, ties=True)
        shows(mermaid(to_mermaid(plan)), plan, " · ")
        shows(dot(to_dot(plan)), plan, "\n")


def test_the_plans_of_the_brief(mermaid: Draw, dot: Draw) -> None:
    """Every pattern is drawn by both."""
    for plan in PLANS.values():
        shows(mermaid(to_mermaid(plan)), plan, " · ")
        shows(dot(to_dot(plan)), plan, "\n")


def test_folded_plans(mermaid: Draw, dot: Draw) -> None:
    """What is wide, deep or nested in frames that are linked is drawn, with notes for what is not."""
    deep: dsl.Plan[t.Any] = Agent("a")
    for _ in range(300):
        deep = Stage(a=deep, b=Agent("b", dsl.ref.a)).timeout(9)
    wide = Stage(many=All(Value(i) for i in range(1_000)), user=Agent("a", dsl.ref.many[500]))
    for plan in (deep, wide):
        for drawn in (mermaid(to_mermaid(plan)), dot(to_dot(plan))):
            assert any(" more" in label for label in [*drawn.nodes, *drawn.groups])
