"""Boxes that are measured get their place from the root down: children share what their frame has left over."""

from __future__ import annotations

from ._boxes import Box, Picture
from ._spaces import EDGE, PAD, RAIL, beneath, beside, inside, lanes_of, left_of, right_of, shadow, top_of

WIDE = 1.6  # a leaf is not widened more than that


def place(picture: Picture) -> None:
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
    width, _ = inside(box)
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
