"""What in a plan itself holds leaves back, however many a run would let run at once."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Iterator

from ..plan import Batch, Fallback, Frozen, Limit, Plan, Stage, group_of, walk

NAMED = 3


def holding(plan: Plan[t.Any], peak: int, waited: bool, count: Callable[[str], int]) -> tuple[str, ...]:
    """Give the limits and batches that held back leaves or children in a run that no limit of its own held back.

    Args:
        plan: What ran.
        peak: How many leaves ran at once.
        waited: Whether a leaf waited for a limit, which then was full: it has no more seats than the peak.
        count: Gives how many items the map at an address has, if only a run shows.

    Example:
        >>> from parallel_dsl.plan import Agent, All
        >>> holding(All(*[Agent("a")] * 9).limit(5), 5, True, lambda address: 10)
        ('.limit(5)',)
        >>> holding(All(*[Agent("a")] * 9).batch(20), 9, False, lambda address: 10)
        ()
    """
    return tuple(dict.fromkeys(_holding(plan, peak, waited, count)))


def _holding(plan: Plan[t.Any], peak: int, waited: bool, count: Callable[[str], int]) -> Iterator[str]:
    for node in walk(plan):
        each = node.plan
        if isinstance(each, Batch) and _children(each, node.address, count) > each.size:
            yield f".batch({each.size})"
        if isinstance(each, Limit):
            of_leaves = waited and each.leaves is not None and each.leaves <= peak
            of_children = each.children is not None and _children(each, node.address, count) > each.children
            if of_leaves or of_children:
                yield f".limit({', '.join(each.arguments())})"


def _children(plan: Plan[t.Any], address: str, count: Callable[[str], int]) -> int:
    """Give how many children of the group inside would be under way at once."""
    group = group_of(plan)
    if group is None or isinstance(group, Stage | Fallback):
        return 1
    if group.template is None:
        return len(group.children)
    return len(group.over.items) if isinstance(group.over, Frozen) else count(address)


def advice(held: tuple[str, ...]) -> str:
    """Say what to take off to look further.

    Example:
        >>> advice((".limit(5)",))
        "the plan's own .limit(5) holds leaves back: take it off to look further"
    """
    shown = ", ".join(held[:NAMED]) + (f" and {len(held) - NAMED} more" if len(held) > NAMED else "")
    hold, them = ("holds", "it") if len(held) == 1 else ("hold", "them")
    return f"the plan's own {shown} {hold} leaves back: take {them} off to look further"
