"""Whether a function is async is asked in one way: it decides who holds a thread, in runs and in simulations."""

from __future__ import annotations

import functools
import inspect


def is_async(fn: object) -> bool:
    """Tell whether calling *fn* gives an awaitable, as far as its definition shows.

    Example:
        >>> async def agent(task): ...
        >>> is_async(agent), is_async(print)
        (True, False)
    """
    while isinstance(fn, functools.partial):
        fn = fn.func
    return inspect.iscoroutinefunction(fn) or inspect.iscoroutinefunction(getattr(type(fn), "__call__"))  # noqa: B004, B009 - the method, not whether there is one
