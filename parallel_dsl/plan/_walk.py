"""The one traversal of plans: every node with its address, parents before children, in written order."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator

import attrs

from ._address import join
from ._base import Plan
from ._groups import Group
from ._leaves import Leaf


@attrs.define(eq=False)
class Node:
    """A plan where it stands; nobody changes it.

    Args:
        address: Of the plan; wrappers have the address of what they wrap, a map's template ``address.*``.
        plan: The plan.
        parent: The node around it.
        index: Which child of its parent it is.
    """

    address: str
    plan: Plan[t.Any]
    parent: Node | None
    index: int


def walk(plan: Plan[t.Any]) -> Iterator[Node]:
    """Give every node, parents first.

    Example:
        >>> from parallel_dsl.plan import Agent, All
        >>> [(n.address, type(n.plan).__name__) for n in walk(All(x=Agent("a").retry(), y=Agent("b")))]
        [('', 'All'), ('x', 'Retry'), ('x', 'Agent'), ('y', 'Agent')]
    """
    stack = [Node("", plan, None, 0)]
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node.plan, Leaf):
            stack.extend(reversed(_inside(node)))


def _inside(node: Node) -> list[Node]:
    group, address = node.plan, node.address
    if not isinstance(group, Group):
        return [Node(address, inner, node, 0) for inner in group.parts()]
    if group.template is not None:
        return [Node(f"{address}.*" if address else "*", group.template, node, 0)]
    keys: t.Sequence[str | int] = range(len(group.children)) if group.names is None else group.names
    return [
        Node(join(address, key), child, node, index)
        for index, (key, child) in enumerate(zip(keys, group.children, strict=True))
    ]
