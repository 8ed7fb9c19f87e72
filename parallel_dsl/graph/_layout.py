"""Boxes are measured from the leaves up, in several ways, and placed in the best one; nothing recurses."""

from __future__ import annotations

import itertools
import math
import typing as t
from collections.abc import Iterator, Mapping, Sequence

import attrs

from ._boxes import Arrow, Box, Channel, Picture
from ._lines import Said, all_said, write
from ._place import place
from ._spaces import (
    BESIDE,
    BETWEEN,
    EDGE,
    LANE,
    LANES,
    LEAF,
    ORDER,
    PAD,
    RAIL,
    bottom_of,
    inside,
    left_of,
    right_of,
    strip_size,
    top_of,
)
from ._standing import Standing
from ._ways import entering, leaving, meeting, way_of

TALL = 360.0  # higher than this, a stack of more than `FEW` becomes a grid
FEW = 3
ASPECTS = (1.9, 3.4, 0.9)  # of grids: width by height
ROOMS = (*range(340, 150, -19), 150)  # pixels for name and label, the most generous first
ROOMS_OF_LARGE = (210, 180, 160, 145, 130, 110)
LARGE = 60  # boxes
TOO_TALL = 3.0  # how bad a picture is that is higher than wide, by its width


@attrs.frozen
class Wish:
    """One way to lay out a picture: pixels for name and label, and the shape of grids."""

    room: float
    aspect: float


Touch = tuple[t.Hashable, t.Literal["out", "meet", "into"], Box, Box]  # net, and one or two children
Touches = Mapping[int, Sequence[Touch]]


def lay_out(picture: Picture, found: Mapping[str, Standing] | None, width: float) -> None:
    """Write, measure and place all boxes: the first way that is good, or the best of all."""
    touches = _touches(picture.arrows)
    _count_ends(picture.arrows)
    said = all_said(picture.boxes, found)
    best, least = Wish(ROOMS[-1], ASPECTS[0]), math.inf
    for wish in _wishes(picture):
        bad = _measured(picture, said, width, wish, touches)
        cost = bad + (ROOMS[0] - wish.room) / 400  # a label that is cut is not good either
        if cost < least:
            best, least = wish, cost
        if not bad:
            break
    _measured(picture, said, width, best, touches)
    place(picture)


def _wishes(picture: Picture) -> Iterator[Wish]:
    rooms = ROOMS if len(picture.boxes) <= LARGE else ROOMS_OF_LARGE
    grids = any(len(box.children) > FEW and not box.is_ordered for box in picture.boxes)
    for room in rooms:
        for aspect in ASPECTS if grids else ASPECTS[:1]:
            yield Wish(room, aspect)


def _measured(picture: Picture, said: Mapping[int, Said], width: float, wish: Wish, touches: Touches) -> float:
    """Measure all boxes; give how bad it is: too wide, too high, or stages broken into rows."""
    write(picture.boxes, said, wish.room)
    for box in picture.boxes:
        box.room = width - 2 * EDGE if box.parent is None else box.parent.room - 2 * PAD
    for box in reversed(picture.boxes):
        _measure(box, touches.get(box.number, ()), wish.aspect)
    broken = sum(len(box.rows) - 1 for box in picture.boxes if box.is_ordered and box.rows)
    wide = max(0.0, picture.root.w + 2 * EDGE - width) / 10
    return broken + wide + TOO_TALL * max(0.0, picture.root.h / width - 1)


def _touches(arrows: Sequence[Arrow]) -> Touches:
    """Give of each box the arrows that run between its children."""
    found: dict[int, list[Touch]] = {}
    for arrow in arrows:
        way = way_of(arrow)
        for box, child in way.out:
            found.setdefault(box.number, []).append((arrow.net, "out", child, child))
        if way.meet is not None:
            box, first, second = way.meet
            found.setdefault(box.number, []).append((arrow.net, "meet", first, second))
        for box, child in way.into:
            found.setdefault(box.number, []).append((arrow.net, "into", child, child))
    return found


def _measure(box: Box, touches: Sequence[Touch], aspect: float) -> None:
    """Give a box its smallest size; those inside have theirs."""
    box.spans.clear()
    box.lanes.clear()
    if box.shape in ("leaf", "folded"):
        box.w, box.h = box.line.width, _high(box)
        return
    if box.children:
        _arrange(box, aspect)
        _open_lanes(box, touches)
    strip = (0.0, 0.0) if box.strip is None else strip_size(box.strip, box.room)
    width, height = inside(box)
    between = BETWEEN["grid"] if height and box.strip else 0
    box.w = max(box.line.width, left_of(box) + width + right_of(box), strip[0] + 2 * PAD)
    box.h = top_of(box) + height + between + strip[1] + bottom_of(box)


def _count_ends(arrows: Sequence[Arrow]) -> None:
    """Note how many arrows come in and go out side by side: a box is as high as they need."""
    nets: dict[int, set[t.Hashable]] = {}
    for arrow in arrows:
        into = nets.setdefault(arrow.target.number, set())
        into.add(arrow.net)
        arrow.target.entries = len(into)
        arrow.source.exits = max(arrow.source.exits, arrow.nth + 1)


def _high(box: Box) -> float:
    """Give the height of a box of one line, so that arrows end beside each other."""
    return LEAF + LANE * max(0, min(box.entries, LANES) - 1, box.exits - 1)


def _arrange(box: Box, aspect: float) -> None:
    """Put the children into rows."""
    box.flow = box.wish
    if box.flow == "row":
        _rows(box)
    elif box.flow == "grid":
        _grid(box, aspect)
    else:
        height = sum(child.h for child in box.children) + BETWEEN["stack"] * (len(box.children) - 1)
        box.rows = [[child] for child in box.children]
        if height > TALL and len(box.children) > FEW:
            box.flow = "grid"
            _grid(box, aspect)
    for row, children in enumerate(box.rows):
        for column, child in enumerate(children):
            child.cell = row, column


def _rows(box: Box) -> None:
    """Break a stage into rows as text is."""
    gap = BESIDE.get(box.word, ORDER)
    room = box.room - 2 * PAD
    if sum(child.w + gap for child in box.children) - gap > room:
        room -= 2 * (LANE + 2)  # on both sides an arrow turns to the next row
    box.rows = [[]]
    taken = 0.0
    for child in box.children:
        if box.rows[-1] and taken + gap + child.w > room:
            box.rows.append([])
            taken = 0.0
        taken += child.w + (gap if box.rows[-1] else 0)
        box.rows[-1].append(child)


def _grid(box: Box, aspect: float) -> None:
    """Choose the number of columns that gives a pleasant shape and fits."""
    children = box.children
    room = box.room - 2 * PAD - 2 * RAIL
    best: tuple[float, int] = (math.inf, 1)
    for count in range(1, min(len(children), 12) + 1):
        columns = _columns(children, count)
        width = sum(columns) + BESIDE["grid"] * (count - 1)
        if width > room and count > 1:
            break
        height = sum(max(c.h for c in row) + BETWEEN["grid"] for row in _chunks(children, count))
        gaps = -len(children) % count / count
        best = min(best, (abs(math.log(width / height / aspect)) + gaps / 2, count))
    box.rows = list(_chunks(children, best[1]))
    box.columns = _columns(children, best[1])


def _columns(children: Sequence[Box], count: int) -> list[float]:
    return [max(child.w for child in children[column::count]) for column in range(count)]


def _chunks(children: Sequence[Box], count: int) -> Iterator[list[Box]]:
    return (list(children[i : i + count]) for i in range(0, len(children), count))


def _open_lanes(box: Box, touches: Sequence[Touch]) -> None:
    """Note which arrows run through which channel."""
    nets: dict[Channel, dict[t.Hashable, None]] = {}
    for net, how, first, second in touches:
        for channel in _channels(box, how, first, second):
            nets.setdefault(channel, {})[net] = None
    if box.is_ordered:
        for row, after in itertools.pairwise(box.rows):  # the arrow of order from the end of a row to the next
            for channel in meeting(box, row[-1].cell, after[0].cell):
                nets.setdefault(channel, {})["order"] = None
    box.lanes.update((channel, list(found)) for channel, found in nets.items())


def _channels(box: Box, how: str, first: Box, second: Box) -> Sequence[Channel]:
    if how == "meet":
        return meeting(box, first.cell, second.cell)
    return leaving(box, first.cell) if how == "out" else entering(first.cell)
