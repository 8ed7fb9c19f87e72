"""Thousands of leaves as one strip: how many ran at once, how many waited and for what, and where some failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..graph import SHOWN_GLYPHS, Shown, number, text_width, title
from ._bars import SMALL, name_of
from ._counts import most_at_once
from ._markup import ORDER, WORDS
from ._paint import Paint
from ._rows import Crowd
from ._scale import Scale

UP, DOWN = 24.0, 12.0  # pixels for those that ran, and for those that waited
MARKS = 14.0  # pixels between two signs of failures, at least


def draw_crowd(paint: Paint, crowd: Crowd, scale: Scale, y: float) -> list[str]:
    """Draw a crowd around its base line at *y*."""
    running = most_at_once(crowd.spans, scale)
    parts = [title(told(crowd, max(running, default=0)))]
    if any(running):
        shape = area(running, scale, y, UP / max(running))
        look = {"fill": "running", "fill_opacity": 0.25, "stroke": "running", "stroke_width": 1}
        parts.append(paint.element("path", {"d": shape, "class_": "ran", **look}))
    parts += _waiting(paint, crowd, scale, y)
    parts.append(paint.element("path", {"d": f"M{scale.left:.6g} {y:.6g}h{scale.width:.6g}", "stroke": "line"}))
    for x in _marks(crowd.failed, scale):
        parts.append(paint.glyph("failed", x - 6, y - UP - 7))
    if crowd.spans:
        parts.append(_peak(paint, running, scale, y))
    return parts


def area(counts: Sequence[int], scale: Scale, y: float, per_one: float) -> str:
    """Give the shape of a curve above *y*; below it if *per_one* is negative.

    Example:
        >>> area([1, 1, 3], Scale(0, 3, 0, 6), 10, 2)
        'M0 10V8H4V4H6V10z'
    """
    shape, before = [f"M{number(scale.left)} {number(y)}"], 0
    wide = scale.width / len(counts)
    for place, count in enumerate(counts):
        if count != before:
            at = f"H{number(scale.left + place * wide)}" if place else ""
            shape.append(f"{at}V{number(y - count * per_one)}")
            before = count
    return f"{''.join(shape)}H{number(scale.right)}V{number(y)}z"


def _waiting(paint: Paint, crowd: Crowd, scale: Scale, y: float) -> list[str]:
    """Draw who waited below the line, one layer for each cause, all to one measure."""
    layers = {cause: most_at_once(gaps, scale) for cause, gaps in sorted(crowd.gaps.items())}
    left = [sum(column) for column in zip(*layers.values(), strict=True)]
    if not any(left):
        return []
    per_one = -DOWN / max(left)
    parts = []
    for cause, counts in layers.items():  # all of them first, then over it what is left without this cause
        shape = area(left, scale, y, per_one)
        edge = {"stroke": "line", "stroke_width": 0.75, "class_": "gaps", "data_cause": cause}
        parts.append(paint.element("path", {"d": shape, "fill": "box"}))
        parts.append(paint.element("path", {"d": shape, "fill": paint.hatch(cause), **edge}))
        left = [a - b for a, b in zip(left, counts, strict=True)]
    return parts


def _marks(times: Sequence[float], scale: Scale) -> list[float]:
    """Give where signs of failures stand: not on top of each other."""
    found: list[float] = []
    for x in map(scale.x, sorted(times)):
        if not found or x - found[-1] >= MARKS:
            found.append(x)
    return found


def _peak(paint: Paint, counts: Sequence[int], scale: Scale, y: float) -> str:
    said = f"at most {max(counts):,} at once"
    x = scale.right - text_width(said, SMALL) - 6
    back = {"x": x - 3, "y": y - UP - 1, "width": text_width(said, SMALL) + 6, "height": 14, "fill": "box"}
    look = {"x": x, "y": y - UP + 10, "font_size": SMALL, "fill": "text"}
    return paint.element("rect", {**back, "fill_opacity": 0.8, "rx": 3}) + paint.element("text", look, said)


def size_said(crowd: Crowd) -> str:
    """Say how many they are.

    Example:
        >>> size_said(Crowd("a", True, {"done": 940})), size_said(Crowd("a", False, {"done": 1}))
        ('… and 940 more', '1 leaf')
    """
    size = sum(crowd.counts.values())
    return f"… and {size:,} more" if crowd.others else "1 leaf" if size == 1 else f"{size:,} leaves"


def states_said(counts: Mapping[Shown, int]) -> str:
    """Say how many are in each state, with signs.

    Example:
        >>> states_said({"failed": 2, "done": 1_000})
        '✓ 1,000 done, ✗ 2 failed'
    """
    known = sorted((s for s in counts if counts[s]), key=ORDER.index)
    return ", ".join(f"{SHOWN_GLYPHS[s]} {counts[s]:,} {WORDS.get(s, s)}" for s in known)


def told(crowd: Crowd, peak: int) -> str:
    """Say in one line what a crowd is."""
    where = name_of(crowd.address) if crowd.address else "the plan"
    more = "more leaves" if crowd.others else "leaves"
    size = sum(crowd.counts.values())
    return f"{size:,} {more} of {where}: {states_said(crowd.counts)}; at most {peak:,} at once"
