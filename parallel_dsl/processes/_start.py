"""A command is started in a session of its own, or refused, with nothing left open and nothing half-way."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import typing as t

import attrs
import trio

from ._refusal import flaw, refusal, why_not

if t.TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

RESET = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
_ONE_AT_A_TIME = threading.Lock()


@attrs.frozen(eq=False)
class Child:
    """A running command and our ends of its pipes."""

    process: subprocess.Popen[bytes]
    stdin: trio.lowlevel.FdStream | None
    stdout: trio.lowlevel.FdStream
    stderr: trio.lowlevel.FdStream

    def close(self) -> None:
        """Close our ends."""
        for stream in (self.stdin, self.stdout, self.stderr):
            if stream is not None:
                stream.close()


def start(argv: Sequence[str] | str, cwd: t.Any, env: Mapping[str, t.Any] | None, *, shell: bool, fed: bool) -> Child:
    """Give the running command, with pipes for its output and, if it is *fed*, its input.

    Does not await, so no cancel can come between the spawn and its record; it takes about a
    millisecond whatever the size of this process, since without a ``preexec_fn`` the child comes
    from a vfork.
    """
    if shell != isinstance(argv, str):
        raise TypeError("run_command takes a string with shell=True, else a list of arguments")
    line = ["/bin/sh", "-c", argv] if isinstance(argv, str) else [_told(a) for a in argv]
    env = {name: _told(value) for name, value in (env or {}).items()}
    said = flaw(line, cwd, env)
    if said is None:
        folder = None if cwd is None else os.fspath(cwd)
        started = _spawn(line, folder, {**os.environ, **env}, fed)
        if isinstance(started, Child):
            return started
        said = why_not(line, folder, env.get("PATH", os.environ.get("PATH")), started)
    raise refusal(line, said)  # outside of any except: the system's own error may quote what must not be told


def _told(value: t.Any) -> t.Any:
    """Give a number or a path as the text it is for a program; what else is no text is found by `flaw`."""
    return str(value) if isinstance(value, int | float | os.PathLike) else value


def _spawn(line: list[str], cwd: str | None, env: dict[str, str], fed: bool) -> Child | OSError:
    with contextlib.ExitStack() as theirs, contextlib.ExitStack() as ours:
        try:
            feed, stdin = reversed(_pipe(theirs, ours, ours_is=1)) if fed else (None, subprocess.DEVNULL)
            out, stdout = _pipe(theirs, ours, ours_is=0)
            err, stderr = _pipe(theirs, ours, ours_is=0)
            with not_ignored(RESET):
                process = subprocess.Popen(
                    line, cwd=cwd, env=env, stdin=stdin, stdout=stdout, stderr=stderr, start_new_session=True
                )
        except OSError as error:
            return error
        ours.pop_all()
        stream = trio.lowlevel.FdStream
        return Child(process, None if feed is None else stream(feed), stream(out), stream(err))


def _pipe(theirs: contextlib.ExitStack, ours: contextlib.ExitStack, *, ours_is: int) -> tuple[int, int]:
    """Open a pipe whose ends nobody inherits by accident, and see to it that both get closed."""
    ends = os.pipe()
    for index, end in enumerate(ends):
        (ours if index == ours_is else theirs).callback(os.close, end)
    os.set_blocking(ends[ours_is], False)
    return ends


@contextlib.contextmanager
def not_ignored(numbers: Sequence[signal.Signals]) -> Iterator[None]:
    """Let what is spawned inside begin with these signals at their defaults.

    A signal that is ignored passes exec, one that is handled does not: ``nohup``, a background
    shell or an idle notebook kernel (SIGINT) would make every command deaf, and ``Popen`` resets
    only PIPE, XFZ and XFSZ. So each ignored one is *handled* for the moment of the spawn, by a
    function of the C library that does nothing: for this process it stays as good as ignored.
    ``signal.signal`` would do the same in the main thread only, and a run may be in another.
    """
    if not any(signal.getsignal(n) is signal.SIG_IGN for n in numbers):
        yield
        return
    import ctypes  # needed rarely, and not cheap to import

    library = ctypes.CDLL(None)
    install = library.signal
    install.restype, install.argtypes = ctypes.c_void_p, (ctypes.c_int, ctypes.c_void_p)
    nothing = ctypes.cast(library.abs, ctypes.c_void_p).value  # int -> int without effect, safe in a handler
    with _ONE_AT_A_TIME:
        ignored = [n for n in numbers if signal.getsignal(n) is signal.SIG_IGN]
        try:
            for number in ignored:
                install(number, nothing)
            yield
        finally:
            for number in ignored:
                found = install(number, int(signal.SIG_IGN))
                if found != nothing:  # somebody else has set it meanwhile: theirs counts
                    install(number, found)
