"""What an agent gives and nobody gets is told of: it is paid for, and a `.pick` lets it fall."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator

from ..errors import Finding
from ._group_kinds import All, Settled, Stage
from ._groups import Group
from ._leaves import Agent
from ._shapers import Drain, Pick
from ._walk import Node
from ._wrappers import Expect, Wrapper

SPLIT = (All, Settled, Stage)  # a reference may name a part of what they give


class Unused:
    """The results of one plan that cannot come out.

    Only agents count: functions and commands are often there for their effect.
    """

    def __init__(self) -> None:
        self._picks: list[Node] = []
        self._nodes: list[Node] = []  # from the first pick on: only references after it name what is in it
        self._named: set[str] = set()

    def see(self, node: Node) -> None:
        """Remember a node; parents come first."""
        if isinstance(node.plan, Pick):
            self._picks.append(node)
        if self._picks:
            self._nodes.append(node)

    def led(self, address: str) -> None:
        """Remember that a reference leads there."""
        if self._picks:
            self._named.add(address)

    def all(self) -> Iterator[Finding]:
        """Give what was found, when all nodes have been seen."""
        if not self._picks:
            return
        inside: dict[int, list[Node]] = {}
        paid: set[int] = set()  # nodes with an agent in them
        partly: set[int] = set()  # nodes of which a reference names something
        for node in reversed(self._nodes):
            parent = node.parent
            if isinstance(node.plan, Agent) or id(node) in paid:
                paid.update((id(node), id(parent)))
            if node.address in self._named or id(node) in partly:
                partly.update((id(node), id(parent)))
            if parent is not None:
                inside.setdefault(id(parent), []).append(node)
        for pick in self._picks:
            for node in self._let_fall(pick, inside, partly):
                if id(node) in paid:
                    advice = "name it with ref, or leave the agent away; for its effect alone all is well"
                    yield Finding(node.address, "note", "nobody gets the result of this agent", advice)

    def _let_fall(self, pick: Node, inside: dict[int, list[Node]], partly: set[int]) -> Iterator[Node]:
        """Give what is let fall by one pick, the largest parts of it."""
        group = _picked_from(pick, inside)
        if group is None:
            return
        kept = _position(t.cast("Group[t.Any]", group.plan), t.cast("Pick[t.Any]", pick.plan).key)
        stack = [n for n in inside.get(id(group), ()) if n.index != kept]
        while stack:
            node = stack.pop()
            only: str | int | None = None
            while node.address not in self._named and isinstance(node.plan, Wrapper):
                if isinstance(node.plan, Expect | Drain):  # the condition gets it, or the function that saves
                    break
                only = node.plan.key if isinstance(node.plan, Pick) else only
                node = inside[id(node)][0]
            if node.address in self._named or isinstance(node.plan, Wrapper):
                continue
            parts = isinstance(node.plan, SPLIT) and node.plan.template is None
            if not parts or (id(node) not in partly and only is None):
                yield node
                continue
            chosen = None if only is None else _position(t.cast("Group[t.Any]", node.plan), only)
            stack += [n for n in inside.get(id(node), ()) if chosen is None or n.index == chosen]


def _picked_from(pick: Node, inside: dict[int, list[Node]]) -> Node | None:
    """Give the group that one child is picked from, if only that child comes out."""
    node = inside[id(pick)][0]
    while isinstance(node.plan, Wrapper):
        if isinstance(node.plan, Expect | Drain | Pick):
            return None
        node = inside[id(node)][0]
    split = isinstance(node.plan, SPLIT) and t.cast("Group[t.Any]", node.plan).template is None
    return node if split else None


def _position(group: Group[t.Any], key: str | int) -> int:
    if isinstance(key, str):
        return (group.names or ()).index(key)
    return key % len(group.children)
