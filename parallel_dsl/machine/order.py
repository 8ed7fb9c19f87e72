"""Plan order is the only tie-breaker: children by index, and what is below before what is around it."""

from __future__ import annotations

import functools
import typing as t

if t.TYPE_CHECKING:
    from .activation import Activation


def _compare(a: Activation, b: Activation) -> int:
    """Walk both up to where they meet: this costs the distance, not the depth, and siblings meet at once."""
    x, y = a, b
    while x.depth > y.depth:
        x = t.cast("Activation", x.parent)
    while y.depth > x.depth:
        y = t.cast("Activation", y.parent)
    if x is y:
        return b.depth - a.depth
    while x.parent is not y.parent:
        x, y = t.cast("Activation", x.parent), t.cast("Activation", y.parent)
    return x.index - y.index


in_plan_order = functools.cmp_to_key(_compare)


def by_index(pair: tuple[Activation, object]) -> int:
    """Give the index of the node of a pair."""
    return pair[0].index


def put_in_plan_order(pairs: list[tuple[t.Any, t.Any]]) -> None:
    """Sort pairs by their node; siblings, the common case, by their index alone."""
    parent = pairs[0][0].parent
    if all(pair[0].parent is parent for pair in pairs):
        pairs.sort(key=by_index)
    else:
        pairs.sort(key=lambda pair: in_plan_order(pair[0]))
