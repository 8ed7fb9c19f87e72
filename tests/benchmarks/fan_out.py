"""Fan-outs against a bare trio nursery, in one process, alternating: the median ratio of CPU time.

Run it by hand: ``python tests/benchmarks/fan_out.py``. It judges nothing; goals stand in the design.
"""

from __future__ import annotations

import math
import statistics
import time
import typing as t

import trio

import parallel_dsl as dsl

PAIRS = 7


async def leaf(number: int = 0) -> None:
    """Pass one checkpoint."""
    await trio.lowlevel.checkpoint()


async def bare(size: int) -> None:
    """Start all at once in a nursery."""
    async with trio.open_nursery() as nursery:
        for number in range(size):
            nursery.start_soon(leaf, number)


async def workers(size: int) -> None:
    """Sixteen workers draw from one iterator."""
    numbers = iter(range(size))

    async def work() -> None:
        for number in numbers:
            await leaf(number)

    async with trio.open_nursery() as nursery:
        for _ in range(16):
            nursery.start_soon(work)


def seconds(work: t.Callable[[], object]) -> float:
    """Give the CPU seconds of *work*."""
    began = time.process_time()
    work()
    return time.process_time() - began


def ratio(ours: t.Callable[[], object], peer: t.Callable[[], object]) -> float:
    """Give the median ratio over alternating pairs."""
    return statistics.median(seconds(ours) / seconds(peer) for _ in range(PAIRS))


def main() -> None:
    """Print a row for each case."""
    size = 10_000
    wide = dsl.All([dsl.Call(leaf, n) for n in range(size)])
    mapped = dsl.All.map(dsl.Call(leaf, dsl.item), over=list(range(size)))
    rows = [
        ("fan-out of 10,000 / bare nursery", lambda: dsl.run(wide, limit=math.inf), lambda: trio.run(bare, size)),
        ("map of 10,000, limit 16 / 16 workers", lambda: dsl.run(mapped, limit=16), lambda: trio.run(workers, size)),
    ]
    for name, ours, peer in rows:
        print(f"{name:<40} {ratio(ours, peer):6.2f}")


if __name__ == "__main__":
    main()
