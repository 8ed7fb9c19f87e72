"""How long a leaf takes, and whether it fails: given, or drawn from seed, address and attempt; no dice are shared."""

from __future__ import annotations

import math
import random
import typing as t
from collections.abc import Callable, Mapping

from ..errors import PlanError, SimulatedFailure
from ..wording import function_name, short
from .messages import LeafWork
from .said import REST

MOST = 1e300  # seconds that are still a number
SECONDS = "a number, a pair (low, high), or a function of the leaf's work"
CHANCE = "a number from 0 to 1, a function of the leaf's work, or a pair (chance, error)"


def die(seed: int, work: LeafWork, what: str) -> random.Random:
    """Give the generator of one attempt of one leaf, for one purpose."""
    return random.Random(f"{seed}:{work.address}:{work.attempt}:{what}")


def by_key(said: object) -> Mapping[str, t.Any]:
    """Give a mapping: what is no mapping is said of all."""
    return said if isinstance(said, Mapping) else {REST: said}


# How long


def seconds_misfit(said: object) -> str | None:
    """Say what is wrong with a duration, None if nothing is.

    Example:
        >>> seconds_misfit((1, 5)), seconds_misfit(-1)
        (None, 'is -1, expected a number of at least 0')
    """
    if callable(said) or (_is_pair(said) and _is_range(*said)):
        return None
    if isinstance(said, list | tuple):
        return f"is {short(said)}, expected (low, high) with 0 <= low <= high"
    if _is_number(said):
        if said > MOST and said != math.inf:
            return f"is {short(said)}, expected at most {MOST:g}, or math.inf for a leaf that hangs"
        return None if said >= 0 else f"is {short(said)}, expected a number of at least 0"
    return f"is {short(said)}, expected {SECONDS}"


def seconds_of(said: t.Any, work: LeafWork, seed: int) -> float:
    """Give how long an attempt takes: of a pair, drawn evenly from low to high."""
    if callable(said):
        said = _asked("seconds", said, work)
        wrong = "is a function, expected a number or a pair" if callable(said) else seconds_misfit(said)
        if wrong is not None:
            raise PlanError(f"{work.address or 'the plan'}: what the function for seconds gave {wrong}")
    if isinstance(said, list | tuple):
        low, high = said
        return float(low + (high - low) * die(seed, work, "seconds").random())
    return float(said)


def _asked(option: str, function: Callable[[LeafWork], t.Any], work: LeafWork) -> t.Any:
    try:
        return function(work)
    except Exception as error:  # user code: a bare KeyError would tell neither which function nor for which leaf
        which = f"the function for {option}, {function_name(function)}, raised {short(error)}"
        raise PlanError(f"{work.address or 'the plan'}: {which}") from error


def _is_pair(said: object) -> t.TypeGuard[tuple[t.Any, t.Any]]:
    return isinstance(said, list | tuple) and len(said) == 2


def _is_range(low: object, high: object) -> bool:
    return _is_number(low) and _is_number(high) and 0 <= low <= high <= MOST


def _is_number(said: object) -> t.TypeGuard[float]:
    return isinstance(said, int | float) and not isinstance(said, bool) and said == said  # NaN is not itself


# Whether it fails


def chance_misfit(said: object) -> str | None:
    """Say what is wrong with a chance of failing, None if nothing is.

    Example:
        >>> chance_misfit((0.2, TimeoutError)), chance_misfit(20)
        (None, 'is 20, expected a number from 0 to 1')
    """
    if isinstance(said, list | tuple):
        if not _is_pair(said):
            return f"is {short(said)}, expected {CHANCE}"
        return _odds_misfit(said[0]) or _error_misfit(said[1])
    return _odds_misfit(said)


def _odds_misfit(said: object) -> str | None:
    if isinstance(said, type) or not (callable(said) or _is_number(said)):
        return f"is {short(said)}, expected {CHANCE}"
    return None if callable(said) or 0 <= said <= 1 else f"is {short(said)}, expected a number from 0 to 1"


def _error_misfit(error: object) -> str | None:
    """An error class is tried once: at the end of a leaf nobody could be told that it takes more arguments."""
    if isinstance(error, Exception):
        return None
    if not (isinstance(error, type) and issubclass(error, Exception)):
        return f"has the error {short(error)}, expected a class of exceptions, or an exception"
    try:
        error("simulated")
    except Exception as wrong:
        name = error.__name__
        return f"has the error {name}, and {name}('simulated') raised {short(wrong)}; give an exception: {name}(...)"
    return None


def failure_of(said: t.Any, work: LeafWork, seed: int) -> Exception | None:
    """Give the error that an attempt fails with, None if it does not fail."""
    odds, error = said if isinstance(said, list | tuple) else (said, SimulatedFailure)
    if callable(odds):
        odds = _asked("fails", odds, work)
        if not isinstance(odds, bool) and not (_is_number(odds) and 0 <= odds <= 1):
            what = f"gave {short(odds)}, expected True, False, or a number from 0 to 1"
            raise PlanError(f"{work.address or 'the plan'}: the function for fails {what}")
    if not odds or (odds < 1 and die(seed, work, "fails").random() >= odds):
        return None
    if isinstance(error, Exception):
        return error
    make = t.cast("Callable[[str], Exception]", error)
    return make(f"{work.address or 'the plan'}: attempt {work.attempt} failed, as simulated")
