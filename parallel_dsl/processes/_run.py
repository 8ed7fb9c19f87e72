"""A command runs in its own group, and nothing of the group is left when it has ended, however it ended."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import typing as t

import trio

from ..results import CommandResult
from ._capture import Capture
from ._start import start

if t.TYPE_CHECKING:
    from collections.abc import Mapping

GRACE_SECONDS = 2.0
LINGER_SECONDS = 0.5  # for pipes that a background child holds after the leader's end
POLL_SECONDS = 0.01
CHUNK = 65_536


async def run_command(
    argv: list[str] | str,
    *,
    cwd: t.Any = None,
    env: Mapping[str, str] | None = None,
    stdin: str | bytes | None = None,
    shell: bool = False,
    grace_seconds: float = GRACE_SECONDS,
) -> CommandResult:
    r"""Run a command to its end and give what it printed and its exit code.

    When cancelled: TERM to its group, *grace_seconds*, KILL, and wait until the group is gone; the
    outcome is then a cancellation, whatever its exit code. After a normal end what is left of the
    group is killed too, and readers get half a second for what a background child still holds.

    Raises:
        CommandNotStarted: No such program, not executable, bad *cwd*, a NUL character.

    Example:
        >>> trio.run(run_command, ["echo", "hello"]).stdout
        'hello\n'
    """
    began = trio.current_time()
    process = start(argv, cwd, env, shell=shell, stdin=None if stdin is None else subprocess.PIPE)
    out, err = Capture(), Capture()
    pipes = trio.CancelScope()  # ends the readers, a while after the leader
    ended = False
    try:
        with pipes:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(_drain, process.stdout, out)
                nursery.start_soon(_drain, process.stderr, err)
                if process.stdin is not None:
                    nursery.start_soon(_feed, process.stdin, stdin)
                await _leader_ended(process.pid)
                pipes.deadline = trio.current_time() + LINGER_SECONDS
        ended = True
    finally:
        with trio.CancelScope(shield=True):
            await _mop_up(process, 0.0 if ended else grace_seconds)
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                _closed(pipe)
    return CommandResult(
        exit_code=process.returncode,
        stdout=out.text(),
        stderr=err.text(),
        seconds=trio.current_time() - began,
        truncated=out.truncated or err.truncated,
        stdout_bytes=out.size,
        stderr_bytes=err.size,
    )


def _closed(pipe: t.IO[bytes]) -> None:
    try:
        pipe.close()
    except OSError:  # the other end has gone with unsent input in it: nothing is lost that anybody wants
        return


async def _drain(pipe: t.IO[bytes] | None, capture: Capture) -> None:
    """Read to the end, always, so that the command never blocks on a full pipe."""
    assert pipe is not None
    stream = trio.lowlevel.FdStream(os.dup(pipe.fileno()))
    async with stream:
        while data := await stream.receive_some(CHUNK):
            capture.add(data)


async def _feed(pipe: t.IO[bytes], data: str | bytes | None) -> None:
    """Write the input and close it; a command that does not read it has not failed."""
    stream = trio.lowlevel.FdStream(os.dup(pipe.fileno()))
    _closed(pipe)
    async with stream:
        try:
            await stream.send_all(data.encode() if isinstance(data, str) else data or b"")
        except trio.BrokenResourceError:  # it ended early, or closed its input: that is its business
            return


async def _leader_ended(pid: int) -> None:
    """Wait until the leader has ended, and leave it unreaped: so its group's number cannot be reused."""
    wait = POLL_SECONDS / 10
    while not _is_over(pid):
        await trio.sleep(wait)
        wait = min(wait * 1.5, POLL_SECONDS)


def _is_over(pid: int) -> bool:
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


async def _mop_up(process: subprocess.Popen[bytes], grace_seconds: float) -> None:
    """End the group: TERM if there is grace, then KILL until nothing of it runs; reap the leader last."""
    group = process.pid
    if grace_seconds and _alive(group):
        _signal(group, signal.SIGTERM)
        deadline = trio.current_time() + grace_seconds
        while trio.current_time() < deadline and _alive(group):  # noqa: ASYNC110 - the kernel tells no end of a group
            await trio.sleep(POLL_SECONDS)
    while _alive(group):
        _signal(group, signal.SIGKILL)
        await trio.sleep(POLL_SECONDS)
    process.wait()


def _signal(group: int, number: int) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:  # gone in between
        return


def _alive(group: int) -> bool:
    """Tell whether a process of the group runs; the leader may be a zombie, which is over."""
    if not _is_over(group):
        return True
    return any(_group_of(pid) == group for pid in _pids() if pid != group)


def _pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()] if os.path.isdir("/proc") else []


def _group_of(pid: int) -> float:
    """Give the group of a process that is no zombie."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            state, _parent, group = file.read().rpartition(b")")[2].split()[:3]
    except (OSError, ValueError):  # it has ended in between
        return math.nan
    return math.nan if state in (b"Z", b"X") else int(group)
