"""Boxes and arrows as elements: every colour as an attribute, every state with a sign, every box with a title."""

from __future__ import annotations

import hashlib
import typing as t
from collections.abc import Iterator, Mapping, Sequence

from ..wording import ends
from ._boxes import Arrow, Box, Piece, Strip
from ._glyphs import KINDS, STATES, Glyph
from ._inks import fill, paint, stroke
from ._lines import CHIP_PAD, GLYPH, LEFT, SIZE, SMALL, gap, spread
from ._lines import PAD as SIDE
from ._palette import RIMS, Name
from ._spaces import PAD, RAIL, strip_columns, strip_size
from ._standing import LIVE, WORST, Shown, Standing
from ._tell import told_of_arrow, told_of_box
from ._xml import element, escape, is_sure, number, title, visible

LONG = 800  # letters of an address
ROUND = 5.0  # of corners, of boxes and of arrows
HOLLOW: frozenset[Shown] = frozenset({"waiting", "never started", "cancelled", "abandoned"})
MARKED: frozenset[Shown] = frozenset({"failed", "red", "cancelled", "abandoned", "retrying", "saved"})
JOINS: Mapping[str, str | None] = {"All": None, "Settled": None, "Any": "5 3", "Race": "1.5 3"}


class Pen:
    """One drawing: its theme, what a run made of the plan, and the beginning of all ids."""

    def __init__(self, theme: Name | None, found: Mapping[str, Standing] | None, prefix: str) -> None:
        self.theme = theme
        self.found = found
        self.prefix = prefix

    def paint(self, classes: str) -> dict[str, t.Any]:
        return paint(self.theme, classes)

    def standing(self, box: Box) -> Standing | None:
        return None if self.found is None or box.part is None else self.found[box.part.address]

    # ------------------------------------------------------------------ boxes

    def box(self, box: Box) -> str:
        """Give a box with all that is on it but the boxes inside."""
        if box.part is None:
            return "".join(self.rails(box))
        standing = self.standing(box)
        state = None if standing is None else standing.state
        said = {
            "id": f"{self.prefix}-n{box.number}",
            "class_": f"n {box.shape}",
            "data_address": _address(box),
            "data_state": state,
            "data_verdict": None if standing is None else standing.verdict,
        }
        inside = self.leaf(box, standing) if box.shape in ("leaf", "folded") else self.frame(box, standing)
        return element("g", said, title(told_of_box(box, standing)), *inside)

    def leaf(self, box: Box, standing: Standing | None) -> Iterator[str]:
        """Give a box of one line: a leaf, or all that is folded into it."""
        state = None if standing is None or not standing.size else standing.verdict or standing.state
        mapped = box.parent is not None and box.parent.part is not None and box.parent.part.is_map
        if mapped or box.inside:
            yield from self.copies(box, 3.0 if mapped else 2.0)
        yield self.rim(box, state)
        yield from self.sign(box, state if box.shape == "leaf" or (standing and standing.verdict) else None)
        yield from self.line(box)
        if box.shape == "folded" and standing is not None:
            yield from self.progress(box, standing)

    def copies(self, box: Box, step: float) -> Iterator[str]:
        """Give the edges of boxes behind a box: it stands for many."""
        for n in (2, 1):
            place = {"x": box.x + n * step, "y": box.y + n * step, "width": box.w, "height": box.h, "rx": ROUND}
            yield element("rect", place | self.paint("b l") | {"stroke_width": 1})

    def rim(self, box: Box, state: Shown | None) -> str:
        place = {"x": box.x, "y": box.y, "width": box.w, "height": box.h, "rx": ROUND}
        if state is None:
            return element("rect", place | self.paint("b l rim") | {"stroke_width": 1})
        rim = RIMS[state]
        line = {"stroke_width": rim.width, "stroke_dasharray": rim.dash or None}
        return element("rect", place | self.paint(f"b {stroke(state)} rim") | line)

    def sign(self, box: Box, state: Shown | None) -> Iterator[str]:
        """Give the sign at the left: of the state if there is one, else of the kind."""
        part = box.part
        assert part is not None
        y = box.axis - GLYPH / 2
        if state is None:
            yield self.glyph(KINDS[part.word], box.x + SIDE, y, "g sign", 1.0)
        else:
            yield self.glyph(STATES[state], box.x + SIDE, y, f"{stroke(state)} sign", 1.0, f"{fill(state)} sign")

    def glyph(self, glyph: Glyph, x: float, y: float, line: str, scale: float, shape: str = "m") -> str:
        """Give a sign; its path is moved and scaled."""
        how = {
            "d": glyph.d,
            "transform": f"translate({number(x)} {number(y)})" + (f"scale({scale:g})" if scale != 1 else ""),
        }
        if glyph.filled:
            return element("path", how | self.paint(shape))
        ends = {"stroke_width": 1.6, "stroke_linecap": "round", "stroke_linejoin": "round"}
        return element("path", how | self.paint(line) | ends)

    def line(self, box: Box) -> Iterator[str]:
        """Give what is written on a box, from the left and up to the right edge."""
        base, middle = box.axis + 4.2, box.axis
        x = box.x + LEFT
        for index, piece in enumerate(box.line.left):
            x += gap(piece) if index else 0
            yield from self.piece(piece, x, base, middle)
            x += piece.width
        x = box.right - SIDE - spread(box.line.right)
        for index, piece in enumerate(box.line.right):
            x += gap(piece) if index else 0
            yield from self.piece(piece, x, base, middle)
            x += piece.width

    def piece(self, piece: Piece, x: float, base: float, middle: float) -> Iterator[str]:
        if piece.kind == "chip":
            place = {"x": x, "y": middle - 7.5, "width": piece.width, "height": 15, "rx": 7.5}
            yield element("rect", place | self.paint("c e") | {"stroke_width": 1})
            yield self.text(piece.text, x + CHIP_PAD, middle + 3.6, SMALL, "t", piece.width - 2 * CHIP_PAD)
        elif piece.kind == "count":
            assert piece.state is not None
            wide = piece.width - SMALL - 2
            yield self.text(piece.text, x, middle + 3.6, SMALL, "t", wide)
            signed = STATES[piece.state], x + wide + 2, middle - 5
            yield self.glyph(*signed, stroke(piece.state), SMALL / GLYPH, fill(piece.state))
        elif piece.kind in ("note", "meta"):
            yield self.text(piece.text, x, base - 0.5, SMALL, "m", piece.width)
        else:
            ink = "t" if piece.kind in ("name", "label") else "m"
            yield self.text(piece.text, x, base, SIZE, ink, piece.width, bold=piece.kind == "name")

    def text(self, text: str, x: float, y: float, size: float, ink: str, width: float, *, bold: bool = False) -> str:
        """Give a text; one whose letters are not in the table is held to its width."""
        how = {"x": x, "y": y, "font_size": size, "font_weight": 600 if bold else None}
        held = {} if is_sure(text) or not width else {"textLength": number(width), "lengthAdjust": "spacingAndGlyphs"}
        return element("text", how | self.paint(ink) | held, escape(text))

    # ------------------------------------------------------------------ frames

    def frame(self, box: Box, standing: Standing | None) -> Iterator[str]:
        place = {"x": box.x, "y": box.y, "width": box.w, "height": box.h, "rx": 7}
        ink = "f e" if box.part is not None and box.part.depth < 4 else "e"  # more of them would be too dark
        verdict = None if standing is None else standing.verdict
        if verdict == "failed":
            ink = f"{ink.replace('e', stroke(verdict))}"
        line = {"stroke_width": RIMS["failed"].width if verdict == "failed" else 1}
        yield element("rect", place | self.paint(f"{ink} rim") | line)
        if standing is not None:
            yield from self.progress(box, standing)
        yield from self.sign(box, verdict)
        yield from self.line(box)
        yield from self.rails(box)
        if box.strip is not None:
            yield from self.tiles(box, box.strip)

    def progress(self, box: Box, standing: Standing) -> Iterator[str]:
        """Give the line on the top edge: the leaves that are over, in the colours of their states."""
        x, room = box.x + 6, box.w - 12
        for state in reversed(WORST):
            count = standing.counts[state]
            if count and state not in LIVE and state != "never started":
                wide = room * count / standing.size
                place = {"x": x, "y": box.y - 0.5, "width": wide, "height": 2}
                yield element("rect", place | self.paint(fill(state)))
                x += wide

    def rails(self, box: Box) -> Iterator[str]:
        """Give the rails that fork to the children of a parallel group, and join them again."""
        if not box.has_rails or not box.rows:
            return
        firsts = [row[0] for row in box.rows]
        lasts = [row[-1] for row in box.rows]
        edge = max(child.right for child in box.children)
        if len(box.rows) == 1:
            yield from self.sides(box)
            return
        fork = _bracket([(child.x, child.axis) for child in firsts], firsts[0].x - RAIL + 3)
        join = _bracket([(child.right, child.axis) for child in lasts], edge + RAIL - 3)
        yield element("path", {"d": fork} | self.paint("l") | {"stroke_width": 1.25})
        dash = JOINS.get(box.word)
        yield element(
            "path", {"d": join} | self.paint("l") | {"stroke_width": 1.5 if dash else 1.25, "stroke_dasharray": dash}
        )

        if box.word == "Settled":  # each outcome is written down
            for child in lasts:
                dot = {"cx": edge + RAIL - 3, "cy": child.axis, "r": 2.2}
                yield element("circle", dot | self.paint("b l") | {"stroke_width": 1.25})

    def sides(self, box: Box) -> Iterator[str]:
        """Give the rails of what stands in one row: a line on each side."""
        begin, end = box.rows[0][0], box.rows[0][-1]
        for x, dash in ((begin.x - RAIL + 3, None), (end.right + RAIL - 3, JOINS.get(box.word))):
            line = path([(x, begin.y), (x, begin.y + begin.h)])
            yield element("path", {"d": line} | self.paint("l") | {"stroke_width": 1.25, "stroke_dasharray": dash})

    def tiles(self, box: Box, strip: Strip) -> Iterator[str]:
        columns = strip_columns(strip, box.room)
        _, height = strip_size(strip, box.room)
        top = box.y + box.h - PAD - height
        for index, (state, said) in enumerate(zip(strip.states, strip.said, strict=True)):
            x = box.x + PAD + index % columns * strip.pitch
            name = f"{self.prefix}-n{box.number}-t{index}"
            yield self.tile(name, x, top + index // columns * strip.pitch, strip.side, state, said)

    def tile(self, name: str, x: float, y: float, side: int, state: Shown | None, said: str) -> str:
        """Give a tile: solid when it is done, hollow when nothing came of it, marked when it is bad."""
        place: dict[str, t.Any] = {"id": name, "x": x + 0.5, "y": y + 0.5}
        place |= {"width": side - 1, "height": side - 1, "rx": 2.5}
        if state is None:
            return element("rect", place | self.paint("b l"), title(said))
        told = title(f"{said} · {state}")
        rim = RIMS[state]
        inside = "b" if state in HOLLOW else fill(state)
        dash = None if state == "saved" else rim.dash or None  # it is solid, and would look torn
        line = {"stroke_width": min(rim.width, 1.25), "stroke_dasharray": dash}
        if state == "running":
            line["fill_opacity"] = 0.4
        rect = element("rect", place | self.paint(f"{inside} {stroke(state)}") | line, told)
        if state not in MARKED:
            return rect
        scale = round((side - 4) / GLYPH, 2)
        return rect + self.glyph(STATES[state], x + 2, y + 2, stroke(state) if state in HOLLOW else "w", scale)

    # ------------------------------------------------------------------ arrows

    def arrow(self, arrow: Arrow) -> str:
        if arrow.uses:
            return self.reference(arrow)
        fallback = arrow.source.parent is not None and arrow.source.parent.word == "Fallback"
        said = {"d": path(arrow.points), "class_": "l"} | self.paint("l") | {"stroke_width": 1.25}
        line = element("path", said | ({"stroke_dasharray": "3 3"} if fallback else {}))
        head = element("path", {"d": _head(arrow.points[-1])} | self.paint("h"))
        if not fallback or len(arrow.points) > 2:
            return line + head
        x, y = arrow.points[0]
        return line + head + self.text("else", x + 8, y - 5, SMALL, "m", 0)

    def reference(self, arrow: Arrow) -> str:
        said = {
            "class_": "a",
            "data_from": _address(arrow.source),
            "data_to": _address(arrow.target),
            "data_count": str(len(arrow.uses)) if len(arrow.uses) > 1 else None,
        }
        last = arrow.points[-1][0] - arrow.points[-2][0] if len(arrow.points) > 1 else 1
        line = {
            "stroke_width": 1.5 if len(arrow.uses) == 1 else 2.25,
            "stroke_linejoin": "round",
        }
        return element(
            "g",
            said,
            title(told_of_arrow(arrow)),
            element("path", {"d": path(arrow.points)} | self.paint("d") | line),
            element("path", {"d": _head(arrow.points[-1], last < 0)} | self.paint("u")),
        )


def _address(box: Box) -> str:
    """Give the address; of a very long one both ends, and a digest so that no two are the same."""
    address = "" if box.part is None else box.part.address
    if len(address) > LONG:
        address = f"{ends(address, LONG)} {hashlib.sha256(repr(address).encode()).hexdigest()[:8]}"
    return visible(address, 8 * LONG) if address else ""


def _head(point: tuple[float, float], back: bool = False) -> str:
    x, y = point
    if back:
        return f"M{number(x)} {number(y)}l6 -3.5v7z"
    return f"M{number(x)} {number(y)}l-6 -3.5v7z"


def path(points: Sequence[tuple[float, float]]) -> str:
    """Give a line through the points, with round corners.

    Example:
        >>> path([(0, 0), (20, 0), (20, 20)])
        'M0 0L15 0Q20 0 20 5L20 20'
    """
    said = [f"M{_point(points[0])}"]
    for before, at, after in zip(points, points[1:], points[2:], strict=False):
        radius = min(ROUND, _far(before, at) / 2, _far(at, after) / 2)
        said.append(f"L{_point(_toward(at, before, radius))}Q{_point(at)} {_point(_toward(at, after, radius))}")
    return "".join([*said, f"L{_point(points[-1])}"])


def _point(point: tuple[float, float]) -> str:
    return f"{number(point[0])} {number(point[1])}"


def _far(a: tuple[float, float], b: tuple[float, float]) -> float:
    return abs(a[0] - b[0]) + abs(a[1] - b[1])


def _toward(a: tuple[float, float], b: tuple[float, float], step: float) -> tuple[float, float]:
    far = _far(a, b) or 1.0
    return a[0] + (b[0] - a[0]) * step / far, a[1] + (b[1] - a[1]) * step / far


def _bracket(ends: Sequence[tuple[float, float]], x: float) -> str:
    """Give a rail at *x* with a line to each of the ends, round at the first and the last."""
    first, *middle, last = ends
    outer = path([first, (x, first[1]), (x, last[1]), last])
    return outer + "".join(f"M{_point((x, y))}L{_point((end, y))}" for end, y in middle)
