"""When groups paused before a further attempt: the report tells when they began, what started next when they ended."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

from ..report import Around, Entry, Report, Wait


class Pauses:
    """The pauses of groups in a run, those of leaves left out: their entries tell them."""

    def __init__(self, report: Report) -> None:
        self.begun = {a: times for a, times in report.pauses.items() if a not in report.entries}
        self.around = Around(self.begun)
        self.over = {a: [math.inf] * len(times) for a, times in self.begun.items()}
        if self.begun:
            self._end(report)

    def _end(self, report: Report) -> None:
        """A pause ends when anything below the group asks for its seats again."""
        for entry in report:
            groups = list(self.around.of(entry.address))
            for attempt in entry.attempts if groups else ():
                asked = attempt.started - attempt.waited
                for group in groups:
                    place = bisect_right(self.begun[group], asked) - 1
                    if place >= 0:
                        self.over[group][place] = min(self.over[group][place], asked)

    def of(self, entry: Entry) -> Iterator[Wait]:
        """Give the pauses of groups around a leaf that fall between two of its attempts."""
        groups = list(self.around.of(entry.address))
        for before, after in zip(entry.attempts, entry.attempts[1:], strict=False) if groups else ():
            if before.ended is not None:
                yield from self._between(groups, before.ended, after.started - after.waited)

    def _between(self, groups: Iterable[str], since: float, until: float) -> Iterator[Wait]:
        for group in groups:
            times = self.begun[group]
            for place in range(bisect_left(times, since), bisect_left(times, until)):
                yield Wait("backoff", times[place], min(until, self.over[group][place]))
