"""The leaf boundary: the one place that catches every exception of user code and says what it means."""

from __future__ import annotations

import contextlib
import dis
import inspect
import math
import traceback
import typing as t

import trio

from ..errors import LeafExited
from ..machine import Raised, Returned, meant

if t.TYPE_CHECKING:
    from collections.abc import Awaitable
    from types import FrameType

ASYNCIO = "leaves run under trio, not asyncio; give an asyncio function a loop of its own: lambda x: asyncio.run(fn(x))"
WAITING_KINDS = inspect.CO_COROUTINE | inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR
AT_A_YIELD = frozenset({dis.opmap["YIELD_VALUE"], dis.opmap["RESUME"]})  # the latter since Python 3.13


async def bounded(work: Awaitable[t.Any], address: str) -> Returned | Raised:
    """Give what awaiting *work* comes to; only a cancellation that somebody ordered passes.

    No checkpoint lies between the return of the agent and the return of this: a paid result is not lost.
    """
    try:
        return Returned(await work)
    except BaseException as error:
        raised = _without_cancelled(error)
        if raised is None and trio.current_effective_deadline() == -math.inf:
            raise
        return Raised(LeafExited(address, "it was cancelled by nobody") if raised is None else _kept(raised, address))


def _without_cancelled(error: BaseException) -> BaseException | None:
    """Give the error, less the cancellations in it; None if nothing else is left."""
    if isinstance(error, trio.Cancelled):
        return None
    if not isinstance(error, BaseExceptionGroup):
        return error
    with contextlib.suppress(Exception):  # a hostile group, or one thousands deep, stays as it is
        return error.split(trio.Cancelled)[1]
    return error


def _kept(error: BaseException, address: str) -> BaseException:
    """Let go of frames, and turn exits of the interpreter into failures (rule B)."""
    with contextlib.suppress(Exception):  # an error that cannot be looked at goes out as it is
        released(error)
        if _needs_asyncio(error):
            add_note(error, ASYNCIO)
    return meant(error, address)


def _needs_asyncio(error: BaseException) -> bool:
    """Tell whether a leaf failed since it was written for asyncio's loop, and this one is trio's."""
    said = str(error) if type(error) in (RuntimeError, TypeError) else ""
    return "no running event loop" in said or "trio got unexpected" in said or "unrecognized yield message" in said


def add_note(error: BaseException, note: str) -> None:
    """Add a note, once: an error object may go out of many runs."""
    with contextlib.suppress(Exception):  # errors may be frozen, or hostile: the error itself matters more
        if note not in getattr(error, "__notes__", ()):
            error.add_note(note)


def _waits(frame: FrameType) -> bool:
    """Tell whether a frame is that of a coroutine or generator which stands at a yield."""
    code = frame.f_code
    return bool(code.co_flags & WAITING_KINDS) and code.co_code[frame.f_lasti] in AT_A_YIELD


def released(error: BaseException) -> None:
    """Let go of the locals of an error's frames (they held 973 MB for 10,000 failures), keep its lines.

    An error may be shared: one leaf caught and kept it, another raises it. Then the traceback holds a
    frame of the first, which still waits; before Python 3.13 clearing that would end a running leaf.
    """
    seen: set[int] = set()
    stack: list[BaseException | None] = [error]
    while stack:
        each = stack.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        for frame, _ in traceback.walk_tb(each.__traceback__):
            if not _waits(frame):
                with contextlib.suppress(RuntimeError):  # it is being executed
                    frame.clear()
        stack += [each.__cause__, each.__context__]
        if isinstance(each, BaseExceptionGroup):
            stack += each.exceptions
    if error.__traceback__ is not None:  # our own frame, and the cycle through it; past a __setattr__ of its own
        error.with_traceback(error.__traceback__.tb_next)
