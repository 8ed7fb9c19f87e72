"""A source gives items one by one, without blocking the loop, and is closed however its use ends.

What is known not to block (iterators of plain collections) is drawn in the loop; any other sync iterator
in a worker thread, one item at a time and only when asked; an async one is awaited. All of it happens in
the one task that calls: a cancel scope across ``yield`` must not be left from another task.
"""

from __future__ import annotations

import inspect
import threading
import typing as t
from collections.abc import AsyncIterable, Iterable, Mapping

import trio

from ..plan import is_async
from ..wording import article
from ._calls import Thread, clock_jumps

if t.TYPE_CHECKING:
    from collections.abc import Callable

PLAIN = frozenset(map(type, (iter([]), iter(()), iter(range(0)), reversed([]), iter(range(1 << 64)))))
REFUSED = (str, bytes, bytearray, set, frozenset, Mapping)
END = object()


class Source:
    """What a function of no arguments gives, to draw from.

    Args:
        over: Gives an iterator or async iterator, or an iterable of either kind; may be async itself.
        limiter: Of the threads.
    """

    def __init__(self, over: Callable[[], t.Any], limiter: trio.CapacityLimiter) -> None:
        self.over, self.limiter = over, limiter
        self.thread = Thread(lambda: None)
        self.given: t.Any = None
        self.is_async = self.in_thread = False
        self.lock, self.drawing = threading.Lock(), False
        self.gone = False  # nobody draws any longer; a thread that still draws closes the source itself

    async def open(self) -> None:
        """Call the function, and begin to iterate.

        Raises:
            TypeError: It gives nothing to iterate over in order.
        """
        found = await self._called()
        if isinstance(found, REFUSED) or not isinstance(found, Iterable | AsyncIterable):
            found = article(type(found).__name__)
            raise TypeError(f"over= gave {found}, expected an iterator or async iterator of items")
        self.is_async = isinstance(found, AsyncIterable)
        self.given = aiter(found) if isinstance(found, AsyncIterable) else iter(found)
        self.in_thread = not self.is_async and type(self.given) not in PLAIN

    async def _called(self) -> t.Any:
        over = self.over
        if is_async(over):
            return await over()
        if inspect.isgeneratorfunction(over) or inspect.isasyncgenfunction(over):
            return over()  # its body begins with the first item
        found = await self.thread.call(self._called_in_thread, self.limiter)
        return await found if inspect.isawaitable(found) else found

    def _called_in_thread(self) -> t.Any:
        """Call the function; what it gives when nobody draws any longer is closed here."""
        found = self.over()
        with self.lock:
            self.given = found  # for `close`, if the caller goes before this comes back
            gone = self.gone
        if gone:
            self._close()
        return found

    async def next(self) -> t.Any:
        """Give the next item, or `END`."""
        if self.is_async:
            return await anext(self.given, END)
        return await self.thread.call(self._drawn, self.limiter) if self.in_thread else next(self.given, END)

    def _drawn(self) -> t.Any:
        """Draw in the thread; nothing is drawn, or left open, when nobody draws any longer."""
        if not self._may_draw():
            return END
        try:
            return next(self.given, END)
        finally:
            if self._drew():
                self._close()

    def _may_draw(self) -> bool:
        with self.lock:
            self.drawing = not self.gone
            return self.drawing

    def _drew(self) -> bool:
        """Tell whether the source has been given up meanwhile."""
        with self.lock:
            self.drawing = False
            return self.gone

    async def close(self) -> None:
        """Close what can be closed; async sources in the caller's scope, sync ones to their end.

        A thread that cannot be stopped while it draws closes the source when it has drawn.
        """
        with self.lock:
            self.gone, drawing = True, self.drawing
        if self.is_async:
            await self._aclose()
        elif inspect.isgenerator(self.given) and not drawing:
            await to_the_end(self._close, self.limiter)

    async def _aclose(self) -> None:
        """Close an async source; a nursery in it tells of being closed in a group."""
        try:
            if hasattr(self.given, "aclose"):
                await self.given.aclose()
        except BaseExceptionGroup as group:
            rest = group.split(GeneratorExit)[1]
            if rest is not None:
                raise rest from None

    def _close(self) -> None:
        close = getattr(self.given, "close", None)
        if callable(close) and inspect.isgenerator(self.given):  # a file or a cursor belongs to the user
            close()


async def to_the_end(fn: Callable[[], t.Any], limiter: trio.CapacityLimiter) -> t.Any:
    """Give what a sync function returns; a cancel does not leave it behind, since what it does counts.

    Under a clock that jumps it is called in the loop, as `Thread.call` does.
    """
    if clock_jumps():
        return fn()
    with trio.CancelScope(shield=True):
        (value,) = await trio.to_thread.run_sync(lambda: (fn(),), limiter=limiter)
    return value
