"""Wrappers change how a plan is run, never what it gives back."""

from __future__ import annotations

import math
import typing as t
from collections.abc import Iterator

import attrs

from ..errors import PlanError
from ..wording import short
from ._advice import need_plan
from ._base import WRAPPERS, Plan, RetryOptions, T_co
from ._freeze import key, shown
from ._group_kinds import Settled
from ._groups import Group
from ._leaves import Params
from ._meant import RETRY_DEFAULTS, on_meant, seconds_meant, unknown_option
from ._refs import Ref

if t.TYPE_CHECKING:
    from ._base import Condition


class Wrapper(Plan[T_co]):
    """A plan around one plan, with the same address.

    It knows at once which group it is, so that nobody looks through thousands of wrappers each time.
    """

    __slots__ = ("group", "settled")
    inner: Plan[T_co]
    keeps_shape: t.ClassVar[bool] = False
    group: Group[t.Any] | None
    settled: Settled[t.Any] | None

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "group", group_of(self.inner))
        object.__setattr__(self, "settled", settled_of(self.inner) if self.keeps_shape else None)

    def parts(self) -> tuple[Plan[t.Any], ...]:
        """Give the plan inside."""
        return (self.inner,)

    def own_key(self) -> t.Hashable:
        """Give what an equal wrapper shares."""
        return tuple(key(getattr(self, n)) for n in _options(type(self)))

    def layout(self) -> Iterator[str | Plan[t.Any]]:
        """Give the repr in suffix form."""
        yield self.inner
        yield f".{type(self).__name__.lower()}({', '.join(self.arguments())})"

    def arguments(self) -> list[str]:
        """Give the arguments of the suffix."""
        return [_shown(getattr(self, n)) for n in _options(type(self))]


def _options(kind: t.Any) -> list[str]:
    return [a.name for a in attrs.fields(kind) if a.name != "inner"]


def _shown(value: t.Any) -> str:
    """Give the repr of an option: a function by its name, infinity as code."""
    if isinstance(value, tuple) and all(isinstance(v, type) for v in value):
        return f"({', '.join(v.__name__ for v in value)}{',' if len(value) == 1 else ''})"
    return shown(value)


def _whole(said: str, name: str, value: t.Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise PlanError(f"{said}: {name} is {value!r}, expected a whole number of at least 1")


def _is_number(value: t.Any) -> bool:
    """Tell whether it is a number that a clock can take: ``10**400`` is none."""
    return not isinstance(value, bool) and isinstance(value, int | float) and (value == math.inf or value < 1e300)


def _seconds(said: str, name: str, value: t.Any) -> None:
    if not _is_number(value) or not value >= 0:
        raise PlanError(f"{said}: {name} is {value!r}, expected a number of at least 0")


def group_of(plan: Plan[t.Any]) -> Group[t.Any] | None:
    """Give the group that a plan is, looked for through wrappers."""
    if isinstance(plan, Wrapper):
        return plan.group
    return plan if isinstance(plan, Group) else None


@attrs.frozen(repr=False, eq=False, init=False)
class Batch(Wrapper[T_co]):
    """Start the group's children in lockstep, *size* at a time: the next chunk when the last has ended.

    Raises:
        PlanError: *size* is no whole number of at least 1, or there is no group inside.

    Example:
        >>> from parallel_dsl.plan import Agent, All
        >>> Batch(All(Agent("a"), Agent("b")), 1)
        All(Agent('a'), Agent('b')).batch(1)
    """

    keeps_shape = True
    inner: Plan[T_co]
    size: int

    def __init__(self, inner: Plan[T_co], size: int) -> None:
        need_plan(inner, "Batch")
        _whole("batch", "size", size)
        _need_group(inner, "batch")
        t.cast("t.Any", self).__attrs_init__(inner, size)


def _need_group(inner: Plan[t.Any], said: str) -> None:
    if group_of(inner) is None:
        found = type(inner).__name__
        raise PlanError(f"{said}: there is no group inside, found {found}; put it around All, Settled, ...")


@attrs.frozen(repr=False, eq=False, init=False)
class Limit(Wrapper[T_co]):
    """At most *leaves* leaves of the plan run at once, however deep; at most *children* children are under way.

    Only leaves hold seats, and none while it waits or backs off, so limits inside limits cannot deadlock.

    Raises:
        PlanError: Neither is given, one is no whole number of at least 1, or *children* without a group.

    Example:
        >>> from parallel_dsl.plan import Agent, All
        >>> All(Agent("a"), Agent("b")).limit(1)
        All(Agent('a'), Agent('b')).limit(1)
    """

    keeps_shape = True
    inner: Plan[T_co]
    leaves: int | None
    children: int | None

    def __init__(self, inner: Plan[T_co], leaves: int | None = None, *, children: int | None = None) -> None:
        need_plan(inner, "Limit")
        if leaves is None and children is None:
            raise PlanError("limit() says nothing, expected a number of leaves, or children=")
        if leaves is not None:
            _whole("limit", "leaves", leaves)
        if children is not None:
            _whole("limit", "children", children)
            _need_group(inner, "limit(children=)")
        t.cast("t.Any", self).__attrs_init__(inner, leaves, children)

    def arguments(self) -> list[str]:
        """Give what was said."""
        said = [] if self.leaves is None else [repr(self.leaves)]
        return said if self.children is None else [*said, f"children={self.children}"]


@attrs.frozen(repr=False, eq=False, init=False)
class Retry(Wrapper[T_co]):
    """Run the inner plan again when it fails; around a `Settled` only the failed children, in rounds.

    ``Retry(plan, attempts=3, *, delay=0.5, factor=2, max_delay=60, jitter=True, on=Exception, max_elapsed=None)``.
    A round begins when the last one is over; to let each child go on by itself, retry the child.

    The pause before attempt k+1 is ``max(retry_after, u * min(max_delay, delay * factor**(k-1)))``
    seconds; ``u`` is drawn from 0 to 1 by seed, address and attempt (full jitter). An error's
    ``retry_after`` (seconds) is obeyed. No seat is held meanwhile.

    Args:
        inner: The plan to run.
        attempts: How many in all, the first counted; None for no end.
        delay: Seconds before the second attempt, at most.
        factor: By which the pause grows.
        max_delay: Seconds that a pause does not exceed.
        jitter: False for the full pause; or a function of the attempt that gives 0 to 1.
        on: Class, tuple of classes, or function of an error: all errors of a failure must match.
        max_elapsed: Seconds since the first start, after which no attempt starts; it cuts none.

    Raises:
        PlanError: An option is out of its range, or unknown.

    When run, fails with the error of the last attempt.

    Example:
        >>> from parallel_dsl.plan import Agent
        >>> Retry(Agent("a"), attempts=5, delay=1)
        Agent('a').retry(5, delay=1)
    """

    keeps_shape = True
    inner: Plan[T_co]
    attempts: int | None
    delay: float
    factor: float
    max_delay: float
    jitter: t.Any
    on: t.Any
    max_elapsed: float | None

    def __init__(self, inner: Plan[T_co], attempts: int | None = 3, **options: t.Unpack[RetryOptions]) -> None:
        need_plan(inner, "Retry")
        for word, value in options.items():
            if word not in RETRY_DEFAULTS:
                raise PlanError(unknown_option(word, value))
        o = {**RETRY_DEFAULTS, "attempts": attempts, **options}
        if attempts == math.inf:
            raise PlanError("retry: attempts is inf, expected a whole number; for no end say attempts=None")
        if attempts is not None:
            _whole("retry", "attempts", attempts)
        for name in ("delay", "factor", *(["max_elapsed"] if o["max_elapsed"] is not None else [])):
            _seconds("retry", name, o[name])
        if o["max_delay"] is None:
            o["max_delay"] = math.inf
        _seconds("retry", "max_delay", o["max_delay"])
        if not isinstance(o["jitter"], bool) and not callable(o["jitter"]):
            raise PlanError(f"retry: jitter is {o['jitter']!r}, expected True, False or a function of the attempt")
        _check_on(o["on"])
        t.cast("t.Any", self).__attrs_init__(inner, *(o[n] for n in RETRY_DEFAULTS))

    def arguments(self) -> list[str]:
        """Give what differs from the defaults."""
        said = {n: getattr(self, n) for n, d in RETRY_DEFAULTS.items() if key(getattr(self, n)) != key(d)}
        first = [repr(said.pop("attempts"))] if "attempts" in said else []
        return first + [f"{n}={_shown(v)}" for n, v in said.items()]


def _check_on(on: t.Any) -> None:
    kinds = on if isinstance(on, tuple) else (on,)
    if all(isinstance(k, type) and issubclass(k, Exception) for k in kinds) and kinds:
        return
    if isinstance(on, type | tuple | Plan | Ref) or not callable(on):
        expected = "expected a class of exceptions, a tuple of them, or a function"
        raise PlanError(f"retry: on is {short(on)}, {expected}{on_meant(on)}")


@attrs.frozen(repr=False, eq=False, init=False)
class Timeout(Wrapper[T_co]):
    """Cut what is not done in *seconds* after the first leaf under it has started.

    Around a `Settled` the outcomes that there are come back, and a child that never ended is
    ``Failed(PlanTimeout)``. A value that exists nevertheless counts, however late.

    Raises:
        PlanError: *seconds* is not more than 0.

    When run, fails with `PlanTimeout`, whose ``__cause__`` is the last error inside.

    Example:
        >>> from parallel_dsl.plan import Agent
        >>> Timeout(Agent("a").retry(3), 5)
        Agent('a').retry().timeout(5)
    """

    keeps_shape = True
    inner: Plan[T_co]
    seconds: float

    def __init__(self, inner: Plan[T_co], seconds: float) -> None:
        need_plan(inner, "Timeout")
        if not _is_number(seconds) or not seconds > 0:
            raise PlanError(f"timeout: seconds is {short(seconds)}, expected a number above 0{seconds_meant(seconds)}")
        t.cast("t.Any", self).__attrs_init__(inner, seconds)


@attrs.frozen(repr=False, eq=False, init=False)
class Expect(Wrapper[T_co]):
    """Fail with `Rejected` if the value does not meet the condition.

    Args:
        inner: The plan to run.
        condition: A reference (``last.ok``) or a function of the value; it gives True or False.
        why: What was expected, for the error.

    Raises:
        PlanError: The condition is a constant or a plan.

    When run, fails with `Rejected`, with `TypeError` if the condition gives no bool, or with its error.

    Example:
        >>> from parallel_dsl.plan import Agent, last
        >>> Agent("draft").expect(last.ok, "a good draft")
        Agent('draft').expect(last.ok, 'a good draft')
    """

    inner: Plan[T_co]
    condition: t.Any
    why: str

    def __init__(self, inner: Plan[T_co], condition: Condition[T_co], why: str = "") -> None:
        need_plan(inner, "Expect")
        if not isinstance(why, str):
            raise PlanError(f"expect: the reason is {why!r}, expected a str: what was wanted, for the error")
        given: object = condition  # whatever the types say
        if isinstance(given, Plan):
            raise PlanError("expect: a plan as a condition is not there yet; try a function of the value")
        if not isinstance(given, Ref) and not callable(given):
            found = f"expect: the condition is the constant {short(condition)}, expected a ref or a function"
            raise PlanError(f"{found}; try .expect(last.ok) or .expect(lambda value: ...)")
        t.cast("t.Any", self).__attrs_init__(inner, condition, why or _shown(condition))

    def arguments(self) -> list[str]:
        """Give condition and reason."""
        shown = _shown(self.condition)
        return [shown] if self.why == shown else [shown, repr(self.why)]


@attrs.frozen(repr=False, eq=False, init=False)
class Given(Wrapper[T_co]):
    """Give names for references inside, resolved outside: a sub-plan with parameters, safe from name clashes.

    Raises:
        PlanError: No name is given, or a value is a plan.

    Example:
        >>> from parallel_dsl.plan import Agent, ref
        >>> Agent("review", ref.file).given(file="a.py")
        Agent('review', ref.file).given(file='a.py')
    """

    keeps_shape = True
    inner: Plan[T_co]
    values: Params

    def __init__(self, inner: Plan[T_co], /, **values: t.Any) -> None:
        need_plan(inner, "Given")
        if not values:
            raise PlanError("given() names nothing, expected name=value")
        t.cast("t.Any", self).__attrs_init__(inner, Params(values, "given"))

    def own_key(self) -> t.Hashable:
        """Give what an equal one shares."""
        return self.values.own_key()

    def arguments(self) -> list[str]:
        """Give the names."""
        return self.values.shown()


@attrs.frozen(repr=False, eq=False, init=False)
class Uses(Wrapper[T_co]):
    """Every leaf of the plan takes a seat of that name: ``run(limits={"gpu": 1})`` says how many there are.

    Example:
        >>> from parallel_dsl.plan import Agent
        >>> Agent("train").uses("gpu")
        Agent('train').uses('gpu')
    """

    keeps_shape = True
    inner: Plan[T_co]
    resource: str

    def __init__(self, inner: Plan[T_co], resource: str) -> None:
        need_plan(inner, "Uses")
        if not isinstance(resource, str) or not resource:
            raise PlanError(f"uses: the resource is {resource!r}, expected a name")
        t.cast("t.Any", self).__attrs_init__(inner, resource)


def settled_of(plan: Plan[t.Any]) -> Settled[t.Any] | None:
    """Give the `Settled` that a deadline or a retry is about, looked for through the wrappers that keep its shape."""
    if isinstance(plan, Wrapper):
        return plan.settled
    return plan if isinstance(plan, Settled) else None


WRAPPERS.update({k.__name__: k for k in (Batch, Limit, Retry, Timeout, Expect, Given, Uses)})
