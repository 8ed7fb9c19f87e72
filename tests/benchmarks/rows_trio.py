"""Rows against the same by hand in trio. Plans are built before, as by hand there is nothing to build.

Timed is a whole run, `trio.run` included on both sides. By hand no results are kept: that favours trio.
"""

from __future__ import annotations

import math
import typing as t

import trio
from leaves import Crowd, Flaky, bare, leaf, sleeper, workers
from measuring import Case, Setting, ratios

import parallel_dsl as dsl

SIZE = 10_000


def fan_out(setting: Setting) -> list[float]:
    plan = dsl.All([dsl.Call(leaf, n) for n in range(SIZE)])
    return ratios(lambda: dsl.run(plan, limit=math.inf), lambda: trio.run(bare, leaf, SIZE), setting.pairs)


def small_fan_outs(setting: Setting) -> list[float]:
    plan = dsl.All([dsl.All([dsl.Call(leaf, n) for n in range(3)]) for _ in range(1_000)])

    async def three(number: int) -> None:
        await bare(leaf, 3)

    return ratios(lambda: dsl.run(plan, limit=math.inf), lambda: trio.run(bare, three, 1_000), setting.pairs)


def blocked(setting: Setting) -> list[float]:
    crowd = Crowd(SIZE)
    plan = dsl.All([dsl.Call(crowd.leaf, n) for n in range(SIZE)])

    def ours() -> None:
        crowd.gather()
        dsl.run(plan, limit=math.inf)

    def peer() -> None:
        crowd.gather()
        trio.run(bare, crowd.leaf, SIZE)

    return ratios(ours, peer, setting.pairs)


def mapped(setting: Setting) -> list[float]:
    plan = dsl.All.map(dsl.Call(leaf, dsl.item), over=list(range(SIZE)))
    return ratios(lambda: dsl.run(plan, limit=16), lambda: trio.run(workers, iter(range(SIZE))), setting.pairs)


def stages(setting: Setting) -> list[float]:
    plan = dsl.Stage([dsl.All([dsl.Call(leaf, n) for n in range(100)]) for _ in range(100)])

    async def by_hand() -> None:
        for _ in range(100):
            await bare(leaf, 100)

    return ratios(lambda: dsl.run(plan), lambda: trio.run(by_hand), setting.pairs)


def retries(setting: Setting) -> list[float]:
    flaky = Flaky(3_000)
    plan = dsl.All([dsl.Call(flaky.leaf, n).retry(3, delay=0) for n in range(flaky.size)])

    async def tried(number: int) -> None:
        for attempt in range(3):
            try:
                await flaky.leaf(number)
            except ValueError:
                if attempt == 2:
                    raise
            else:
                return

    return ratios(lambda: dsl.run(plan, limit=math.inf), lambda: trio.run(bare, tried, flaky.size), setting.pairs)


def race(setting: Setting) -> list[float]:
    plan = dsl.Race([dsl.Call(sleeper, n) for n in range(1_000)])

    async def by_hand() -> None:
        async with trio.open_nursery() as nursery:

            async def run(number: int) -> None:
                await sleeper(number)
                nursery.cancel_scope.cancel()

            for number in range(1_000):
                nursery.start_soon(run, number)

    return ratios(lambda: dsl.run(plan, limit=math.inf), lambda: trio.run(by_hand), setting.pairs)


def watched(setting: Setting) -> list[float]:
    """With a list that hears all events, against nobody who listens; both are ours."""
    size = setting.large(100_000)
    plan = dsl.All.map(dsl.Call(leaf, dsl.item), over=list(range(size)))

    def ours() -> None:
        heard: list[dsl.Event] = []
        dsl.run(plan, watch=heard.append)

    return ratios(ours, lambda: dsl.run(plan), setting.pairs)


def streams(setting: Setting) -> list[float]:
    """A map over a function that gives an iterator, under a limit of 16, its results handed on and let go."""
    size = setting.large(1_000_000)

    def plan(size: int) -> dsl.Plan[object]:
        mapped: dsl.Plan[t.Any] = dsl.All.map(dsl.Call(leaf, dsl.item), over=lambda: iter(range(size)))
        return mapped.limit(16).drain(len)

    return ratios(lambda: dsl.run(plan(size)), lambda: trio.run(workers, iter(range(size))), setting.pairs)


ROWS = [
    Case("map", "map of 10,000, limit 16, one checkpoint a leaf", "16 bare trio workers", 1.5, mapped),
    Case("fan-out", "fan-out of 10,000, one checkpoint a leaf", "bare nursery", 1.2, fan_out),
    Case("small", "1,000 fan-outs of 3", "bare nurseries", 1.5, small_fan_outs),
    Case("blocked", "10,000 all blocked at once", "bare nursery", 2.0, blocked),
    Case("stages", "stages 100 x 100", "by hand in trio", 1.3, stages),
    Case("retries", "3,000 leaves that fail twice", "by hand in trio", 1.3, retries),
    Case("race", "race of 1,000", "by hand in trio", 1.3, race),
    Case("watch", "100,000 leaves, a list hears all events", "nobody listens", 1.2, watched),
    Case("stream", "stream of 1,000,000 items, limit 16", "16 bare trio workers", 1.5, streams),
]
