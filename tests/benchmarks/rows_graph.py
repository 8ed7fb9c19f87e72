"""Rows for looking at plans: the graph against networkx' own bulk build, pictures of many leaves against few."""

from __future__ import annotations

import typing as t

import networkx as nx
from measuring import Case, Setting, ratios

import parallel_dsl as dsl

SIZE = 10_000


def graph(setting: Setting) -> list[float]:
    """The same nodes and edges, with as many attributes, built from generators."""
    plan = dsl.All(dsl.Agent("a", f"task {n}") for n in range(SIZE))

    def peer() -> None:
        bulk: t.Any = nx.MultiDiGraph()
        bulk.add_nodes_from((f"[{n}]", {"kind": "a", "label": "", "policies": [], "plan": plan}) for n in range(SIZE))
        bulk.add_edges_from(("", f"[{n}]", {"role": "contains"}) for n in range(SIZE))

    return ratios(lambda: dsl.to_networkx(plan), peer, setting.pairs)


def mapped_picture(setting: Setting) -> list[float]:
    large, small = (
        dsl.All.map(dsl.Agent("a", dsl.item), over=list(range(n))).limit(8) for n in (setting.large(1_000_000), 1_000)
    )
    return ratios(lambda: dsl.to_svg(large), lambda: dsl.to_svg(small), setting.pairs)


def written_picture(setting: Setting) -> list[float]:
    """Every leaf is looked at: at best ten times as much for ten times the leaves."""
    large, small = (dsl.All(dsl.Agent("a", f"task {i}") for i in range(n)) for n in (SIZE, SIZE // 10))
    return ratios(lambda: dsl.to_svg(large), lambda: dsl.to_svg(small), setting.pairs)


ROWS = [
    Case("graph", "to_networkx of 10,000 leaves", "networkx bulk build", 1.5, graph),
    Case("picture", "to_svg of a map of 1,000,000 items", "of 1,000 items", 1.5, mapped_picture),
    Case("picture-written", "to_svg of 10,000 written leaves", "of 1,000 leaves", None, written_picture),
]
