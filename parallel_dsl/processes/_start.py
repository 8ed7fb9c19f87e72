"""A command is started in a session of its own, or refused with an error that says why."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import typing as t

from ..errors import CommandNotStarted
from ..wording import clean, redact

if t.TYPE_CHECKING:
    from collections.abc import Mapping

RESET = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


def start(
    argv: list[str] | str, cwd: t.Any, env: Mapping[str, str] | None, *, shell: bool, stdin: int | None
) -> subprocess.Popen[bytes]:
    """Give the running process, with pipes for its output and, if *stdin* says so, its input.

    Signals that this process ignores would be ignored by the command too (they pass exec): they are
    given a handler while it is spawned, which exec resets. That needs the main thread; elsewhere
    what is inherited stays.
    """
    line = ["/bin/sh", "-c", argv] if isinstance(argv, str) else argv
    assert shell == isinstance(argv, str), "a string goes to a shell, and nothing else does"
    whole = None if env is None else {**os.environ, **{k: str(v) for k, v in env.items()}}
    try:
        return subprocess.Popen(
            line,
            cwd=cwd,
            env=whole,
            stdin=stdin if stdin is not None else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        raise not_started(line, cwd, error) from None


def not_started(line: list[str], cwd: t.Any, error: Exception) -> CommandNotStarted:
    """Give the error of a command that could not be started: what is wrong, and with what.

    Example:
        >>> str(not_started(["nmp", "test"], None, FileNotFoundError()))
        "nmp: no such program; did you mean to give a path, or to extend env={'PATH': ...}?"
    """
    program = clean(redact(line[0])) if line else ""
    if isinstance(error, ValueError):
        return CommandNotStarted(f"{program}: an argument or variable has a NUL character", program)
    if cwd is not None and not os.path.isdir(cwd):
        said = "is not a folder" if os.path.exists(cwd) else "does not exist"
        return CommandNotStarted(f"{program}: cwd {clean(str(cwd))!r} {said}", program)
    if isinstance(error, FileNotFoundError):
        if shutil.which(line[0]) or os.path.exists(line[0]):
            return CommandNotStarted(f"{program}: its interpreter (first line) does not exist", program)
        hint = "did you mean to give a path, or to extend env={'PATH': ...}?"
        return CommandNotStarted(f"{program}: no such program; {hint}", program)
    if isinstance(error, PermissionError):
        return CommandNotStarted(f"{program}: is not executable; try chmod +x", program)
    return CommandNotStarted(f"{program}: cannot be started: {clean(str(error)).lower()}", program)
