"""What real readers of Mermaid and DOT make of a text: the labels they show, or their refusal."""

from __future__ import annotations

import pathlib
import typing as t

import attrs

if t.TYPE_CHECKING:
    from chromium import Tab

DRAWER = pathlib.Path(__file__).with_name("drawer.html")
PACKAGES = DRAWER.parents[3] / ".venv" / "npm"
SCRIPTS = (PACKAGES / "mermaid/dist/mermaid.min.js", PACKAGES / "viz/dist/viz-global.js")


class RefusedError(Exception):
    """The reader refused the text, in its own words."""


@attrs.frozen
class Drawn:
    """What a picture shows: the text in each node and group, in the order of the picture, and its edges."""

    nodes: list[str]
    groups: list[str]
    edges: int
    raw: t.Any


def draw_mermaid(drawer: Tab, text: str) -> Drawn:
    """Render Mermaid text as its users do: HTML labels, strict security; `raw` is the SVG.

    Mermaid is lenient: it shows the label `"a "b""` as `a b`. Compare the labels; that it parses says little.

    Raises:
        RefusedError: Mermaid does not parse it.
    """
    return Drawn(**_answer(drawer, "drawMermaid", text))


def draw_dot(drawer: Tab, text: str) -> Drawn:
    """Lay out DOT text with Graphviz itself; `raw` is its JSON.

    Raises:
        RefusedError: Graphviz does not parse it.
    """
    answer = _answer(drawer, "drawDot", text)
    return Drawn(answer["nodes"], answer["groups"], len(answer["graph"].get("edges", [])), answer["graph"])


def _answer(drawer: Tab, function: str, text: str) -> dict[str, t.Any]:
    answer: dict[str, t.Any] = drawer.evaluate(f"text => {function}(text)", text)
    if "refused" in answer:
        raise RefusedError(answer["refused"])
    return answer
