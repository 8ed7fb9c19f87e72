"""One headless Chromium in a thread of its own, so that no test sees the loop that drives it."""

from __future__ import annotations

import os
import pathlib
import shutil
import typing as t
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from playwright.sync_api import Dialog, Page, sync_playwright

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = t.TypeVar("T")
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless",
    "--no-sandbox",  # a container's root may not make one
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
)
SECONDS = 30.0


def installed() -> str | None:
    """Give the path of the system's Chromium; the environment variable CHROMIUM names another."""
    found = (shutil.which(name) for name in (os.environ.get("CHROMIUM", ""), *NAMES) if name)
    return next((path for path in found if path), None)


class Tab:
    """A fresh page without network; everything that went wrong in it is kept in `troubles`."""

    def __init__(self, chromium: Chromium, *, dark: bool = False, width: int = 900, height: int = 600) -> None:
        self.chromium = chromium
        self.troubles: list[str] = []
        scheme: t.Literal["dark", "light"] = "dark" if dark else "light"

        def opened() -> Page:
            size = {"width": width, "height": height}
            page = chromium.browser.new_page(viewport=t.cast("t.Any", size), color_scheme=scheme, offline=True)
            page.set_default_timeout(SECONDS * 1000)
            page.on("console", lambda said: self._note(said.text, said.type in ("error", "assert")))
            page.on("pageerror", lambda error: self._note(f"uncaught: {error}"))
            page.on("dialog", self._dismiss)
            page.on("crash", lambda _: self._note("the page crashed"))
            page.on("request", lambda asked: self._note(f"network: {asked.url}", asked.url.startswith(("http", "ws"))))
            page.goto("about:blank")
            return page

        self._page = chromium.call(opened)

    def _note(self, trouble: str, wrong: bool = True) -> None:
        if wrong:
            self.troubles.append(trouble)

    def _dismiss(self, dialog: Dialog) -> None:
        self._note(f"dialog: {dialog.message}")
        dialog.dismiss()

    def do(self, act: Callable[[Page], T]) -> T:
        """Let the thread of the browser do what playwright's own page can; give plain values, no handles."""
        return self.chromium.call(lambda: act(self._page))

    def evaluate(self, script: str, value: object = None) -> t.Any:
        """Give what a JavaScript expression or function says, as plain Python values."""
        return self.do(lambda page: page.evaluate(script, value))

    def show(self, body: str) -> None:
        """Show an HTML fragment, an inline `<svg>` too, as the body of a page."""
        document = f'<!doctype html><html><head><meta charset="utf-8"></head><body>{body}</body></html>'
        self.do(lambda page: page.set_content(document))

    def open(self, file: pathlib.Path) -> None:
        """Open a file as a user does who clicks it."""
        self.do(lambda page: page.goto(file.resolve().as_uri()))

    def screenshot(self, file: pathlib.Path) -> None:
        """Write the whole page as a PNG, to be looked at."""
        self.do(lambda page: page.screenshot(path=file, full_page=True))

    def told(self) -> list[str]:
        """Give the troubles since the last look: those too that the page has yet to tell."""
        if not self.do(lambda page: page.is_closed()):
            self.evaluate("new Promise(done => setTimeout(done))")
        told, self.troubles = self.troubles, []
        return told

    def close(self) -> list[str]:
        """Close the page, and give its troubles."""
        told = self.told()
        self.do(lambda page: page.close())
        return told


class Chromium:
    """The browser of all tests.

    playwright's plain API keeps an asyncio loop running in the thread that started it. In the main thread, every
    later `run(plan)` of the process would take itself for a notebook's cell.
    """

    def __init__(self, path: str) -> None:
        self._thread = ThreadPoolExecutor(1, "chromium")
        self._playwright = self.call(lambda: sync_playwright().start())
        self.browser = self.call(lambda: self._playwright.chromium.launch(executable_path=path, args=FLAGS))

    def call(self, act: Callable[[], T]) -> T:
        """Give what the thread of the browser makes of a call."""
        return self._thread.submit(act).result()

    def close(self) -> None:
        """End the browser, its driver and the thread."""
        self.call(self.browser.close)
        self.call(self._playwright.stop)
        self._thread.shutdown()


@contextmanager
def tabs_of(chromium: Chromium) -> Iterator[Callable[..., Tab]]:
    """Open fresh pages, and close them at the end.

    Raises:
        AssertionError: One of them had trouble that nobody asked for.
    """
    tabs: list[Tab] = []

    def opened(**wishes: t.Any) -> Tab:
        tabs.append(Tab(chromium, **wishes))
        return tabs[-1]

    try:
        yield opened
    finally:
        troubles = [trouble for tab in tabs for trouble in tab.close()]
    if troubles:
        raise AssertionError(f"trouble in a page: {troubles}")
