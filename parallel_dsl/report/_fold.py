"""The one fold of events, in constant time each."""

from __future__ import annotations

import typing as t
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping

from ..events import Event
from ..results import Failed, NeverStarted
from ._entries import Entries, Open, ended_as
from ._entry import State, Wait
from ._report import Report, joined

MOST_SPANS = 2_000


class Fold:
    """Fold events, one at a time, in constant time each.

    Example:
        >>> fold = Fold()
        >>> fold.add(Event("started", "a", 1, 0.0))
        >>> fold.running, fold.report(live=True)["a"].state
        (1, 'running')
    """

    def __init__(self) -> None:
        self.entries: dict[str, Open] = {}
        self.running = 0
        self.peak = 0
        self.leaf_seconds = 0.0
        self.pauses: dict[str, list[float]] = {}
        self.drawing: dict[str, float] = {}
        self.saved: dict[str, int] = {}
        self.let_go: Counter[State] = Counter()
        self.busy: list[tuple[float, float]] = []  # when leaves that were let go were under way
        self.failures: dict[str, Failed] = {}
        self._doubtful: set[str] = set()  # leaves or groups that never started

    def add(self, event: Event) -> None:
        """Take one event into account."""
        _TAKE[event.kind](self, event)

    def add_all(self, events: Iterable[Event]) -> None:
        """Take events into account, in order."""
        for event in events:
            _TAKE[event[0]](self, event)

    def _open(self, address: str) -> Open:
        entry = self.entries.get(address)
        if entry is None:
            entry = self.entries[address] = Open(address)
        return entry

    def _waiting(self, event: Event) -> None:
        """Begin to wait; for a source it is told once, when the source ends."""
        if event.cause == "draw":
            self.drawing[event.address] = self.drawing.get(event.address, 0.0) + t.cast("float", event.outcome)
            return
        entry = self._open(event.address)
        _end_wait(entry, event.at)  # its pause is over, or it waits for something else now
        entry.state = "waiting"
        entry.since, entry.waits_for = event.at, event.cause or ""

    def _started(self, event: Event) -> None:
        """Begin an attempt."""
        _, address, number, at, _, cause = event
        entry = self.entries.get(address)
        if entry is None:
            entry = self.entries[address] = Open(address)
        elif entry.waits_for is not None:
            _end_wait(entry, at)
        if entry.number:
            if entry.earlier is None:
                entry.earlier = []
            entry.earlier.append(entry.last())
        entry.state, entry.number, entry.started, entry.ended = "running", number, at, None
        entry.gave, entry.cause, entry.waited, entry.queued, entry.cut_by = None, cause, entry.queued, 0.0, None
        self.running += 1
        if self.running > self.peak:
            self.peak = self.running

    def _progress(self, event: Event) -> None:
        """Keep the last word."""
        self._open(event.address).progress = t.cast("tuple[float | None, str]", event.outcome)

    def _retrying(self, event: Event) -> None:
        """Back off; the address may be a group's, which is no leaf and has no row of its own."""
        self.pauses.setdefault(event.address, []).append(event.at)
        if self.failures:  # they are of the attempt before
            self.failures = {a: f for a, f in self.failures.items() if not is_within(a, event.address)}
        entry = self.entries.get(event.address)
        if entry is not None and (entry.number or not isinstance(entry.outcome, NeverStarted | None)):
            entry.state = "retrying"
            entry.since, entry.waits_for = event.at, "backoff"
        elif entry is not None:
            del self.entries[event.address]

    def _ended(self, event: Event) -> None:
        """End an attempt, or what never started."""
        _, address, _, at, outcome, cut_by = event
        entry = self._open(address)
        if entry.waits_for is not None:
            _end_wait(entry, at)
        if entry.number and entry.ended is None:
            entry.ended, entry.gave, entry.outcome, entry.cut_by = at, outcome, outcome, cut_by
            self.running -= 1
            self.leaf_seconds += at - entry.started
        elif not isinstance(outcome, NeverStarted):
            entry.outcome = outcome
        elif not entry.number:  # else a further attempt never started: what was before it stays
            entry.outcome = outcome
            self._doubtful.add(address)
        entry.state = ended_as(entry.outcome)

    def _failed(self, event: Event) -> None:
        """Take note of a failure around a leaf or a group: a leaf has failed, whatever it gave.

        But for one whose thread goes on: that must be seen.
        """
        failed = t.cast("Failed", event.outcome)
        entry = self.entries.get(event.address)
        if entry is None or not entry.number or entry.state == "abandoned":
            self.failures[event.address] = failed
        else:
            entry.outcome, entry.state = failed, "failed"

    def _saved(self, event: Event) -> None:
        """Keep the count, and let go of the entries below what was saved: they stay in the counts."""
        count, leaves = t.cast("tuple[int, tuple[str, ...]]", event.outcome)
        self.saved[event.address] = count
        for address in leaves:
            entry = self.entries.pop(address, None)
            self.pauses.pop(address, None)
            if entry is not None:
                self.let_go[entry.state_of(live=False)] += 1
                if entry.number:
                    self.busy.append((entry.first(), event.at if entry.ended is None else entry.ended))
        if len(self.busy) > MOST_SPANS:
            self.busy = joined(self.busy)

    def report(self, *, live: bool = False, **fields: t.Any) -> Report:
        """Give the report as of now, *live* while events still come; *fields* are those of `Report`.

        A report that is not live is of a run that is over: it looks at what the fold knows, which may not change.
        """
        known = self._leaves()
        pauses = {address: tuple(times) for address, times in self.pauses.items()}
        return Report(
            entries={a: e.entry(live=True) for a, e in known.items()} if live else Entries(known),
            peak_concurrency=self.peak,
            leaf_seconds=self.leaf_seconds,
            pauses=pauses,
            drawing=dict(self.drawing),
            saved=dict(self.saved),
            let_go=dict(self.let_go),
            busy=tuple(joined(self.busy)),
            failures=dict(self.failures),
            **fields,
        )

    def _leaves(self) -> Mapping[str, Open]:
        """Leave out a group that never started in one round but began in another: something below it has a row."""
        entries = self.entries
        doubtful = {
            a for a in self._doubtful if a and (e := entries.get(a)) is not None and isinstance(e.outcome, NeverStarted)
        }
        if not doubtful:
            return entries
        order = sorted(entries)
        begun = {a for a in doubtful if _any_begins(order, f"{a}.") or _any_begins(order, f"{a}[")}
        return {a: e for a, e in entries.items() if a not in begun}


def is_within(address: str, group: str) -> bool:
    """Tell whether an address is that of a group, or of something in it.

    Example:
        >>> is_within("a.b[0]", "a.b"), is_within("a.bc", "a.b"), is_within("a", "")
        (True, False, True)
    """
    return not group or (address.startswith(group) and address[len(group) : len(group) + 1] in ("", ".", "["))


def _any_begins(order: list[str], start: str) -> bool:
    place = bisect_left(order, start)
    return place < len(order) and order[place].startswith(start)


def _end_wait(entry: Open, at: float) -> None:
    cause = entry.waits_for
    if cause is not None:
        if entry.gaps is None:
            entry.gaps = []
        entry.gaps.append(Wait(cause, entry.since, at))
        if cause != "backoff":
            entry.queued += at - entry.since
        entry.waits_for = None


_TAKE: dict[str, t.Callable[[Fold, Event], None]] = {
    "waiting": Fold._waiting,
    "started": Fold._started,
    "progress": Fold._progress,
    "retrying": Fold._retrying,
    "ended": Fold._ended,
    "failed": Fold._failed,
    "saved": Fold._saved,
}
