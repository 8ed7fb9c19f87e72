"""A call that does not fit is told what it takes and what was meant, in place of Python's own words."""

from __future__ import annotations

import functools
import inspect
import typing as t
from collections.abc import Callable, Mapping

from ..wording import did_you_mean

F = t.TypeVar("F", bound=Callable[..., t.Any])
Cure = Callable[[tuple[t.Any, ...], Mapping[str, t.Any]], str]
POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
VARIABLE = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def told(fn: F, name: str, cure: Cure | None = None) -> F:
    """Give *fn* with another `TypeError` for arguments that do not fit it.

    Args:
        fn: The function; async ones stay async.
        name: How a user calls it.
        cure: Gives better advice than the parameters do for some arguments, else the empty string.

    Example:
        >>> told(lambda seconds: None, "timeout")(second=3)
        Traceback (most recent call last):
        TypeError: timeout got an unknown option second=; did you mean 'seconds'?
    """

    def instead(error: BaseException, args: tuple[t.Any, ...], kwargs: Mapping[str, t.Any]) -> BaseException:
        said = _misfit(inspect.signature(fn), name, args, kwargs) if isinstance(error, TypeError) else None
        if not said:  # raised inside, by what was called: our own frame in its traceback says nothing
            return error.with_traceback(error.__traceback__.tb_next if error.__traceback__ is not None else None)
        meant = cure(args, kwargs) if cure is not None else ""
        return TypeError(f"{said[0]}; {meant or said[1]}")

    @functools.wraps(fn)
    def call(*args: t.Any, **kwargs: t.Any) -> t.Any:
        try:
            return fn(*args, **kwargs)
        except BaseException as error:
            better = instead(error, args, kwargs)
            if better is error:
                raise
        raise better

    @functools.wraps(fn)
    async def acall(*args: t.Any, **kwargs: t.Any) -> t.Any:
        try:
            return await fn(*args, **kwargs)
        except BaseException as error:
            better = instead(error, args, kwargs)
            if better is error:
                raise
        raise better

    return t.cast("F", acall if inspect.iscoroutinefunction(fn) else call)


def _misfit(
    signature: inspect.Signature, name: str, args: tuple[t.Any, ...], kwargs: Mapping[str, t.Any]
) -> tuple[str, str] | None:
    """Give what does not fit, and advice; None if all fits."""
    takes = {n: p for n, p in signature.parameters.items() if n not in ("self", "inner")}
    words = [n for n, p in takes.items() if p.kind not in VARIABLE]
    open_end = any(p.kind is inspect.Parameter.VAR_KEYWORD for p in takes.values())
    for word in kwargs:
        if word not in words and not open_end:
            hint = did_you_mean(word, words).removeprefix("; ")
            return f"{name} got an unknown option {word}=", hint or _takes(takes)
    try:
        signature.bind(*args, **kwargs)
    except TypeError as error:
        return f"{name}: {error}", _takes(takes)
    return None


def _takes(takes: Mapping[str, inspect.Parameter]) -> str:
    first = [n for n, p in takes.items() if p.kind in POSITIONAL]
    named = [n for n, p in takes.items() if p.kind is inspect.Parameter.KEYWORD_ONLY]
    by_name = [f"by name {', '.join(named)}"] if named else []
    if any(p.kind is inspect.Parameter.VAR_KEYWORD for p in takes.values()):
        by_name.append("more as name=value" if first or named else "name=value")
    return f"it takes {', and '.join([', '.join(first), *by_name] if first else by_name) or 'nothing'}"
