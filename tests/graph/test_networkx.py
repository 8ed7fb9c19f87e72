"""A plan as a networkx graph: nodes, edges by role, writers, measures."""

from __future__ import annotations

import io
import json
import random
import time
import typing as t

import networkx as nx
import pytest
from plans_with_refs import pictured_plan

import parallel_dsl as dsl
from parallel_dsl import (
    Agent,
    All,
    Any,
    Call,
    Fallback,
    Race,
    Settled,
    Stage,
    Value,
    item,
    machine,
    measures,
    ref,
    to_networkx,
)
from parallel_dsl.graph import _measures as measuring
from parallel_dsl.machine import group
from parallel_dsl.plan import Leaf, Plan, Wrapper, walk


def roles(graph: t.Any, role: str) -> list[tuple[str, str]]:
    return [(u, v) for u, v, said in graph.edges(data="role") if said == role]


PLAN = Stage(
    scan=All(files=Agent("ls"), meta=Agent("meta")),
    fix=Settled.map(Agent("fix", item, a=ref.scan.meta, b=ref.scan.meta.x), over=ref.scan.files).retry(2).limit(3),
    end=Call(print, ref.fix.successes),
).timeout(60)


def test_nodes_and_edges_of_a_plan() -> None:
    """A node for each address with what stands there; an edge for each child, each next stage, each reference."""
    graph = to_networkx(PLAN)
    assert list(graph) == ["", "scan", "scan.files", "scan.meta", "fix", "fix.*", "end"]
    fix = graph.nodes["fix"]
    assert [(q["word"], q.get("leaves"), q.get("attempts")) for q in fix["policies"]] == [
        ("limit", 3, None),
        ("retry", None, 2),
    ]
    assert fix["plan"] == t.cast("t.Any", PLAN).inner.children[1]
    assert sorted(roles(graph, "contains")) == [
        ("", "end"),
        ("", "fix"),
        ("", "scan"),
        ("fix", "fix.*"),
        ("scan", "scan.files"),
        ("scan", "scan.meta"),
    ]
    assert roles(graph, "order") == [("scan", "fix"), ("fix", "end")]
    meta = ("scan.meta", "fix.*")
    assert sorted(roles(graph, "data")) == sorted([("scan.files", "fix"), meta, meta, ("fix", "end")])
    assert [d["ref"] for _, _, d in graph.edges(data=True) if d["role"] == "data"][1:3] == ["scan.meta", "scan.meta.x"]


@pytest.mark.parametrize("number", range(100))
def test_laws_of_the_graph(number: int) -> None:
    """The graph has no cycle, its nodes are the addresses, and what it contains is a tree."""
    plan = pictured_plan(random.Random(number))
    assert [f for f in dsl.check(plan) if f.level == "error"] == []
    graph = to_networkx(plan)
    assert nx.is_directed_acyclic_graph(graph)
    assert list(graph) == list(dict.fromkeys(n.address for n in walk(plan)))
    assert len(roles(graph, "contains")) == len(graph) - 1
    leaves = {n.address for n in walk(plan) if isinstance(n.plan, Leaf)}
    assert {a for a, leaf in graph.nodes(data="leaf") if leaf} == leaves


ODD = All({"": Agent("a"), "<&\"'>": Agent("b\0", "\ud800 ]]>"), "é.x": Value("\ufffe"), "x": Call(print, "\x1b")})


@pytest.mark.parametrize("plan", [PLAN, ODD, Value(1)], ids=["plan", "odd", "leaf"])
def test_writers_of_networkx_work(plan: Plan[t.Any]) -> None:
    """A plain graph goes through GraphML, GEXF and JSON, and GraphML and JSON give the same graph back."""
    graph = to_networkx(plan, plain=True)
    file = io.BytesIO()
    nx.write_graphml(graph, file)
    again = nx.read_graphml(io.BytesIO(file.getvalue()), force_multigraph=True)
    assert {a: dict(d) for a, d in again.nodes(data=True)} == {a: dict(d) for a, d in graph.nodes(data=True)}
    nx.write_gexf(graph, io.BytesIO())
    data = json.loads(json.dumps(nx.node_link_data(graph, edges="edges")))
    back = nx.node_link_graph(data, edges="edges")
    assert nx.utils.graphs_equal(back, graph)
    assert measures(back) == measures(graph) == measures(to_networkx(plan))


def test_plain_text_of_a_plan_has_no_secrets() -> None:
    """What is written to a file passes the redactor and is bounded."""
    plan = Agent("a", "x" * 10_000, password="hunter2")
    other = Agent("a", api_key="sk-1234567890")
    assert len(to_networkx(plan, plain=True).nodes[""]["plan"]) <= 200
    assert "sk-1234567890" not in str(dict(to_networkx(other, plain=True).nodes(data=True)))


A, B, C = Agent("a"), Agent("b"), Agent("c")


@pytest.mark.parametrize(
    ("plan", "leaves", "depth", "width", "most", "path", "seconds"),
    [
        (A, 1, 0, 1, 1, ("",), 1),
        (Value(1), 1, 0, 0, 0, ("",), 0),
        (Stage(Value(1), A), 2, 1, 1, 1, ("[0]", "[1]"), 1),
        (All(), 0, 1, 0, 0, (), 0),
        (All(a=A, b=B, c=C), 3, 1, 3, 3, ("a",), 1),
        (All(a=A, b=B, c=C).limit(2), 3, 1, 3, 2, ("a",), 1),
        (All(a=A, b=All(A, B, C), c=C).batch(2), 5, 2, 5, 4, ("a",), 1),
        (All(a=A, b=All(A, B, C), c=C).limit(children=1), 5, 2, 5, 3, ("a",), 1),
        (Stage(a=All(A, B), b=C), 3, 2, 2, 2, ("a[0]", "b"), 2),
        (Fallback(A, Stage(B, C)), 3, 2, 1, 1, ("[0]",), 1),
        (Race(Stage(A, B), C), 3, 2, 2, 2, ("[1]",), 1),
        (Any(A, Stage(B, C)), 3, 2, 2, 2, ("[0]",), 1),
        (Settled(A, Stage(B, C)), 3, 2, 2, 2, ("[1][0]", "[1][1]"), 2),
        (All.map(Stage(A, B), over=[1, 2, 3]), 6, 2, 3, 3, ("*[0]", "*[1]"), 2),
        (Stage.map(A, over=[1, 2, 3]), 3, 1, 1, 1, ("*",), 3),
        (All.map(A, over=list(range(5000))), 5000, 1, 5000, 1000, ("*",), 1),
        (All.map(A, over=list).limit(7), float("inf"), 1, float("inf"), 7, ("*",), 1),
        (All.map(A, over=[]), 0, 1, 0, 0, (), 0),
        (All.map(Value(1), over=list), float("inf"), 1, 0, 0, ("*",), 0),
    ],
)
def test_measures(
    plan: Plan[t.Any], leaves: float, depth: int, width: float, most: float, path: tuple[str, ...], seconds: float
) -> None:
    """Size, depth, width, most at once and critical path are those of the formulas."""
    found = measures(to_networkx(plan))
    assert (found.leaves, found.depth, found.width, found.most_at_once) == (leaves, depth, width, most)
    assert (found.critical_path, found.critical_seconds) == (path, seconds)


def test_measures_by_given_seconds() -> None:
    """The critical path goes by the seconds that are given, of an address before those of a pattern."""
    graph = to_networkx(Stage(a=All(x=A, y=B), b=All(x=A, y=B)))
    assert measures(graph, {"a.y": 5, "*.x": 2, "*": 0.5}).critical_path == ("a.y", "b.x")
    assert measures(graph, lambda address: len(address)).critical_seconds == 6
    assert measures(graph, 3).critical_seconds == 6
    assert measures(graph, limit=1).most_at_once == 1
    assert measures(to_networkx(A), {"": 5, "*": 2}).critical_seconds == 5


def test_a_map_has_a_thousand_children_under_way() -> None:
    """As in a run, also if no limit holds, or nobody knows how many items there are."""
    assert (measuring.MOST_LEAVES, measuring.MOST_MAPPED) == (machine.MOST_LEAVES, group.MOST_MAPPED)
    for over in (list(range(5000)), list):
        assert measures(to_networkx(All.map(A, over=over)), limit=float("inf")).most_at_once == 1000


@pytest.mark.parametrize(
    ("graph", "seconds", "said"),
    [
        (nx.MultiDiGraph(), None, r"measures: .* is no graph of a plan, expected to_networkx\(plan\)"),
        (nx.path_graph(3), None, r"is no graph of a plan"),
        (None, None, r"measures: None is no graph of a plan"),
        (to_networkx(Stage(scan=A)), {"scna": 1}, r"seconds has 'scna', which fits no leaf; did you mean 'scan'\?"),
        (to_networkx(Stage(scan=A)), {"scan": -1}, r"seconds\['scan'\] is -1, expected a number of at least 0"),
        (to_networkx(Stage(scan=A)), {3: 1}, r"seconds has the key 3, expected an address, a pattern, or"),
        (to_networkx(Stage(scan=A, x=Value(1))), {"x": 1}, r"seconds has 'x', which fits no leaf"),
        (to_networkx(Stage(scan=A)), "1", r"seconds is '1', expected a number, a mapping or a function"),
        (to_networkx(Stage(scan=A)), lambda a: None, r"seconds\('scan'\) is None, expected a number"),
        (to_networkx(Stage(scan=A)), float("nan"), r"seconds is nan, expected a number"),
    ],
)
def test_wrong_graphs_and_seconds(graph: t.Any, seconds: t.Any, said: str) -> None:
    """What is no graph of a plan, or no seconds, is refused with what was expected."""
    with pytest.raises(dsl.PlanError, match=said):
        measures(graph, seconds)


def test_no_plan_is_refused() -> None:
    """Only plans have a graph."""
    with pytest.raises(dsl.PlanError, match="to_networkx"):
        to_networkx(t.cast("t.Any", [A]))


def seconds_of(plan: Plan[t.Any], seconds: dict[str, float]) -> float:
    graph = to_networkx(plan)
    began = time.process_time()
    measures(graph, seconds)
    return time.process_time() - began


def test_seconds_by_address_and_pattern_are_found_at_once() -> None:
    """Seconds for each of 20,000 leaves, and for each of 2,000 groups, cost no look through all of them."""
    wide = All(Agent("a") for _ in range(20_000))
    assert seconds_of(wide, {f"[{i}]": 1.0 for i in range(20_000)}) < 5
    groups = All({f"g{i}": All([A] * 5) for i in range(2_000)})
    assert seconds_of(groups, {f"g{i}.*": 1.0 for i in range(2_000)}) < 5


def test_deep_and_wide_plans_are_measured() -> None:
    """5,000 levels and 20,000 leaves cost no recursion."""
    deep: Plan[t.Any] = A
    for _ in range(5_000):
        deep = Stage(a=deep).retry(2)
    assert measures(to_networkx(deep)).depth == 5_000
    wide = measures(to_networkx(All(Agent("a") for _ in range(20_000)).limit(64)))
    assert (wide.width, wide.most_at_once) == (20_000, 64)


def test_each_leaf_may_have_its_own_seconds() -> None:
    """A number for each of 20,000 addresses costs no look through all of them for each."""
    graph = to_networkx(All(Agent("a") for _ in range(20_000)))
    began = time.process_time()
    assert measures(graph, {f"[{n}]": n for n in range(20_000)}).critical_seconds == 19_999
    assert time.process_time() - began < 3


def test_a_map_of_nothing_measures_nothing() -> None:
    """However many items come, a template without leaves has none."""
    found = measures(to_networkx(All.map(All(), over=lambda: iter([1]))))
    assert (found.leaves, found.width, found.most_at_once) == (0, 0, 0)


def test_wrappers_stand_with_their_node() -> None:
    """The plan of a node is what stands there, with its wrappers, so that it can be run by itself."""
    graph = to_networkx(PLAN)
    assert isinstance(graph.nodes[""]["plan"], Wrapper)
    assert graph.nodes[""]["plan"] == PLAN
