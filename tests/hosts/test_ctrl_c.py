"""Ctrl-C more than once, or under a handler of the host, does what a person at the keyboard would expect."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
import typing as t

import pytest
import trio

import parallel_dsl as dsl
from parallel_dsl import Call

if t.TYPE_CHECKING:
    from types import FrameType

pytestmark = pytest.mark.real
TWICE = "no longer waiting for the end of the plan, which has been cut"


async def press() -> None:
    """Press Ctrl-C while the loop waits."""
    await trio.to_thread.run_sync(os.kill, os.getpid(), signal.SIGINT)


class Slow:
    """A leaf whose cleanup takes its time, while somebody presses Ctrl-C."""

    def __init__(self, presses: int) -> None:
        self.presses, self.cleaned = presses, False

    async def leaf(self) -> None:
        try:
            await press()
            await trio.sleep_forever()
        finally:
            with trio.CancelScope(shield=True):
                for _ in range(self.presses - 1):
                    await press()
                    await trio.sleep(0.01)
            self.cleaned = True


@pytest.mark.parametrize("presses", [1, 2])
def test_who_is_impatient_does_not_break_trio(presses: int) -> None:
    """In a script a second Ctrl-C that would hit trio itself is let go: the cleanup ends, the interrupt is bare."""
    slow = Slow(presses)
    with pytest.raises(KeyboardInterrupt) as caught:
        dsl.run(Call(slow.leaf))
    assert slow.cleaned
    assert dsl.report_of(caught.value).counts["cancelled"] == 1
    assert str(caught.value).startswith("the plan was interrupted: 1 cancelled in ")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_second_one_gets_through_to_a_leaf_that_blocks() -> None:
    """A leaf that holds the loop of a script is ended by the second Ctrl-C."""

    async def deaf() -> None:
        for _ in range(3):
            signal.raise_signal(signal.SIGINT)
        raise AssertionError("it went on")

    with pytest.raises(KeyboardInterrupt) as caught:
        dsl.run(Call(deaf))
    assert dsl.report_of(caught.value).wall_seconds < 30
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_in_asyncio_the_second_one_stops_the_waiting() -> None:
    """Beside asyncio a plan that does not end keeps nobody: the second Ctrl-C gives the caller back."""
    release = trio.Event()
    tokens: list[trio.lowlevel.TrioToken] = []

    async def deaf() -> None:
        tokens.append(trio.lowlevel.current_trio_token())
        try:
            await press()
            await trio.sleep_forever()
        finally:  # it has been cut: the first one was heard
            with trio.CancelScope(shield=True):
                await press()
                await release.wait()

    async def main() -> None:
        dsl.run(Call(deaf))

    with contextlib.closing(asyncio.new_event_loop()) as loop, pytest.raises(KeyboardInterrupt) as caught:
        loop.run_until_complete(main())
    assert str(caught.value) == TWICE
    (thread,) = dsl.runtime._thread._live
    tokens[0].run_sync_soon(release.set)
    assert thread.done.wait(30)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_handler_of_the_host_stays() -> None:
    """Where somebody else handles Ctrl-C, a run changes nothing."""
    heard: list[int] = []

    def mine(number: int, frame: FrameType | None) -> None:
        heard.append(number)

    signal.signal(signal.SIGINT, mine)
    try:
        assert dsl.run(dsl.Stage(Call(press), dsl.Value(1))) == (None, 1)
        assert signal.getsignal(signal.SIGINT) is mine
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    assert heard == [signal.SIGINT]


def test_what_a_handler_of_the_host_raises_goes_on_when_the_plan_has_ended() -> None:
    """An alarm that raises in the waiting caller cuts the plan; its own error comes out, with the report."""

    class AlarmError(Exception):
        pass

    def alarm(number: int, frame: FrameType | None) -> None:
        raise AlarmError

    async def main() -> None:
        dsl.run(dsl.Stage(Call(signal.raise_signal, signal.SIGALRM), Call(time.sleep, 0.01), Call(trio.sleep, 1000)))

    before = signal.signal(signal.SIGALRM, alarm)
    try:
        with pytest.raises(AlarmError) as caught:
            asyncio.run(main())
    finally:
        signal.signal(signal.SIGALRM, before)
    report = dsl.report_of(caught.value)
    assert report.counts["running"] == 0
    assert report.counts["done"] < 3


def test_a_blocking_run_in_a_coroutine_hears_the_first_ctrl_c() -> None:
    """Asyncio only cancels the task, which a blocked loop never hears of: the run looks for it, and is cut."""

    async def main() -> None:
        dsl.run(Call(press_and_wait))

    async def press_and_wait() -> None:
        await press()
        await trio.sleep(60)

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt) as caught:
        asyncio.run(main())
    assert time.monotonic() - began < 30
    assert dsl.report_of(caught.value).counts["cancelled"] == 1
