"""A plan is a frozen value: equal by value, printed as the code that builds it, copied without recursion."""

from __future__ import annotations

import typing as t
from collections.abc import Awaitable, Callable, Iterator

from ..wording import short
from ._meant import CURES
from ._misuse import SUFFIXES, PlanMisuse, combined, no_operators
from ._told import told

if t.TYPE_CHECKING:  # a default, so that a plan whose type is not known is Plan[Any] without annotation
    from typing_extensions import TypeVar

    from ._refs import Ref

    T_co = TypeVar("T_co", covariant=True, default=t.Any)
    A = t.TypeVar("A")
    Condition: t.TypeAlias = Ref | Callable[[A], bool | Awaitable[bool]]
else:
    T_co = t.TypeVar("T_co", covariant=True)


class RetryOptions(t.TypedDict, total=False):
    """The keywords of `Retry`, for type checkers; at run time others get advice."""

    delay: float
    factor: float
    max_delay: float | None
    jitter: bool | Callable[[int], float]
    on: type[Exception] | tuple[type[Exception], ...] | Callable[[Exception], bool]
    max_elapsed: float | None


class Plan(PlanMisuse, t.Generic[T_co]):
    """What to run, as a value: it runs nothing, and may stand in several places.

    Suffixes wrap it: ``plan.retry(3)`` is ``Retry(plan, 3)``. Equality and hash go by value and
    type, parameters that are no plain values by identity. The repr is the code that builds it.
    """

    __slots__ = ()
    _is_plan = True

    def parts(self) -> tuple[Plan[t.Any], ...]:
        """Give the plans directly inside, in written order."""
        return ()

    def own_key(self) -> t.Hashable:
        """Give what an equal plan shares beside its class and its parts."""
        return ()

    def layout(self) -> Iterator[str | Plan[t.Any]]:
        """Give the pieces of the repr: text, and plans that stand there."""
        raise NotImplementedError

    def __repr__(self) -> str:
        done: list[str] = []
        stack: list[str | Plan[t.Any]] = [self]
        while stack:
            piece = stack.pop()
            if isinstance(piece, str):
                done.append(piece)
            else:
                stack.extend(reversed(list(piece.layout())))
        return "".join(done)

    def _repr_pretty_(self, p: t.Any, cycle: bool) -> None:
        from ._pretty import pretty  # which knows the groups

        p.text(pretty(self, 88 - p.indentation).replace("\n", "\n" + " " * p.indentation))

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        from ..graph import bundle  # a room above, only for who looks at it in a notebook

        return bundle(self)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Plan):
            return NotImplemented
        table: dict[t.Hashable, int] = {}
        numbers = [fold(p, lambda q, inner: _number(table, q, inner)) for p in (self, other)]
        return numbers[0] == numbers[1]

    def __hash__(self) -> int:
        return fold(self, lambda q, inner: hash((type(q), q.own_key(), tuple(inner))))

    def __bool__(self) -> t.NoReturn:
        raise TypeError(
            f"a plan has no truth value; run it first: run({type(self).__name__}(...)); "
            "for `and`, `or` try All(a, b), Any(a, b)"
        )

    if not t.TYPE_CHECKING:  # not there for checkers, so that they refuse what raises here

        def __iter__(self):
            raise TypeError(f"a plan cannot be iterated; run it first: run({type(self).__name__}(...))")

        def __await__(self):
            raise TypeError("a plan cannot be awaited; try: await arun(plan)")

    def __copy__(self) -> t.Self:
        return self

    def __deepcopy__(self, memo: object) -> t.Self:
        return self  # frozen: a copy could not differ

    def __reduce__(self) -> tuple[t.Any, ...]:
        program: list[tuple[Plan[t.Any] | tuple[t.Any, ...], tuple[int, ...]]] = []

        def add(plan: Plan[t.Any], inner: list[int]) -> int:
            program.append((plan.state(), tuple(inner)))
            return len(program) - 1

        fold(self, add)
        return _rebuilt, (program,)

    def state(self) -> tuple[t.Any, ...]:
        """Give class and fields without the parts, for a pickle."""
        names = _fields(type(self))
        inside = ("inner",) if "inner" in names else ("children", "template")
        fields = {a: getattr(self, a) for a in names if a not in inside}
        return type(self), fields, _room(self)

    # Suffixes: each is the wrapper of the same name around this plan.

    def batch(self, size: int) -> Plan[T_co]:
        """Start the group's children in lockstep, *size* at a time; see `Batch`."""
        return _wrapped(self, "Batch", size)

    def limit(self, leaves: int | None = None, *, children: int | None = None) -> Plan[T_co]:
        """Let at most so many leaves run, or children be under way; see `Limit`."""
        return _wrapped(self, "Limit", leaves, children=children)

    def retry(self, attempts: int | None = 3, **options: t.Unpack[RetryOptions]) -> Plan[T_co]:
        """Run again what failed: ``delay=0.5, factor=2, max_delay=60`` seconds between attempts; see `Retry`."""
        return _wrapped(self, "Retry", attempts, **options)

    def timeout(self, seconds: float) -> Plan[T_co]:
        """Cut what is not done in time; see `Timeout`."""
        return _wrapped(self, "Timeout", seconds)

    def expect(self, condition: Condition[T_co], why: str = "") -> Plan[T_co]:
        """Fail if the value does not meet the condition; see `Expect`."""
        return _wrapped(self, "Expect", condition, why)

    def given(self, /, **values: t.Any) -> Plan[T_co]:
        """Give names for references inside; see `Given`."""
        return _wrapped(self, "Given", **values)

    def uses(self, resource: str) -> Plan[T_co]:
        """Let every leaf take a seat of that name; see `Uses`."""
        return _wrapped(self, "Uses", resource)

    def pick(self, key: str | int) -> Plan[t.Any]:
        """Give one child's result; see `Pick`."""
        return _wrapped(self, "Pick", key)

    def drain(self, save: Callable[[list[t.Any]], t.Any]) -> Plan[int]:
        """Hand results to *save*, a list at a time, as they come, and let them go; the value is the count; see `Drain`.

        Sync functions run in a worker thread: open what belongs to one thread in there, or give an async one.
        """
        return t.cast("Plan[int]", _wrapped(self, "Drain", save))


N = t.TypeVar("N")


def fold(plan: Plan[t.Any], combine: Callable[[Plan[t.Any], list[N]], N], known: dict[int, N] | None = None) -> N:
    """Combine a plan from the inside out, each object once, without recursion; *known* holds what was combined before.

    Whoever hands *known* on keeps the plans alive: it goes by their ids.
    """
    done: dict[int, N] = {} if known is None else known
    stack = [plan]
    while stack:
        each = stack[-1]
        parts = each.parts()
        missing = [p for p in parts if id(p) not in done]
        if missing:
            stack.extend(reversed(missing))
            continue
        stack.pop()
        if id(each) not in done:
            done[id(each)] = combine(each, [done[id(p)] for p in parts])
    return done[id(plan)]


def _number(table: dict[t.Hashable, int], plan: Plan[t.Any], inner: list[int]) -> int:
    return table.setdefault((type(plan), plan.own_key(), tuple(inner)), len(table))


def _fields(kind: type) -> list[str]:
    return [a.name for a in getattr(kind, "__attrs_attrs__", ())]


def _room(plan: Plan[t.Any]) -> bool:
    return "template" in _fields(type(plan)) and t.cast("t.Any", plan).template is not None


def _rebuilt(program: list[tuple[tuple[t.Any, ...], tuple[int, ...]]]) -> Plan[t.Any]:
    """Build a plan again from its pickle."""
    built: list[t.Any] = []
    for (kind, fields, mapped), inner in program:
        parts = tuple(built[i] for i in inner)
        names = _fields(kind)
        plan = kind.__new__(kind)
        if "inner" in names:
            fields = {**fields, "inner": parts[0]}
        elif "children" in names:
            fields = {**fields, "children": () if mapped else parts, "template": parts[0] if mapped else None}
        for name, value in fields.items():
            object.__setattr__(plan, name, value)
        if "inner" in names:
            plan.__attrs_post_init__()
        built.append(plan)
    return t.cast("Plan[t.Any]", built[-1])


WRAPPERS: dict[str, t.Any] = {}  # filled by _wrappers: the suffixes above and the classes know each other


def _wrapped(plan: Plan[N], name: str, /, *args: t.Any, **options: t.Any) -> Plan[N]:
    made: Plan[N] = WRAPPERS[name](plan, *args, **options)
    return made


for _name in SUFFIXES:
    setattr(Plan, _name, told(getattr(Plan, _name), _name, CURES.get(_name)))
no_operators(Plan, lambda x: f"{type(x).__name__}(...)" if isinstance(x, Plan) else short(x), combined)
