"""Pictures as a browser draws them, with its own fonts: labels stay in their boxes, arrows end at theirs."""

from __future__ import annotations

import random
import typing as t
from collections import Counter

import attrs
import pytest
from hostile import HOSTILE, everywhere, failed
from plans_with_refs import pictured_plan

import parallel_dsl as dsl
from parallel_dsl import to_svg
from parallel_dsl.graph import outline

if t.TYPE_CHECKING:
    from collections.abc import Callable

    from chromium import Tab

    Plans = list[dsl.Plan[t.Any]]

# Of each drawing what is in it, in its own coordinates: boxes with their texts, and arrows with both ends.
LOOK = """() => [...document.querySelectorAll("svg")].map(svg => {
  const edges = shape => { const b = shape.getBBox(); return [b.x, b.y, b.x + b.width, b.y + b.height]; };
  const boxes = [...svg.querySelectorAll("[data-address]")].map(g => ({
    address: g.dataset.address,
    edges: edges(g.querySelector(".rim")),
    texts: [...g.querySelectorAll("text")].filter(t => t.textContent !== "else").map(t => [t.textContent, edges(t)]),
  }));
  const arrows = [...svg.querySelectorAll("[data-from]")].map(g => {
    const line = g.querySelector("path"), end = line.getPointAtLength(line.getTotalLength());
    const begin = line.getPointAtLength(0);
    const points = [begin.x, begin.y, end.x, end.y];
    return {ends: [g.dataset.from, g.dataset.to], count: +(g.dataset.count || 1), points};
  });
  return {boxes, arrows, size: edges(svg), view: svg.getAttribute("viewBox").split(" ").map(Number)};
})"""

Edges = list[float]  # left, top, right, bottom


@attrs.frozen
class Seen:
    """A drawing as the browser has it."""

    boxes: dict[str, Edges]
    texts: list[tuple[Edges, str, Edges]]
    arrows: list[tuple[str, str, int, Edges]]
    size: Edges
    view: list[float]


def seen(page: Tab, plans: Plans, **options: t.Any) -> list[Seen]:
    """Show all drawings on one page, and look at each."""
    page.show("".join(to_svg(plan, prefix=f"d{i}", **options) for i, plan in enumerate(plans)))
    return [_seen(found) for found in page.evaluate(LOOK)]


def _seen(found: dict[str, t.Any]) -> Seen:
    boxes = {box["address"]: box["edges"] for box in found["boxes"]}
    texts = [(box["edges"], text, edges) for box in found["boxes"] for text, edges in box["texts"]]
    arrows = [(*a["ends"], a["count"], a["points"]) for a in found["arrows"]]
    assert len(boxes) == len(found["boxes"])
    return Seen(boxes, texts, arrows, found["size"], found["view"])


def holds(outer: Edges, inner: Edges, slack: float = 0.5) -> bool:
    begins = outer[0] <= inner[0] + slack and outer[1] <= inner[1] + slack
    return begins and inner[2] <= outer[2] + slack and inner[3] <= outer[3] + slack


def apart(a: Edges, b: Edges) -> bool:
    return a[2] <= b[0] + 0.1 or b[2] <= a[0] + 0.1 or a[3] <= b[1] + 0.1 or b[3] <= a[1] + 0.1


def wrong_texts(drawing: Seen) -> list[str]:
    """Give the texts that leave their box, or lie on another text of it."""
    beyond = [text for box, text, edges in drawing.texts if not holds(box, edges)]
    by_box: dict[tuple[float, ...], list[tuple[str, Edges]]] = {}
    for box, text, edges in drawing.texts:
        by_box.setdefault(tuple(box), []).append((text, edges))
    on = [
        f"{a} on {b}"
        for texts in by_box.values()
        for i, (a, one) in enumerate(texts)
        for b, other in texts[i + 1 :]
        if not apart(one, other)
    ]
    return beyond + on


def wrong_boxes(drawing: Seen) -> list[tuple[str, str]]:
    """Give the pairs of boxes that overlap without one holding the other."""
    pairs = list(drawing.boxes.items())
    return [
        (a, b)
        for i, (a, one) in enumerate(pairs)
        for b, other in pairs[i + 1 :]
        if not (apart(one, other) or holds(one, other, 0) or holds(other, one, 0))
    ]


def wrong_ends(drawing: Seen) -> list[tuple[str, str]]:
    """Give the arrows that do not leave their source at the right, or do not enter their target."""
    wrong = []
    for source, target, _, (x, y, u, v) in drawing.arrows:
        begin, end = drawing.boxes[source], drawing.boxes[target]
        leaves = abs(x - begin[2]) < 0.5 and begin[1] < y < begin[3]
        back = holds(end, begin)  # a frame that holds its source is entered at the right
        enters = abs(u - (end[2] if back else end[0])) < 0.5 and end[1] < v < end[3]
        if not (leaves and enters):
            wrong.append((source, target))
    return wrong


@pytest.mark.parametrize("batch", range(4))
def test_random_plans_are_drawn_right(batch: int, page: Tab) -> None:
    """In 200 random plans no text leaves its box, no boxes overlap, and each reference is one arrow that ends right."""
    plans = [pictured_plan(random.Random(seed), 3 + seed % 2) for seed in range(batch * 50, batch * 50 + 50)]
    for plan, drawing in zip(plans, seen(page, plans), strict=True):
        assert wrong_texts(drawing) == []
        assert wrong_boxes(drawing) == []
        assert wrong_ends(drawing) == []
        drawn = Counter[tuple[str, str]]()
        for source, target, count, _ in drawing.arrows:
            drawn[source, target] += count
        assert drawn == Counter((u.source.address, u.target.address) for u in outline(plan).uses)
        assert all(holds([0, 0, drawing.view[2], drawing.view[3]], edges) for edges in drawing.boxes.values())


def test_hostile_names_stay_in_their_boxes(page: Tab) -> None:
    """Whatever letters a name has, and whatever font shows them, they stay inside; nothing in them is alive."""
    for drawing in seen(page, [everywhere(name) for name in HOSTILE]):
        assert len(drawing.boxes) == 8
        assert [text for text in wrong_texts(drawing) if " on " not in text] == []
    assert page.evaluate("document.querySelectorAll('script, img, b, h1').length") == 0


def test_a_failed_run_stays_in_its_boxes(page: Tab) -> None:
    """Counts, attempts and seconds find room beside the words."""
    plans = [pictured_plan(random.Random(seed), 3) for seed in range(60)]
    page.show("".join(to_svg(p, failed(p, "no such file"), prefix=f"d{i}") for i, p in enumerate(plans)))
    for found in page.evaluate(LOOK):
        assert wrong_texts(_seen(found)) == []
        assert wrong_boxes(_seen(found)) == []


COLOUR = "getComputedStyle(document.querySelector('.rim')).stroke"
FILL = "getComputedStyle(document.querySelector('text')).fill"


@pytest.mark.parametrize(
    ("body", "system_is_dark", "is_dark"),
    [
        ("", False, False),
        ("", True, True),
        ("data-jp-theme-light=false", False, True),
        ("data-jp-theme-light=true", True, False),
        ("class=vscode-dark", False, True),
        ("class=vscode-light", True, False),
    ],
)
def test_a_picture_follows_its_page(
    body: str, system_is_dark: bool, is_dark: bool, open_tab: Callable[..., Tab]
) -> None:
    """Inside a notebook the picture has the notebook's theme, elsewhere the one that the reader prefers."""
    tab = open_tab(dark=system_is_dark)
    tab.show(to_svg(dsl.All(dsl.Agent("x"))))
    name, _, value = body.partition("=")
    if name:
        tab.evaluate("([name, value]) => document.body.setAttribute(name, value)", [name, value])
    assert tab.evaluate(FILL) == ("rgb(232, 234, 237)" if is_dark else "rgb(32, 33, 36)")


def test_a_rule_for_one_box_wins(page: Tab) -> None:
    """A sheet that names one box by its id wins over the picture's own, so that states can be set live."""
    page.show(to_svg(dsl.Agent("x"), prefix="d") + "<style>#d-n0 .rim { stroke: rgb(1, 2, 3) }</style>")
    assert page.evaluate(COLOUR) == "rgb(1, 2, 3)"
