"""What can be seen from where a node stands: handed down from its parent, so that no look-up climbs the whole plan."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

import attrs

from ._base import Plan
from ._group_kinds import Any, Fallback, Race, Stage
from ._groups import Group
from ._leaves import Leaf
from ._walk import Node
from ._wrappers import Given, Retry

JUDGED = (Any, Race, Fallback, Retry)


@attrs.frozen(eq=False)
class Scope:
    """Names in sight, those of the nearest plan that has any, then those around it.

    Args:
        node: A group with named children, or a `Given`.
        names: The position of each child.
        own: The position of the branch that one stands in.
        outer: What is in sight beyond.
    """

    node: Node
    names: Mapping[str, int]
    own: int
    outer: Scope | None


@attrs.frozen(eq=False)
class Sight:
    """What counts for everything at a place.

    Args:
        scope: Names in sight.
        stage: The nearest `Stage`, as a node, with the position of the branch in it.
        judge: What needs to know what a failure is, if something around does.
        mapped: Whether there is an `item` here.
        staged: Whether there is a `last` here.
    """

    scope: Scope | None = None
    stage: tuple[Node, int] | None = None
    judge: str | None = None
    mapped: bool = False
    staged: bool = False


class Sights:
    """The sight of each node of a walk, parents first."""

    def __init__(self) -> None:
        self._below: dict[int, tuple[Node, Sight]] = {}
        self._positions: dict[int, tuple[Plan[t.Any], dict[str, int]]] = {}  # the plan is kept, so that its id is

    def of(self, node: Node) -> Sight:
        """Give what is seen from a node."""
        parent = node.parent
        sight = Sight() if parent is None else self._inside(parent, self._below[id(parent)][1], node.index)
        if not isinstance(node.plan, Leaf):
            self._below[id(node)] = (node, sight)
        return sight

    def seen_from(self, node: Node) -> Sight:
        """Give once more what is seen from a node that is no leaf."""
        return self._below[id(node)][1]

    def positions(self, group: Group[t.Any]) -> dict[str, int]:
        """Give the position of each named child of a group."""
        found = self._positions.get(id(group))
        if found is None:
            found = group, {name: index for index, name in enumerate(group.names or ())}
            self._positions[id(group)] = found
        return found[1]

    def _inside(self, parent: Node, sight: Sight, index: int) -> Sight:
        plan = parent.plan
        changes: dict[str, t.Any] = {}
        if isinstance(plan, Given):
            changes["scope"] = Scope(parent, dict.fromkeys(plan.values, -1), index, sight.scope)
        elif isinstance(plan, Group):
            if plan.names is not None:
                changes["scope"] = Scope(parent, self.positions(plan), index, sight.scope)
            if isinstance(plan, Stage):
                changes["stage"] = (parent, index)
            if plan.template is not None:
                changes |= {"mapped": True, "staged": sight.staged or isinstance(plan, Stage)}
        if isinstance(plan, JUDGED):
            changes["judge"] = type(plan).__name__
        return attrs.evolve(sight, **changes) if changes else sight
