"""A command runs in its own session, and nothing of it is left when it has ended, however it ended."""

from __future__ import annotations

import contextlib
import os
import typing as t

import trio

from ..results import CommandResult
from ._capture import Capture
from ._group import Session, end, leader_ended, reap
from ._refusal import refusal
from ._start import Child, start

if t.TYPE_CHECKING:
    from collections.abc import Mapping

GRACE_SECONDS = 2.0
LINGER_SECONDS = 0.5  # for pipes that a background child holds after the leader's end
CHUNK = 65_536
LEFT_CHUNKS = 16  # a pipe holds one; an escaped process that writes on and on must not hold us


@trio.lowlevel.enable_ki_protection  # Ctrl-C comes at a checkpoint, never between the spawn and its record
async def run_command(
    argv: list[str] | str,
    *,
    cwd: t.Any = None,
    env: Mapping[str, t.Any] | None = None,
    stdin: str | bytes | None = None,
    shell: bool = False,
    grace_seconds: float = GRACE_SECONDS,
) -> CommandResult:
    r"""Run a command to its end and give what it printed and its exit code.

    When cancelled: TERM to its session, *grace_seconds* in which its output is still drained, KILL,
    and wait until nothing of it runs; the outcome is then a cancellation, whatever its exit code.
    After a normal end what is left of the session is killed too, and readers get half a second for
    what a background child still holds. For Linux.

    Args:
        argv: The program and its arguments, or with *shell* a string for ``/bin/sh``.
        cwd: Folder to run in.
        env: Variables that extend the environment.
        stdin: What to feed; without it the null device.
        shell: Whether *argv* is a string for the shell.
        grace_seconds: How long a cancelled command may take to wind up.

    Raises:
        CommandNotStarted: No such program, not executable, bad *cwd*, a NUL character.
        ChildProcessError: Somebody else reaped it, so its exit code is not known.

    Example:
        >>> trio.run(run_command, ["echo", "hello"]).stdout
        'hello\n'
    """
    await trio.lowlevel.checkpoint_if_cancelled()  # then nothing starts; else no pause: starts keep their order
    began = trio.current_time()
    fed = _encoded(argv, stdin)
    out, err = Capture(), Capture()
    child = start(argv, cwd, env, shell=shell, fed=fed is not None)
    try:
        await _to_its_end(child, fed, out, err, grace_seconds)
    finally:
        child.close()
        exit_code = _exit_code(child)
    if isinstance(exit_code, OSError):
        raise exit_code
    return CommandResult(
        exit_code=exit_code,
        stdout=out.text(),
        stderr=err.text(),
        seconds=trio.current_time() - began,
        truncated=out.truncated or err.truncated,
        stdout_bytes=out.size,
        stderr_bytes=err.size,
    )


def _encoded(argv: list[str] | str, stdin: object) -> bytes | None:
    if stdin is None or isinstance(stdin, bytes):
        return stdin
    said = f"stdin is of type {type(stdin).__name__}, expected str or bytes"
    if isinstance(stdin, str):
        with contextlib.suppress(UnicodeEncodeError):
            return stdin.encode()
        said = "stdin has a character that cannot be encoded"
    raise refusal(["/bin/sh"] if isinstance(argv, str) else argv, said)


def _exit_code(child: Child) -> int | OSError:
    """Reap; an error is handed over, since it must not take the place of a cancellation."""
    try:
        return reap(child.process)
    except OSError as error:
        return error


async def _to_its_end(child: Child, fed: bytes | None, out: Capture, err: Capture, grace_seconds: float) -> None:
    session = Session(child.process.pid)
    pumps, dry = trio.CancelScope(shield=True), trio.Event()  # shielded: a command that winds up may print
    async with trio.open_nursery() as nursery:
        try:
            nursery.start_soon(_pump, child, fed, out, err, pumps, dry)
            with contextlib.suppress(ChildProcessError):  # `reap` tells it
                await leader_ended(session)
            with trio.move_on_after(LINGER_SECONDS):
                await dry.wait()
            grace_seconds = 0
        finally:
            with trio.CancelScope(shield=True):
                await end(session, grace_seconds)
            pumps.cancel()
    # A loop that was busy elsewhere for longer than the readers had would lose what is in the pipes.
    _take_what_is_left(child.stdout, out)
    _take_what_is_left(child.stderr, err)


async def _pump(
    child: Child, fed: bytes | None, out: Capture, err: Capture, scope: trio.CancelScope, dry: trio.Event
) -> None:
    with scope:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(_drain, child.stdout, out)
            nursery.start_soon(_drain, child.stderr, err)
            if child.stdin is not None:
                nursery.start_soon(_feed, child.stdin, fed or b"")
    dry.set()


async def _drain(stream: trio.lowlevel.FdStream, capture: Capture) -> None:
    """Read to the end, always, so that the command never blocks on a full pipe."""
    while data := await stream.receive_some(CHUNK):
        capture.add(data)


async def _feed(stream: trio.lowlevel.FdStream, data: bytes) -> None:
    """Write the input and close it; a command that does not read it has not failed."""
    with contextlib.suppress(trio.BrokenResourceError):  # it ended early, or closed its input: its business
        await stream.send_all(data)
    stream.close()


def _take_what_is_left(stream: trio.lowlevel.FdStream, capture: Capture) -> None:
    for _ in range(LEFT_CHUNKS):
        try:
            data = os.read(stream.fileno(), CHUNK)
        except BlockingIOError:  # an escaped process holds the pipe, and it is empty
            return
        if not data:
            return
        capture.add(data)
