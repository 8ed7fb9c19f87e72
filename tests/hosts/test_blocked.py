"""A leaf that blocks the loop is named, wherever the plan runs; nobody else is ever named."""

from __future__ import annotations

import threading
import time

import pytest
import trio

import parallel_dsl as dsl
from parallel_dsl import Call
from parallel_dsl.runtime import _pulse

pytestmark = pytest.mark.real


def hold(times: int = 1) -> None:
    """Hold the loop until that has been noticed."""
    until = time.monotonic() + 30
    while not any(len(pulse.told) >= times for pulse in _pulse._unwatched) and time.monotonic() < until:
        time.sleep(0.02)


async def block(times: int = 1) -> None:
    hold(times)


async def wait() -> None:
    await trio.lowlevel.checkpoint()


def work(seconds: float) -> None:
    time.sleep(seconds)


def test_in_a_script(capsys: pytest.CaptureFixture[str]) -> None:
    """In the caller's own thread, too: one line on stderr, and the report has it."""
    dsl.run(dsl.Stage(a=Call(wait), b=dsl.All(Call(wait), Call(block))))
    assert capsys.readouterr() == ("", "a leaf has blocked the loop for 1 s: b[1]\n")
    assert dsl.last_report().warnings == ("a leaf has blocked the loop for 1 s: b[1]",)


def test_under_the_users_own_trio_run(capsys: pytest.CaptureFixture[str]) -> None:
    """Under trio of the caller, and when the plan is a single leaf."""
    trio.run(dsl.arun, Call(block))
    assert capsys.readouterr().err == "a leaf has blocked the loop for 1 s: (the plan)\n"


def test_each_in_the_report_one_on_the_screen(capsys: pytest.CaptureFixture[str]) -> None:
    """A second leaf that blocks is told in the report only: the screen has one line a run."""
    dsl.run(dsl.Stage(Call(block, 1), Call(block, 2)))
    assert capsys.readouterr().err.count("\n") == 1
    assert [line[-3:] for line in dsl.last_report().warnings] == ["[0]", "[1]"]


def test_who_lets_go_in_time_is_not_named() -> None:
    """A leaf that works in steps of less than a second, and one that waits in a thread, are nobody's business."""

    async def steps() -> None:
        for _ in range(6):
            work(0.3)
            await trio.lowlevel.checkpoint()

    dsl.run(dsl.All(Call(steps), Call(time.sleep, 1.8)))
    assert dsl.last_report().warnings == ()


def test_others_who_block_are_not_called_leaves() -> None:
    """A task of the user that blocks the loop beside a run is not taken for a leaf of it."""

    async def main() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(dsl.arun, Call(trio.sleep, 2))
            await trio.sleep(0.1)
            work(1.6)

    trio.run(main)
    assert dsl.last_report().warnings == ()


def test_the_watching_thread_ends_with_the_runs() -> None:
    """When no run is left, the thread that looked after them goes too."""
    dsl.run(dsl.Value(1))
    thread = _pulse._thread
    if thread is not None:
        thread.join(30)
    assert "parallel_dsl pulse" not in [each.name for each in threading.enumerate()]
