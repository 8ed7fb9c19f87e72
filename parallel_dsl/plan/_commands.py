"""A command is split before it is filled in, so a value is always one argument and never shell syntax."""

from __future__ import annotations

import os
import re
import shlex
import typing as t
from collections.abc import Callable, Mapping, Sequence

import attrs

from ..errors import PlanError, RefError
from ..results import CommandResult
from ..wording import article, short
from ._advice import advice
from ._freeze import freeze, key, shown
from ._leaves import Leaf, Params
from ._refs import Ref, Text, pieces
from ._told import told

SHELL_SYNTAX = ";|&<>$`*?"
OPERATORS = frozenset({"|", "||", "|&", "&&", "&", ">", ">>", "<", "<<", "2>", "2>>", "&>", "2>&1"})
FIELD = re.compile(r"\{([A-Za-z_]\w*)\}")


@attrs.frozen(init=False, repr=False, eq=False)
class Command(Leaf[CommandResult]):
    """Run a process; its value is a `CommandResult`, whatever the exit code.

    A string is split as a shell splits words, *then* ``{names}`` are filled in from the keywords.
    It is never given to a shell unless ``shell=True``; then every filled-in value is quoted.

    Args:
        line: A string, or a list of arguments; references may be arguments.
        cwd: Folder to run in.
        env: Variables that extend the environment.
        stdin: Text or bytes to feed; without it the null device.
        check: True makes an exit code other than 0 a failure. Must be said under `Any`, `Race`,
            `Fallback` and a retry.
        shell: Give the string to ``/bin/sh``.
        **params: Values for the ``{names}`` of a string.

    Raises:
        PlanError: The string is empty, cannot be split, or has shell syntax without ``shell=True``.

    When run, fails with `CommandNotStarted`, and with `CommandFailed` if ``check=True``.

    Example:
        >>> Command("pytest -q {file}", file="a b.py").argv
        ('pytest', '-q', text('{file}', file='a b.py'))
    """

    line: str | None
    argv: tuple[t.Any, ...]
    cwd: t.Any
    env: t.Any
    stdin: t.Any
    check: bool | None
    shell: bool
    params: Params

    def __init__(
        self,
        line: str | Sequence[t.Any],
        /,
        *,
        cwd: t.Any = None,
        env: Mapping[str, t.Any] | Ref | None = None,
        stdin: t.Any = None,
        check: bool | None = None,
        shell: bool = False,
        **params: t.Any,
    ) -> None:
        where = f"Command({str(line)[:40]!r})" if isinstance(line, str) else "Command([...])"
        kept = Params(params, where)
        _check_options(where, env=env, cwd=cwd, stdin=stdin, check=check, shell=shell)
        if isinstance(line, str):
            _check_names(line, kept, where)
            if shell:
                _check_shell(line, kept, where)
            argv = () if shell else split(line, kept, where)
        else:
            argv, line = _listed(line, shell, params), None  # type: ignore[assignment]  # two classes would be one too many
        t.cast("t.Any", self).__attrs_init__(
            line,
            argv,
            freeze(cwd, f"{where}: cwd"),
            freeze(dict(env) if isinstance(env, Mapping) else env, f"{where}: env"),
            freeze(stdin, f"{where}: stdin"),
            check,
            shell,
            kept,
        )

    def own_key(self) -> t.Hashable:
        """Give what an equal command shares."""
        rest = key(self.cwd), key(self.env), key(self.stdin)
        return self.line, tuple(map(key, self.argv)), rest, self.check, self.shell, self.params.own_key()

    def arguments(self) -> list[str]:
        """Give the arguments of the repr."""
        said = [repr(self.line) if self.line is not None else f"[{', '.join(map(shown, self.argv))}]"]
        said += [f"{n}={shown(v)}" for n in ("cwd", "env", "stdin", "check") if (v := getattr(self, n)) is not None]
        return [*said, *(["shell=True"] if self.shell else []), *self.params.shown()]


KINDS: dict[str, tuple[t.Any, str]] = {
    "env": (Mapping | Ref | None, "a mapping or a ref"),
    "cwd": (str | os.PathLike | Ref | Text | None, "a path or a ref"),
    "stdin": (str | bytes | Ref | Text | None, "text, bytes or a ref"),
    "check": (bool | None, "True or False"),
    "shell": (bool, "True or False"),
}


def _check_options(where: str, **options: t.Any) -> None:
    for name, value in options.items():
        kind, expected = KINDS[name]
        if not isinstance(value, kind):
            raise PlanError(f"{where}: {name} is {article(type(value).__name__)}, expected {expected}")
    for name in options["env"] if isinstance(options["env"], Mapping) else ():
        if not isinstance(name, str):
            raise PlanError(f"{where}: env has the name {name!r}, expected a str")


def _check_shell(line: str, params: Params, where: str) -> None:
    """A quoted value is one argument only where the shell is reading plain words."""
    if not line.strip():
        raise PlanError(f"{where}: is empty, expected a program and its arguments")
    at = 0
    for piece, is_name in pieces(line, set(params)):
        if is_name and not _plain(line[:at]):
            raise PlanError(
                f"{where}: {{{piece}}} is quoted when it is filled in, so it cannot stand in quotes, backquotes, "
                f"a comment, a here-document or after a backslash; take them away, or pass it by env="
            )
        at += len(piece) + (2 if is_name else 0)


def _plain(before: str) -> bool:
    """Tell whether what follows *before* is surely read by the shell as plain words; in doubt it is not."""
    if "<<" in before or "$'" in before or "`" in before:
        return False
    quote, last, skip = "", " ", False
    for char in before:
        if skip:
            skip = False
        elif char == "\\" and quote in ("", '"'):
            skip = True
        elif quote == '"' and last == "$" and char in "({":
            return False  # quotes begin anew in there
        elif quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char == "#" and last in " \t\n;&|()":
            quote = "\n"
        last = char
    return not quote and not skip


def _listed(line: t.Any, shell: bool, params: Mapping[str, t.Any]) -> tuple[t.Any, ...]:
    if shell:
        raise PlanError("Command([...], shell=True): a list is never given to a shell; pass a string")
    if params:
        name = next(iter(params))
        raise PlanError(f"Command([...]) got {name}=, which fills a string; in a list write text(...) or a ref")
    if isinstance(line, Ref | Text | os.PathLike):
        raise PlanError(f"Command got {line!r}, expected a string or a list; did you mean Command([{line!r}])?")
    if callable(line):
        raise PlanError(f"Command got {advice(line, 'a string or a list')}")
    if not isinstance(line, list | tuple) or not line:
        raise PlanError(f"Command got {short(line)}, expected a string or a list of arguments")
    for part in line:
        if isinstance(part, str) and part in OPERATORS:
            raise PlanError(
                f"Command([...]): {part!r} is shell syntax, and no shell runs this; pass a string with shell=True, "
                f"or quote it in one: Command(\"... '{part}' ...\")"
            )
    return tuple(freeze(os.fspath(a) if isinstance(a, os.PathLike) else a, "Command([...])") for a in line)


def _check_names(line: str, params: Params, where: str) -> None:
    found = set(FIELD.findall(line))
    for name in params:
        if name not in found:
            raise PlanError(f"{where}: got an unknown option {name}=, and there is no {{{name}}} to fill in")


def split(line: str, params: Params, where: str) -> tuple[t.Any, ...]:
    """Split a string as a shell splits words, and leave what is to be filled in as texts."""
    found = shell_syntax(line)
    if found:
        raise PlanError(
            f"{where}: {found!r} is shell syntax, and no shell runs this; quote it, or say shell=True"
        )
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise PlanError(f"{where}: cannot be split: {str(error).lower()}") from None
    if not words:
        raise PlanError(f"{where}: is empty, expected a program and its arguments")
    return tuple(_template(w, params) for w in words)


def _template(word: str, params: Params) -> t.Any:
    names = [n for piece, is_name in pieces(word, set(params)) if is_name for n in [piece]]
    return Text(word, tuple((n, params[n]) for n in dict.fromkeys(names))) if names else word


def shell_syntax(line: str) -> str | None:
    """Give the first unquoted piece of shell syntax, if there is one.

    Example:
        >>> shell_syntax("npm test && echo ok"), shell_syntax("grep 'a|b' x")
        ('&&', None)
    """
    quote = ""
    skip = False
    for at, char in enumerate(line):
        if skip:
            skip = False
        elif char == "\\" and quote != "'":
            skip = True
        elif quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char in SHELL_SYNTAX:
            return line[at : at + 2] if line[at : at + 2] in ("&&", "||", ">>", "<<") else char
    return None


def command_line(command: Command, filled: Callable[[t.Any], t.Any]) -> list[str] | str:
    """Give the final arguments, or with ``shell=True`` the string in which every value is quoted."""
    if not command.shell:
        return [_argument(filled(part)) for part in command.argv]
    parts = pieces(command.line or "", set(command.params))
    return "".join(shlex.quote(_argument(filled(command.params[p]))) if is_name else p for p, is_name in parts)


def _argument(value: t.Any) -> str:
    if isinstance(value, bytes | os.PathLike):
        return os.fsdecode(value)
    if value is None or isinstance(value, list | tuple | dict | set | frozenset):
        raise RefError(f"an argument of the command is {short(value)}, expected text, a number or a path")
    return str(value)


def _one_list(args: tuple[t.Any, ...], options: Mapping[str, t.Any]) -> str:
    parts = args[1:]  # the first is the command itself
    if len(parts) > 1 and all(isinstance(p, str) for p in parts):
        return f"did you mean Command({shlex.join(parts)[:60]!r})?"
    return "arguments are one list: Command([...])" if len(parts) > 1 else ""


Command.__init__ = told(Command.__init__, "Command", _one_list)  # type: ignore[method-assign]  # the same, with advice

__all__ = ["Command", "command_line", "shell_syntax"]
