"""Where a reference finds its value while the plan runs: the nearest name outside one's own branch."""

from __future__ import annotations

import typing as t

from ..errors import RefError

if t.TYPE_CHECKING:
    from .activation import Activation


class Scope:
    """Look names up from a node outwards; with *last*, the value that a condition is about.

    `check` refuses before the start what this would not find, but for what only the run shows.
    """

    __slots__ = ("last", "node")
    NONE: t.ClassVar[object] = object()

    def __init__(self, node: Activation, last: object = NONE) -> None:
        self.node, self.last = node, last

    def __call__(self, root: str, name: str | int | None) -> t.Any:
        """Give the value behind the first step of a reference."""
        if root == "last":
            return self.last if self.last is not Scope.NONE else self._around("last")
        if root == "item":
            return self._around("item")
        return self._named(name) if isinstance(name, str) else self._numbered(t.cast("int", name))

    def _around(self, root: str) -> t.Any:
        node = self.node
        while node.parent is not None:
            group = node.parent
            if group.mapped() and (root == "item" or group.sequential):
                return node.item if root == "item" else t.cast("t.Any", group).before(node.index)
            node = group
        raise RefError(f"{root} stands outside of a .map template", self.node.address)

    def _named(self, name: str) -> t.Any:
        node = self.node
        while node.parent is not None:
            outer: t.Any = node.parent
            place = outer.place(name, node.index)
            if place is not None:
                return outer.seen(place, f"ref.{name}")
            node = outer
        raise RefError(f"ref.{name}: no such name around here", self.node.address)

    def _numbered(self, number: int) -> t.Any:
        node = self.node
        while node.parent is not None:
            outer: t.Any = node.parent
            if outer.sequential:
                index = number if number >= 0 else node.index + number
                return outer.seen(index, f"ref[{number}]")
            node = outer
        raise RefError(f"ref[{number}]: no Stage around here", self.node.address)
