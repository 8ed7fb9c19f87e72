"""Streams and drains where they meet retries, deadlines, nurseries and big chunks: found by attacking them."""

from __future__ import annotations

import gc
import random
import time
import typing as t
import weakref

import pytest
import trio
from test_drain import Sink
from test_sources import Thing, second, virtual

import parallel_dsl as dsl
from parallel_dsl import All, Call, Fallback, Settled, Value, item, report_of, run


@pytest.mark.parametrize("over", [list(range(3000)), lambda: iter(range(3000))])
@pytest.mark.parametrize("shape", [lambda p: p, lambda p: p.limit(children=5), lambda p: p.limit(children=2000)])
def test_chunks_of_more_than_a_thousand(over: t.Any, shape: t.Any) -> None:
    """A chunk may be larger than what else may wait to be saved."""
    sink = Sink()
    assert virtual(shape(All.map(Value(item), over=over).batch(1500)).drain(sink)) == 3000
    assert [len(chunk) for chunk in sink.chunks] == [1500, 1500]


class Changing:
    """A source that gives other items each time it is opened."""

    def __init__(self, *lives: t.Callable[[], t.AsyncIterator[str]]) -> None:
        self.lives, self.opened = lives, 0

    def __call__(self) -> t.AsyncIterator[str]:
        self.opened += 1
        return self.lives[self.opened - 1]()


async def breaks() -> t.AsyncIterator[str]:
    for name in "ab":
        yield name
        await trio.sleep(1)
    raise OSError("gone")


async def others() -> t.AsyncIterator[str]:
    for name in "XY":
        yield name
        await trio.sleep(1)
    await trio.sleep(100)


async def blocks() -> t.AsyncIterator[str]:
    await trio.sleep(100)
    yield "never"


async def nothing() -> t.AsyncIterator[str]:
    for name in "":
        yield name


def test_outcomes_belong_to_the_items_of_their_own_attempt() -> None:
    """A source that failed is drawn afresh: what was there before it has nothing to do with what comes then."""
    source = Changing(breaks, others)

    async def gives(x: str) -> str:
        if source.opened == 2:
            await trio.sleep(50)
        return x

    out = virtual(Settled.map(Call(gives, item), over=source).retry(3, delay=0).timeout(5))
    assert [(o.item, o.ok) for o in out] == [("X", False), ("Y", False)]
    blocked = Changing(breaks, blocks)
    assert len(virtual(Settled.map(Value(item), over=blocked).retry(3, delay=0).timeout(5))) == 0
    assert len(virtual(Settled.map(Value(item), over=Changing(breaks, nothing)).retry(3, delay=0))) == 0


@pytest.mark.parametrize("kind", [dsl.Any, dsl.Race])
def test_a_source_with_a_nursery_is_closed(kind: t.Any) -> None:
    """The natural stream, a nursery that feeds a channel, may be left early; whoever is beside it goes on."""

    async def numbers() -> t.AsyncIterator[int]:
        send, receive = trio.open_memory_channel[int](0)

        async def feed() -> None:
            async with send:
                for number in range(9):
                    await send.send(number)

        async with trio.open_nursery() as nursery, receive:
            nursery.start_soon(feed)
            async for number in receive:
                yield number

    out = virtual(Settled(paid=Call(second, 1), a=kind.map(Call(second, item), over=numbers).limit(children=2)))
    assert (out.paid.value, out.a.value) == (1, 0)
    assert virtual(Settled(a=All.map(Call(second, item), over=numbers).limit(children=2).timeout(1.5))).failures


@pytest.mark.real
def test_a_generator_in_a_thread_is_closed_at_any_moment() -> None:
    """However the deadline falls, before, while and after the thread draws, the source is closed, soon."""
    kept: list[t.Any] = []

    def numbers() -> t.Generator[int]:
        while True:
            yield 1

    def one() -> t.Generator[int]:
        kept.append(numbers())
        return t.cast("t.Generator[int]", kept[-1])

    async def quick(x: int) -> int:
        return x

    for number in range(30):
        seconds = random.Random(number).uniform(0.002, 0.006)
        with pytest.raises(dsl.PlanTimeout):
            run(All.map(Call(quick, item), over=one).limit(children=3).timeout(seconds))
    until = time.monotonic() + 30  # a thread that was left behind closes it when it has drawn
    while any(g.gi_frame is not None for g in kept) and time.monotonic() < until:
        time.sleep(0.01)
    assert [g.gi_frame for g in kept] == [None] * len(kept)


def test_drained_maps_leave_no_entries() -> None:
    """What never started below a saved result is let go with it; only counts are left."""

    async def fails() -> t.NoReturn:
        raise ValueError

    sink = Sink()
    plan = All.map(Fallback(Call(second, item), Call(second, item)), over=list(range(50))).drain(sink)
    assert virtual(plan) == 50
    assert len(dsl.last_report()) == 0
    assert dsl.last_report().counts["never started"] == 50
    plan = Settled.map(Call(fails).retry(3, delay=10).timeout(1), over=list(range(5))).drain(sink)
    assert virtual(plan) == 5
    assert (dsl.last_report().counts["failed"], dsl.last_report().progress) == (5, 1.0)


def test_deadlines_of_ended_children_hold_nothing() -> None:
    """An alarm far away keeps no child alive that has ended, nor its item."""
    alive: weakref.WeakSet[Thing] = weakref.WeakSet()

    def things() -> t.Iterator[Thing]:
        for _ in range(2000):
            thing = Thing()
            alive.add(thing)
            yield thing

    async def nothing_of(thing: Thing) -> None:
        await trio.sleep(1)

    most = 0

    def save(results: list[None]) -> None:
        nonlocal most
        gc.collect()
        most = max(most, len(alive))

    plan = All.map(Call(nothing_of, item).timeout(10_000), over=things).limit(children=10).batch(100).drain(save)
    assert virtual(plan.timeout(90_000)) == 2000
    assert most < 300


def test_two_maps_share_a_limit() -> None:
    """Under one limit two sources draw no more than may begin, and what was drawn is told of."""
    drawn = {"a": 0, "b": 0}

    def counting(name: str) -> t.Callable[[], t.Iterator[int]]:
        def numbers() -> t.Iterator[int]:
            while True:
                drawn[name] += 1
                yield drawn[name]

        return numbers

    plan = All(
        a=All.map(Call(second, item), over=counting("a")), b=All.map(Call(second, item), over=counting("b"))
    )
    with pytest.raises(dsl.PlanTimeout) as caught:
        virtual(plan.limit(8).timeout(0.5))
    assert sum(drawn.values()) <= 8 + 2
    assert len(report_of(caught.value)) == sum(drawn.values())


REFUSED: list[tuple[t.Any, str]] = [
    (lambda rows: (yield), "drain: save is the generator function test_edges.<lambda>, which saves nothing"),
    (lambda: None, "it is called with a list of results"),
    (lambda a, b: None, "it is called with a list of results"),
]


@pytest.mark.parametrize(("save", "said"), REFUSED)
def test_what_cannot_save_is_refused(save: t.Any, said: str) -> None:
    """A function that would save nothing, or does not take one list, is refused before anything is paid for."""
    with pytest.raises(dsl.PlanError) as caught:
        All(Value(1)).drain(save)
    assert said.replace("test_edges.", "") in str(caught.value)


def test_a_save_that_gives_a_plan() -> None:
    """Nobody runs it: the drain fails, and nothing counts as saved."""
    with pytest.raises(TypeError, match=r"the save of .drain gave a Value, which nobody runs") as caught:
        virtual(All(Value(1)).drain(lambda rows: Value(rows)))
    assert report_of(caught.value).saved == {"": 0}
