"""What real readers of Mermaid and DOT make of a text: the labels they show, or their refusal."""

from __future__ import annotations

import json
import pathlib
import typing as t

import attrs
from playwright.sync_api import Error

if t.TYPE_CHECKING:
    from chromium import Tab

PACKAGES = pathlib.Path(__file__).parents[3] / ".venv" / "npm"
MERMAID = PACKAGES / "mermaid" / "dist" / "mermaid.min.js"
VIZ = PACKAGES / "viz" / "dist" / "viz-global.js"

DRAW_MERMAID = """async text => {
    mermaid.initialize({startOnLoad: false, suppressErrorRendering: true});
    const {svg} = await mermaid.render('drawn', text);
    const main = document.querySelector('main');
    main.innerHTML = svg;
    const words = what => [...main.querySelectorAll(what)].map(each => each.querySelector('.nodeLabel').innerText);
    const edges = main.querySelectorAll('.flowchart-link').length;
    return {svg, edges, nodes: words('.node'), groups: words('.cluster')};
}"""
DRAW_DOT = "async text => JSON.stringify((await Viz.instance()).renderJSON(text))"


class RefusedError(Exception):
    """The reader refused the text, in its own words."""


@attrs.frozen
class Drawn:
    """What a picture shows: the text in each node and group, in the order of the picture, and its edges."""

    nodes: list[str]
    groups: list[str]
    edges: int
    raw: t.Any


def draw_mermaid(tab: Tab, text: str) -> Drawn:
    """Render Mermaid text in the page, as its users do: HTML labels, strict security.

    Raises:
        RefusedError: Mermaid does not parse it.
    """
    found = _asked(tab, DRAW_MERMAID, text)
    return Drawn(found["nodes"], found["groups"], found["edges"], found["svg"])


def draw_dot(tab: Tab, text: str) -> Drawn:
    """Lay out DOT text with Graphviz itself; `raw` is its JSON.

    Raises:
        RefusedError: Graphviz does not parse it.
    """
    found = json.loads(_asked(tab, DRAW_DOT, text))
    objects = found.get("objects", [])
    groups = [each for each in objects if "nodes" in each or "subgraphs" in each]
    nodes = [each for each in objects if each not in groups]
    return Drawn([*map(_words, nodes)], [*map(_words, groups)], len(found.get("edges", [])), found)


def _words(shape: dict[str, t.Any]) -> str:
    return "\n".join(step["text"] for step in shape.get("_ldraw_", []) if step["op"] == "T")


def _asked(tab: Tab, script: str, text: str) -> t.Any:
    try:
        return tab.evaluate(script, text)
    except Error as error:
        raise RefusedError(error.message) from error
