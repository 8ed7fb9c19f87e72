"""Rows that need processes of their own: first answer, growth, memory, commands."""

from __future__ import annotations

import functools
import math
import subprocess
import sys

import trio
from measuring import Case, Setting, child, ratios, wall

import parallel_dsl as dsl

COMMAND = [sys.executable, "-c", "pass"]
SMALL = 10_000
FIRST = "first answer of 3 leaves, fresh process, wall"


def first(peer: str, setting: Setting) -> list[float]:
    """A fresh process each, from its start to its end, in which ours finds no networkx loaded."""
    return ratios(lambda: child("first", "ours"), lambda: child("first", peer), setting.pairs, wall)


@functools.cache
def grown(who: str, size: int, number: int) -> dict[str, float]:
    """Give one measurement; three rows look at the same ones."""
    return child("fan-out", who, size)


def exponent(setting: Setting) -> list[float]:
    """How CPU time grows with the size: 1 is linear."""
    size = setting.large(1_000_000)
    return [
        math.log(grown("ours", size, n)["seconds"] / grown("ours", SMALL, n)["seconds"]) / math.log(size / SMALL)
        for n in range(setting.pairs)
    ]


def large(setting: Setting) -> list[float]:
    """The largest fan-out against a bare nursery."""
    size = setting.large(1_000_000)
    return [grown("ours", size, n)["seconds"] / grown("bare", size, n)["seconds"] for n in range(setting.pairs)]


def memory(setting: Setting) -> list[float]:
    """What each further leaf adds to the peak, its item and its result included."""
    size = setting.large(1_000_000)
    return [
        (grown("ours", size, n)["bytes"] - grown("ours", SMALL, n)["bytes"]) / (size - SMALL)
        for n in range(setting.pairs)
    ]


def commands(setting: Setting) -> list[float]:
    """Both capture output and read from the null device."""
    plan = dsl.All([dsl.Command(COMMAND) for _ in range(40)])

    async def by_hand() -> None:
        numbers = iter(range(40))

        async def work() -> None:
            for _ in numbers:
                await trio.run_process(COMMAND, stdin=subprocess.DEVNULL, capture_stdout=True, capture_stderr=True)

        async with trio.open_nursery() as nursery:
            nursery.start_soon(work)
            nursery.start_soon(work)

    return ratios(lambda: dsl.run(plan, limit=2), lambda: trio.run(by_hand), setting.pairs, wall)


ROWS = [
    Case("first", FIRST, "bare trio", 1.15, functools.partial(first, "trio")),
    Case("first-langgraph", FIRST, "LangGraph", 0.25, functools.partial(first, "langgraph")),
    Case("exponent", "growth from 10,000 to 1,000,000 leaves", "exponent of CPU time", 1.05, exponent),
    Case("large", "fan-out of 1,000,000", "bare nursery", 1.0, large),
    Case("memory", "peak memory for each further leaf of 1,000,000", "bytes", 200, memory, "B"),
    Case("commands", "`python -c pass` x 40, limit 2, wall", "trio.run_process", 1.1, commands),
]
