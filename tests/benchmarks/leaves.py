"""The leaves that benchmarks run, the same for us and for whoever we are held against."""

from __future__ import annotations

import typing as t

import trio


async def leaf(number: int = 0) -> int:
    """Pass one checkpoint."""
    await trio.lowlevel.checkpoint()
    return number


class Crowd:
    """Leaves that are all blocked at once: the last to come lets all go."""

    def __init__(self, size: int) -> None:
        self.size = size

    def gather(self) -> None:
        """Begin anew; called in each run."""
        self.here, self.all_here = 0, trio.Event()

    async def leaf(self, number: int = 0) -> int:
        """Wait for all."""
        self.here += 1
        if self.here == self.size:
            self.all_here.set()
        await self.all_here.wait()
        return number


class Flaky:
    """Leaves that fail twice, then give a value."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.calls = [0] * size

    async def leaf(self, number: int) -> int:
        """Fail two times of three."""
        await trio.lowlevel.checkpoint()
        self.calls[number] += 1
        if self.calls[number] % 3:
            raise ValueError(number)
        return number


async def sleeper(number: int) -> int:
    """The first goes on; the others wait until they are cut."""
    if number:
        await trio.sleep_forever()
    await trio.lowlevel.checkpoint()
    return number


async def bare(leaf: t.Callable[[int], t.Awaitable[object]], size: int) -> None:
    """Start all at once in a nursery."""
    async with trio.open_nursery() as nursery:
        for number in range(size):
            nursery.start_soon(leaf, number)


async def workers(numbers: t.Iterator[int], many: int = 16) -> None:
    """Let workers draw from one iterator."""

    async def work() -> None:
        for number in numbers:
            await leaf(number)

    async with trio.open_nursery() as nursery:
        for _ in range(many):
            nursery.start_soon(work)
