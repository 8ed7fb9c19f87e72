"""A leaf that misbehaves fails alone, or is told of; others, and what is paid for, are not touched."""

from __future__ import annotations

import contextvars
import dataclasses
import signal
import sys
import threading
import time
import typing as t

import pytest
import trio
from trio.testing import MockClock

import parallel_dsl as dsl
from parallel_dsl import All, Call, Fallback, Settled, Stage, Value, item, last_report, ref, report_of, run

V: contextvars.ContextVar[t.Any] = contextvars.ContextVar("V", default="the caller's")


def virtual(plan: dsl.Plan[t.Any]) -> t.Any:
    async def main() -> t.Any:
        return await dsl.arun(plan)

    return trio.run(main, clock=MockClock(autojump_threshold=0))


async def paid(x: t.Any = None) -> t.Any:
    await trio.sleep(1)
    return x


async def look() -> t.Any:
    return V.get()


async def sets(value: t.Any, seconds: float = 0) -> None:
    V.set(value)
    await trio.sleep(seconds)


@pytest.mark.parametrize(
    "plan",
    [
        Fallback(Call(sets, "mine", 9).timeout(1), Call(look)),
        Stage(dsl.Any(Call(sets, "mine", 9), Call(paid)), Call(look)).pick(1),
        Stage(Call(sets, "mine"), Call(look)).pick(1),
        Stage(Call(sets, "mine").retry(2), Call(look)).pick(1),
    ],
)
def test_context_variables_are_the_callers(plan: dsl.Plan[t.Any]) -> None:
    """What a leaf sets, ended or cut, no other leaf sees."""
    assert virtual(plan) == "the caller's"


class Ambiguous:
    """Like an array: it does not say whether it is equal."""

    def __eq__(self, other: object) -> t.Any:
        raise ValueError("the truth value is ambiguous")

    __hash__ = object.__hash__


@pytest.mark.parametrize("make", [Ambiguous, list])
def test_context_variables_are_told_apart_by_identity(make: t.Callable[[], t.Any]) -> None:
    """Values are not asked whether they are equal; equal ones of another leaf are not the caller's."""
    mine = make()

    async def main() -> None:
        V.set(mine)
        _, seen = await dsl.arun(Stage(Call(sets, make()), Call(look)))
        assert seen is mine

    trio.run(main, clock=MockClock(autojump_threshold=0))


async def stale() -> None:
    """Let out a cancellation that nobody ordered."""
    with trio.CancelScope() as scope:
        scope.cancel()
        try:
            await trio.sleep(1)
        except trio.Cancelled as error:
            kept = error
            raise
    raise kept


def test_a_foreign_cancellation_is_a_failure() -> None:
    """A stored `Cancelled` that a leaf, condition, source or save raises again fails that leaf alone."""

    async def source() -> t.AsyncIterator[int]:
        with trio.move_on_after(1.5):
            for number in range(9):
                yield number

    async def save(results: list[t.Any]) -> None:
        await stale()

    out = virtual(
        Settled(
            leaf=Call(stale),
            condition=Value(1).expect(lambda value: stale()),  # type: ignore[arg-type, return-value]
            source=All.map(Call(paid, item), over=source).limit(children=1),
            save=All(Value(1)).drain(save),
            good=Call(paid, 1),
        )
    )
    assert out.good.value == 1
    assert [type(o.error) for o in out.failures] == [dsl.LeafExited] * 4


def test_scopes_left_open_harm_nobody() -> None:
    """A leaf that leaves a cancel scope or a nursery open keeps its value; the report warns; others see no deadline."""
    kept: list[t.Any] = []

    async def tokens() -> t.AsyncIterator[int]:
        with trio.fail_after(1):
            yield 1
            yield 2

    async def first() -> int:
        source = tokens()
        kept.append(source)
        return t.cast("int", await anext(source))

    async def nursery() -> int:
        manager = trio.open_nursery()
        kept.append(manager)
        (await manager.__aenter__()).start_soon(trio.sleep_forever)
        return 2

    async def slow() -> int:
        await trio.sleep(10)
        return 3

    assert virtual(Stage(Call(first), Call(slow), Call(nursery), Call(slow))) == (1, 3, 2, 3)
    assert last_report().warnings == (
        "[0]: it left a cancel scope or a nursery open",
        "[2]: it left a cancel scope or a nursery open",
    )
    kept.clear()


def exits_in_a_group() -> t.NoReturn:
    raise BaseExceptionGroup("g", [SystemExit(3), ValueError("x")])


def test_exits_in_groups_are_failures() -> None:
    """An exit is a failure also in a group, as a nursery gives it; a KeyboardInterrupt in one leaves bare."""
    assert virtual(Fallback(Call(exits_in_a_group), Value(1))) == 1

    async def interrupted() -> None:
        async with trio.open_nursery():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        virtual(Settled(Call(interrupted)))


@dataclasses.dataclass(frozen=True)
class ApiError(Exception):
    """An error that cannot be changed."""

    code: int


@pytest.mark.parametrize("threaded", [True, False])
def test_frozen_errors(*, threaded: bool) -> None:
    """An error that refuses notes and tracebacks is retried, settled and raised as any other."""

    def sync() -> None:
        raise ApiError(429)

    async def loop() -> None:
        raise ApiError(429)

    leaf: dsl.Plan[None] = Call(sync) if threaded else Call(loop)
    out = run(Settled(leaf.retry(2, delay=0, on=ApiError), Value(1)))
    assert (out[0].error, out[0].attempts) == (ApiError(429), 2)
    with pytest.raises(ApiError):
        run(leaf)


class Lazy:
    """A value whose property ends the interpreter."""

    @property
    def rows(self) -> t.NoReturn:
        sys.exit("no rows")


def test_exits_behind_references_and_options() -> None:
    """`sys.exit` in a property behind a ref, in `on=` or in `jitter=` is the failure of that node (rule B)."""
    out = virtual(
        Settled(
            p=Call(paid, 1),
            ref=Stage(a=Value(Lazy()), b=Call(paid, ref.a.rows)),
            over=Stage(a=Value(Lazy()), b=All.map(Call(paid, item), over=ref.a.rows)),
            on=Call(int, "x").retry(2, on=lambda error: sys.exit(1)),
            jitter=Call(int, "x").retry(2, jitter=lambda attempt: sys.exit(1)),
        )
    )
    assert out.p.value == 1
    assert [type(o.error) for o in out.failures] == [dsl.LeafExited] * 4


def test_a_mapped_list_may_be_changed() -> None:
    """A leaf that changes the list which the others are made from changes nothing for them."""

    def work(x: str, queue: list[str]) -> str:
        queue.remove(x)
        return x

    plan = Stage(q=Call(lambda: ["a", "b", "c"]), r=All.map(Call(work, item, ref.q), over=ref.q).limit(children=1))
    assert virtual(plan).r == ("a", "b", "c")


def test_usage_takes_numbers() -> None:
    """Anything else is the error of the leaf that says it, with its address."""

    async def asks(**amounts: t.Any) -> None:
        dsl.current_leaf().usage(**amounts)

    out = virtual(Settled(u=Call(asks, tokens=None), v=Call(asks, tokens="x"), w=Call(asks, tokens=2)))
    assert str(out.u.error) == "u: usage(tokens=None), expected a number"
    assert last_report().usage == {"w": {"tokens": 2.0}}


async def of_asyncio() -> None:
    import asyncio

    await asyncio.sleep(0.1)


def test_an_asyncio_function_says_so() -> None:
    """A leaf that needs asyncio's loop gets a note with the cure."""
    with pytest.raises(RuntimeError, match="no running event loop") as caught:
        run(Call(of_asyncio))
    assert "leaves run under trio, not asyncio" in caught.value.__notes__[0]


@pytest.mark.real
def test_a_leaf_that_works_in_the_loop_is_interrupted() -> None:
    """Under the user's own trio a Ctrl-C hits a leaf that never waits; the run ends at once, and bare."""

    async def spin() -> None:
        until = time.monotonic() + 20
        while time.monotonic() < until:
            pass

    began = time.monotonic()
    threading.Timer(0.3, signal.raise_signal, [signal.SIGINT]).start()
    with pytest.raises(KeyboardInterrupt) as caught:
        trio.run(lambda: dsl.arun(Call(spin)))
    assert time.monotonic() - began < 10
    assert len(report_of(caught.value)) == 1


def test_a_cancelled_caller_starts_nothing() -> None:
    """A caller that is cancelled already starts no leaf, and hears a bare cancellation."""
    begun: list[int] = []

    async def leaf(x: int) -> None:
        begun.append(x)

    async def main() -> None:
        with trio.CancelScope() as scope:
            scope.cancel()
            await dsl.arun(All.map(Call(leaf, item), over=list(range(600))))
        assert scope.cancelled_caught

    trio.run(main, clock=MockClock(autojump_threshold=0))
    assert begun == []
