"""How a node ends inside the machine: done, failed, cut, or dead; errors are flat and in plan order."""

from __future__ import annotations

import sys
import typing as t
from collections.abc import Iterable

import attrs

from ..errors import LeafExited, RefError
from ..results import Failed, Outcome, Succeeded
from ..wording import short
from .messages import Raised, Stopped

Done = Succeeded  # it gave a value


@attrs.define(eq=False)
class Fail:
    """It failed: *error* goes out if nobody absorbs it, *errors* are all leaf errors in plan order.

    *address* and *attempt* tell which leaf (or deadline) was decisive; *told*: the events have it.
    """

    error: Exception
    errors: tuple[Exception, ...]
    address: str
    attempt: int = 0
    told: bool = False


@attrs.define(eq=False)
class Cut:
    """It was told to stop and gave neither value nor error."""


@attrs.define(eq=False)
class Dead:
    """A KeyboardInterrupt or an unknown BaseException: never settled, retried or out-raced."""

    error: BaseException


End = Done | Fail | Cut | Dead


def one(error: Exception, address: str, attempt: int = 0) -> Fail:
    """Give the failure of a single leaf or policy; a reference that led nowhere learns where it stood."""
    if isinstance(error, RefError) and not error.address:
        error.address, error.args = address, (error.message, address)
    return Fail(error, (error,), address, attempt)


def exits() -> tuple[type[BaseException], ...]:
    """Give the exceptions that are exits; a foreign loop's cancellation only if that loop is loaded."""
    asyncio = sys.modules.get("asyncio")
    return (SystemExit, GeneratorExit) if asyncio is None else (SystemExit, GeneratorExit, asyncio.CancelledError)


def meant(error: BaseException, address: str) -> BaseException:
    """Give what an error of user code means (rule B): an exit, alone or in a group, is a failure.

    Of a group with a KeyboardInterrupt or an unknown BaseException in it, that one.
    """
    if isinstance(error, Exception):
        return error
    if isinstance(error, BaseExceptionGroup):
        dead = _first(error, lambda e: not isinstance(e, (Exception, *exits())))
        if dead is not None:
            return dead
        said = _first(error, lambda e: isinstance(e, exits()))
    else:
        said = error if isinstance(error, exits()) else None
    if said is None:
        return error
    exited = LeafExited(address, f"{type(said).__name__}({', '.join(map(short, said.args))})")
    exited.__cause__ = error
    return exited


def _first(
    group: BaseExceptionGroup[t.Any], wanted: t.Callable[[BaseException], bool]
) -> BaseException | None:
    stack: list[BaseException] = [group]
    while stack:
        each = stack.pop()
        if isinstance(each, BaseExceptionGroup):
            stack += reversed(each.exceptions)
        elif wanted(each):
            return each
    return None


def surfaced(error: BaseException, address: str, attempt: int = 0) -> Fail | Dead:
    """Give the end of a node whose user code, called by the machine itself, has raised."""
    found = meant(error, address)
    return one(found, address, attempt) if isinstance(found, Exception) else Dead(found)


def unfinished(end: Raised | Stopped, address: str, *, cancelled: bool, what: str) -> Fail | Cut | Dead:
    """Give the end of a node whose job, which is no leaf's, gave no value; *what* it was, for the error.

    A cancellation that nobody ordered is an error.
    """
    if isinstance(end, Raised):
        return one(end.error, address) if isinstance(end.error, Exception) else Dead(end.error)
    return Cut() if cancelled else one(LeafExited(address, f"its {what} was cancelled by nobody"), address)


def joined(decisive: Fail, fails: Iterable[End | None]) -> Fail:
    """Give *decisive* with the errors of all *fails*, in their order."""
    errors = tuple(e for f in fails if isinstance(f, Fail) for e in f.errors)
    return Fail(decisive.error, errors, decisive.address, decisive.attempt)


def deadliest(ends: Iterable[End | None]) -> Dead | None:
    """Give the exit that goes out when several were raised: KeyboardInterrupt first, then written order."""
    dead = [e for e in ends if isinstance(e, Dead)]
    return min(dead, key=lambda d: not isinstance(d.error, KeyboardInterrupt), default=None)


def public(end: Done | Fail, **place: t.Any) -> Outcome:
    """Give the outcome as a user of `Settled` sees it."""
    if isinstance(end, Done):
        return Succeeded(end.value, **place)
    return Failed(end.error, end.errors, **place)
