"""The colours of states and lines, light and dark, told apart by every kind of sight; a glyph always goes along."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

import attrs

from ._standing import Shown

Name = t.Literal["light", "dark"]

# There are not ten colours that all kinds of sight tell apart with enough contrast: six were found by search. Four
# states share the colour of their next of kin, and differ in glyph and rim.
KIN: Mapping[Shown, Shown] = {"red": "failed", "abandoned": "cancelled", "never started": "waiting", "saved": "waiting"}


@attrs.frozen
class Theme:
    """The colours of one theme, as ``#rrggbb``.

    Args:
        name: ``light`` or ``dark``.
        box: Behind the text of a leaf.
        text, muted: Of labels, and of what is said beside them.
        line: Of rails, order arrows and rims without a state; it carries no meaning alone.
        ink: Fill and edge of frames, with the opacities *fill* and *edge*.
        data: Arrows of references.
        states: Of each state that is drawn.
    """

    name: Name
    box: str
    text: str
    muted: str
    line: str
    ink: str
    fill: float
    edge: float
    data: str
    states: Mapping[Shown, str]


def _states(waiting: str, running: str, retrying: str, done: str, failed: str, cancelled: str) -> Mapping[Shown, str]:
    own: dict[Shown, str] = {
        "waiting": waiting,
        "running": running,
        "retrying": retrying,
        "done": done,
        "failed": failed,
        "cancelled": cancelled,
    }
    return own | {state: own[kin] for state, kin in KIN.items()}


LIGHT = Theme(
    name="light",
    box="#ffffff",
    text="#202124",
    muted="#5f6368",
    line="#9aa0a6",
    ink="#3c4043",
    fill=0.045,
    edge=0.28,
    data="#7c4dcc",
    states=_states("#80868b", "#0072b2", "#c07c00", "#009e73", "#c2410c", "#3c4043"),
)
DARK = Theme(
    name="dark",
    box="#202124",
    text="#e8eaed",
    muted="#bdc1c6",
    line="#80868b",
    ink="#e8eaed",
    fill=0.055,
    edge=0.3,
    data="#b99af5",
    states=_states("#80868b", "#4a9be0", "#f0b429", "#2fc296", "#ff8a4c", "#d5d8dc"),
)
THEMES: Mapping[Name, Theme] = {"light": LIGHT, "dark": DARK}


@attrs.frozen
class Rim:
    """How the rim of a state is drawn: seen without colours too."""

    width: float = 1.25
    dash: str = ""


RIMS: Mapping[Shown, Rim] = {
    "failed": Rim(2.25),
    "red": Rim(2.25, "7 2"),
    "abandoned": Rim(1.25, "1.5 2"),
    "retrying": Rim(1.75),
    "running": Rim(1.75),
    "cancelled": Rim(1.25, "4 3"),
    "waiting": Rim(1.0),
    "never started": Rim(1.0, "1 3"),
    "saved": Rim(1.0, "5 1.5"),
    "done": Rim(1.25),
}
