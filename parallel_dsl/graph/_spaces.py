"""How much room there is between boxes, above, beneath and beside them: also for the arrows that run there."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from ._boxes import Box, Channel, Flow, Strip

EDGE = 4.0  # around the picture
LEAF = 26.0  # height of a box with one line
TITLE = 22.0  # height of the title of a frame
PAD = 10.0
RAIL = 12.0  # between a rail's side of the frame and the boxes
LANE = 6.0  # between two arrows side by side
LANES = 12  # more of them stand closer
SHADOW = 6.0  # how far the copies behind a map's template stick out
BETWEEN: Mapping[Flow, float] = {"row": 24.0, "grid": 8.0, "stack": 7.0}  # rows
BESIDE: Mapping[str, float] = {"Fallback": 46.0, "grid": 8.0}  # columns
ORDER = 28.0  # columns of stages


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


def inside(box: Box) -> tuple[float, float]:
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
