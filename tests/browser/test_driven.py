"""The tests of pages see what a person sees, and fail when something is wrong with the page."""

from __future__ import annotations

import pathlib
import threading
import typing as t

import pytest
from chromium import Chromium, Tab, tabs_of
from drawing import Drawn, RefusedError

import parallel_dsl as dsl

if t.TYPE_CHECKING:
    from collections.abc import Callable

    Draw = Callable[[str], Drawn]

SVG = """<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40" role="img"><title>two</title>
<g class="box"><rect x="1" y="1" width="90" height="30"/><text x="5" y="20">find &amp; fix</text></g>
<style>text { fill: black } @media (prefers-color-scheme: dark) { text { fill: white } }</style></svg>"""
COLOUR = "getComputedStyle(document.querySelector('text')).fill"


def test_mermaid_shows_what_the_text_says(mermaid: Draw) -> None:
    """The real Mermaid gives each node and group with the words that a reader sees, and each edge."""
    drawn = mermaid('flowchart LR\n subgraph g["both &amp; all"]\n a["find #quot;x#quot;"]\n b["fix"]\n end\n a --> b')
    assert drawn.nodes == ['find "x"', "fix"]
    assert drawn.groups == ["both & all"]
    assert drawn.edges == 1
    assert drawn.raw.startswith("<svg")


def test_mermaid_refuses_what_is_wrong(mermaid: Draw) -> None:
    """A text that Mermaid does not parse is refused, and the next one is drawn none the worse."""
    with pytest.raises(RefusedError, match="Parse error on line 2"):
        mermaid("flowchart LR\n a[find (x)]")
    assert mermaid("flowchart LR\n a").nodes == ["a"]


def test_graphviz_shows_what_the_text_says(dot: Draw) -> None:
    """The real Graphviz gives each node and cluster with the words that it draws, and each edge."""
    drawn = dot(r'digraph { subgraph cluster_g { label="all"; a [label="find \"x\"\nnow"]; b } a -> b; a -> b; {} }')
    assert drawn.nodes == ['find "x"\nnow', "b"]
    assert drawn.groups == ["all"]
    assert drawn.edges == 2


def test_readers_keep_what_is_odd(mermaid: Draw, dot: Draw) -> None:
    """A label comes back letter for letter, a control character and an emoji too."""
    odd = "bell \a 😀 \u202e <b> 漢字"
    assert dot(f'digraph {{ a [label="{odd}"] }}').nodes == [odd]
    assert dot(r'digraph { a [label="a\\N\\l\"\\ end"] }').nodes == [r'a\N\l"\ end']
    assert mermaid(f'flowchart LR\n a["{odd.replace("<", "#lt;")}"]').nodes == [odd]


def test_graphviz_refuses_what_is_wrong(dot: Draw) -> None:
    """A text that Graphviz does not parse is refused, and the next one is drawn none the worse."""
    with pytest.raises(RefusedError, match="syntax error in line 1"):
        dot('digraph { a [label="find "x""] ')
    assert dot("digraph { a }").nodes == ["a"]


@pytest.mark.parametrize(("dark", "colour"), [(False, "rgb(0, 0, 0)"), (True, "rgb(255, 255, 255)")])
def test_an_svg_is_measured_in_a_page(open_tab: Callable[..., Tab], dark: bool, colour: str) -> None:
    """An SVG inside a page has its style, its words, and boxes that can be measured, in light and dark."""
    tab = open_tab(dark=dark)
    tab.show(SVG)
    assert tab.evaluate(COLOUR) == colour
    label, box = tab.evaluate(
        "['text', 'rect'].map(each => document.querySelector('.box ' + each).getBoundingClientRect().toJSON())"
    )
    assert box["left"] < label["left"] < label["right"] < box["right"]
    assert tab.evaluate("document.querySelector('text').textContent") == "find & fix"


def test_a_file_is_opened_as_by_a_click(page: Tab, tmp_path: pathlib.Path) -> None:
    """A page and a picture beside it are read from files, and can be looked at."""
    (tmp_path / "plan.svg").write_text(SVG)
    (tmp_path / "page.html").write_text('<!doctype html><body><img src="plan.svg">')
    page.open(tmp_path / "page.html")
    assert page.evaluate("document.querySelector('img').naturalWidth") == 200
    page.screenshot(tmp_path / "page.png")
    assert (tmp_path / "page.png").read_bytes().startswith(b"\x89PNG")


TROUBLES = {
    "<script>console.error('no model')</script>": "no model",
    "<script>throw new Error('boom')</script>": "uncaught: boom",
    "<script>setTimeout(() => { throw new Error('late') })</script>": "uncaught: late",
    "<img src=x onerror=alert(1)>": "dialog: 1",
    '<img src="https://example.com/a.png">': "network: https://example.com/a.png",
    "<script>fetch('http://127.0.0.1:9/').catch(() => 0)</script>": "network: http://127.0.0.1:9/",
    "<script>new WebSocket('ws://127.0.0.1:9/')</script>": "WebSocket connection to 'ws://127.0.0.1:9/' failed",
}


def test_trouble_in_a_page_is_told(page: Tab) -> None:
    """What a page logs as an error, throws, asks the user or asks of the network is told once; mere talk is not."""
    for body, trouble in TROUBLES.items():
        page.show(body)
        assert [each for each in page.told() if each.startswith(trouble)] != [], body
        assert page.told() == []
    page.show("<script>console.log('fine'); console.warn('mind')</script>")
    assert page.told() == []


def test_trouble_in_a_page_fails_its_test(browser: Chromium) -> None:
    """A test that only shows a page with an error does not pass."""
    with pytest.raises(AssertionError, match="no model"), tabs_of(browser) as open_tab:
        open_tab().show("<script>console.error('no model')</script>")


def test_a_run_beside_the_browser_keeps_its_thread(page: Tab) -> None:
    """With a browser open, `run(plan)` still takes a test for a script: no loop seems to run, no thread is made."""

    async def thread() -> int:
        return threading.get_ident()

    page.show("<p>open</p>")
    assert dsl.run(dsl.Call(thread)) == threading.get_ident()
