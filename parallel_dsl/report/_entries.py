"""The entries of a report are made when somebody looks: a million leaves cost what the fold knows of them."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ._entry import ENDED, Attempt, Entry, State, Wait


class Open:
    """One address while its events come: an `Entry` that still changes, its last attempt taken apart."""

    __slots__ = (
        "address",
        "cause",
        "cut_by",
        "earlier",
        "ended",
        "gaps",
        "gave",
        "number",
        "outcome",
        "progress",
        "queued",
        "since",
        "started",
        "state",
        "waited",
        "waits_for",
    )

    def __init__(self, address: str) -> None:
        self.address = address
        self.state: State = "waiting"
        self.number = 0  # of the last attempt; 0: none yet
        self.started = 0.0
        self.ended: float | None = None
        self.gave: object = None  # the last attempt
        self.cause: str | None = None
        self.cut_by: str | None = None
        self.waited = self.queued = 0.0
        self.earlier: list[Attempt] | None = None
        self.outcome: object = None
        self.gaps: list[Wait] | None = None
        self.waits_for: str | None = None
        self.since = 0.0
        self.progress: tuple[float | None, str] | None = None

    def attempts(self) -> tuple[Attempt, ...]:
        """Give each start."""
        return (*(self.earlier or ()), self.last()) if self.number else ()

    def first(self) -> float:
        """Give when the first attempt started."""
        return self.earlier[0].started if self.earlier else self.started

    def last(self) -> Attempt:
        """Give the last start."""
        return Attempt(self.number, self.started, self.ended, self.gave, self.cause, self.waited, self.cut_by)

    def state_of(self, *, live: bool) -> State:
        """Give the state; once the run is over, a leaf cut in its pause is what its last attempt was."""
        return ended_as(self.outcome) if self.state == "retrying" and not live else self.state

    def waits(self) -> dict[str, float]:
        """Give the seconds of the waits that are over, by cause."""
        found: dict[str, float] = {}
        for cause, since, until in self.gaps or ():
            found[cause] = found.get(cause, 0.0) + t.cast("float", until) - since
        return found

    def entry(self, *, live: bool = False) -> Entry:
        """Give it as it is now."""
        waiting = [Wait(self.waits_for, self.since, None)] if self.waits_for is not None else []
        gaps = (*(self.gaps or ()), *waiting) if live else tuple(self.gaps or ())
        return Entry(
            self.address, self.state_of(live=live), self.attempts(), self.outcome, self.waits(), self.progress, gaps
        )


def ended_as(outcome: object) -> State:
    """Give the state that an outcome leads to."""
    return ENDED.get(type(outcome), "done")


class Entries(Mapping[str, Entry]):
    """The entries of a run that is over, by address, in the order of their first events."""

    __slots__ = ("_open",)

    def __init__(self, known: Mapping[str, Open]) -> None:
        self._open = known

    def __getitem__(self, address: str) -> Entry:
        return self._open[address].entry()

    def __contains__(self, address: object) -> bool:
        return address in self._open

    def __iter__(self) -> Iterator[str]:
        return iter(self._open)

    def __len__(self) -> int:
        return len(self._open)

    def rows(self) -> Iterator[Row]:
        """Give what measures need of each, without making the entry."""
        for each in self._open.values():
            started = each.first() if each.number else None
            ended = each.ended if each.number else None
            tries = len(each.earlier or ()) + 1 if each.number else 0
            yield Row(each.state_of(live=False), started, ended, tries, each.waits() if each.gaps else NO_WAITS)


    def briefs(self) -> Iterator[Brief]:
        """Give what pictures need of each, without making the entry."""
        for each in self._open.values():
            spans = ((each.started, each.ended),) if each.number else ()
            if each.earlier:
                spans = (*((a.started, a.ended) for a in each.earlier), *spans)
            yield Brief(each.address, each.state_of(live=False), each.outcome, spans, each.gaps or ())


class Row(t.NamedTuple):
    """What measures need of an entry: they look at all of them."""

    state: State
    started: float | None
    ended: float | None
    attempts: int
    waits: Mapping[str, float]


class Brief(t.NamedTuple):
    """What pictures need of an entry: they look at all of them. The *spans* are its attempts."""

    address: str
    state: State
    outcome: object
    spans: tuple[tuple[float, float | None], ...]
    gaps: Sequence[Wait]


NO_WAITS: Mapping[str, float] = {}


def rows(entries: Mapping[str, Entry]) -> Iterable[Row]:
    """Give the row of each entry, in their order."""
    if isinstance(entries, Entries):
        return entries.rows()
    return (Row(e.state, e.started, e.ended, len(e.attempts), e.waits) for e in entries.values())


def briefs(entries: Mapping[str, Entry]) -> Iterable[Brief]:
    """Give in short what became of each entry, in their order."""
    if isinstance(entries, Entries):
        return entries.briefs()
    return (Brief(e.address, e.state, e.outcome, _spans(e), e.gaps) for e in entries.values())


def _spans(entry: Entry) -> tuple[tuple[float, float | None], ...]:
    return tuple((a.started, a.ended) for a in entry.attempts)
