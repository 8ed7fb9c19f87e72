"""A plan as the last expression of a cell shows its picture, also in a notebook that is saved, copied or not trusted.

A picture in an `<img>` passes the sanitiser of a notebook that is not trusted, which garbles inline SVG, and stays
when the notebook is turned into a page. What cannot show it has the tree of text below, and the code.
"""

from __future__ import annotations

import base64
import typing as t

from ..plan import Plan, pretty
from ..wording import safe_lines
from ._outline import Outline
from ._seen import see
from ._svg import picture
from ._text import tree
from ._xml import escape, visible

NAMED = 8  # parts in the alternative text


def bundle(plan: Plan[t.Any]) -> dict[str, str]:
    """Give a plan for a notebook, by MIME type; each is of bounded size.

    Example:
        >>> from parallel_dsl.plan import Stage, Value
        >>> found = bundle(Stage(a=Value(1), b=Value(2)))
        >>> list(found), 'alt="a plan: Stage of 2 leaves: a, b"' in found["text/html"]
        (['text/html', 'image/svg+xml', 'text/plain'], True)
    """
    seen = see(plan, None, "bundle")  # once: a plan may have a million parts
    svg = picture(seen)
    return {
        "text/html": image(svg, described(seen.outline)) + folded("as text", tree(seen)),
        "image/svg+xml": svg,
        "text/plain": safe_lines(pretty(plan)),  # it is saved with the notebook
    }


def image(svg: str, alt: str) -> str:
    """Give an SVG as an image that needs no file; *alt* is clean text."""
    data = base64.b64encode(svg.encode()).decode()
    return f'<img alt="{escape(alt)}" src="data:image/svg+xml;base64,{data}">'


def folded(summary: str, text: str) -> str:
    """Give clean text that a click shows."""
    return f"<details><summary>{escape(summary)}</summary><pre>{escape(text)}</pre></details>"


def described(parts: Outline) -> str:
    """Give in one line what is to be seen."""
    leaves = sum(part.is_leaf for part in parts.parts)
    root = parts.root
    size = "" if root.is_leaf else f" of {leaves:,} {'leaf' if leaves == 1 else 'leaves'}"
    names = [visible(part.name, 40) for part in root.children[:NAMED]]
    more = [f"and {len(root.children) - NAMED:,} more"] if len(root.children) > NAMED else []
    return f"a plan: {root.label}{size}" + (f": {', '.join([*names, *more])}" if names else "")
