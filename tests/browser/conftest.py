"""One Chromium for all tests that look at pages, and a fresh page without network for each."""

from __future__ import annotations

import os
import typing as t
from pathlib import Path

import pytest
from chromium import Chromium, Tab, installed, tabs_of
from drawing import DRAWER, SCRIPTS, Drawn, draw_dot, draw_mermaid

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def lacking(*, chromium: bool, packages: bool) -> str:
    """Say what to install before pages can be looked at, or nothing.

    Example:
        >>> lacking(chromium=False, packages=True)
        'tests of pages need Chromium (apt-get install chromium, or its path in CHROMIUM)'
        >>> lacking(chromium=True, packages=True)
        ''
    """
    wanted = [
        "" if chromium else "Chromium (apt-get install chromium, or its path in CHROMIUM)",
        "" if packages else "Mermaid and Graphviz (make .venv/ready-browser, with the npm registry in reach)",
    ]
    return "tests of pages need " * (not all((chromium, packages))) + " and ".join(filter(None, wanted))


@pytest.fixture(scope="session")
def browser() -> Iterator[Chromium]:
    """One Chromium for all; where it is missing tests are skipped, and under CI they fail."""
    path = installed()
    if reason := lacking(chromium=path is not None, packages=all(map(Path.exists, SCRIPTS))):
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    assert path is not None
    chromium = Chromium(path)
    yield chromium
    chromium.close()


@pytest.fixture
def open_tab(browser: Chromium) -> Iterator[Callable[..., Tab]]:
    """Open fresh pages (`dark=True`, `width=`, `height=`); trouble in one of them fails the test."""
    with tabs_of(browser) as opened:
        yield opened


@pytest.fixture
def page(open_tab: Callable[..., Tab]) -> Tab:
    return open_tab()


@pytest.fixture(scope="session")
def drawer(browser: Chromium) -> Iterator[Tab]:
    """Keep one page with both packages for all texts: loading them takes longer than a drawing."""
    tab = Tab(browser)
    tab.open(DRAWER)
    yield tab
    tab.close()


@pytest.fixture
def mermaid(drawer: Tab) -> Iterator[Callable[[str], Drawn]]:
    """Draw Mermaid text with the real package; trouble in the page fails the test."""
    yield lambda text: draw_mermaid(drawer, text)
    assert drawer.told() == []


@pytest.fixture
def dot(drawer: Tab) -> Iterator[Callable[[str], Drawn]]:
    """Draw DOT text with the real Graphviz; trouble in the page fails the test."""
    yield lambda text: draw_dot(drawer, text)
    assert drawer.told() == []
