"""Watchers hear each event in a thread of their own: one that raises or is slow disturbs nobody."""

from __future__ import annotations

import queue
import threading
import typing as t

from ..wording import clean, short

if t.TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..events import Event

PATIENCE_SECONDS = 1.0  # how long the end of a run waits for a slow watcher


class Watchers:
    """Hand events to callables, in order; each trouble is told once, in ``warnings``."""

    def __init__(self, watch: Sequence[Callable[[Event], object]]) -> None:
        self.warnings: list[str] = []
        self._watch = list(watch)
        self._queue: queue.SimpleQueue[list[Event] | None] = queue.SimpleQueue()
        self._stop = False
        self._thread: threading.Thread | None = None
        if self._watch:
            self._thread = threading.Thread(target=self._work, name="parallel_dsl watch", daemon=True)
            self._thread.start()

    def __bool__(self) -> bool:
        return self._thread is not None

    def tell(self, events: list[Event]) -> None:
        """Hand on the events of one step; never waits."""
        if self._thread is not None and events:
            self._queue.put(events)

    def close(self) -> list[str]:
        """Let the watchers catch up, but not for long; give what is to be reported of them."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join(PATIENCE_SECONDS)
            if self._thread.is_alive():
                self._stop = True
                self.warnings.append(f"watch: a watcher is slow, events were not delivered: {short(self._watch)}")
        return list(self.warnings)

    def _work(self) -> None:
        while (events := self._queue.get()) is not None:
            for event in events:
                if self._stop or not self._watch:
                    return
                self._each(event)

    def _each(self, event: Event) -> None:
        for watcher in list(self._watch):
            try:
                watcher(event)
            except BaseException as error:  # told once, in the report; this watcher hears no more, the others do
                self._watch = [each for each in self._watch if each is not watcher]
                self.warnings.append(clean(f"watch: {short(watcher)} raised {short(error)} and was taken off"))
