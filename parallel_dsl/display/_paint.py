"""Colours by what they mean: written on each element, and once more in a sheet for dark pages."""

from __future__ import annotations

import functools
import typing as t
from collections.abc import Mapping

from ..graph import STATES, THEMES, Shown, Theme, element

Look = t.Literal["light", "dark"]
NOBODY = "\0"  # stands for the prefix until it is known: no clean text holds it
HATCHES: Mapping[str, str] = {  # told apart by direction, in tiles of 6 by 6; nothing here has a colour of its own
    "limit": "M-1 1l2-2M0 6l6-6M5 7l2-2",
    "resource": "M-1 5l2 2M0 0l6 6M5-1l2 2",
    "thread": "M1.5 0v6M4.5 0v6",
    "backoff": "M1 1.5h1.2M4 4.5h1.2",
    "draw": "M0 1.5h6M0 4.5h6",
}
PALE = 0.2  # of the colour in a bar
HATCH_WIDTH: Mapping[str, float] = {"backoff": 1.3}


class Paint:
    """Elements in the colours of one look.

    Args:
        look: ``light`` or ``dark``; None: light, and dark where the page or the reader is.
    """

    def __init__(self, look: Look | None) -> None:
        self.look = look
        self.base = THEMES[look or "light"]
        self.used: set[tuple[str, str]] = set()

    def element(self, tag: str, attributes: Mapping[str, t.Any], *inside: str) -> str:
        """Give an element; its ``fill`` and ``stroke`` are names: of a state, pale or not, or of the theme."""
        named = dict(attributes)
        classes = [named["class_"]] if named.get("class_") else []
        for what in ("fill", "stroke"):
            name = named.get(what)
            if name is not None and name != "none" and not name.startswith("url("):
                named[what] = colour(self.base, name)
                self.used.add((what, name))
                classes.append(class_of(what, name))
        if classes:
            named["class_"] = " ".join(classes)
        return element(tag, named, *inside)

    def glyph(self, state: Shown, x: float, y: float, colour: str | None = None) -> str:
        """Give the sign of a state, 12 pixels wide and high, its middle left at *x*, *y*."""
        sign, name = STATES[state], colour or state
        look = {"fill": name} if sign.filled else {"fill": "none", "stroke": name, "stroke_width": 1.6}
        return self.element("path", {"d": sign.d, "transform": f"translate({x:.4g} {y - 6:.6g})", **look})

    def hatch(self, cause: str) -> str:
        """Give the paint of a cause."""
        return f"url(#{NOBODY}-{cause if cause in HATCHES else 'limit'})"

    def patterns(self) -> str:
        """Give what `hatch` refers to."""
        return element("defs", {}, *(self._pattern(cause) for cause in HATCHES))

    def _pattern(self, cause: str) -> str:
        tile = {"id": f"{NOBODY}-{cause}", "patternUnits": "userSpaceOnUse", "width": 6, "height": 6}
        line = {"d": HATCHES[cause], "stroke": "muted", "stroke_width": HATCH_WIDTH.get(cause, 0.9), "fill": "none"}
        return element("pattern", tile, self.element("path", line))

    def sheet(self) -> str:
        """Give the colours of the dark: for an image by what the page prefers, inside a notebook by its theme."""
        if self.look is not None:
            return ""
        light = "body[data-jp-theme-light=true] *,body.vscode-light *"
        alone = self._rules(f":where(#{NOBODY}:not({light}))")
        inside = self._rules(f":where(body[data-jp-theme-light=false] #{NOBODY},body.vscode-dark #{NOBODY})")
        return element("style", {}, f"@media (prefers-color-scheme:dark){{{alone}}}{inside}")

    def _rules(self, root: str) -> str:
        rules = sorted((class_of(what, name), what, colour(THEMES["dark"], name)) for what, name in self.used)
        return "".join(f"{root} .{name}{{{what}:{value}}}" for name, what, value in rules)


@functools.cache
def class_of(what: str, name: str) -> str:
    """Give the class of what is painted in a colour."""
    return f"{what[0]}-{name.replace(' ', '-')}"


def colour(theme: Theme, name: str) -> str:
    """Give a colour by its name."""
    states = t.cast("Mapping[str, str]", theme.states)
    if name.startswith("pale "):  # opaque: what is behind a bar does not disturb its text
        return _mixed(states[name.removeprefix("pale ")], theme.box, PALE)
    return states[name] if name in states else t.cast("str", getattr(theme, name))


def _mixed(one: str, other: str, share: float) -> str:
    pairs = ((int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)
