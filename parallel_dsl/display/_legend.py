"""The legend tells only what is in the picture, with the numbers that belong to it."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from ..graph import RIMS, Shown, escape, visible
from ._markup import ORDER
from ._markup import WORDS as STATE_WORDS
from ._paint import Paint
from ._scale import span

WORDS = {"limit": "for a limit", "resource": "for a resource", "thread": "for a thread", "draw": "for a source"}


@attrs.frozen
class Item:
    """One sample and what it means.

    Args:
        kind: ``state``, ``cause`` or ``path``.
        name: Of the state or cause.
        text: Beside the sample.
    """

    kind: str
    name: str
    text: str

    def draw(self, paint: Paint, x: float, y: float) -> str:
        """Draw it, its middle left at *x*, *y*."""
        sample = {"state": self._state, "cause": self._cause, "path": self._path}[self.kind]
        look = {"x": x + 28, "y": y + 3.8, "font_size": 10.5, "fill": "muted"}
        inside = [*sample(paint, x, y), paint.element("text", look, escape(self.text))]
        return paint.element("g", {"class_": f"legend {self.kind}"}, *inside)

    def _state(self, paint: Paint, x: float, y: float) -> list[str]:
        state: Shown = self.name  # type: ignore[assignment]  # the words of a report
        rim = RIMS[state]
        box = {"x": x, "y": y - 6.5, "width": 22, "height": 13, "rx": 3, "fill": f"pale {state}"}
        edge = {"stroke": state, "stroke_width": rim.width, "stroke_dasharray": rim.dash or None}
        return [paint.element("rect", {**box, **edge}), paint.glyph(state, x + 5, y, "text")]

    def _cause(self, paint: Paint, x: float, y: float) -> list[str]:
        box = {"x": x, "y": y - 5, "width": 22, "height": 10, "fill": paint.hatch(self.name)}
        return [paint.element("rect", {**box, "stroke": "line", "stroke_width": 0.75})]

    def _path(self, paint: Paint, x: float, y: float) -> list[str]:
        return [paint.element("rect", {"x": x, "y": y - 1.5, "width": 22, "height": 3, "fill": "text"})]


def legend_of(
    states: Mapping[str, int], causes: Mapping[str, float], path: Mapping[str, float], *, paused: bool = False
) -> list[Item]:
    """Give what the legend tells.

    Args:
        states: How many leaves are in each.
        causes: Seconds of waiting by cause.
        path: Seconds of the critical path by what they went to.
        paused: Whether groups paused, which are no leaves that wait.
    """
    known = [state for state in ORDER if states.get(state)]
    items = [Item("state", s, f"{STATE_WORDS.get(s, s)} {states[s]:,}") for s in known]
    items += [Item("cause", c, f"{waited(c)} {span(seconds)}") for c, seconds in causes.items()]
    items += [Item("cause", "backoff", "a group paused before a further attempt")] if paused else []
    whole = ", ".join(f"{what} {span(seconds)}" for what, seconds in path.items() if seconds > 0)
    return [*items, Item("path", "", f"critical path: {whole or span(0)}")] if path else items


def waited(cause: str) -> str:
    """Say what was waited for."""
    if cause == "backoff":
        return "backoff before a further attempt"
    return f"waited {WORDS.get(cause, visible(cause, 20))}"
