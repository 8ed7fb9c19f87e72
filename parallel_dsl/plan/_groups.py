"""What all groups share: which children they take, as they stand or mapped from items, and how they are shown."""

from __future__ import annotations

import inspect
import types
import typing as t
from collections.abc import Iterable, Iterator, Mapping

import attrs

from ..errors import PlanError
from ..wording import article, function_name, short
from ._advice import advice, need_plan, option
from ._base import Plan, T_co
from ._freeze import Frozen, freeze, key, shown
from ._refs import Ref, is_keyword

NO_TEMPLATE: t.Any = object()


class _Map:
    """``All.map`` is a way to build an `All`; on an instance it would forget the children."""

    def __get__(self, plan: Group[t.Any] | None, kind: type[Group[t.Any]]) -> t.Any:
        if plan is not None:
            name = kind.__name__
            raise PlanError(f"{name}(...).map: map builds a group of its own; try {name}.map(template, over=...)")
        return types.MethodType(_mapped, kind)


@attrs.frozen(init=False, repr=False, eq=False)
class Group(Plan[T_co]):
    """Children all positional or all named, or one iterable, or one mapping; or one template mapped."""

    children: tuple[Plan[t.Any], ...]
    names: tuple[str, ...] | None
    template: Plan[t.Any] | None
    over: t.Any

    needs_one: t.ClassVar[bool] = False
    map: t.ClassVar[t.Any] = _Map()

    def __init__(self, /, *children: t.Any, **named: t.Any) -> None:
        found, names = _children(type(self).__name__, children, named)
        if self.needs_one and not found:
            raise PlanError(f"{type(self).__name__}() has no candidates, expected at least one")
        t.cast("t.Any", self).__attrs_init__(found, names, None, None)

    def parts(self) -> tuple[Plan[t.Any], ...]:
        """Give the children, or the template."""
        return self.children if self.template is None else (self.template,)

    def own_key(self) -> t.Hashable:
        """Give what an equal group shares beside its children."""
        return self.names, self.template is None, key(self.over)

    def layout(self) -> Iterator[str | Plan[t.Any]]:
        """Give the repr: odd names as a mapping."""
        kind = type(self).__name__
        if self.template is not None:
            yield f"{kind}.map("
            yield self.template
            yield f", over={shown(self.over)})"
            return
        odd = self.names is not None and (not self.names or not all(is_keyword(n) for n in self.names))
        yield f"{kind}({'{' if odd else ''}"
        for number, child in enumerate(self.children):
            name = "" if self.names is None else f"{self.names[number]!r}: " if odd else f"{self.names[number]}="
            yield f"{', ' if number else ''}{name}"
            yield child
        yield "})" if odd else ")"


def _children(
    kind: str, children: tuple[t.Any, ...], named: Mapping[str, t.Any]
) -> tuple[tuple[Plan[t.Any], ...], tuple[str, ...] | None]:
    if children and named:
        said = f"{kind} got {len(children)} positional and {len(named)} named children, expected one kind"
        raise PlanError(option(kind, named) or f"{said}; name them all, or none")
    if len(children) == 1 and not isinstance(children[0], Plan):
        return _one(kind, children[0])
    if named:
        return tuple(_child(kind, n, c, named) for n, c in named.items()), tuple(named)
    return tuple(_child(kind, i, c) for i, c in enumerate(children)), None


def _one(kind: str, only: t.Any) -> tuple[tuple[Plan[t.Any], ...], tuple[str, ...] | None]:
    """Take one iterable or one mapping of children."""
    if isinstance(only, Mapping):
        for name in only:
            if not isinstance(name, str):
                raise PlanError(f"{kind}: the name {name!r} is {article(type(name).__name__)}, expected a str")
        return tuple(_child(kind, n, c) for n, c in only.items()), tuple(only)
    if isinstance(only, Ref):
        raise PlanError(f"{kind}({only!r}): children must be known; try {kind}.map(template, over={only!r})")
    if inspect.isgenerator(only) and inspect.getgeneratorstate(only) == inspect.GEN_CLOSED:
        raise PlanError(f"{kind} got a generator that has been used up already; make a list of it first")
    if isinstance(only, set | frozenset):
        raise PlanError(f"{kind} got {article(type(only).__name__)}, which has no order; try a list")
    if isinstance(only, str | bytes) or not isinstance(only, Iterable):
        raise PlanError(f"{kind}[0]: got {advice(only)}")
    return tuple(_child(kind, i, c) for i, c in enumerate(only)), None


def _child(kind: str, name: str | int, child: t.Any, named: Mapping[str, t.Any] | None = None) -> Plan[t.Any]:
    if isinstance(child, Plan):
        return child
    if named is not None and (meant := option(kind, named)):
        raise PlanError(meant)
    return need_plan(child, f"{kind}[{name}]" if isinstance(name, int) else f"{kind}({name}=...)")


def _mapped(
    kind: type[Group[t.Any]], template: Plan[t.Any] = NO_TEMPLATE, *more: t.Any, over: t.Any = None, **odd: t.Any
) -> Group[t.Any]:
    """Build a group of one template for all items; `item` in it stands for the item."""
    said = f"{kind.__name__}.map"
    if odd:
        raise PlanError(option(said, odd) or _unknown(said, next(iter(odd))))
    if template is NO_TEMPLATE:
        raise PlanError(f"{said}: got no template, expected {said}(template, over=[...])")
    need_plan(template, f"{said}: template")
    if more or over is None:
        found = f"{len(more)} more positional" if more else "no over="
        raise PlanError(f"{said}: got {found}, expected the items as a keyword: {said}(template, over=[...])")
    if isinstance(over, Plan):
        raise PlanError(f"{said}: over= is a plan; put it before in a Stage, and name it with ref")
    if inspect.isgenerator(over) or inspect.isasyncgen(over) or isinstance(over, Iterator):
        found = type(over).__name__.replace("_", " ")
        raise PlanError(f"{said}: over= is {article(found)}, which runs once only; pass a list, or the function itself")
    if isinstance(over, Mapping):
        bad = next((k for k in over if not isinstance(k, str)), None)
        if bad is not None:
            raise PlanError(f"{said}: over= has the key {bad!r}, expected strings: keys name the children")
        over = dict(over)
    elif isinstance(over, range):
        over = list(over)
    elif not isinstance(over, Ref | list | tuple) and not callable(over):
        found = f"over= is {article(type(over).__name__)}, expected a list, a tuple, a mapping, a ref or a function"
        raise PlanError(f"{said}: {found}{_items_meant(over)}")
    elif not isinstance(over, Ref | list | tuple):
        _need_no_arguments(over, said)
    kept = freeze(over, f"{said}: over")
    if kind.needs_one and isinstance(kept, Frozen) and not kept.items:
        raise PlanError(f"{said}: over= is empty, expected at least one candidate")
    plan = kind.__new__(kind)
    t.cast("t.Any", plan).__attrs_init__((), None, template, kept)
    return plan


def _need_no_arguments(over: t.Any, said: str) -> None:
    """Refuse a function of items that cannot be called without arguments."""
    try:
        signature = inspect.signature(over)
    except (ValueError, TypeError):  # some builtins tell no signature
        return
    try:
        signature.bind()
    except TypeError as error:
        name = function_name(over)
        raise PlanError(f"{said}: over={name}{signature}: {error}; try over=lambda: {name}(...)") from None


def _unknown(said: str, word: str) -> str:
    return f"{said} got an unknown option {word}=; the items are over=: {said}(template, over=[...])"


def _items_meant(over: t.Any) -> str:
    if isinstance(over, str | bytes):
        return f"; did you mean over=[{short(over)}]?"
    if isinstance(over, set | frozenset):
        return "; a set has no order, did you mean over=sorted(...)?"
    if isinstance(over, int):
        return f"; did you mean over=range({over})?"
    return "; did you mean over=list(...)?" if isinstance(over, Iterable) else ""
