"""The one traversal of plans: every node with its address, parents before children, in written order."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator

import attrs

from ._address import join
from ._base import Plan
from ._groups import Group


@attrs.frozen(eq=False)
class Node:
    """A plan where it stands.

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
        stack.extend(reversed(list(_inside(node))))


def _inside(node: Node) -> Iterator[Node]:
    group = node.plan
    if not isinstance(group, Group):
        for inner in group.parts():
            yield Node(node.address, inner, node, 0)
    elif group.template is not None:
        yield Node(f"{node.address}.*" if node.address else "*", group.template, node, 0)
    else:
        for index, child in enumerate(group.children):
            yield Node(join(node.address, index if group.names is None else group.names[index]), child, node, index)
