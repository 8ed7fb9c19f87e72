"""What a notebook is given of a plan or a report is whole, bounded, and needs neither trust nor a file."""

from __future__ import annotations

import base64
import html.parser
import json
import re
import sys
import typing as t
import xml.etree.ElementTree as ET

import pytest
from hostile import HOSTILE, everywhere, failed

import parallel_dsl as dsl
from parallel_dsl.graph import bundle, outline, to_svg
from parallel_dsl.report import Report

PLANS: list[dsl.Plan[t.Any]] = [
    dsl.Value(1),
    dsl.All(),
    dsl.Stage(a=dsl.Agent("x"), b=dsl.Agent("y", dsl.ref.a).retry(3)).timeout(5),
    dsl.All.map(dsl.Agent("x", dsl.item), over=list(range(100_000))),
]


def picture_in(markup: str) -> str:
    """Give the SVG of the image."""
    found = re.search(r'src="data:image/svg\+xml;base64,([^"]*)"', markup)
    assert found is not None
    return base64.b64decode(found[1]).decode()


class Tags(html.parser.HTMLParser):
    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.alts: list[str] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.alts += [value or "" for name, value in attrs if name == "alt"]


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: repr(plan)[:30])
def test_a_plan_shows_its_picture(plan: dsl.Plan[t.Any]) -> None:
    """The HTML is an image and a tree to be opened, the picture is also there alone, and text that is the code."""
    found = bundle(plan)
    assert list(found) == ["text/html", "image/svg+xml", "text/plain"]
    assert picture_in(found["text/html"]) == found["image/svg+xml"] == to_svg(plan)
    assert Tags(found["text/html"]).tags == ["img", "details", "summary", "pre"]
    assert Tags(found["text/html"]).alts[0].startswith("a plan: ")
    assert found == t.cast("t.Any", plan)._repr_mimebundle_()
    assert sum(map(len, found.values())) < 1_500_000


def test_a_plan_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Picture, tree and words come from one outline: of a hundred thousand parts it is most of the work."""
    calls = []

    def counted(plan: dsl.Plan[t.Any], said: str = "") -> t.Any:
        calls.append(said)
        return outline(plan, said)

    for name, module in list(sys.modules.items()):
        if name.startswith("parallel_dsl.graph.") and getattr(module, "outline", None) is outline:
            monkeypatch.setattr(module, "outline", counted)
    bundle(PLANS[2])
    assert len(calls) == 1


def test_the_text_is_the_code() -> None:
    """What a terminal shows builds the same plan again."""
    plan = PLANS[2]
    assert eval(bundle(plan)["text/plain"], vars(dsl).copy()) == plan


@pytest.mark.parametrize("name", HOSTILE, ids=lambda name: ascii(name[:20]))
def test_hostile_names_are_inert(name: str) -> None:
    """No name adds an element or breaks the picture, and the notebook's file can be written."""
    for found in (bundle(everywhere(name)), t.cast("t.Any", failed(everywhere(name), name))._repr_mimebundle_()):
        markup = found["text/html"]
        known = {"img", "details", "summary", "pre", "table", "caption", "thead", "tbody", "tr", "th", "td"}
        assert set(Tags(markup).tags) <= known
        assert len(Tags(markup).alts) == 1
        ET.fromstring(picture_in(markup))
        json.dumps(found, ensure_ascii=False).encode("utf-8")
        assert "\n\n" not in markup  # which would end the HTML of a Markdown page


def test_a_report_shows_chart_and_table() -> None:
    """A report is an image and a table without inline pictures, and its text; no picture that viewers show alone."""
    report = failed(dsl.All(a=dsl.Agent("x"), b=dsl.Agent("y")), "no")
    found = t.cast("t.Any", report)._repr_mimebundle_()
    assert list(found) == ["text/html", "text/plain"]
    assert found["text/plain"] == str(report)
    assert found["text/html"] == t.cast("t.Any", report)._repr_html_()
    tags = Tags(found["text/html"]).tags
    assert "svg" not in tags
    assert tags.count("tr") == 3
    assert "✗ failed" in found["text/html"]


def test_a_large_report_is_bounded() -> None:
    """A notebook is not blown up by a run of many."""
    events = [dsl.Event("started", f"a[{n}]", 1, float(n)) for n in range(20_000)]
    assert len(t.cast("t.Any", Report.of(events, live=True))._repr_html_()) < 300_000
