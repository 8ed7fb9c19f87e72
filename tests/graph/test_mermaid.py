"""A plan as Mermaid text: each part once, no name outside of its label, and never more than Mermaid takes."""

from __future__ import annotations

import re
import typing as t

import pytest
from hostile import HOSTILE, everywhere, failed
from plans import PLANS
from runs import readme_run, some_items_fail
from snapshot import same

import parallel_dsl as dsl
from parallel_dsl import Agent, All, Call, Fallback, PlanError, Stage, Value, ref
from parallel_dsl.graph import to_mermaid
from parallel_dsl.graph._mermaid import CHARACTERS, EDGES

LABEL = r'"((?:[A-Za-z0-9 _.,-]|#\d+;|<br/>|[^\x00-\xff])+)"'
LINES = {
    "node": re.compile(rf"(n\d+)(?:\[{LABEL}\]|\(\[{LABEL}\]\))"),
    "group": re.compile(rf"subgraph (n\d+)\[{LABEL}\]"),
    "edge": re.compile(rf"(n\d+) (?:-->|-\.->)(?:\|{LABEL}\|)? (n\d+)"),
    "rest": re.compile(r"flowchart LR|direction LR|end"),
}


def read(text: str) -> dict[str, list[re.Match[str]]]:
    """Read Mermaid text line by line, strictly: whatever is none of ours is an error."""
    found: dict[str, list[re.Match[str]]] = {kind: [] for kind in LINES}
    for line in text.split("\n"):
        kind, match = next((k, m) for k, p in LINES.items() if (m := p.fullmatch(line.strip(" "))))
        found[kind].append(match)
    return found


@pytest.mark.parametrize("name", PLANS)
def test_the_plans_of_the_brief(name: str) -> None:
    """Their texts are those of the files."""
    same(to_mermaid(PLANS[name]), f"{name}.mmd")


def test_a_run_of_the_readme() -> None:
    """Each label tells state, attempts, seconds and error."""
    same(to_mermaid(PLANS["readme"], readme_run()), "readme run.mmd")


@pytest.mark.parametrize("name", HOSTILE, ids=lambda name: ascii(name)[:30])
def test_hostile_names(name: str) -> None:
    """Whatever the names are, there are five boxes, three frames and four lines, and ids are ours."""
    plan = everywhere(name)
    for report in (None, failed(plan, name)):
        found = read(to_mermaid(plan, report))
        assert [len(found[kind]) for kind in ("node", "group", "edge")] == [5, 3, 4]
        assert len({match[1] for match in found["node"] + found["group"]}) == 8


def test_order_and_references_are_lines() -> None:
    """Children of a `Stage` and a `Fallback` are joined in order, references from the part that they name."""
    plan = Stage(a=All(x=Value(1), y=Value(2)), b=Fallback(Call(len, ref.a.x), Call(len, [ref.a.y, ref.a.y[0]])))
    edges = [line.strip() for line in to_mermaid(plan).splitlines() if "->" in line]
    assert edges == [
        "n1 --> n4",
        'n5 -->|"else"| n6',
        'n2 -.->|"a.x"| n5',
        'n3 -.->|"a.y, a.y#91;0#93;"| n6',
    ]


def _order(plan: dsl.Plan[t.Any]) -> list[tuple[str, str]]:
    """Give from where to where the arrows between the two children of a stage go, by labels."""
    found = read(to_mermaid(plan))
    labels = {match[1]: match[2].partition("#58;")[0] for match in found["node"] + found["group"]}
    edges = [(labels[match[1]], labels[match[3]]) for match in found["edge"]]
    return [pair for pair in edges if pair[0][0] != pair[1][0]]


def test_order_between_groups_of_groups_ends_inside_of_them() -> None:
    """At few arrows go to all that may come first and from all that may be last; at many there is one."""

    def side_by_side(letter: str, count: int) -> dsl.Plan[t.Any]:
        steps = [f"{letter}{n}" for n in range(count)]
        return All({s: Stage({f"{s}x": Value(1), f"{s}y": All({f"{s}z": Value(2)})}) for s in steps})

    one = Agent("b")
    assert _order(Stage(a=side_by_side("a", 2), b=one)) == [("a0y", "b"), ("a1y", "b")]
    assert _order(Stage(b=one, a=side_by_side("a", 3))) == [("b", "a0x"), ("b", "a1x"), ("b", "a2x")]
    assert len(_order(Stage(b=one, a=side_by_side("a", 4)))) == 1
    assert len(_order(Stage(a=side_by_side("a", 2), c=side_by_side("c", 2)))) == 1
    assert _order(Stage(a=All(Value(1), Value(2)), b=one)) == [("a", "b")]


def test_an_empty_group_is_a_box() -> None:
    """Mermaid cannot draw a frame around nothing, and lines to it must end somewhere."""
    found = read(to_mermaid(Stage(a=All(), b=Stage(), c=Agent("c", ref.a))))
    assert [match[2] for match in found["node"]] == ["a#58; All, empty", "b#58; Stage, empty", "c#58; c"]
    assert len(found["edge"]) == 3
    assert read(to_mermaid(All()))["node"][0][2] == "All, empty"


def test_what_is_too_large_is_folded() -> None:
    """Mermaid refuses 50,000 characters or 500 lines, so that less is drawn, with notes that tell how much is not."""
    names = ['"' * 120 + str(number) for number in range(60)]
    deep: dsl.Plan[t.Any] = Agent("a")
    for _ in range(5_000):
        deep = Stage(a=deep, b=Agent("b", ref.a)).timeout(9)
    tree: dsl.Plan[t.Any] = Agent("é" * 60, "é" * 60)
    for _ in range(6):
        tree = All({"é" * 60: tree, "ü" * 60: tree, "ö" * 60: tree}).given(**{f"{'ß' * 50}{i}": 1 for i in range(9)})
    first = {f"n{i}": Value(i) for i in range(39)}
    many = Stage({**first, "z": All(Call(print, *[ref[n] for n in first]) for _ in range(39))})
    loud = Stage({**{n: Value(1) for n in names}, "end": All(Agent(n, [ref[n] for n in names]) for n in names)})
    for plan in (All({n: Agent(n, n) for n in names}), All(Value(i) for i in range(999)), deep, tree, many, loud):
        text = to_mermaid(plan)
        assert len(text) <= CHARACTERS
        assert len(read(text)["edge"]) <= EDGES
        assert "more" in text
    plan, report = some_items_fail()
    assert "[899]" in to_mermaid(plan, report).replace("#91;", "[").replace("#93;", "]")


def test_what_is_left_out_is_counted() -> None:
    """Boxes, frames and what the notes tell add up to the parts of the plan, and lines end at notes."""
    plan = Stage(many=All(Value(i) for i in range(999)), user=Agent("a", ref.many[500]))
    text = to_mermaid(plan)
    assert '(["... 981 more"])' in text
    note = next(match[1] for match in read(text)["node"] if match[3])
    assert f'{note} -.->|"many#91;500#93;"|' in text
    assert len(read(text)["node"]) + len(read(text)["group"]) - 1 + 981 == 1_002


def test_what_is_no_plan_is_refused() -> None:
    """The message begins with the function."""
    with pytest.raises(PlanError, match="to_mermaid"):
        to_mermaid(t.cast("t.Any", 3))
    with pytest.raises(PlanError, match="to_mermaid: report is 3"):
        to_mermaid(Agent("a"), t.cast("t.Any", 3))
