"""How a node ends inside the machine: done, failed, cut, or dead; errors are flat and in plan order."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable

import attrs

from ..errors import RefError
from ..results import Failed, Outcome, Succeeded

Done = Succeeded  # it gave a value


@attrs.define(eq=False)
class Fail:
    """It failed: *error* goes out if nobody absorbs it, *errors* are all leaf errors in plan order.

    *address* and *attempt* tell which leaf (or deadline) was decisive.
    """

    error: Exception
    errors: tuple[Exception, ...]
    address: str
    attempt: int = 0


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
