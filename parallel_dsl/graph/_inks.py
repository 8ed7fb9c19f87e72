"""Colours are attributes of each element, so that nothing needs a sheet; the sheet is for the dark."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from ._palette import DARK, LIGHT, THEMES, Name, Theme
from ._standing import WORST, Shown

Ink = tuple[str, Callable[[Theme], str], Callable[[Theme], float] | None]  # property, colour, opacity


def _stroke(state: Shown) -> Ink:
    return "stroke", lambda theme: theme.states[state], None


def _fill(state: Shown) -> Ink:
    return "fill", lambda theme: theme.states[state], None


NUMBER: Mapping[Shown, int] = {state: number for number, state in enumerate(WORST)}
INKS: Mapping[str, Ink] = {
    "t": ("fill", lambda theme: theme.text, None),
    "m": ("fill", lambda theme: theme.muted, None),
    "g": ("stroke", lambda theme: theme.muted, None),
    "b": ("fill", lambda theme: theme.box, None),
    "w": ("stroke", lambda theme: theme.box, None),
    "f": ("fill", lambda theme: theme.ink, lambda theme: theme.fill),
    "c": ("fill", lambda theme: theme.ink, lambda theme: 2 * theme.fill),
    "e": ("stroke", lambda theme: theme.ink, lambda theme: theme.edge),
    "l": ("stroke", lambda theme: theme.line, None),
    "h": ("fill", lambda theme: theme.line, None),
    "d": ("stroke", lambda theme: theme.data, None),
    "u": ("fill", lambda theme: theme.data, None),
    **{f"s{number}": _stroke(state) for state, number in NUMBER.items()},
    **{f"q{number}": _fill(state) for state, number in NUMBER.items()},
}


def stroke(state: Shown) -> str:
    """Give the class of lines in the colour of a state."""
    return f"s{NUMBER[state]}"


def fill(state: Shown) -> str:
    """Give the class of shapes in the colour of a state."""
    return f"q{NUMBER[state]}"


def paint(theme: Name | None, classes: str) -> dict[str, str | float]:
    """Give the attributes of an element with these classes; ``rim`` and ``sign`` have no ink, they name the place.

    Example:
        >>> paint("light", "b l")
        {'class_': 'b l', 'fill': '#ffffff', 'stroke': '#9aa0a6'}
    """
    said: dict[str, str | float] = {"class_": classes}
    for name in filter(INKS.__contains__, classes.split()):
        said.update(_attributes(name, LIGHT if theme is None else THEMES[theme]))
    said.setdefault("fill", "none")
    return said


def _attributes(name: str, theme: Theme) -> Mapping[str, str | float]:
    prop, colour, opacity = INKS[name]
    said: dict[str, str | float] = {prop: colour(theme)}
    return said if opacity is None else said | {f"{prop}-opacity": opacity(theme)}


def sheet(prefix: str, used: str) -> str:
    """Give the rules of the dark theme: for an image by what the page prefers, inside a notebook by its theme.

    Everything stands under ``:where()``: a rule that begins with an id always wins.
    """
    light = "body[data-jp-theme-light=true] *,body.vscode-light *"
    alone = _rules(f":where(#{prefix}:not({light}))", used)
    inside = _rules(f":where(body[data-jp-theme-light=false] #{prefix},body.vscode-dark #{prefix})", used)
    return f"@media (prefers-color-scheme:dark){{{alone}}}{inside}"


def _rules(root: str, used: str) -> str:
    classes = {name for said in re.findall(r'class="([^"]*)"', used) for name in said.split()}
    return "".join(f"{root} .{name}{{{_declared(name)}}}" for name in INKS if name in classes)


def _declared(name: str) -> str:
    return ";".join(f"{prop}:{value}" for prop, value in _attributes(name, DARK).items())
