"""How an arrow gets from box to box: through the channels between rows and columns, never across a box."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

from ._boxes import Arrow, Box, Channel

Cell = tuple[int, int]
Hop = tuple[Box, Channel]


@attrs.frozen
class Way:
    """The groups that an arrow passes, from its source to its target.

    Args:
        out: Boxes that hold the source, each with the child that it comes from; the innermost first.
        meet: The box that holds both ends, with the children in question; None if one end is around the other.
        into: Boxes that hold the target, each with the child that it goes to; the outermost first.
    """

    out: Sequence[tuple[Box, Box]]
    meet: tuple[Box, Box, Box] | None
    into: Sequence[tuple[Box, Box]]


def way_of(arrow: Arrow) -> Way:
    """Find the way of an arrow in the tree of boxes."""
    up, down = _steps(arrow.source), _steps(arrow.target)
    while up and down and up[-1] == down[-1]:  # the same child of the same box, seen from the root
        up.pop()
        down.pop()
    if up and down:
        (box, first), (_, second) = up.pop(), down.pop()
        return Way(up, (box, first, second), down[::-1])
    return Way(up, None, down[::-1])


def _steps(box: Box) -> list[tuple[Box, Box]]:
    """Give each box around it with the child on the way, the innermost first."""
    steps = []
    while box.parent is not None:
        steps.append((box.parent, box))
        box = box.parent
    return steps


def hops(way: Way) -> Iterator[Hop]:
    """Give the channels that an arrow runs through; it changes direction in each."""
    for box, child in way.out:
        for channel in leaving(box, child.cell):
            yield box, channel
    if way.meet is not None:
        box, first, second = way.meet
        for channel in meeting(box, first.cell, second.cell):
            yield box, channel
    for box, child in way.into:
        for channel in entering(child.cell):
            yield box, channel


def leaving(box: Box, cell: Cell) -> Sequence[Channel]:
    """Give the channels from a child to the right edge of the box: none if nothing stands there."""
    row, column = cell
    if column == len(box.rows[row]) - 1:
        return ()
    return ("v", row, column + 1), ("h", row, 0)


def entering(cell: Cell) -> Sequence[Channel]:
    """Give the channels from the left edge of the box to a child."""
    row, column = cell
    return () if column == 0 else (("h", row, 0), ("v", row, column))


def meeting(box: Box, first: Cell, second: Cell) -> Sequence[Channel]:
    """Give the channels from one child to another."""
    row, column = second
    after = _after(box, first)
    before: Channel = ("v", row, column) if column else ("left", 0, 0)
    if (row, column) == (first[0], first[1] + 1):
        return (after,)
    if row == first[0] and column:
        return after, ("h", row, 0), before
    if row == first[0] + 1 or not column:
        return after, ("h", first[0], 0), before
    return after, ("h", first[0], 0), ("left", 0, 0), ("h", row - 1 if row > first[0] else row, 0), before


def _after(box: Box, cell: Cell) -> Channel:
    row, column = cell
    return ("right", row, 0) if column == len(box.rows[row]) - 1 else ("v", row, column + 1)
