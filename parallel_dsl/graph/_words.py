"""A leaf, a group or a wrapper in few words, cleaned and without secrets; escaped by whoever shows it."""

from __future__ import annotations

import functools
import math
import shlex
import typing as t
from collections.abc import Callable, Mapping

import attrs

from ..plan import (
    NO_TASK,
    Agent,
    All,
    Any,
    Batch,
    Call,
    Command,
    Drain,
    Expect,
    Fallback,
    Given,
    Limit,
    Pick,
    Plan,
    Race,
    Ref,
    Retry,
    Settled,
    Stage,
    Text,
    Timeout,
    Uses,
    Value,
    Wrapper,
)
from ..wording import clean, function_name, redact, short

WIDTH = 120  # of a label, in characters
TASK = 60
LONG = 4_000  # characters of a command that are looked at


@attrs.frozen
class Policy:
    """A wrapper in words and numbers.

    Args:
        word: ``retry``, ``timeout``.
        text: What follows it: ``×3``, ``600 s``.
        numbers: Its options by name, as JSON has them.

    Example:
        >>> print(Policy("retry", "×3", {"attempts": 3}))
        retry ×3
    """

    word: str
    text: str
    numbers: Mapping[str, t.Any] = attrs.field(factory=dict)

    def __str__(self) -> str:
        return f"{self.word} {self.text}" if self.text else self.word


def label_of(plan: Plan[t.Any]) -> str:
    """Give what a leaf does, or which group it is.

    Example:
        >>> label_of(Agent("qa-engineer", "fix")), label_of(Command("npm test")), label_of(All())
        ('qa-engineer "fix"', '$ npm test', 'All')
    """
    said = LABELS[type(plan)](plan)
    return clean(said if type(plan) is Agent else redact(said), WIDTH)  # an agent's pieces are without secrets already


def policy_of(wrapper: Wrapper[t.Any]) -> Policy:
    """Give a wrapper in words and numbers.

    Example:
        >>> print(policy_of(Limit(All(Value(1)), children=2)))
        limit 2 children
    """
    return POLICIES[type(wrapper)](wrapper)


def seconds(value: float) -> str:
    """Give seconds as people write them.

    Example:
        >>> seconds(600), seconds(0.25), seconds(7200), seconds(90)
        ('600 s', '0.25 s', '2 h', '90 s')
    """
    if value == math.inf:
        return "for ever"
    if value >= 3600 and value % 3600 == 0:
        return f"{value / 3600:g} h"
    return f"{value:g} s"


def _agent(plan: Agent[t.Any]) -> str:
    kind = _kind(plan.kind[:LONG]) if isinstance(plan.kind, str) else clean(redact(repr(plan.kind)), TASK)
    arrow = isinstance(plan.task, Ref) and plan.task._root == "ref"  # which is drawn: no need to say it twice
    return kind if plan.task is NO_TASK or arrow else f"{kind} {task_of(plan.task)}"


@functools.lru_cache(maxsize=256)
def _kind(name: str) -> str:
    """Give the name of an agent, of which a plan of thousands has a few."""
    return clean(hidden(name), TASK)


def hidden(text: str) -> str:
    """Give the beginning of a text without secrets: they are known by what a line that is clean no longer has."""
    return redact(text[:LONG])


def task_of(task: object) -> str:
    """Give a task in double quotes if it is text, else as code."""
    said = task.template if isinstance(task, Text) else task
    return f'"{clean(hidden(said), TASK)}"' if isinstance(said, str) and said else redact(short(said, TASK))


def _call(plan: Call[t.Any]) -> str:
    return f"{function_name(plan.fn)}()"


def _command(plan: Command) -> str:
    """Give the line as it was written; a list as a shell would have it."""
    if plan.line is not None:
        return f"$ {plan.line[:LONG]}"
    return f"$ {' '.join(_word(part) for part in plan.argv[:100])}"


def _word(part: t.Any) -> str:
    if isinstance(part, Ref):
        return f"{{{part!r}}}"
    said = part.template if isinstance(part, Text) else part if isinstance(part, str) else str(part)
    return shlex.quote(said[:LONG])


def _value(plan: Value[t.Any]) -> str:
    return f"= {short(plan.value, TASK)}"


def _group(plan: Plan[t.Any]) -> str:
    return type(plan).__name__


LABELS: dict[type, Callable[[t.Any], str]] = {
    Agent: _agent,
    Call: _call,
    Command: _command,
    Value: _value,
    **dict.fromkeys((All, Settled, Any, Race, Stage, Fallback), _group),
}


def _retry(plan: Retry[t.Any]) -> Policy:
    numbers = {
        "attempts": plan.attempts,
        "delay": plan.delay,
        "factor": plan.factor,
        "max_delay": _number(plan.max_delay),
        "max_elapsed": plan.max_elapsed,
    }
    often = "without end" if plan.attempts is None else f"×{plan.attempts}"
    within = "" if plan.max_elapsed is None else f" within {seconds(plan.max_elapsed)}"
    return Policy("retry", often + within, numbers)


def _number(value: float) -> float | str:
    """JSON knows no infinity."""
    return value if math.isfinite(value) else "inf"


def _limit(plan: Limit[t.Any]) -> Policy:
    said = [] if plan.leaves is None else [str(plan.leaves)]
    if plan.children is not None:
        said.append(f"{plan.children} {'child' if plan.children == 1 else 'children'}")
    given = {"leaves": plan.leaves, "children": plan.children}
    return Policy("limit", ", ".join(said), {name: n for name, n in given.items() if n is not None})


def _timeout(plan: Timeout[t.Any]) -> Policy:
    return Policy("timeout", seconds(plan.seconds), {"seconds": _number(plan.seconds)})


def _batch(plan: Batch[t.Any]) -> Policy:
    return Policy("batch", str(plan.size), {"size": plan.size})


def _expect(plan: Expect[t.Any]) -> Policy:
    why = clean(hidden(plan.why), TASK)
    return Policy("expect", why, {"why": why})


def _given(plan: Given[t.Any]) -> Policy:
    names = list(plan.values)[:20]
    said = [clean(hidden(name), TASK) for name in names]
    return Policy("given", clean(", ".join(said), TASK), {"names": said})


def _uses(plan: Uses[t.Any]) -> Policy:
    name = clean(hidden(plan.resource), TASK)
    return Policy("uses", name, {"resource": name})


def _pick(plan: Pick[t.Any]) -> Policy:
    key = clean(hidden(plan.key), TASK) if isinstance(plan.key, str) else plan.key
    return Policy("pick", str(key), {"key": key})


def _drain(plan: Drain) -> Policy:
    name = clean(hidden(function_name(plan.save)), TASK)
    return Policy("drain", name, {"save": name})


POLICIES: dict[type, Callable[[t.Any], Policy]] = {
    Retry: _retry,
    Limit: _limit,
    Timeout: _timeout,
    Batch: _batch,
    Expect: _expect,
    Given: _given,
    Uses: _uses,
    Pick: _pick,
    Drain: _drain,
}
