"""A plan as DOT text: each part once, no name outside of its label, and lines that Graphviz can end at frames."""

from __future__ import annotations

import re
import typing as t

import attrs
import pytest
from hostile import HOSTILE, everywhere, failed
from plans import PLANS
from runs import readme_run
from snapshot import same

import parallel_dsl as dsl
from parallel_dsl import Agent, All, Fallback, PlanError, Stage, Value, ref
from parallel_dsl.graph import label_of, outline, to_dot
from parallel_dsl.wording import clean

TOKEN = re.compile(r'\s*(?:(?P<text>"(?:[^"\\\n]|\\.)*")|(?P<word>\w+)|(?P<mark>->|[{}\[\]=,;])|(?P<wrong>\S))')


@attrs.define
class Graph:
    """What a reader of DOT finds: labels of nodes and clusters, and edges with their attributes."""

    nodes: dict[str, str] = attrs.field(factory=dict)
    clusters: dict[str, list[str]] = attrs.field(factory=dict)  # what is in each
    labels: dict[str, str] = attrs.field(factory=dict)
    edges: list[tuple[str, str, dict[str, str]]] = attrs.field(factory=list)

    @property
    def drawn(self) -> list[tuple[str, str, dict[str, str]]]:
        return [edge for edge in self.edges if edge[2].get("style") != "invis"]


def tokens(text: str) -> list[str]:
    found = list(TOKEN.finditer(text.rstrip()))
    assert [m["wrong"] for m in found if m["wrong"]] == []
    return [m["text"] or m["word"] or m["mark"] for m in found]


def decoded(token: str) -> str:
    """Give what Graphviz shows of a token: it takes escapes and entities for what they mean."""
    if not token.startswith('"'):
        return token
    lines = re.sub(r"\\(.)", lambda m: "\n" if m[1] in "nl" else m[1] if m[1] in '"\\' else "?", token[1:-1])
    return re.sub(r"&(\w+);", lambda m: "&" if m[1] == "amp" else "?", lines).rstrip("\n")


def read(text: str) -> Graph:
    """Read DOT as far as we write it."""
    graph = Graph()
    left = iter(tokens(text))
    inside: list[str] = []
    assert [next(left) for _ in range(3)] == ["digraph", "plan", "{"]
    for token in left:
        if token == "}":
            inside[-1:] = []
        elif token == "subgraph":
            name = next(left)
            graph.clusters[name] = []
            inside.append(name)
            assert next(left) == "{"
        elif token == "label":
            assert next(left) == "="
            graph.labels[inside[-1]] = decoded(next(left))
        elif token not in (";",):
            statement(graph, token, left, inside)
    return graph


def statement(graph: Graph, first: str, left: t.Iterator[str], inside: list[str]) -> None:
    """Read a node or an edge."""
    mark = next(left)
    head = next(left) if mark == "->" else ""
    mark = next(left) if head else mark
    options: dict[str, str] = {}
    while mark in ("[", ","):
        name, equals, value = next(left), next(left), next(left)
        assert equals == "="
        options[name] = decoded(value)
        mark = next(left)
    if head:
        graph.edges.append((first, head, options))
    elif first not in ("graph", "node", "edge"):
        graph.nodes[first] = options["label"]
        for cluster in inside:
            graph.clusters[cluster].append(first)


@pytest.mark.parametrize("name", PLANS)
def test_the_plans_of_the_brief(name: str) -> None:
    """Their texts are those of the files."""
    same(to_dot(PLANS[name]), f"{name}.dot")


def test_a_run_of_the_readme() -> None:
    """Each label tells state, attempts, seconds and error."""
    same(to_dot(PLANS["readme"], readme_run()), "readme run.dot")


@pytest.mark.parametrize("name", HOSTILE, ids=lambda name: ascii(name)[:30])
def test_hostile_names(name: str) -> None:
    """Whatever the names are, there are five nodes, three clusters and four lines, labelled with the cleaned names."""
    plan = everywhere(name)
    for report in (None, failed(plan, name)):
        graph = read(to_dot(plan, report))
        assert [len(graph.nodes), len(graph.clusters), len(graph.drawn)] == [5, 3, 4]
        titles = [label.split("\n")[0] for label in [*graph.nodes.values(), *graph.labels.values()]]
        parts = outline(plan).parts[1:]
        assert sorted(titles) == sorted(["Stage", *(f"{clean(p.name, 60)}: {label_of(p.plan)}" for p in parts)])


def test_lines_end_at_the_borders_of_frames() -> None:
    """A line of a group is one of a node in it, cut at the cluster; heads and tails are in theirs, and only there."""
    plan = Stage(
        a=All(x=Value(1), y=Stage(Value(2), Value(3))),
        b=Fallback(All(Agent("p"), Agent("q")), Agent("r", ref.a)),
    )
    graph = read(to_dot(plan))
    assert len(graph.drawn) == 4
    for tail, head, options in graph.drawn:
        assert "ltail" not in options or (tail in graph.clusters[options["ltail"]])
        assert "lhead" not in options or (head in graph.clusters[options["lhead"]])
        assert "ltail" not in options or head not in graph.clusters[options["ltail"]]
        assert "lhead" not in options or tail not in graph.clusters[options["lhead"]]
    assert [edge[2].get("label") for edge in graph.drawn] == [None, None, "else", "a"]


def test_empty_groups_are_nodes() -> None:
    """Graphviz draws no cluster without nodes, and lines to it must end somewhere."""
    graph = read(to_dot(Stage(a=All(), b=Stage(), c=Agent("c", ref.a))))
    assert list(graph.nodes.values()) == ["a: All, empty", "b: Stage, empty", "c: c"]
    assert len(graph.drawn) == 3
    assert read(to_dot(All())).nodes == {"n0": "All, empty"}
    assert read(to_dot(Value(1))).nodes == {"n0": "= 1"}


def test_large_plans_are_folded() -> None:
    """Wide and deep plans are bounded, and notes tell what is left out."""
    deep: dsl.Plan[t.Any] = Agent("a")
    for _ in range(5_000):
        deep = Stage(a=deep, b=Agent("b", ref.a)).timeout(9)
    wide = Stage(many=All(Value(i) for i in range(3_000)), user=Agent("a", ref.many[500]))
    for plan, note in ((deep, "... 4,962 more levels, 9,925 parts"), (wide, "... 2,902 more")):
        text = to_dot(plan)
        graph = read(text)
        assert note in [*graph.nodes.values(), *graph.labels.values()]
        assert len(text) < 100_000


def test_side_by_side_the_last_is_declared_first() -> None:
    """From left to right Graphviz stacks from the bottom up, so that the written order is that of the picture."""
    assert list(read(to_dot(All(Value(1), Value(2), Value(3)))).nodes) == ["n3", "n2", "n1"]
    assert list(read(to_dot(Stage(Value(1), Value(2), Value(3)))).nodes) == ["n1", "n2", "n3"]


def test_what_is_no_plan_is_refused() -> None:
    """The message begins with the function."""
    with pytest.raises(PlanError, match="to_dot"):
        to_dot(t.cast("t.Any", 3))
    with pytest.raises(PlanError, match="to_dot: report is 3"):
        to_dot(Agent("a"), t.cast("t.Any", 3))
