"""Maps over a function: items are drawn one by one, only when their child may begin, and the source is closed."""

from __future__ import annotations

import gc
import math
import threading
import typing as t
import weakref

import pytest
import trio
from hypothesis import given, settings
from hypothesis import strategies as st
from trio.testing import MockClock

import parallel_dsl as dsl
from parallel_dsl import All, Call, Settled, Stage, Value, item, last, report_of, run
from parallel_dsl.machine import Machine, Play, Returned, Solo
from parallel_dsl.wording import article


def virtual(plan: dsl.Plan[t.Any], **options: t.Any) -> t.Any:
    async def main() -> t.Any:
        return await dsl.arun(plan, **options)

    return trio.run(main, clock=MockClock(autojump_threshold=0))


async def second(x: t.Any = None) -> t.Any:
    await trio.sleep(1)
    return x


class Counting:
    """An endless source that counts what was drawn, and tells when it was closed."""

    def __init__(self, size: float = math.inf) -> None:
        self.drawn, self.closed, self.opened, self.size = 0, 0, 0, size

    def __call__(self) -> t.Iterator[int]:
        self.opened += 1
        number = 0
        try:
            while number < self.size:
                self.drawn += 1
                yield number
                number += 1
        finally:
            self.closed += 1


class AsyncCounting(Counting):
    """The same, async, with seconds between the items."""

    def __init__(self, size: float = math.inf, seconds: float = 0.0) -> None:
        super().__init__(size)
        self.seconds = seconds

    async def __call__(self) -> t.AsyncIterator[int]:  # type: ignore[override]
        self.opened += 1
        number = 0
        try:
            while number < self.size:
                await trio.sleep(self.seconds)
                self.drawn += 1
                yield number
                number += 1
        finally:
            self.closed += 1


SHAPES: list[t.Callable[[dsl.Plan[t.Any]], dsl.Plan[t.Any]]] = [
    lambda p: p,
    lambda p: p.limit(2),
    lambda p: p.limit(children=3),
    lambda p: p.batch(3),
    lambda p: p.batch(2).limit(1),
    lambda p: p.timeout(2.5),
    lambda p: p.retry(2, delay=0),
]
TEMPLATES: list[dsl.Plan[t.Any]] = [
    Call(second, item),
    Value(item),
    Stage(Call(second, item), Call(second, item)),
    All(Call(second, item), Call(second, item)).limit(1),
    Call(second, item).timeout(0.5),
]
KINDS: list[t.Any] = [All, Settled, dsl.Any, dsl.Race, Stage, dsl.Fallback]


def told(plan: dsl.Plan[t.Any]) -> tuple[str, list[t.Any]]:
    """Give how a plan ends, and its events but for what names a source."""
    events: list[t.Any] = []
    solo = Solo(Machine(plan, limit=4), lambda work: Play(1.0, Returned(work.args[0])), events.extend)
    outcome = repr(solo.drive().outcome)
    return outcome, [(e.kind, e.address, e.at) for e in events]


@settings(max_examples=150, deadline=None)
@given(
    kind=st.sampled_from(KINDS),
    shape=st.sampled_from(SHAPES),
    template=st.sampled_from(TEMPLATES),
    size=st.integers(1, 9),
)
def test_a_source_is_as_good_as_a_list(
    kind: t.Any, shape: t.Any, template: dsl.Plan[t.Any], size: int
) -> None:
    """A map over a function that gives an iterator does what the map over the list does, event by event."""
    items = list(range(size))
    listed = told(shape(kind.map(template, over=items)))
    drawn = told(shape(kind.map(template, over=lambda: iter(items))))
    partial = kind is Settled and ".timeout(2.5)" in repr(shape(kind.map(template, over=items)))
    assert drawn[0] == listed[0] or partial  # at a deadline nobody knows what would have come
    known = {address for _, address, _ in drawn[1]}  # of what was never drawn nobody knows
    assert drawn[1] == [e for e in listed[1] if e[1] in known]


@pytest.mark.parametrize("source", [Counting, AsyncCounting])
def test_nothing_is_drawn_ahead(source: type[Counting]) -> None:
    """Of an endless source only what may begin is drawn; when the plan is cut it is closed before the plan ends."""
    items = source()
    with pytest.raises(dsl.PlanTimeout) as caught:
        virtual(All.map(Call(second, item), over=items).limit(children=3).timeout(4.5))
    assert items.drawn == 3 * 5
    assert items.closed == items.opened == 1
    assert report_of(caught.value).counts["done"] == 3 * 4


def test_a_waiting_leaf_holds_the_source_back() -> None:
    """No item is drawn while a leaf below the map waits at a limit around it."""
    items = Counting()
    with pytest.raises(dsl.PlanTimeout):
        virtual(All.map(Stage(Call(second, item), Call(second, item)), over=items).limit(2).timeout(9.5))
    assert items.drawn <= 2 + 2 + 9  # two run, at most one waits at each moment


def test_each_attempt_draws_afresh() -> None:
    """A retry around a group that fails opens the source again."""
    items, tries = Counting(3), []

    async def fails_once(x: int) -> int:
        tries.append(x)
        if len(tries) == 2:
            raise ValueError(x)
        return x

    assert virtual(All.map(Call(fails_once, item), over=items).retry(2, delay=0)) == (0, 1, 2)
    assert items.opened == items.closed == 2


def test_failed_children_run_again_with_their_items() -> None:
    """A retry around a settled group draws once, and runs the failed children again with the items they had."""
    items, seen = AsyncCounting(4, seconds=0.1), []

    async def fails_at_first(x: int) -> int:
        seen.append(x)
        if seen.count(x) == 1 and x % 2:
            raise ValueError(x)
        return x * 10

    out = virtual(Settled.map(Call(fails_at_first, item), over=items).retry(3, delay=0))
    assert list(out.successes) == [0, 10, 20, 30]
    assert [o.item for o in out] == [0, 1, 2, 3]
    assert sorted(seen) == [0, 1, 1, 2, 3, 3]
    assert items.opened == 1


def test_a_deadline_keeps_the_outcomes_of_a_stream() -> None:
    """What a settled map over an endless source has at the deadline comes back; who was under way has timed out."""
    out = virtual(Settled.map(Call(second, item), over=Counting()).limit(children=2).timeout(2.5))
    assert [o.ok for o in out] == [True] * 4 + [False] * 2
    assert isinstance(out.failures[0].error, dsl.PlanTimeout)


def test_one_task_draws_for_life() -> None:
    """A cancel scope and a nursery may stand across the yields of an async source: one task draws, and closes it."""

    async def numbers() -> t.AsyncIterator[int]:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(trio.sleep_forever)
            with trio.CancelScope():
                for number in range(5):
                    await trio.sleep(0.1)
                    yield number
            nursery.cancel_scope.cancel()

    assert virtual(All.map(Call(second, item), over=numbers)) == (0, 1, 2, 3, 4)


@pytest.mark.real
def test_a_blocking_iterator_blocks_nobody() -> None:
    """While a sync source blocks in its thread, leaves run in the loop: one of them lets it go on."""
    gate = threading.Event()

    def numbers() -> t.Iterator[int]:
        yield 1
        assert gate.wait(30)
        yield 2

    async def opens(x: int) -> int:
        gate.set()
        return x

    assert run(All.map(Call(opens, item), over=numbers)) == (1, 2)


@pytest.mark.real
def test_a_source_that_blocks_is_left_behind() -> None:
    """A deadline does not wait for a thread that draws; the source is closed in that thread when it has drawn."""
    gate, closed = threading.Event(), threading.Event()

    def numbers() -> t.Iterator[int]:
        try:
            gate.wait(30)
            yield 1
        finally:
            closed.set()

    kept = numbers()  # so that nobody but the library closes it
    with pytest.raises(dsl.PlanTimeout):
        run(All.map(Call(second, item), over=lambda: kept).timeout(0.1))
    assert not closed.is_set()
    assert dsl.last_report().warnings == (
        "the plan: a thread still drew from over= when this was cut; it draws no further item",
    )
    gate.set()
    assert closed.wait(30)


@pytest.mark.parametrize("kind", [All, Settled, dsl.Any, Stage])
def test_an_error_of_the_source_fails_the_map(kind: t.Any) -> None:
    """Whatever the kind of group, children under way are cut, and the error of the source goes out bare."""

    async def numbers() -> t.AsyncIterator[int]:
        yield 1
        await trio.sleep(0.5)
        raise OSError("gone")

    with pytest.raises(OSError, match="gone") as caught:
        virtual(Stage(found=kind.map(Call(second, item), over=numbers).limit(children=2)))
    if kind is not Stage:
        assert caught.value.__notes__ == ["while drawing from over=, after 1 item", "in found"]
        assert report_of(caught.value)["found[0]"].state == "cancelled"


def test_an_exit_in_a_source() -> None:
    """A KeyboardInterrupt that a source raises leaves bare, SystemExit is a failure."""

    def numbers(error: BaseException) -> t.Callable[[], t.Iterator[int]]:
        def raises() -> t.Iterator[int]:
            yield from ()
            raise error

        return raises

    with pytest.raises(KeyboardInterrupt):
        virtual(Settled.map(Call(second, item), over=numbers(KeyboardInterrupt())))
    with pytest.raises(dsl.LeafExited):
        virtual(Settled.map(Call(second, item), over=numbers(SystemExit(0))))


async def _listed() -> list[int]:
    return [1, 2]


GIVEN: list[tuple[t.Any, tuple[int, ...]]] = [
    (lambda: iter([1, 2]), (1, 2)),
    (lambda: [1, 2], (1, 2)),
    (lambda: (n for n in (1, 2)), (1, 2)),
    (lambda: dict.fromkeys((1, 2)).keys(), (1, 2)),
    (_listed, (1, 2)),
    (lambda: _listed(), (1, 2)),
    (AsyncCounting(2), (0, 1)),
    (Counting(2), (0, 1)),
    (list, ()),
]


@pytest.mark.parametrize(("over", "expected"), GIVEN)
@pytest.mark.parametrize("clock", [True, False])
def test_what_a_function_may_give(over: t.Any, expected: tuple[int, ...], *, clock: bool) -> None:
    """Iterators, iterables, async iterators, and a coroutine that gives one."""
    plan = All.map(Value(item), over=over)
    assert (virtual(plan) if clock else run(plan)) == expected


@pytest.mark.parametrize("wrong", ["abc", b"abc", {1, 2}, {"a": 1}, 3, None])
def test_what_a_function_may_not_give(wrong: t.Any) -> None:
    """What has no order, or is one thing, fails the map with a name for it."""
    found = article(type(wrong).__name__)
    with pytest.raises(TypeError, match=f"over= gave {found}, expected an iterator or async iterator"):
        virtual(All.map(Value(item), over=lambda: wrong))


def test_an_empty_source() -> None:
    """Empty groups over a source end as those over a list do."""
    assert virtual(All.map(Value(item), over=Counting(0))) == ()
    assert len(virtual(Settled.map(Value(item), over=Counting(0)))) == 0
    with pytest.raises(dsl.NoCandidates):
        virtual(dsl.Any.map(Value(item), over=Counting(0)))


def test_drawing_counts_as_waiting() -> None:
    """The report tells how long a map waited for its source, and a deadline counts it."""

    async def main() -> dsl.Report:
        await dsl.arun(All.map(Call(second, item), over=AsyncCounting(3, seconds=2)).limit(children=1))
        return dsl.last_report()

    report = trio.run(main, clock=MockClock(autojump_threshold=0))
    assert report.waits["draw"] == 6.0
    assert report.wall_seconds == 9.0
    with pytest.raises(dsl.PlanTimeout):
        virtual(All.map(Value(item), over=AsyncCounting(1, seconds=5)).timeout(3))


def test_a_mapped_stage_sees_the_last_result() -> None:
    """In a stage over a source each child may use what the one before gave."""

    async def add(x: int, before: int | None) -> int:
        return x + (before or 0)

    assert virtual(Stage.map(Call(add, item, last), over=Counting(4))) == (0, 1, 3, 6)


class Thing:
    """Something that can be counted by weak references."""


def test_items_are_let_go() -> None:
    """Of a long stream under a window no more items are alive than children under way."""
    alive: weakref.WeakSet[Thing] = weakref.WeakSet()
    most = 0

    def things() -> t.Iterator[Thing]:
        for _ in range(500):
            thing = Thing()
            alive.add(thing)
            yield thing

    async def look(thing: Thing) -> None:
        nonlocal most
        await trio.sleep(1)
        gc.collect()
        most = max(most, len(alive))

    gc.freeze()  # each look costs what this test has made, not what all of pytest has
    assert len(virtual(All.map(Call(look, item), over=things).limit(children=4))) == 500
    assert most <= 6


@pytest.mark.parametrize("source", [Counting, AsyncCounting])
@pytest.mark.parametrize("tenths", range(0, 52, 3))
def test_a_cancel_at_any_moment_closes_the_source(source: type[Counting], tenths: int) -> None:
    """Cut from outside at any moment, before, between and after draws: what was opened is closed, all jobs end."""
    items = source(6)

    async def main() -> None:
        before = trio.lowlevel.current_statistics().tasks_living
        with trio.move_on_after(tenths / 10):
            await dsl.arun(All.map(Call(second, item), over=items).limit(children=2).batch(2).drain(len))
        assert trio.lowlevel.current_statistics().tasks_living == before

    trio.run(main, clock=MockClock(autojump_threshold=0))
    assert items.closed == items.opened
    assert set(dsl.last_report().counts) >= {"done"}
    assert dsl.last_report().counts["running"] == 0
