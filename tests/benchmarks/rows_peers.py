"""Rows against other libraries, each in its best documented way.

Graphs, chains and plans are built and compiled before; timed is a whole run with its event loop on both sides.
Each leaf passes one checkpoint and gives its number, and all numbers come back. Peers are loaded by name: they
belong to the extra ``bench``, and nothing else needs them.
"""

from __future__ import annotations

import asyncio
import functools
import importlib
import operator
import typing as t

import trio
from leaves import leaf
from measuring import Case, Setting, ratios

import parallel_dsl as dsl

SIZE = 1_000


class Numbers(t.TypedDict):
    """The state of the graph: what the leaves gave, appended."""

    numbers: t.Annotated[list[int], operator.add]


async def asyncio_leaf(number: int) -> int:
    """Pass one checkpoint."""
    await asyncio.sleep(0)
    return number


def mapped(size: int) -> dsl.Plan[object]:
    """Give our plan."""
    plan: dsl.Plan[object] = dsl.All.map(dsl.Call(leaf, dsl.item), over=list(range(size)))
    return plan


def same(ours: t.Callable[[], t.Any], peer: t.Callable[[], t.Any], setting: Setting) -> list[float]:
    """Measure, once both have given the same numbers."""
    assert sorted(ours()) == sorted(peer())
    return ratios(ours, peer, setting.pairs)


def aiometer(setting: Setting) -> list[float]:
    """`run_all` gives the values in order, under trio too."""
    peer = importlib.import_module("aiometer")
    plan, calls = mapped(10_000), [functools.partial(leaf, n) for n in range(10_000)]

    async def main() -> t.Any:
        return await peer.run_all(calls, max_at_once=16)

    return same(lambda: dsl.run(plan, limit=16), lambda: trio.run(main), setting)


def langgraph(setting: Setting) -> list[float]:
    """The map-reduce of its manual: one node, a `Send` for each item, a list with a reducer."""
    graph = importlib.import_module("langgraph.graph")
    send = importlib.import_module("langgraph.types").Send

    async def work(said: dict[str, int]) -> dict[str, list[int]]:
        return {"numbers": [await asyncio_leaf(said["number"])]}

    builder = graph.StateGraph(Numbers)
    builder.add_node("work", work)
    builder.add_conditional_edges(graph.START, lambda _: [send("work", {"number": n}) for n in range(SIZE)], ["work"])
    builder.add_edge("work", graph.END)
    compiled, plan = builder.compile(), mapped(SIZE)

    def peer() -> t.Any:
        return asyncio.run(compiled.ainvoke({"numbers": []}))["numbers"]

    return same(lambda: dsl.run(plan), peer, setting)


def pydantic_graph(setting: Setting) -> list[float]:
    """The map of its builder: a step for each item, a join that appends."""
    peer = importlib.import_module("pydantic_graph")
    builder = peer.GraphBuilder(input_type=list[int], output_type=list[int], auto_instrument=False)

    async def work(context: t.Any) -> int:
        return await asyncio_leaf(context.inputs)

    work.__annotations__["context"] = peer.StepContext[None, None, int]
    step = builder.step(work)
    join = builder.join(peer.reduce_list_append, initial_factory=list)
    builder.add(
        builder.edge_from(builder.start_node).map().to(step),
        builder.edge_from(step).to(join),
        builder.edge_from(join).to(builder.end_node),
    )
    built, plan, numbers = builder.build(), mapped(SIZE), list(range(SIZE))
    return same(lambda: dsl.run(plan), lambda: asyncio.run(built.run(inputs=numbers)), setting)


def lcel(setting: Setting) -> list[float]:
    """A `RunnableParallel` with a branch for each number; ours has a named child for each."""
    runnables = importlib.import_module("langchain_core.runnables")

    def branch(number: int) -> t.Any:
        async def work(_: object) -> int:
            return await asyncio_leaf(number)

        return runnables.RunnableLambda(work)

    chain = runnables.RunnableParallel({f"n{n}": branch(n) for n in range(SIZE)})
    plan = dsl.All({f"n{n}": dsl.Call(leaf, n) for n in range(SIZE)})
    return same(lambda: dsl.run(plan), lambda: asyncio.run(chain.ainvoke(None)).values(), setting)


ROWS = [
    Case("aiometer", "map of 10,000, limit 16", "aiometer", 0.15, aiometer),
    Case("langgraph", "fan-out of 1,000", "LangGraph", 0.05, langgraph),
    Case("pydantic-graph", "fan-out of 1,000", "pydantic-graph", 0.08, pydantic_graph),
    Case("lcel", "fan-out of 1,000", "LCEL", 0.08, lcel),
]
