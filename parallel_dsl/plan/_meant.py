"""What was meant by an option of a wrapper that is unknown, or out of its range."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Mapping

from ..wording import did_you_mean

RETRY_DEFAULTS: dict[str, t.Any] = {
    "attempts": 3,
    "delay": 0.5,
    "factor": 2,
    "max_delay": 60,
    "jitter": True,
    "on": Exception,
    "max_elapsed": None,
}
RETRY_MEANT = {
    "backoff": "factor",
    "wait": "delay",
    "pause": "delay",
    "seconds": "delay",
    "exceptions": "on",
    "retry_on": "on",
    "max_time": "max_elapsed",
    "max_wait": "max_delay",
}
RETRY_WORDS = {"retries": 1, "max_retries": 1, "times": 1, "tries": 0, "attempts": 0, "max_attempts": 0, "stop": 0}


def unknown_option(word: str, value: t.Any) -> str:
    """Say what was meant by an option that a retry does not have."""
    if word in RETRY_WORDS and isinstance(value, int):
        return f"retry got {word}={value}; attempts= counts the first: attempts={value + RETRY_WORDS[word]}"
    hint = f"; did you mean {RETRY_MEANT[word]!r}?" if word in RETRY_MEANT else did_you_mean(word, list(RETRY_DEFAULTS))
    hint = hint or f"; it takes {', '.join(RETRY_DEFAULTS)}"
    return f"retry got an unknown option {word}={hint}"


def on_meant(on: t.Any) -> str:
    """Say what was meant by something else than classes of exceptions."""
    if isinstance(on, str) and on.isidentifier():
        return f"; did you mean on={on}?"
    if isinstance(on, Exception):
        return f"; did you mean on={type(on).__name__}?"
    if isinstance(on, list | set) and on and all(isinstance(k, type) for k in on):
        return f"; did you mean on=({', '.join(k.__name__ for k in on)}{',' * (len(on) == 1)})?"
    is_base = isinstance(on, type) and issubclass(on, BaseException)
    return "; what is no Exception is never retried" if is_base else ""


def seconds_meant(seconds: t.Any) -> str:
    """Say what was meant by something else than a number of seconds."""
    if isinstance(seconds, str) and (found := re.fullmatch(r"\s*(\d+\.?\d*)\s*(s|sec|seconds?)?\s*", seconds)):
        return f"; did you mean timeout({found[1]})?"
    import datetime as dt

    if isinstance(seconds, dt.timedelta):
        return f"; did you mean timeout({seconds.total_seconds():g})?"
    return "; for no deadline leave it away"


def _of_retry(args: tuple[t.Any, ...], options: Mapping[str, t.Any]) -> str:
    first, *rest = RETRY_DEFAULTS
    return f"it takes {first}, and by name {', '.join(rest)}"


def _of_uses(args: tuple[t.Any, ...], options: Mapping[str, t.Any]) -> str:
    name = next(iter(options), None)
    return f"did you mean .uses({name!r}) with run(plan, limits={{{name!r}: ...}})?" if name else ""


CURES = {"retry": _of_retry, "uses": _of_uses}  # for arguments that do not fit the suffix
