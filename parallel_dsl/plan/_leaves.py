"""Leaves do work: an agent by name, a function, a command, or a constant."""

from __future__ import annotations

import inspect
import typing as t
from collections.abc import Iterator, Mapping

import attrs

from ..errors import PlanError
from ..wording import function_name, short
from ._advice import advice
from ._base import Plan, T_co
from ._freeze import freeze, key, shown
from ._refs import Ref, Text, is_keyword
from ._told import told

if t.TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

A = t.TypeVar("A")


class _NoTask:
    """Stand for a task that was not given."""

    def __repr__(self) -> str:
        return "NO_TASK"

    def __reduce__(self) -> str:
        return "NO_TASK"


NO_TASK = _NoTask()


class Params(Mapping[str, t.Any]):
    """The named parameters of a leaf, frozen, in the order in which they were given."""

    __slots__ = ("pairs",)

    def __init__(self, pairs: Mapping[str, t.Any], where: str) -> None:
        self.pairs = {k: freeze(v, f"{where}: {k}") for k, v in pairs.items()}

    def __getitem__(self, name: str) -> t.Any:
        return self.pairs[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.pairs)

    def __len__(self) -> int:
        return len(self.pairs)

    def own_key(self) -> t.Hashable:
        """Give what equal parameters share: order does not count."""
        return frozenset((k, key(v)) for k, v in self.pairs.items())

    def shown(self) -> list[str]:
        """Give ``name=value`` for each."""
        return [f"{k}={shown(v)}" if is_keyword(k) else f"**{{{k!r}: {shown(v)}}}" for k, v in self.pairs.items()]


class Leaf(Plan[T_co]):
    """Work that runs as a whole; see `Agent`, `Call`, `Command` and `Value`."""

    __slots__ = ()

    def arguments(self) -> list[str]:
        """Give the arguments of the repr."""
        raise NotImplementedError

    def layout(self) -> Iterator[str | Plan[t.Any]]:
        """Give the repr."""
        yield f"{type(self).__name__}({', '.join(self.arguments())})"


@attrs.frozen(init=False, repr=False, eq=False)
class Agent(Leaf[T_co]):
    """Ask an agent by name; who that is, ``run(agents=...)`` says, so a fake can stand in.

    Called ``fn(task, **params)``, without the task if none is given. Sync ones run in a thread.

    Args:
        kind: Name of the agent, or a reference to one.
        task: What to do; any value, text or reference.
        **params: Parameters; references are found in lists, tuples and dicts too.

    Raises:
        PlanError: *kind* is a function (use `Call`), or a parameter is a plan or a coroutine.

    When run, fails with the error that the agent raises.

    Example:
        >>> Agent("debugger", "analyze", files=["tests/"])
        Agent('debugger', 'analyze', files=['tests/'])
    """

    kind: str | Ref
    task: t.Any
    params: Params

    def __init__(self, kind: str | Ref, /, task: t.Any = NO_TASK, **params: t.Any) -> None:
        if not isinstance(kind, Ref) and (not isinstance(kind, str) or not kind):
            if isinstance(kind, Plan):
                raise PlanError(f"Agent got the plan {short(kind)}, expected a kind; a plan is used as it is")
            if callable(kind) or inspect.iscoroutine(kind):
                raise PlanError(f"Agent got {advice(kind, 'a kind')}")
            raise PlanError(f"Agent got {short(kind)}, expected the name of a kind, or a ref to one")
        where = f"Agent({kind!r})"
        kept = task if task is NO_TASK else freeze(task, f"{where}: task")
        t.cast("t.Any", self).__attrs_init__(kind, kept, Params(params, where))

    def own_key(self) -> t.Hashable:
        """Give what an equal agent shares."""
        return key(self.kind), key(self.task), self.params.own_key()

    def arguments(self) -> list[str]:
        """Give the arguments of the repr."""
        return [repr(self.kind), *([] if self.task is NO_TASK else [shown(self.task)]), *self.params.shown()]


@attrs.frozen(init=False, repr=False, eq=False)
class Call(Leaf[T_co]):
    """Call a Python function: async in the loop, sync in a worker thread.

    Args:
        fn: The function.
        *args, **kwargs: What it is called with; references are found in lists, tuples and dicts too.

    Raises:
        PlanError: *fn* is not callable, or is a coroutine.

    When run, fails with the error that the function raises. A sync function cannot be stopped: when
    cut it is reported as abandoned, and its seat comes back when its thread has ended.

    Example:
        >>> Call(len, [1, 2])
        Call(len, [1, 2])
    """

    fn: Callable[..., t.Any]
    args: tuple[t.Any, ...]
    kwargs: Params

    @t.overload
    def __init__(self: Call[A], fn: Callable[..., Awaitable[A]], /, *args: t.Any, **kwargs: t.Any) -> None: ...
    @t.overload
    def __init__(self: Call[A], fn: Callable[..., A], /, *args: t.Any, **kwargs: t.Any) -> None: ...
    def __init__(self, fn: Callable[..., t.Any], /, *args: t.Any, **kwargs: t.Any) -> None:
        _need_function(fn)
        name = function_name(fn)
        kept = tuple(freeze(a, f"Call({name}): argument {i}") for i, a in enumerate(args))
        t.cast("t.Any", self).__attrs_init__(fn, kept, Params(kwargs, f"Call({name})"))

    def own_key(self) -> t.Hashable:
        """Give what an equal call shares: the same function."""
        return key(self.fn), tuple(map(key, self.args)), self.kwargs.own_key()

    def arguments(self) -> list[str]:
        """Give the arguments of the repr."""
        return [shown(self.fn), *map(shown, self.args), *self.kwargs.shown()]


def _need_function(fn: t.Any) -> None:
    if inspect.iscoroutine(fn):
        raise PlanError(f"Call got {advice(fn, 'a function')}")
    if isinstance(fn, str):
        raise PlanError(f"Call got {advice(fn, 'a function')}")
    if isinstance(fn, Plan):
        raise PlanError(f"Call got the plan {short(fn)}, expected a function; a plan is used as it is")
    if isinstance(fn, Ref):
        raise PlanError(f"Call got the reference {fn!r}, expected a function, known when the plan is built")
    if not callable(fn):
        raise PlanError(f"Call got {short(fn)}, expected a function; pass it without calling it: Call(fn, ...)")


@attrs.frozen(init=False, repr=False, eq=False)
class Value(Leaf[T_co]):
    """Give a value, references in it resolved: a default, a constant. It takes no seat and no time.

    Example:
        >>> Value({"a": 1})
        Value({'a': 1})
    """

    value: t.Any

    @t.overload
    def __init__(self: Value[t.Any], value: Ref) -> None: ...
    @t.overload
    def __init__(self: Value[str], value: Text) -> None: ...
    @t.overload
    def __init__(self, value: T_co) -> None: ...
    def __init__(self, value: t.Any) -> None:
        t.cast("t.Any", self).__attrs_init__(freeze(value, "Value"))

    def own_key(self) -> t.Hashable:
        """Give what an equal value shares, its type too."""
        return key(self.value)

    def arguments(self) -> list[str]:
        """Give the argument of the repr."""
        return [shown(self.value)]


for _kind in (Agent, Value):
    _kind.__init__ = told(_kind.__init__, _kind.__name__)  # type: ignore[method-assign]  # the same, with advice

__all__ = ["NO_TASK", "Agent", "Call", "Leaf", "Params", "Value"]
