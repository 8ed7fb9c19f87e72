"""A command that cannot be started is refused with what is wrong and what to try, and no secret is told."""

from __future__ import annotations

import os
import shutil
import typing as t

from ..errors import CommandNotStarted
from ..wording import clean, did_you_mean, redact

if t.TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_NAMES = 200  # compared with a misspelt program: enough for a hint, never slow


def refusal(line: Sequence[t.Any], said: str) -> CommandNotStarted:
    """Give the error of a command: its program, nothing of its arguments, and what is said of it.

    Example:
        >>> str(refusal(["curl", "--token=abc"], "no such program"))
        'curl: no such program'
    """
    program = shown(line[0]) if line else "command"
    return CommandNotStarted(f"{program}: {said}", program)


def shown(value: object) -> str:
    """Give a name or a path as it may be shown."""
    return clean(redact(str(value)))


def flaw(line: Sequence[t.Any], cwd: t.Any, env: Mapping[t.Any, t.Any]) -> str | None:
    r"""Tell what keeps a command from being handed to the system at all; values are never quoted.

    Example:
        >>> flaw(["ls", "a\0b"], None, {}), flaw(["ls"], None, {"A=B": "c"}), flaw(["ls"], ".", {"A": "c"})
        ('argument 1 has a NUL character', "env: 'A=B' is no name of a variable", None)
    """
    if not line:
        return "is empty, expected a program and its arguments"
    if not isinstance(cwd, str | os.PathLike | None):
        return f"cwd is of type {type(cwd).__name__}, expected a path"
    for index, argument in enumerate(line):
        wrong = _unfit(argument)
        if wrong:
            return f"argument {index} {wrong}" if index else f"its name {wrong}"
    for name, value in env.items():
        if not isinstance(name, str) or not name or "=" in name:
            return f"env: {(shown(name) if name else name)!r} is no name of a variable"
        wrong = _unfit(name) or _unfit(value)
        if wrong:
            return f"env: {shown(name)!r} {wrong}"
    wrong = None if cwd is None else _unfit(os.fspath(cwd))
    return f"cwd {wrong}" if wrong else None


def _unfit(value: object) -> str | None:
    if not isinstance(value, str):
        return f"is of type {type(value).__name__}, expected a string"
    if "\0" in value:
        return "has a NUL character"
    try:
        os.fsencode(value)
    except UnicodeEncodeError:
        return "has a character that cannot be encoded"
    return None


def why_not(line: Sequence[str], cwd: str | None, path: str | None, error: OSError) -> str:
    """Tell why the system did not start a command.

    Example:
        >>> why_not(["nmp-x"], None, "/nowhere", FileNotFoundError())
        'no such program on PATH'
    """
    if cwd is not None and not os.path.isdir(cwd):
        return f"cwd {shown(cwd)!r} {'is not a folder' if os.path.lexists(cwd) else 'does not exist'}"
    if cwd is not None and not os.access(cwd, os.X_OK):
        return f"cwd {shown(cwd)!r} may not be entered"
    if isinstance(error, FileNotFoundError):
        return _missing(line[0], cwd, path)
    if isinstance(error, PermissionError):
        is_folder = os.path.isdir(_seen_from(cwd, line[0]))
        return "is a folder, expected a program" if is_folder else "is not executable; try chmod +x"
    return f"cannot be started: {(error.strerror or type(error).__name__).lower()}"


def _missing(program: str, cwd: str | None, path: str | None) -> str:
    if os.sep in program:
        found, where = os.path.exists(_seen_from(cwd, program)), ""
    else:
        found, where = shutil.which(program, path=path) is not None, " on PATH"
    if found:
        return "its interpreter (first line) does not exist"
    return f"no such program{where}" + ("" if os.sep in program else did_you_mean(program, likely(program, path)))


def _seen_from(cwd: str | None, program: str) -> str:
    return os.path.join(cwd or "", program)


def likely(program: str, path: str | None) -> list[str]:
    """Give programs on *path* that could have been meant: the same first letter, about the same length.

    Example:
        >>> likely("nmp", "/nowhere")
        []
    """
    found: set[str] = set()
    for folder in (path or os.defpath).split(os.pathsep):
        try:
            names = os.listdir(folder or ".")
        except OSError:  # an entry of PATH need not exist
            continue
        found |= {n for n in names if n[:1] == program[:1] and abs(len(n) - len(program)) <= 1}
    return sorted(found)[:MOST_NAMES]
