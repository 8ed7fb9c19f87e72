"""References are filled in when a leaf starts: each step by one rule, each failure with what was there instead."""

from __future__ import annotations

import inspect
import typing as t
from collections.abc import Callable, Mapping

from ..errors import RefError
from ..results import Outcomes, Results
from ..wording import article, did_you_mean, short
from ._freeze import Frozen
from ._refs import Attribute, Item, Name, Ref, Text, pieces

Lookup = Callable[[str, "str | int | None"], t.Any]


def fill(value: t.Any, lookup: Lookup) -> t.Any:
    """Give a fresh copy of a frozen parameter with every reference replaced.

    Args:
        value: The parameter, as the plan holds it.
        lookup: Gives the value of a root: ``("ref", name)``, ``("item", None)``, ``("last", None)``.

    Raises:
        RefError: A step leads nowhere.

    Example:
        >>> from parallel_dsl.plan import item
        >>> fill(item.a, lambda root, name: {"a": 1})
        1
    """
    kind = type(value)
    if kind is Ref:
        return _followed(value, lookup)
    if kind is Frozen:
        if value.kind is dict:
            return {k: fill(v, lookup) for k, v in value.items}
        return value.kind([fill(x, lookup) for x in value.items])
    if kind is Text:
        values = {k: fill(v, lookup) for k, v in value.values}
        return "".join(str(values[p]) if is_name else p for p, is_name in pieces(value.template, values.keys()))
    return value


def _followed(ref: Ref, lookup: Lookup) -> t.Any:
    steps = ref._steps
    if ref._root == "ref":
        first = t.cast("Name", steps[0])
        value, steps = lookup("ref", first.name), steps[1:]
    else:
        value = lookup(ref._root, None)
    for step in steps:
        key = step.name if isinstance(step, Attribute) else fill(t.cast("Item", step).key, lookup)
        value = _taken(value, key, ref, by_name=isinstance(step, Attribute))
    return value


def _taken(value: t.Any, key: t.Any, ref: Ref, *, by_name: bool) -> t.Any:
    if isinstance(value, Results):
        return _of_results(value, key, ref)
    if isinstance(value, Mapping) or not by_name:
        return _of_items(value, key, ref)
    if isinstance(value, str):
        raise RefError(f"{ref!r}: found the text {short(value)}, which has no {key!r}; expected a value with parts")
    try:
        found = getattr(value, key)
    except AttributeError:
        names = [n for n in dir(value) if not n.startswith("_") and n != key]
        found = "found None, which" if value is None else f"{article(type(value).__name__)}"
        said = f"{ref!r}: {found} has no {key!r}{did_you_mean(key, names)}"
        raise RefError(said) from None
    if inspect.ismethod(found) or inspect.isbuiltin(found):
        raise RefError(f"{ref!r}: {key!r} is a method of {type(value).__name__}, expected data; try Call(...)")
    return found


def _of_results(value: Results, key: t.Any, ref: Ref) -> t.Any:
    if isinstance(value, Outcomes) and key in ("successes", "failures") and key not in value.keys():  # noqa: SIM118
        return getattr(value, key)
    try:
        return value[key]
    except (LookupError, TypeError):
        names = [str(k) for k in value.keys()]  # noqa: SIM118 - iterating gives values, keys() the names
        hint = did_you_mean(str(key), names) or f"; there are {', '.join(names[:8]) or 'none'}"
        raise RefError(f"{ref!r}: no result {key!r}{hint}") from None


def _of_items(value: t.Any, key: t.Any, ref: Ref) -> t.Any:
    try:
        return value[key]
    except (LookupError, TypeError):
        names = [str(k) for k in value] if isinstance(value, Mapping) else []
        hint = did_you_mean(str(key), names)
        raise RefError(f"{ref!r}: {short(value)} has no item {key!r}{hint}") from None
