"""What both text exports draw: a box for each leaf, a frame for each group, lines for order and for references."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping, Sequence
from itertools import pairwise

import attrs

from ._outline import Use
from ._said import arrow, each_of, policies, some, titled
from ._seats import Folded, Room, Seat
from ._seen import Seen

NAMED = 2  # references that one line names; the rest is counted


@attrs.frozen
class Line:
    """A line between two boxes or frames, by their numbers.

    Args:
        source, target: Where it begins and ends.
        label: What it says; nothing if that goes without saying.
        is_data: Whether it is a reference; else the order in which children run.
    """

    source: int
    target: int
    label: str
    is_data: bool


@attrs.frozen(eq=False)
class Chart:
    """Boxes, frames and lines; a number is a position in ``seats``.

    Args:
        seats: Parents before children, in written order. What has children is a frame, anything else a box.
        labels: The lines of text in each: its title, its policies, what became of it.
        lines: First those of order, then references.
        numbers: Of each seat by its id.
    """

    seats: Sequence[Seat]
    labels: Sequence[Sequence[str]]
    lines: Sequence[Line]
    numbers: Mapping[int, int]

    def inside(self, number: int) -> list[int]:
        """Give what is in a frame, in written order; nothing of a box."""
        return [self.numbers[id(child)] for child in self.seats[number].children]

    def nested(self, backward: t.Callable[[int], bool] = lambda number: False) -> t.Iterator[tuple[int, int, bool]]:
        """Give each box and each frame with what is in it: its depth, its number, and whether the frame ends here.

        Args:
            backward: Tells of a frame whether the last in it comes first.
        """
        stack = [0]
        depth = 1
        while stack:
            each = stack.pop()
            if each < 0:
                depth -= 1
                yield depth, ~each, True
                continue
            yield depth, each, False
            inside = self.inside(each)
            if inside:
                stack += [~each, *(inside if backward(each) else reversed(inside))]
                depth += 1

    def is_ordered(self, number: int) -> bool:
        """Tell whether what is in a frame runs one after another."""
        part = self.seats[number].part
        return part is not None and part.is_ordered


class Ends:
    """Where lines of frames may end instead: at what is in them, down to what *stop* allows.

    Attributes:
        first: Where a line to a box or frame ends: in what runs in order at the first, else in the middle.
        last: Where a line from it begins: at the end of the longest way through it.
    """

    def __init__(self, drawn: Chart, stop: t.Callable[[int], bool]) -> None:
        self.drawn, self.stop = drawn, stop
        self.first: dict[int, int] = {}
        self.last: dict[int, int] = {}
        length: dict[int, int] = {}
        for number in reversed(range(len(drawn.seats))):  # children before parents
            inside = drawn.inside(number)
            middle = inside[(len(inside) - 1) // 2] if inside else number
            ways = [length[each] for each in inside] or [1]
            ordered = drawn.is_ordered(number)
            length[number] = sum(ways) if ordered else max(ways)
            self.first[number] = self.last[number] = number
            if not stop(number):
                longest = middle if length[middle] == max(ways) else inside[ways.index(max(ways))]
                self.first[number] = self.first[inside[0] if ordered else middle]
                self.last[number] = self.last[inside[-1] if ordered else longest]


    def firsts(self, number: int, most: int) -> list[int]:
        """Give all where a line to a frame may end, in written order, at most *most*."""
        return self._all(number, most, slice(0, 1))

    def lasts(self, number: int, most: int) -> list[int]:
        """Give all where a line from a frame may begin, likewise."""
        return self._all(number, most, slice(-1, None))

    def _all(self, number: int, most: int, ordered: slice) -> list[int]:
        found, stack = list[int](), [number]
        while stack and len(found) < most:
            each = stack.pop()
            if self.stop(each):
                found.append(each)
            else:
                inside = self.drawn.inside(each)
                stack += inside[ordered] if self.drawn.is_ordered(each) else reversed(inside)
        return found


def chart(seen: Seen, room: Room) -> Chart:
    """Give what fits in the room."""
    folded = seen.fold(room)
    numbers = {id(seat): number for number, seat in enumerate(folded.seats)}
    labels = [_label(seat, seen.became(seat.part)) for seat in folded.seats]
    return Chart(folded.seats, labels, [*_order(folded.seats, numbers), *_data(folded, seen.outline.uses)], numbers)


def _label(seat: Seat, became: str) -> list[str]:
    part = seat.part
    if part is None:
        return [seat.note]
    empty = ", empty" if not part.is_leaf and not part.children else ""
    extra = [each_of(part) if part.is_map else "", policies(part)]
    return [line for line in (titled(part) + empty, ", ".join(filter(None, extra)), became) if line]


def _order(seats: Sequence[Seat], numbers: Mapping[int, int]) -> t.Iterator[Line]:
    """Join the children of what runs one after another, those that are left out too."""
    for seat in seats:
        if seat.part is not None and seat.part.is_ordered:
            label = "else" if seat.part.word == "Fallback" else ""
            for before, after in pairwise(seat.children):
                yield Line(numbers[id(before)], numbers[id(after)], label, False)


def _data(folded: Folded, uses: Sequence[Use]) -> t.Iterator[Line]:
    for (source, target), joined in folded.arrows(uses).items():
        yield Line(source, target, some(list(dict.fromkeys(map(arrow, joined))), NAMED), True)
