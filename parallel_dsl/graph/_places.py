"""Which part an address of a run belongs to: items of a map belong to its template, each at its place."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator, Mapping

from ..plan import Frozen, Group, join, steps
from ._outline import Outline, Part

Place = tuple[int, ...]  # positions in the maps around, the outermost first


class Item(t.NamedTuple):
    """An item of a map: the address of the map as a part, and that of the item in the run."""

    map: str
    address: str
    place: Place


class Placed(t.NamedTuple):
    """What stands at an address: a part, the items of maps around it, and the address of the group around it.

    A part that is in a map's template stands in no item; a run has it once for each.
    """

    part: Part
    items: tuple[Item, ...]
    group: str | None
    in_map: bool


class Places:
    """Follow addresses from the root, each step once; *saved* counts of maps what drains have saved."""

    def __init__(self, outline: Outline, saved: Mapping[str, int]) -> None:
        self.known: dict[str, Placed | None] = {}
        self.mapped: set[str] = set()  # parts inside of a map's template
        for part in outline.parts:
            around = part.parent
            if around is not None and (around.is_map or around.address in self.mapped):
                self.mapped.add(part.address)
            group = None if around is None else around.address
            self.known[part.address] = Placed(part, (), group, part.address in self.mapped)
        self.saved = saved
        self.children: dict[str, dict[str, Part]] = {}
        self.orders: dict[str, dict[str, int]] = {}

    def find(self, address: str) -> Placed | None:
        """Follow the address from the longest beginning that is known; None if the plan has none there."""
        if address in self.known:
            return self.known[address]
        way = list(_beginnings(address))
        at = len(way)
        while at and way[at - 1][0] not in self.known:
            at -= 1
        group = way[at - 1][0] if at else ""
        found = self.known[group]
        for beginning, step in way[at:]:
            found = None if found is None else self._child(found, group, beginning, step)
            self.known[beginning] = found
            group = beginning
        return found

    def _child(self, found: Placed, group: str, beginning: str, step: str) -> Placed | None:
        part, items, _, in_map = found
        if part.is_map:
            place = (*(items[-1].place if items else ()), self._position(part, group, step))
            return Placed(part.children[0], (*items, Item(part.address, beginning, place)), group, True)
        children = self.children.get(part.address)
        if children is None:
            children = {steps(child.address)[-1]: child for child in part.children}
            self.children[part.address] = children
        child = children.get(step)
        return None if child is None else Placed(child, items, group, in_map)

    def _position(self, part: Part, group: str, step: str) -> int:
        """Give the position of an item; those with names stand as they were written, else as they were heard of."""
        number = position_of(step)
        if number is not None:
            return number
        keys = keys_of(part)
        at = part.address if keys else group
        order = self.orders.get(at)
        if order is None:
            order = self.orders[at] = {join("", key): n for n, key in enumerate(keys)}
        # What a drain has saved came first, and has no address any more.
        return order.setdefault(step, len(order) + (0 if keys else self.saved.get(group, 0)))


def keys_of(part: Part) -> list[str]:
    """Give the names of a map's items in written order, if it is over a dict."""
    over = part.plan.over if isinstance(part.plan, Group) else None
    return [str(key) for key, _ in over.items] if isinstance(over, Frozen) and over.kind is dict else []


def position_of(step: str) -> int | None:
    """Give the position that a step is: 2 of ``[2]``; None of a name.

    Example:
        >>> position_of("[2]"), position_of('["2"]'), position_of("a")
        (2, None, None)
    """
    end = step[1:-1] if step[:1] == "[" else ""
    return int(end) if end.isascii() and end.isdecimal() and len(end) < 20 else None


def _beginnings(address: str) -> Iterator[tuple[str, str]]:
    """Give each beginning of an address that ends with a step, and the step."""
    at = 0
    for step in steps(address):
        at = address.index(step, at) + len(step)
        yield address[:at], step
