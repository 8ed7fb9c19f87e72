"""Results are handed to a function in written order and let go: the brief's memory pattern."""

from __future__ import annotations

import gc
import threading
import typing as t
import weakref

import pytest
import trio
from hypothesis import given, settings
from hypothesis import strategies as st
from test_sources import Counting, Thing, second, virtual

import parallel_dsl as dsl
from parallel_dsl import All, Call, Settled, Stage, Value, item, last, ref, report_of, run


class Sink:
    """A function that saves, with seconds that it takes, and the call in which it fails."""

    def __init__(self, seconds: float = 0.0, fails_at: int = 0) -> None:
        self.chunks: list[list[t.Any]] = []
        self.seconds, self.fails_at, self.calls = seconds, fails_at, 0

    async def __call__(self, results: list[t.Any]) -> None:
        self.calls += 1
        await trio.sleep(self.seconds)
        if self.calls == self.fails_at:
            raise OSError("disk full")
        self.chunks.append(list(results))

    @property
    def all(self) -> list[t.Any]:
        return [x for chunk in self.chunks for x in chunk]


async def tenth(x: int) -> int:
    """Take a tenth of a second, later items less, so that they end out of order."""
    await trio.sleep(0.1 + (7 - x % 7) / 100)
    return x


def test_chunks_of_the_brief() -> None:
    """1,000 items by 100: each chunk is saved before the next starts, and at most one chunk of results is alive."""
    alive: weakref.WeakSet[Thing] = weakref.WeakSet()
    begun: list[tuple[int, int, int]] = []
    saved: list[int] = []

    async def work(x: int) -> Thing:
        if x % 100 == 0:
            gc.collect()
            begun.append((x, sum(saved), len(alive)))
        await trio.sleep(1)
        thing = Thing()
        alive.add(thing)
        return thing

    async def save(results: list[Thing]) -> None:
        await trio.sleep(0.5)
        gc.collect()
        assert len(alive) == len(results) == 100
        saved.append(len(results))

    plan = All.map(Call(work, item), over=list(range(1000))).batch(100).drain(save)
    assert virtual(plan) == 1000
    assert begun == [(100 * k, 100 * k, 0) for k in range(10)]
    report = dsl.last_report()
    assert report.wall_seconds == 15.0
    assert len(report) == 0
    assert (report.size, report.counts["done"], report.saved[""]) == (1000, 1000, 1000)
    assert str(report).startswith("1000 leaves: 1000 done in 15.0 s")


def test_without_chunks_the_done_prefix_is_saved() -> None:
    """Results go out in written order as everything before them is done, one call at a time, while others run."""
    sink = Sink(seconds=0.05)
    assert virtual(All.map(Call(tenth, item), over=list(range(40))).limit(children=8).drain(sink)) == 40
    assert sink.all == list(range(40))
    assert 5 < len(sink.chunks) < 40


@settings(max_examples=100, deadline=None)
@given(
    size=st.integers(0, 25),
    chunk=st.none() | st.integers(1, 7),
    window=st.none() | st.integers(1, 5),
    seconds=st.sampled_from([0.0, 0.05, 1.0]),
    stream=st.booleans(),
    settled=st.booleans(),
)
def test_everything_is_saved_once_in_order(
    size: int, chunk: int | None, window: int | None, seconds: float, stream: bool, settled: bool
) -> None:
    """Whatever chunk, window and source: the calls together get the results of the plan, and the value is the count."""
    kind: t.Any = Settled if settled else All
    items: t.Any = (lambda: iter(range(size))) if stream else list(range(size))
    plan = kind.map(Call(tenth, item), over=items)
    plan = plan if chunk is None else plan.batch(chunk)
    plan = plan if window is None else plan.limit(children=window)
    sink = Sink(seconds)
    assert virtual(plan.drain(sink)) == size
    assert [x.value if settled else x for x in sink.all] == list(range(size))
    if chunk is not None:
        assert [len(c) for c in sink.chunks] == [chunk] * (size // chunk) + [size % chunk] * bool(size % chunk)


def test_a_failing_save_fails_the_plan() -> None:
    """The error of the function goes out bare, children under way are cut, and what was saved before is told."""
    sink = Sink(fails_at=3)
    with pytest.raises(OSError, match="disk full") as caught:
        virtual(Stage(found=All.map(Call(second, item), over=list(range(50))).batch(10).drain(sink)))
    assert sink.all == list(range(20))
    report = report_of(caught.value)
    assert report.saved == {"found": 20}
    assert caught.value.__notes__ == ["in found", "the drain at found saved 20 results"]
    assert [report[f"found[{n}]"].value for n in range(20, 30)] == list(range(20, 30))  # paid for, and not lost
    assert report["found[30]"].state == "never started"


def test_a_failing_item() -> None:
    """Under All it fails the plan, with what was saved before; under Settled its outcome is handed on."""

    async def odd(x: int) -> int:
        await trio.sleep(1)
        if x == 25:
            raise ValueError(x)
        return x

    sink = Sink()
    with pytest.raises(ValueError, match="25") as caught:
        virtual(All.map(Call(odd, item), over=list(range(50))).batch(10).drain(sink))
    assert sink.all == list(range(20))
    assert caught.value.__notes__ == ["in [25], attempt 1", "the drain saved 20 results"]
    sink = Sink()
    assert virtual(Settled.map(Call(odd, item), over=list(range(50))).batch(10).drain(sink)) == 50
    assert [o.ok for o in sink.all] == [n != 25 for n in range(50)]
    assert [o.item for o in sink.all] == list(range(50))
    assert dsl.last_report().counts["failed"] == 1


def test_an_endless_source_that_is_cancelled() -> None:
    """Cut while it runs: the source is closed, what was saved is told, and nothing is saved after."""
    sink, items = Sink(), Counting()
    with pytest.raises(dsl.PlanTimeout) as caught:
        virtual(All.map(Call(second, item), over=items).batch(4).drain(sink).timeout(3.5))
    assert sink.all == list(range(12))
    assert items.closed == 1
    assert report_of(caught.value).saved == {"": 12}


def test_a_cut_async_save_does_not_count() -> None:
    """An async function that a deadline stops has saved nothing for certain."""
    sink = Sink(seconds=10)
    with pytest.raises(dsl.PlanTimeout) as caught:
        virtual(All.map(Call(second, item), over=[1, 2]).drain(sink).timeout(3))
    assert report_of(caught.value).saved == {"": 0}
    assert "the drain saved 0 results" in caught.value.__notes__


@pytest.mark.real
def test_a_cut_sync_save_is_waited_for() -> None:
    """A sync function that saves when the deadline strikes goes on to its end, and counts; nothing is saved after."""
    cut, saved = threading.Event(), list[int]()

    def save(results: list[int]) -> None:
        assert cut.wait(30)
        saved.extend(results)

    async def waits(x: int) -> int:
        try:
            if x == 3:
                await trio.sleep_forever()
        finally:
            if x == 3:
                cut.set()
        return x

    with pytest.raises(dsl.PlanTimeout) as caught:
        run(All.map(Call(waits, item), over=[1, 2, 3]).drain(save).timeout(0.2))
    assert len(saved) in (1, 2)
    assert report_of(caught.value).saved == {"": len(saved)}


def test_what_is_known_only_at_the_end_is_saved_at_the_end() -> None:
    """A retry, deadline or condition in between may change results: they are saved in one list when it is over."""
    seen: list[int] = []

    async def fails_once(x: int) -> int:
        seen.append(x)
        if x == 1 and seen.count(1) == 1:
            raise ValueError(x)
        return x

    sink = Sink()
    assert virtual(Settled.map(Call(fails_once, item), over=[0, 1, 2]).retry(2, delay=0).drain(sink)) == 3
    assert [[o.value for o in chunk] for chunk in sink.chunks] == [[0, 1, 2]]
    assert virtual(All().expect(lambda value: value == ()).drain(sink)) == 0


def test_the_count_is_the_value() -> None:
    """What stands after it sees the count; the results are gone."""
    sink = Sink()
    plan = Stage(
        saved=All.map(Stage(a=Call(second, item), b=Call(second, ref.a)), over=[1, 2, 3]).drain(sink),
        told=Call(second, ref.saved),
    )
    out = virtual(plan)
    assert (out.saved, out.told) == (3, 3)
    assert [list(x) for x in sink.all] == [[1, 1], [2, 2], [3, 3]]
    assert [e.address for e in dsl.last_report()] == ["told"]


def test_a_drained_stage_keeps_what_references_ask_for() -> None:
    """A stage is drained too: later children still see earlier ones."""
    sink = Sink()
    assert virtual(Stage(a=Value(1), b=Value(ref.a), c=Value(ref.a)).drain(sink)) == 3
    assert sink.all == [1, 1, 1]

    async def add(x: int, before: int | None) -> int:
        return x + (before or 0)

    sink = Sink()
    assert virtual(Stage.map(Call(add, item, last), over=[1, 2, 3]).batch(2).drain(sink)) == 3
    assert sink.all == [1, 3, 6]


def test_a_slow_save_holds_the_group_back() -> None:
    """Results that wait to be saved are bounded: the group begins nothing more while 1,000 of them wait."""
    most = 0
    saved = 0

    async def quick(x: int) -> int:
        nonlocal most
        most = max(most, x - saved)
        return x

    async def save(results: list[int]) -> None:
        nonlocal saved
        await trio.sleep(1)
        saved += len(results)

    assert virtual(All.map(Call(quick, item), over=lambda: iter(range(5000))).limit(children=16).drain(save)) == 5000
    assert 500 < most <= 1000


def test_a_sync_save_runs_in_a_thread() -> None:
    """The loop is not blocked by a sync function, and one that gives a coroutine is awaited."""
    names: list[str] = []

    async def later() -> None:
        names.append("later")

    def save(results: list[int]) -> t.Any:
        names.append(threading.current_thread().name)
        return later()

    assert run(All.map(Value(item), over=[1, 2]).drain(save)) == 2
    assert names[1] == "later"
    assert names[0] != threading.main_thread().name


WRONG: list[tuple[t.Callable[[], object], str]] = [
    (
        lambda: Value(1).drain(print),
        "drain: found Value inside, expected All, Settled or Stage, which give many results",
    ),
    (
        lambda: dsl.Any(Value(1)).retry().drain(print),
        "drain: found Any inside, expected All, Settled or Stage, which give many results",
    ),
    (
        lambda: All(Value(1)).drain(print).drain(print),
        "drain: found Drain inside, expected All, Settled or Stage, which give many results",
    ),
    (lambda: All(Value(1)).drain("x"), "drain: save is 'x', expected a function that takes a list of results"),  # type: ignore[arg-type]
    (
        lambda: All.map(Value(item), over=lambda n: n),  # type: ignore[misc, arg-type]
        "All.map: over=<lambda>(n): missing a required argument: 'n'; try over=lambda: <lambda>(...)",
    ),
    (
        lambda: All.map(Value(item), over=iter([1])),  # type: ignore[call-overload]
        "All.map: over= is a list iterator, which runs once only; pass a list, or the function itself",
    ),
]


@pytest.mark.parametrize(("make", "message"), WRONG)
def test_mistakes(make: t.Callable[[], object], message: str) -> None:
    """What cannot be meant is refused when it is built, with what to try."""
    with pytest.raises(dsl.PlanError) as caught:
        make()
    assert str(caught.value) == message


def test_it_is_a_plan_like_others() -> None:
    """Class and suffix are equal, the repr is the code, and it is found in either order with batch."""
    plan = dsl.Drain(All.map(Value(item), over=[1, 2]), print)
    assert plan == All.map(Value(item), over=[1, 2]).drain(print)
    assert repr(plan) == "All.map(Value(item), over=[1, 2]).drain(print)"
    assert eval(repr(plan), {**vars(dsl)}) == plan
    sink = Sink()
    assert virtual(All.map(Value(item), over=[1, 2, 3]).drain(sink).batch(2)) == 3
    assert sink.chunks == [[1, 2], [3]]


def test_an_interrupt_tells_how_many_are_saved() -> None:
    """Who interrupts a drain reads at once how much of it is saved, in the message and in the table."""
    saved: list[int] = []

    async def stops(x: int) -> int:
        if x == 7:
            raise KeyboardInterrupt
        return await second(x)  # type: ignore[no-any-return]

    with pytest.raises(KeyboardInterrupt) as caught:
        virtual(All.map(Call(stops, item), over=list(range(9))).batch(3).drain(saved.extend))
    assert saved == list(range(6))
    assert "the drain saved 6 results" in str(report_of(caught.value))
