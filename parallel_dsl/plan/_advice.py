"""What was found where a plan was expected, and what was meant by it."""

from __future__ import annotations

import inspect
import types
import typing as t
from collections.abc import Mapping

from ..errors import PlanError
from ..wording import article, function_name, short
from ._base import Plan
from ._meant import RETRY_WORDS
from ._refs import Ref

OPTIONS = {
    "batch": "batch",
    "limit": "limit",
    "max_concurrency": "limit",
    "concurrency": "limit",
    "max_workers": "limit",
    "workers": "limit",
    "timeout": "timeout",
    "deadline": "timeout",
    "retry": "retry",
    "uses": "uses",
}
OF_RUN = ("agents", "limits", "fakes", "watch", "seed", "show")


def need_plan(value: object, where: str) -> Plan[t.Any]:
    """Give *value* if it is a plan, else refuse it with advice."""
    if isinstance(value, Plan):
        return value
    raise PlanError(f"{where}: got {advice(value)}")


def advice(value: object, expected: str = "a plan") -> str:
    """Say what was found instead of a plan, and what to try.

    Example:
        >>> advice("npm test")
        "the string 'npm test', expected a plan; did you mean Command('npm test')?"
    """
    what, meant = _meant(value)
    return f"{what}, expected {expected}; {meant}"


def _meant(value: t.Any) -> tuple[str, str]:
    if value is None:
        return "None", "did the function that builds it forget its return?"
    if isinstance(value, str):
        return f"the string {value[:40]!r}", f"did you mean Command({value[:40]!r})?"
    if inspect.iscoroutine(value):
        value.close()
        if value.__name__ in ("arun", "run"):
            return f"a coroutine of {value.__name__}", "pass the plan itself"
        return "a coroutine", f"pass the function: Call({value.__name__}, ...)"
    if isinstance(value, Ref):
        return f"the reference {value!r}", f"did you mean Value({value!r})?"
    if isinstance(value, type):
        name = value.__name__
        built = f"{name}(...)" if issubclass(value, Plan) else f"Call({name}, ...)"
        return f"the class {name}", f"did you mean {built}?"
    if callable(value) and not isinstance(value, Plan):
        return _function(value)
    return _thing(value)


def _function(value: t.Any) -> tuple[str, str]:
    name = function_name(value)
    if name == "<lambda>":
        return "a lambda", "did you mean Call(lambda: ...)?"
    return f"the function {name}", f"did you mean Call({name}, ...)?"


def _thing(value: t.Any) -> tuple[str, str]:
    kind = type(value).__name__
    if isinstance(value, set | frozenset):
        return f"{article(kind)}, which has no order", "did you mean All([...])?"
    if isinstance(value, list | tuple | types.GeneratorType):
        return article(kind), "did you mean All([...])?"
    if isinstance(value, Mapping):
        return article(kind), "did you mean All({...})?"
    if isinstance(value, bool | int | float | complex | bytes):
        return short(value), f"did you mean Value({short(value)})?"
    return article(kind), "did you mean Value(...)?"


def option(kind: str, named: Mapping[str, t.Any]) -> str | None:
    """Say what was meant if one of the named children is an option: it belongs to a suffix, or to run."""
    for name, value in named.items():
        if isinstance(value, Plan):
            continue
        said = f"{kind}({name}={short(value)})"
        if name in RETRY_WORDS and isinstance(value, int):
            attempts = value + RETRY_WORDS[name]
            return f"{said}: options are suffixes; did you mean {kind}(...).retry(attempts={attempts})?"
        if name in OPTIONS:
            return f"{said}: options are suffixes; did you mean {kind}(...).{OPTIONS[name]}({short(value)})?"
        if name == "return_exceptions":
            return f"{said}: each outcome is kept by another group; did you mean Settled(...)?"
        if name in ("over", "items") and not kind.endswith(".map"):
            return f"{said}: items are mapped; did you mean {kind}.map(template, over={short(value)})?"
        if name in OF_RUN:
            return f"{kind}({name}=...): this belongs to the run; did you mean run(plan, {name}=...)?"
    return None
