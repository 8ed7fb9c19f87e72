"""Each box gets its place: measured from the leaves up, placed from the root down, without recursion."""

from __future__ import annotations

import itertools
import math
import typing as t
from collections.abc import Iterator, Mapping, Sequence

from ._boxes import Arrow, Box, Channel, Flow, Picture, Strip
from ._lines import write
from ._standing import Standing
from ._ways import entering, leaving, meeting, way_of

EDGE = 4.0  # around the picture
LEAF = 26.0  # height of a box with one line
TITLE = 22.0  # height of the title of a frame
PAD = 10.0
RAIL = 12.0  # between a rail's side of the frame and the boxes
TALL = 360.0  # higher than this, a stack of more than `FEW` becomes a grid
FEW = 3
LANE = 6.0  # between two arrows side by side
LANES = 12  # more of them stand closer
ASPECT = 1.9  # of a grid: width by height
WIDE = 1.6  # a leaf is not widened more than that
SHADOW = 6.0  # how far the copies behind a map's template stick out
BETWEEN: Mapping[Flow, float] = {"row": 24.0, "grid": 8.0, "stack": 7.0}  # rows
BESIDE: Mapping[str, float] = {"Fallback": 46.0, "grid": 8.0}  # columns
ORDER = 28.0  # columns of stages
ROOMS = (*range(340, 150, -15), 150)  # for name and label: the most generous that fits the width is taken
SMALL_PICTURE = 60  # boxes; larger ones are not generous

Touch = tuple[t.Hashable, t.Literal["out", "meet", "into"], Box, Box]  # net, and one or two children


def lay_out(picture: Picture, found: Mapping[str, Standing] | None, width: float) -> None:
    """Write, measure and place all boxes, so that the picture is *width* pixels wide if that can be."""
    rooms = ROOMS if len(picture.boxes) <= SMALL_PICTURE else (210, 150)
    touches = _touches(picture.arrows)
    _count_ends(picture.arrows)
    costs = {}
    for room in rooms:
        cost = costs[room] = _try(picture, found, width, room, touches)
        if not cost:
            break
    best = min(costs, key=lambda room: costs[room])
    if best != room:
        _try(picture, found, width, best, touches)
    _place(picture)


def _try(
    picture: Picture,
    found: Mapping[str, Standing] | None,
    width: float,
    room: float,
    touches: Mapping[int, Sequence[Touch]],
) -> float:
    """Measure with *room* for labels; give how bad it is: too wide, or stages broken into rows."""
    write(picture.boxes, room, found)
    for box in picture.boxes:
        box.room = width - 2 * EDGE if box.parent is None else box.parent.room - 2 * PAD
    for box in reversed(picture.boxes):
        _measure(box, touches.get(box.number, ()))
    broken = sum(len(box.rows) - 1 for box in picture.boxes if box.is_ordered and box.rows)
    return broken + max(0.0, picture.root.w + 2 * EDGE - width) / 10


def _touches(arrows: Sequence[Arrow]) -> Mapping[int, Sequence[Touch]]:
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


def _measure(box: Box, touches: Sequence[Touch]) -> None:
    """Give a box its smallest size; those inside have theirs."""
    box.spans.clear()
    box.lanes.clear()
    if box.shape in ("leaf", "folded"):
        box.w, box.h = box.line.width, _high(box)
        return
    if box.children:
        _arrange(box)
        _open_lanes(box, touches)
    strip = (0.0, 0.0) if box.strip is None else strip_size(box.strip, box.room)
    width, height = _inside(box)
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


def top_of(box: Box) -> float:
    """Give the pixels above the children."""
    return 0.0 if box.shape == "chunk" else TITLE + 5


def bottom_of(box: Box) -> float:
    """Give the pixels beneath the children, those of the last channel not counted."""
    return 0.0 if box.shape == "chunk" else PAD


def left_of(box: Box) -> float:
    """Give the pixels to the left of the children."""
    edge = 0.0 if box.shape == "chunk" else PAD
    return edge + lanes_of(box, ("left", 0, 0)) + (RAIL if box.has_rails else 0)


def right_of(box: Box) -> float:
    """Give the pixels to the right of the children."""
    edge = 0.0 if box.shape == "chunk" else PAD
    turns = max((lanes_of(box, ("right", row, 0)) for row in range(len(box.rows))), default=0.0)
    return edge + turns + (RAIL if box.has_rails else 0) + shadow(box)


def shadow(box: Box) -> float:
    """Give the room of the copies behind the template of a map."""
    return SHADOW if box.part is not None and box.part.is_map else 0.0


def lanes_of(box: Box, channel: Channel) -> float:
    """Give the pixels that the arrows in a channel need."""
    count = len(box.lanes.get(channel, ()))
    return LANE * min(count, LANES) + 2 if count else 0.0


def beside(box: Box, row: int, column: int) -> float:
    """Give the pixels between a child and the one before it in its row."""
    base = BESIDE.get("grid" if box.flow != "row" else box.word, ORDER)
    rows = range(len(box.rows)) if box.flow == "grid" else (row,)
    return max(base, *(lanes_of(box, ("v", r, column)) + LANE for r in rows))


def beneath(box: Box, row: int) -> float:
    """Give the pixels beneath a row; of the last one what its arrows need."""
    lanes = lanes_of(box, ("h", row, 0))
    last = row == len(box.rows) - 1
    return max(shadow(box), lanes) if last else max(BETWEEN[box.flow], lanes + LANE if lanes else 0)


def _arrange(box: Box) -> None:
    """Put the children into rows."""
    if box.flow == "row":
        _rows(box)
    elif box.flow == "grid":
        _grid(box)
    else:
        height = sum(child.h for child in box.children) + BETWEEN["stack"] * (len(box.children) - 1)
        box.rows = [[child] for child in box.children]
        if height > TALL and len(box.children) > FEW:
            box.flow = "grid"
            _grid(box)
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


def _grid(box: Box) -> None:
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
        best = min(best, (abs(math.log(width / height / ASPECT)) + gaps / 2, count))
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


def _inside(box: Box) -> tuple[float, float]:
    """Give width and height of all rows, with the channels beneath them."""
    if not box.rows:
        return 0.0, 0.0
    width = max(
        sum(_widths(box, row)) + sum(beside(box, row, column) for column in range(1, len(children)))
        for row, children in enumerate(box.rows)
    )
    height = sum(max(child.h for child in row) for row in box.rows)
    return width, height + sum(beneath(box, row) for row in range(len(box.rows)))


def _widths(box: Box, row: int) -> Sequence[float]:
    children = box.rows[row]
    return box.columns[: len(children)] if box.flow == "grid" else [child.w for child in children]


def strip_columns(strip: Strip, room: float) -> int:
    """Give how many tiles stand in a row."""
    count = len(strip.states)
    most = max(int((room - 2 * PAD) // strip.pitch), 4)
    wide = math.ceil(math.sqrt(count * 3.2))
    if strip.wanted and strip.wanted * 2 <= most:
        return max(wide // strip.wanted, 1) * strip.wanted
    wide = next((n for n in (wide, -(-wide // 5) * 5) if n % 5 == 0), wide) if count > 10 else count
    return min(wide, most, count)


def strip_size(strip: Strip, room: float) -> tuple[float, float]:
    """Give the pixels of all tiles."""
    columns = strip_columns(strip, room)
    rows = -(-len(strip.states) // columns)
    space = strip.pitch - strip.side
    return min(columns, len(strip.states)) * strip.pitch - space, rows * strip.pitch - space


def _place(picture: Picture) -> None:
    """Give each box its place; children share what their frame has left over."""
    picture.root.x = picture.root.y = EDGE
    for box in picture.boxes:
        if box.rows:
            _spread(box)
            _place_rows(box)


def _spread(box: Box) -> None:
    """Widen the children of rails and grids to fill their frame, so that their edges are in line."""
    if box.flow == "row" or box.strip is not None:
        return
    width, _ = _inside(box)
    spare = max(0.0, box.w - left_of(box) - right_of(box) - width)
    if box.flow == "stack":
        box.columns = [width + spare]
    else:
        box.columns = [column + spare / len(box.columns) for column in box.columns]
    lines = max((child.w for child in box.children if child.shape in ("leaf", "folded")), default=0.0)
    for row in box.rows:
        tallest = max(child.h for child in row)
        for child, column in zip(row, box.columns, strict=False):
            is_line = child.shape in ("leaf", "folded")
            child.w = min(column, lines) if is_line and column > WIDE * lines else column
            child.h = child.h if is_line else tallest


def _place_rows(box: Box) -> None:
    left, y = box.x + left_of(box), box.y + top_of(box)
    rail = RAIL if box.has_rails else 0.0
    box.spans["left", 0, 0] = left - rail - lanes_of(box, ("left", 0, 0)), left - rail
    for row, children in enumerate(box.rows):
        height = max(child.h for child in children)
        x = left
        for column, child in enumerate(children):
            if column:
                gap = beside(box, row, column)
                box.spans["v", row, column] = x, x + gap
                x += gap
            child.x = x
            child.y = y
            x += child.w if box.flow == "row" or not box.columns else box.columns[column]
        begin = x + rail + shadow(box) + PAD / 2
        box.spans["right", row, 0] = begin, begin + lanes_of(box, ("right", row, 0))
        y += height
        box.spans["h", row, 0] = y, y + beneath(box, row)
        y += beneath(box, row)
