"""All items of a map in the order of the plan, with state and name; of an inner map those of all outer items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..plan import join, steps
from ._outline import Part
from ._places import Place, keys_of, position_of
from ._standing import Shown, Standing
from ._xml import visible

NAME = 60
MOST = 2_000_000  # items that are gone through; of more only those that were heard of
ODD = 100  # items that nobody heard of between others; a report that tells of the 10^9th has no 10^9 items


class Items:
    """The row of a map; *rest* is the state of items of which nothing was heard."""

    def __init__(self, part: Part, standing: Standing, around: Items | None, rest: Shown) -> None:
        self.part = part
        self.standing = standing
        self.around = around
        self.keys = keys_of(part)
        self.heard: Mapping[Place, str] = {place: address for address, place in standing.places.items()}
        self.tiles = self._row(self._outer(), rest)

    def name(self, place: Place) -> str:
        """Give the name of an item, or its position, and of what it is in: ``item 2 of item 0``."""
        said = []
        row: Items | None = self
        while row is not None and place:
            said.append(row.own_name(place))
            row, place = row.around, place[:-1]
        return " of ".join(said)

    def own_name(self, place: Place) -> str:
        """Give the name of an item in this map alone."""
        address = self.heard.get(place)
        step = "" if address is None else steps(address)[-1]
        if address is not None and position_of(step) is None:
            return visible(step, NAME)
        return name_of(self.keys, place[-1])

    def _outer(self) -> Sequence[Place]:
        """Give the places that the map has: one for each item around it."""
        if self.around is None:
            return [()]
        outer = [place for place, _ in self.around.tiles]
        if len(outer) * (self.part.count or 0) <= MOST:
            return outer
        return sorted({place[:-1] for place in self.heard} | set(self.standing.saved))

    def _row(self, outer: Sequence[Place], rest: Shown) -> list[tuple[Place, Shown]]:
        inside: dict[Place, list[int]] = {}
        for place in self.heard:
            inside.setdefault(place[:-1], []).append(place[-1])
        found: list[tuple[Place, Shown]] = []
        for at in outer:
            saved = self.standing.saved.get(at, 0)
            heard = inside.get(at, [])
            count = self._count(heard, saved)
            odd = sorted(i for i in heard if i >= count)
            found += [(place, self._state(place, saved, rest)) for place in ((*at, i) for i in (*range(count), *odd))]
        return found

    def _count(self, heard: Sequence[int], saved: int) -> int:
        """Give how many items there are in one row without a gap."""
        if self.part.count is not None:
            return self.part.count
        most = 2 * len(heard) + ODD + saved
        return max(saved, max((i + 1 for i in heard if i < most), default=0))

    def _state(self, place: Place, saved: int, rest: Shown) -> Shown:
        address = self.heard.get(place)
        if address is not None:
            return self.standing.items[address]
        return self.standing.gone if place[-1] < saved else rest


def name_of(keys: Sequence[str], at: int) -> str:
    """Give the name of an item by its position: its key if the map is over a dict.

    Example:
        >>> name_of([], 3), name_of(["a", "b c"], 1)
        ('item 3', '["b c"]')
    """
    return visible(join("", keys[at]), NAME) if at < len(keys) else f"item {at}"


def map_around(part: Part) -> Part | None:
    """Give the map whose template a part is in, if there is one."""
    at = part.parent
    while at is not None and not at.is_map:
        at = at.parent
    return at
