"""A plan as a picture: nested boxes with arrows, one SVG text that needs nothing else to be seen."""

from __future__ import annotations

import hashlib
import typing as t

from ..errors import PlanError
from ..plan import Plan
from ..report import Report
from ..wording import short
from ._arrows import route
from ._boxes import Picture
from ._draw import Pen
from ._fold import fold
from ._inks import sheet
from ._layout import lay_out
from ._palette import THEMES, Name
from ._seen import Seen, see
from ._spaces import EDGE
from ._standing import Standing
from ._tell import described, told_of_all
from ._xml import FONT, element, escape, number, title

WIDTH = 940.0
LONGEST = 64  # characters of a prefix
NOBODY = "\0"  # stands for the prefix until it is known: no clean text holds it


def to_svg(
    plan: Plan[t.Any],
    report: Report | None = None,
    *,
    theme: Name | None = None,
    width: float = WIDTH,
    prefix: str | None = None,
) -> str:
    """Give a plan as a picture.

    Leaves are boxes, groups are frames around them: stages from left to right, what runs side by side between two
    rails. Grey arrows are the order, coloured ones the references. What is too wide or deep to be seen is folded
    into tiles or a count, so that the text stays small however large the plan is. The same plan gives the same text.

    Args:
        plan: What to draw.
        report: Of a run of that plan: adds states, attempts and seconds.
        theme: ``"light"`` or ``"dark"``; None follows the page.
        width: Pixels that it should not be wider than, if that can be.
        prefix: Of all ids in it, at most 64 characters; if nothing is said a digest of the picture.

    Raises:
        PlanError: *plan* is none, *report* is none, or an option is out of its range.

    Example:
        >>> from parallel_dsl import Agent, Stage, ref
        >>> picture = to_svg(Stage(scan=Agent("scanner"), fix=Agent("fixer", ref.scan)))
        >>> picture[:4], picture.count('data-address='), picture.count('data-from="scan"')
        ('<svg', 3, 1)
    """
    return picture(see(plan, report, "to_svg"), theme=theme, width=width, prefix=prefix)


def picture(seen: Seen, *, theme: Name | None = None, width: float = WIDTH, prefix: str | None = None) -> str:
    """Give what was seen of a plan as a picture; `to_svg` tells of the options."""
    _need(theme, width, prefix)
    parts = seen.outline
    found = None if seen.report is None else seen.standings
    drawing = fold(parts, found)
    lay_out(drawing, found, width)
    standing = None if found is None else found[""]
    leaves = sum(part.is_leaf for part in parts.parts) if seen.report is None else _leaves(seen)
    body = _body(drawing, found, theme, told_of_all(drawing, standing, leaves))
    name = prefix or f"p{hashlib.sha256(body.encode()).hexdigest()[:10]}"
    return body.replace(NOBODY, name)


def _leaves(seen: Seen) -> int:
    """Give how many leaves there are; if the parts tell of none, how many the run had."""
    assert seen.report is not None
    return seen.standings[""].size or seen.report.size


def _need(theme: object, width: object, prefix: object) -> None:
    if theme is not None and not (isinstance(theme, str) and theme in THEMES):
        raise PlanError(f"to_svg: theme is {short(theme)}, expected 'light', 'dark' or None, which follows the page")
    if isinstance(width, bool) or not isinstance(width, int | float) or not 100 <= width <= 100_000:
        raise PlanError(f"to_svg: width is {short(width)}, expected pixels: a number from 100 to 100000")
    if prefix is not None and not _is_name(prefix):
        raise PlanError(
            f"to_svg: prefix is {short(prefix)}, expected letters and digits, a letter first, at most {LONGEST}"
        )


def _is_name(prefix: object) -> bool:
    return isinstance(prefix, str) and len(prefix) <= LONGEST and prefix.isascii() and prefix.isidentifier()


def _body(picture: Picture, found: t.Mapping[str, Standing] | None, theme: Name | None, told: str) -> str:
    pen = Pen(theme, found, NOBODY)
    arrows = route(picture)
    order = [pen.arrow(arrow) for arrow in arrows if not arrow.uses]
    references = [pen.arrow(arrow) for arrow in arrows if arrow.uses]
    drawn = [*(pen.box(box) for box in picture.boxes), *order, *references]
    style = [] if theme else [element("style", {}, sheet(NOBODY, "".join(drawn)))]
    root = picture.root
    wide, high = (size + 2 * EDGE + _margin(picture) for size in (root.w, root.h))
    said = {
        "xmlns": "http://www.w3.org/2000/svg",
        "id": NOBODY,
        "role": "img",
        "aria_label": told,
        "viewBox": f"0 0 {number(wide)} {number(high)}",
        "width": wide,
        "height": high,
        "font_family": FONT,
        "style": "max-width:100%;height:auto",
    }
    return element("svg", said, title(told), element("desc", {}, escape(described(picture))), *style, *drawn)


def _margin(picture: Picture) -> float:
    """Copies behind the root need room."""
    return 4.0 if picture.root.shape == "folded" else 0.0
