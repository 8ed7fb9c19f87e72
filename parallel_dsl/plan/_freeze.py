"""Parameters are frozen when a plan is built: containers by value, everything else by identity."""

from __future__ import annotations

import enum
import inspect
import math
import pathlib
import types
import typing as t
from collections.abc import Iterator

import attrs

from ..errors import PlanError
from ..wording import short
from ._refs import Attribute, Item, Name, Ref, Text

SIMPLE = (str, int, float, bool, complex, bytes, type(None), pathlib.PurePath, enum.Enum, range)
CONTAINERS = (list, tuple, set, frozenset, dict)


@attrs.frozen
class Frozen:
    """A list, tuple, set or dict as it was when the plan was built; thawed afresh for each attempt.

    It knows whether references are in it, so that nobody looks through a million items for none.
    """

    kind: type
    items: tuple[t.Any, ...]
    holds_refs: bool = attrs.field(eq=False, init=False)

    @holds_refs.default
    def _found(self) -> bool:
        values = [v for _, v in self.items] if self.kind is dict else self.items
        kinds = set(map(type, values))
        deeper = Frozen in kinds and any(v.holds_refs for v in values if type(v) is Frozen)
        return deeper or Ref in kinds or Text in kinds

    def __repr__(self) -> str:
        if self.kind is dict:
            return "{" + ", ".join(f"{shown(k)}: {shown(v)}" for k, v in self.items) + "}"
        inner = ", ".join(map(shown, self.items))
        if self.kind is tuple:
            return f"({inner},)" if len(self.items) == 1 else f"({inner})"
        if self.kind is list:
            return f"[{inner}]"
        return f"{{{inner}}}" if self.items and self.kind is set else f"{self.kind.__name__}([{inner}])"


DEPTH = 100  # as deep as Python's own parser goes; deeper is most likely a container inside itself


def freeze(value: t.Any, where: str, depth: int = 0) -> t.Any:
    """Give the frozen form of a parameter, refusing what cannot be meant; *where* begins the message."""
    kind = type(value)
    if kind is str or kind is int:
        return value
    if kind in CONTAINERS and depth == DEPTH:
        raise PlanError(f"{where}: containers more than {DEPTH} deep, or inside themselves; pass an object of a class")
    if kind is dict:
        for k in value:
            _refuse_key(k, where)
        return Frozen(dict, tuple((k, freeze(v, where, depth + 1)) for k, v in value.items()))
    if kind in CONTAINERS:
        return Frozen(kind, tuple(freeze(x, where, depth + 1) for x in value))
    _refuse(value, where)
    return value


def _refuse_key(value: t.Any, where: str) -> None:
    if isinstance(value, Ref | Text) or getattr(type(value), "_is_plan", False):
        raise PlanError(f"{where}: {value!r} is the key of a dict, and keys are not filled in; put it into a value")


def shown(value: t.Any) -> str:
    """Give a parameter as code: infinity, functions, classes and enums have no repr that is.

    Example:
        >>> shown(float("inf")), shown(len), shown(int)
        ("float('inf')", 'len', 'int')
    """
    if isinstance(value, float) and not math.isfinite(value):
        return f"float({str(value)!r})"
    if isinstance(value, enum.Enum) and value.name:
        return f"{type(value).__qualname__}.{value.name}"
    if isinstance(value, Ref) or not callable(value):
        return repr(value)
    try:
        name = getattr(value, "__qualname__", None)
        return str.__str__(name) if isinstance(name, str) and name.isprintable() and name else repr(value)
    except Exception:  # a hostile property or repr: a plan is shown all the same
        return short(value)


def _refuse(value: t.Any, where: str) -> None:
    if isinstance(value, Ref):
        if value._root == "ref" and not value._steps:
            raise PlanError(f"{where}: ref names nothing, expected ref.name")
    elif inspect.iscoroutine(value):
        value.close()
        raise PlanError(f"{where}: got a coroutine, which runs once only; pass the function: Call(fn, ...)")
    elif getattr(type(value), "_is_plan", False):
        raise PlanError(f"{where}: got a plan as a parameter; put it before in a Stage, and name it with ref")


def refs_in(value: t.Any) -> Iterator[Ref]:
    """Give every reference in a parameter, those in keys of references too.

    Example:
        >>> from parallel_dsl.plan import ref
        >>> list(refs_in(freeze([ref.a, {"k": ref.b[ref.c]}], "x")))
        [ref.a, ref.b[ref.c], ref.c]
    """
    stack = [value]
    while stack:
        each = stack.pop()
        if isinstance(each, Ref):
            yield each
            stack += [s.key for s in reversed(each._steps) if isinstance(s, Item) and isinstance(s.key, Ref)]
        elif isinstance(each, Frozen) and each.holds_refs:
            stack += [x[1] if each.kind is dict else x for x in reversed(each.items)]
        elif isinstance(each, Text):
            stack += [v for _, v in reversed(each.values)]


def key(value: t.Any) -> t.Hashable:
    """Give what two parameters must share to be equal: value and type; opaque ones are equal to themselves."""
    if isinstance(value, Frozen):
        return (Frozen, value.kind, _keys(value))
    if isinstance(value, Ref):
        return (Ref, value._root, tuple(_step_key(s) for s in value._steps))
    if isinstance(value, Text):
        return (Text, value.template, tuple((k, key(v)) for k, v in value.values))
    if isinstance(value, SIMPLE):
        return (type(value), repr(value) if isinstance(value, float | complex) else value)
    if type(value) is tuple:  # of exception classes: an option, not a parameter
        return (tuple, tuple(map(key, value)))
    if isinstance(value, types.MethodType):  # a new object each time it is asked for
        return ("method", id(value.__self__), id(value.__func__))
    return ("identity", id(value))


def _keys(value: Frozen) -> t.Hashable:
    if value.kind is dict:
        return frozenset((key(k), key(v)) for k, v in value.items)
    keys = (key(x) for x in value.items)
    return frozenset(keys) if value.kind in (set, frozenset) else tuple(keys)


def _step_key(step: Attribute | Item | Name) -> t.Hashable:
    return (Item, key(step.key)) if isinstance(step, Item) else (type(step), step.name)
