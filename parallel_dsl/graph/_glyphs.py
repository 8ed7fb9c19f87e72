"""Signs of states, leaves and groups as paths on 12 by 12 pixels: no font is needed to see them."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from ._standing import Shown


@attrs.frozen
class Glyph:
    """A sign: lines of 1.5 pixels, or a filled shape.

    Args:
        d: The path, between 0 and 12 both ways.
        filled: Whether the shape is filled and not drawn with lines.
    """

    d: str
    filled: bool = False


_RING = "M6 2a4 4 0 1 1 0 8a4 4 0 1 1 0-8z"

STATES: Mapping[Shown, Glyph] = {
    "waiting": Glyph(_RING),
    "running": Glyph("M3.5 2l7 4l-7 4z", filled=True),
    "retrying": Glyph("M9.2 3.6A4 4 0 1 0 10 6.6M9.8 1.2v2.9h-2.9"),
    "done": Glyph("M2 6.6l2.8 2.8L10.2 3"),
    "failed": Glyph("M2.8 2.8l6.4 6.4M9.2 2.8l-6.4 6.4"),
    "red": Glyph("M2.2 2.2h7.6v7.6h-7.6z", filled=True),  # as in text: ■
    "cancelled": Glyph(f"{_RING}M3.2 8.8l5.6-5.6"),
    "abandoned": Glyph("M1.8 3v6M4 6h6.4M7.8 3.4l2.6 2.6l-2.6 2.6"),
    "never started": Glyph("M2.8 6h6.4"),
    "saved": Glyph("M6 1.6v5M3.6 4.4l2.4 2.4l2.4-2.4M1.8 8v2.2h8.4v-2.2"),
}

KINDS: Mapping[str, Glyph] = {
    "Agent": Glyph("M6 1.4a2.3 2.3 0 1 1 0 4.6a2.3 2.3 0 1 1 0-4.6zM1.8 10.8c.3-2.3 1.9-3.2 4.2-3.2s3.9.9 4.2 3.2"),
    "Call": Glyph("M4.2 1.8c-2 2.4-2 6 0 8.4M7.8 1.8c2 2.4 2 6 0 8.4"),
    "Command": Glyph("M1.8 2.8l3.2 3.2l-3.2 3.2M6.2 9.6h4.2"),
    "Value": Glyph("M6 1.8l4.2 4.2l-4.2 4.2l-4.2 -4.2z"),
    "All": Glyph("M1.8 2v8M10.2 2v8M1.8 4h8.4M1.8 8h8.4"),
    "Settled": Glyph(
        "M1.8 2v8M1.8 4h5.2M1.8 8h5.2"
        "M9.8 4a1.2 1.2 0 1 1-2.4 0a1.2 1.2 0 1 1 2.4 0zM9.8 8a1.2 1.2 0 1 1-2.4 0a1.2 1.2 0 1 1 2.4 0z"
    ),
    "Any": Glyph("M1.4 2.6h2.4l4 3.4h3M1.4 9.4h2.4l4-3.4"),
    "Race": Glyph("M2.8 11V1.4M2.8 1.8h6.8l-1.9 2.3l1.9 2.3H2.8"),
    "Stage": Glyph("M1.4 6h9.2M7.4 2.8l3.2 3.2l-3.2 3.2"),
    "Fallback": Glyph("M1.6 3h4.2v5.2h4.6M7.8 5.6l2.6 2.6l-2.6 2.6"),
}
