"""One case in a process of its own; it prints what it measured as JSON: ``child.py fan-out ours 1000000``."""

from __future__ import annotations

import importlib
import json
import math
import operator
import pathlib
import resource
import sys
import time
import typing as t


def fan_out(who: str, size: int) -> dict[str, float]:
    """Give the CPU seconds of a fan-out, one checkpoint a leaf, and the most memory this process had."""
    import trio
    from leaves import bare, leaf

    import parallel_dsl as dsl

    plan = dsl.All.map(dsl.Call(leaf, dsl.item), over=list(range(size)))
    before = peak()
    began = time.process_time()
    if who == "ours":
        dsl.run(plan, limit=math.inf)
    else:
        trio.run(bare, leaf, size)
    return {"seconds": time.process_time() - began, "bytes": peak() - before}


def peak() -> int:
    """Give the most bytes that this process has had.

    Linux hands ``ru_maxrss`` of whoever started a process on to it, so that a large parent hides all there is to see.
    """
    status = pathlib.Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) * 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def first_ours() -> None:
    """Give a first answer."""
    import parallel_dsl as dsl

    async def three() -> int:
        return 3

    assert dsl.run(dsl.All(dsl.Call(three), dsl.Call(three), dsl.Call(three))) == (3, 3, 3)
    assert "networkx" not in sys.modules


def first_trio() -> None:
    """Give a first answer."""
    import trio

    found = []

    async def three() -> None:
        found.append(3)

    async def main() -> None:
        async with trio.open_nursery() as nursery:
            for _ in range(3):
                nursery.start_soon(three)

    trio.run(main)
    assert found == [3, 3, 3]


class Numbers(t.TypedDict):
    """The state of the graph: what the leaves gave, appended."""

    numbers: t.Annotated[list[int], operator.add]


def first_langgraph() -> None:
    """Give a first answer: three nodes side by side, built, compiled and run, as we build our plan too."""
    import asyncio

    graph = importlib.import_module("langgraph.graph")

    async def three(said: object) -> dict[str, list[int]]:
        return {"numbers": [3]}

    builder = graph.StateGraph(Numbers)
    for name in "abc":
        builder.add_node(name, three)
        builder.add_edge(graph.START, name)
        builder.add_edge(name, graph.END)
    assert asyncio.run(builder.compile().ainvoke({"numbers": []}))["numbers"] == [3, 3, 3]


FIRST = {"ours": first_ours, "trio": first_trio, "langgraph": first_langgraph}


def main() -> None:
    """Run what the command line says."""
    case, who, *size = sys.argv[1:]
    said: dict[str, float] = {}
    if case == "fan-out":
        said = fan_out(who, int(*size))
    else:
        FIRST[who]()
    print(json.dumps(said))


if __name__ == "__main__":
    main()
