"""An asyncio program is a host: cancellations come through as asyncio knows them, and nothing goes on behind it."""

from __future__ import annotations

import asyncio
import gc
import os
import pathlib
import signal
import subprocess
import sys
import threading

import pytest
import trio
from outside import ROOT, Mark, wait_for

import parallel_dsl as dsl
from parallel_dsl import Call, Command

pytestmark = pytest.mark.real


class Long:
    """A plan that tells when it has begun, and when its cleanup is over."""

    def __init__(self) -> None:
        self.began, self.over = threading.Event(), threading.Event()

    async def leaf(self) -> None:
        self.began.set()
        try:
            await trio.sleep_forever()
        finally:
            with trio.CancelScope(shield=True):
                await trio.sleep(0.05)
            self.over.set()

    async def run(self) -> None:
        await dsl.arun(Call(self.leaf))

    async def begun(self) -> None:
        await asyncio.to_thread(self.began.wait, 30)


def test_a_cancelled_task_ends_when_the_plan_has_ended() -> None:
    """task.cancel() gives a CancelledError of the exact class, with the report, after the last cleanup."""
    long = Long()

    async def main() -> tuple[BaseException, bool]:
        task = asyncio.create_task(long.run())
        await long.begun()
        task.cancel("by hand")
        try:
            await task
        except asyncio.CancelledError as error:
            return error, long.over.is_set()
        raise AssertionError("it was not cancelled")

    error, over = asyncio.run(main())
    assert (type(error), over) == (asyncio.CancelledError, True)
    assert dsl.last_report().counts["cancelled"] == 1


def test_the_instance_that_came_in_goes_out() -> None:
    """The CancelledError that reaches the code around `arun` is the one that asyncio sent, and carries the report."""
    long = Long()
    seen: list[BaseException] = []

    async def around() -> None:
        try:
            await long.run()
        except asyncio.CancelledError as error:
            seen.append(error)
            raise

    async def main() -> None:
        task = asyncio.create_task(around())
        await long.begun()
        task.cancel("why")
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert seen[0].args == ("why",)
    assert dsl.report_of(seen[0]) is dsl.last_report()


def test_a_second_cancel_changes_nothing() -> None:
    """Who is cancelled again while the plan still ends goes on waiting for its end."""
    long = Long()

    async def main() -> bool:
        task = asyncio.create_task(long.run())
        await long.begun()
        task.cancel()
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return long.over.is_set()

    assert asyncio.run(main())


def test_a_deadline_of_asyncio() -> None:
    """asyncio.timeout around a run becomes its TimeoutError, when the plan has ended, and only there."""
    long = Long()

    async def main() -> bool:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await long.run()
        await asyncio.sleep(0)  # no cancellation is left over
        return long.over.is_set() or not long.began.is_set()

    assert asyncio.run(main())


def test_gather_of_two_that_fail_and_go_on() -> None:
    """One run that fails disturbs no run beside it; each error is the leaf's own, with a report of its own."""

    async def fails() -> None:
        raise LookupError("no")

    async def main() -> list[object]:
        plans = dsl.All(Call(fails)), dsl.Value(2)
        return list(await asyncio.gather(*map(dsl.arun, plans), return_exceptions=True))

    error, value = asyncio.run(main())
    assert isinstance(error, LookupError)
    assert dsl.report_of(error).counts["failed"] == 1
    assert value == 2


def test_a_closed_coroutine_cuts_its_plan() -> None:
    """When the coroutine is thrown away, so is the plan."""
    long = Long()

    async def main() -> None:
        coroutine = long.run()
        waits = coroutine.send(None)
        await long.begun()
        coroutine.close()
        del waits

    asyncio.run(main())
    assert long.over.wait(30)
    gc.collect()


PROGRAM = """
import asyncio, sys
import parallel_dsl as dsl
plan = dsl.Command(sys.argv[1])
async def main():
    {body}
{start}
"""
ENDS = {
    "asyncio.run": ("await dsl.arun(plan)", "asyncio.run(main())", -signal.SIGINT, "KeyboardInterrupt"),
    "run in asyncio": (
        "dsl.run(plan)",
        "asyncio.get_event_loop_policy().new_event_loop().run_until_complete(main())",
        -signal.SIGINT,
        "KeyboardInterrupt: the plan was interrupted: 1 cancelled in",
    ),
    "a loop by hand": (
        "await dsl.arun(plan)",
        "asyncio.new_event_loop().run_until_complete(main())",
        1,
        "asyncio.exceptions.CancelledError",
    ),
    "a script": (
        "pass",
        "dsl.run(plan)",
        -signal.SIGINT,
        "KeyboardInterrupt: the plan was interrupted: 1 cancelled in",
    ),
}


@pytest.mark.parametrize("host", ENDS)
def test_ctrl_c_in_a_program(host: str, mark: Mark, tmp_path: pathlib.Path) -> None:
    """Ctrl-C ends the plan of any program, which then ends as programs of its kind do; no process is left."""
    body, start, code, said = ENDS[host]
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(body=body, start=start), mark.sleep(tmp_path / "began")],
        env={**os.environ, "PYTHONPATH": ROOT},
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    wait_for(tmp_path / "began")
    program.send_signal(signal.SIGINT)
    _, told = program.communicate(timeout=30)
    assert program.returncode == code, told
    assert told.strip().splitlines()[-1].startswith(said)
    assert mark.gone()


def test_a_program_that_ends_leaves_no_command(mark: Mark, tmp_path: pathlib.Path) -> None:
    """A program that ends while a run still goes on in its thread cuts it on its way out."""
    code = """
import asyncio, pathlib, sys, time
import parallel_dsl as dsl
async def main():
    loop = asyncio.get_running_loop()
    task = loop.create_task(dsl.arun(dsl.Command(sys.argv[1])))
    while not pathlib.Path(sys.argv[2]).exists():
        await asyncio.sleep(0.01)
    sys.exit(3)
asyncio.new_event_loop().run_until_complete(main())
"""
    done = subprocess.run(
        [sys.executable, "-c", code, mark.sleep(tmp_path / "began"), str(tmp_path / "began")],
        env={**os.environ, "PYTHONPATH": ROOT},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 3, done.stderr
    assert mark.gone()


def test_arun_needs_a_loop() -> None:
    """Without a loop `arun` says what to call instead."""
    with pytest.raises(RuntimeError, match="in plain code try run"):
        dsl.arun(Command("true")).send(None)
