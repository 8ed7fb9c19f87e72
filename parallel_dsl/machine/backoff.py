"""The arithmetic of a retry: how long to wait, and when to give up; no clock, no shared dice."""

from __future__ import annotations

import math
import random
import typing as t

if t.TYPE_CHECKING:
    from collections.abc import Iterable

    from ..plan import Retry


def share(retry: Retry[t.Any], seed: int, address: str, attempt: int) -> float:
    """Give the part of the pause that is waited after *attempt*, between 0 and 1.

    Drawn from seed, address and attempt, so that it does not depend on who failed first.
    """
    if retry.jitter is True:
        return random.Random(f"{seed}:{address}:{attempt}").random()
    return 1.0 if retry.jitter is False else float(retry.jitter(attempt))


def backoff(retry: Retry[t.Any], attempt: int) -> float:
    """Give ``min(max_delay, delay * factor**(attempt-1))``; an overflow means the cap."""
    try:
        seconds = retry.delay * float(retry.factor) ** (attempt - 1)
    except OverflowError:
        seconds = math.inf if retry.delay else 0.0
    cap = math.inf if retry.max_delay is None else retry.max_delay
    return min(cap, 0.0 if math.isnan(seconds) else seconds)


def asked(errors: Iterable[BaseException]) -> float:
    """Give the longest ``retry_after`` (seconds) that any of the *errors* asks for, else 0."""
    longest = 0.0
    for error in errors:
        wanted = getattr(error, "retry_after", None)
        if isinstance(wanted, int | float) and not isinstance(wanted, bool) and wanted > longest:
            longest = float(wanted)
    return longest


def pause(
    retry: Retry[t.Any], *, attempt: int, errors: Iterable[BaseException], elapsed: float, seed: int, address: str
) -> float | None:
    """Give the seconds to wait before attempt ``attempt + 1``, or None to give up.

    ``max(retry_after, u * min(max_delay, delay * factor**(attempt-1)))``; nothing starts at or
    after ``max_elapsed``.
    """
    if retry.attempts is not None and attempt >= retry.attempts:
        return None
    full = backoff(retry, attempt)
    own = full * share(retry, seed, address, attempt) if full else 0.0
    seconds = max(asked(errors), own)
    if retry.max_elapsed is not None and elapsed + seconds >= retry.max_elapsed:
        return None
    return seconds


def matches(retry: Retry[t.Any], errors: Iterable[Exception]) -> bool:
    """Tell whether ``on=`` accepts every one of the *errors*."""
    on = retry.on
    if isinstance(on, type | tuple):
        return all(isinstance(e, on) for e in errors)
    return all(_bool(on(e)) for e in errors)


def _bool(said: object) -> bool:
    if isinstance(said, bool):
        return said
    raise TypeError(f"retry on= gave {type(said).__name__}, expected True or False")
