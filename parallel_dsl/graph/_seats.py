"""Of a plan that is too wide, too deep or too large only some parts are shown, and what is left out is counted."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Mapping, Sequence

import attrs

from ._outline import Outline, Part, Use

TAIL = 3  # levels that are shown at the bottom of what is too deep
Rank = Callable[[Part], int]


@attrs.frozen
class Room:
    """How much may be shown.

    Args:
        children: Of one group; of more the first ones and the last are shown.
        levels: Below each other; of more those in the middle are left out.
        parts: In all, about; notes come on top.
    """

    children: int = 12
    levels: int = 16
    parts: int = 400


@attrs.define(eq=False)
class Seat:
    """A part that is shown, or a note that stands for those which are not.

    Args:
        part: What is shown; None of a note.
        parent: Where it stands.
        depth: How many seats are around it.
        children: In written order.
        siblings: Of a note, how many children of one group it stands for.
        levels: Of a note in place of levels, how many it stands for.
        parts: Of a note, how many parts it stands for in all.
    """

    part: Part | None
    parent: Seat | None
    depth: int
    children: list[Seat] = attrs.field(factory=list)
    siblings: int = 0
    levels: int = 0
    parts: int = 0

    @property
    def note(self) -> str:
        """Give the words of a note: ``... 990 more``."""
        if self.levels:
            return f"... {self.levels:,} more levels, {self.parts:,} parts"
        inside = f", {self.parts:,} parts" if self.parts > self.siblings else ""
        return f"... {self.siblings:,} more{inside}"


@attrs.frozen(eq=False)
class Folded:
    """What is shown of an outline.

    Args:
        seats: Parents before children, in written order; the root is the first.
        of: The seat of each part by its id, or the note that stands for it, which only references ask for.
    """

    seats: Sequence[Seat]
    of: Mapping[int, Seat]

    @property
    def left_out(self) -> int:
        """Give how many parts are not shown."""
        return sum(seat.parts for seat in self.seats)

    def arrows(self, uses: Sequence[Use]) -> dict[tuple[int, int], list[Use]]:
        """Join references by the seats at their two ends, in order; one inside of a note is not shown.

        The keys are positions in ``seats``. Ends inside of each other have no arrow, which no picture could draw.
        """
        numbers = {id(seat): number for number, seat in enumerate(self.seats)}
        found: dict[tuple[int, int], list[Use]] = {}
        for use in uses:
            source, target = self.of[id(use.source)], self.of[id(use.target)]
            if not _holds(source, target) and not _holds(target, source):
                found.setdefault((numbers[id(source)], numbers[id(target)]), []).append(use)
        return found


def _holds(outer: Seat, inner: Seat | None) -> bool:
    while inner is not None and inner is not outer:
        inner = inner.parent
    return inner is outer


def fold(outline: Outline, room: Room, rank: Rank | None = None) -> Folded:
    """Choose what is shown; of a wide group also some children of the lowest rank below 0, if there is one.

    Example:
        >>> from parallel_dsl.plan import All, Value
        >>> from parallel_dsl.graph import outline
        >>> found = fold(outline(All(Value(i) for i in range(1000))), Room())
        >>> [seat.note for seat in found.seats if seat.part is None], len(found.seats)
        (['... 990 more'], 12)
    """
    return _Folding(outline, room, rank).folded()


class _Folding:
    """Groups are opened level by level, so that room which runs out is taken from the depth and not from the end."""

    def __init__(self, outline: Outline, room: Room, rank: Rank | None) -> None:
        self.outline, self.room, self.rank = outline, room, rank
        self.size: dict[int, int] = {}
        self.height: dict[int, int] = {}
        for part in reversed(outline.parts):  # children before parents; what has none is 1, without an entry
            if part.children:
                self.size[id(part)] = 1 + sum(self.size.get(id(child), 1) for child in part.children)
                self.height[id(part)] = 1 + max(self.height.get(id(child), 1) for child in part.children)
        self.of: dict[int, Seat] = {}
        self.left = room.parts
        self.queue: deque[tuple[Seat, Part]] = deque()

    def folded(self) -> Folded:
        root = self._seat(self.outline.root, None)
        while self.queue:
            self._open(*self.queue.popleft())
        if self.outline.uses:  # else nobody asks
            for part in self.outline.parts:
                if id(part) not in self.of and part.parent is not None:
                    self.of[id(part)] = self.of[id(part.parent)]
        return Folded(_in_order(root), self.of)

    def _seat(self, part: Part, parent: Seat | None) -> Seat:
        seat = Seat(part, parent, 0 if parent is None else parent.depth + 1)
        self.of[id(part)] = seat
        self.left -= 1
        self.queue.append((seat, part))
        if parent is not None:
            parent.children.append(seat)
        return seat

    def _open(self, seat: Seat, part: Part) -> None:
        if seat.depth + TAIL + 2 >= self.room.levels and self.height.get(id(part), 1) > TAIL + 2:
            self._skip(seat, part)
            return
        shown = picked(part.children, max(0, min(self.room.children, self.left)), self.rank)
        at = 0
        for index in (*shown, len(part.children)):
            if index > at:
                self._note(seat, part.children[at:index])
            if index < len(part.children):
                self._seat(part.children[index], seat)
            at = index + 1

    def _note(self, seat: Seat, hidden: Sequence[Part]) -> None:
        parts = sum(self.size.get(id(part), 1) for part in hidden)
        note = Seat(None, seat, seat.depth + 1, siblings=len(hidden), parts=parts)
        seat.children.append(note)
        if self.outline.uses:
            self.of.update((id(part), note) for part in hidden)

    def _skip(self, seat: Seat, part: Part) -> None:
        """Leave out the middle of the longest way down, and what hangs on it."""
        below = part
        while self.height.get(id(below), 1) > TAIL:
            below = max(below.children, key=lambda child: self.height.get(id(child), 1))
        levels = below.depth - part.depth - 1
        parts = self.size[id(part)] - 1 - self.size.get(id(below), 1)
        note = Seat(None, seat, seat.depth + 1, levels=levels, parts=parts)
        seat.children.append(note)
        self.of.update((id(child), note) for child in part.children)
        self._seat(below, note)


def picked(children: Sequence[Part], most: int, rank: Rank | None = None) -> list[int]:
    """Give which children are shown: all, or the first ones and the last, and of those between the worst few."""
    if len(children) <= most:
        return list(range(len(children)))
    if most < 3:
        return []
    found = {len(children) - 1}
    if rank is not None:
        bad = ((rank(child), index) for index, child in enumerate(children))
        found.update(index for _, index in heapq.nsmallest(most // 2, (each for each in bad if each[0] < 0)))
    first = iter(range(len(children)))
    while len(found) < most - 2:
        found.add(next(first))
    return sorted(found)


def _in_order(root: Seat) -> list[Seat]:
    found: list[Seat] = []
    stack = [root]
    while stack:
        seat = stack.pop()
        found.append(seat)
        stack.extend(reversed(seat.children))
    return found
