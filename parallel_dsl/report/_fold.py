"""The one fold of events, in constant time each."""

from __future__ import annotations

import typing as t
from bisect import bisect_left
from collections.abc import Mapping

import attrs

from ..events import Event
from ..results import NeverStarted
from ._entry import ENDED, Attempt, Entry, State
from ._report import Report


@attrs.define
class _Open:
    """One address while its events come: an `Entry` that still changes."""

    address: str
    state: State = "waiting"
    attempts: list[Attempt] = attrs.field(factory=list)
    outcome: object = None
    waits: dict[str, float] = attrs.field(factory=dict)
    progress: tuple[float | None, str] | None = None
    waiting: tuple[float, str] | None = None
    queued: float = 0.0

    def frozen(self, live: bool) -> Entry:
        """Give a copy; once the run is over, a leaf cut in its pause is what its last attempt was."""
        state = _ended_as(self.outcome) if self.state == "retrying" and not live else self.state
        return Entry(self.address, state, tuple(self.attempts), self.outcome, dict(self.waits), self.progress)


def _ended_as(outcome: object) -> State:
    return ENDED.get(type(outcome), "done")


class Fold:
    """Fold events, one at a time, in constant time each.

    Example:
        >>> fold = Fold()
        >>> fold.add(Event("started", "a", 1, 0.0))
        >>> fold.running, fold.report(live=True)["a"].state
        (1, 'running')
    """

    def __init__(self) -> None:
        self.entries: dict[str, _Open] = {}
        self.running = 0
        self.peak = 0
        self.leaf_seconds = 0.0
        self.pauses: dict[str, list[float]] = {}

    def add(self, event: Event) -> None:
        """Take one event into account."""
        entry = self.entries.get(event.address)
        if entry is None:
            entry = self.entries[event.address] = _Open(event.address)
        _TAKE[event.kind](self, entry, event)

    def waiting(self, entry: _Open, event: Event) -> None:
        """Begin to wait."""
        _end_wait(entry, event.at)  # its pause is over, or it waits for something else now
        entry.state = "waiting"
        entry.waiting = event.at, event.cause or ""

    def started(self, entry: _Open, event: Event) -> None:
        """Begin an attempt."""
        _end_wait(entry, event.at)
        entry.state = "running"
        entry.attempts.append(Attempt(event.attempt, event.at, None, None, event.cause, entry.queued))
        entry.queued = 0.0
        self.running += 1
        self.peak = max(self.peak, self.running)

    def progress(self, entry: _Open, event: Event) -> None:
        """Keep the last word."""
        entry.progress = t.cast("tuple[float | None, str]", event.outcome)

    def retrying(self, entry: _Open, event: Event) -> None:
        """Back off; the address may be a group's, which is no leaf and has no row of its own."""
        self.pauses.setdefault(event.address, []).append(event.at)
        if not entry.attempts and isinstance(entry.outcome, NeverStarted | None):
            self.entries.pop(event.address)
        else:
            entry.state = "retrying"
            entry.waiting = event.at, "backoff"

    def ended(self, entry: _Open, event: Event) -> None:
        """End an attempt, or what never started."""
        _end_wait(entry, event.at)
        under_way = bool(entry.attempts) and entry.attempts[-1].ended is None
        if under_way:
            last = entry.attempts[-1]
            entry.attempts[-1] = Attempt(last.number, last.started, event.at, event.outcome, last.cause, last.waited)
            self.running -= 1
            self.leaf_seconds += event.at - last.started
        if under_way or not entry.attempts or not isinstance(event.outcome, NeverStarted):
            entry.outcome = event.outcome  # else a further attempt never started: what was before it stays
        entry.state = _ended_as(entry.outcome)

    def report(self, *, live: bool = False, **fields: t.Any) -> Report:
        """Give the report as of now, *live* while events still come; *fields* are those of `Report`."""
        entries = {e.address: e.frozen(live) for e in _without_begun_groups(self.entries)}
        pauses = {address: tuple(times) for address, times in self.pauses.items()}
        fields = {"peak_concurrency": self.peak, "leaf_seconds": self.leaf_seconds, "pauses": pauses, **fields}
        return Report(entries=entries, **fields)


def _without_begun_groups(entries: Mapping[str, _Open]) -> list[_Open]:
    """Leave out a group that never started in one round but began in another: something below it has a row."""
    doubtful = {a for a, e in entries.items() if a and not e.attempts and isinstance(e.outcome, NeverStarted)}
    order = sorted(entries) if doubtful else []
    begun = {a for a in doubtful if _any_begins(order, f"{a}.") or _any_begins(order, f"{a}[")}
    return [e for a, e in entries.items() if a not in begun]


def _any_begins(order: list[str], start: str) -> bool:
    place = bisect_left(order, start)
    return place < len(order) and order[place].startswith(start)


def _end_wait(entry: _Open, at: float) -> None:
    if entry.waiting is not None:
        since, cause = entry.waiting
        entry.waits[cause] = entry.waits.get(cause, 0.0) + at - since
        if cause != "backoff":
            entry.queued += at - since
        entry.waiting = None


_TAKE: dict[str, t.Callable[[Fold, _Open, Event], None]] = {
    "waiting": Fold.waiting,
    "started": Fold.started,
    "progress": Fold.progress,
    "retrying": Fold.retrying,
    "ended": Fold.ended,
}
