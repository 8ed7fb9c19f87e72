"""The one fold of events: what became of each address, and what the run cost; the table a person reads.

It has over 400 lines, doctests included: fold, values and table are one subject, and no other room may hold the text.
"""

from __future__ import annotations

import typing as t
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping

import attrs

from .events import Event
from .results import Abandoned, Cancelled, CommandResult, Failed, NeverStarted, Succeeded
from .wording import clean, did_you_mean, short

State = t.Literal["waiting", "running", "retrying", "done", "failed", "cancelled", "never started", "abandoned"]
GLYPHS = {
    "done": "✓",
    "failed": "✗",
    "cancelled": "⊘",
    "never started": "·",
    "abandoned": "!",
    "running": "▶",
    "waiting": "…",
    "retrying": "↻",
}
ROWS = 40
_KEPT: dict[State, int] = {"failed": 0, "done": 2}  # anything else is kept between the two
_ENDED: dict[type, State] = {
    Succeeded: "done",
    Failed: "failed",
    Cancelled: "cancelled",
    NeverStarted: "never started",
    Abandoned: "abandoned",
}
ATTRIBUTE = "_parallel_dsl_report"


@attrs.frozen
class Attempt:
    """Tell one start of a leaf: times in seconds since the run began.

    Example:
        >>> Attempt(1, 0.5, 2.0, None).seconds
        1.5
    """

    number: int
    started: float
    ended: float | None
    outcome: object = attrs.field(repr=short)

    @property
    def seconds(self) -> float:
        """Give how long it ran; 0 while it runs."""
        return 0.0 if self.ended is None else self.ended - self.started


@attrs.frozen
class Entry:
    """Tell what became of one address; it stays as it was when it was given out.

    Args:
        address: Of the leaf, or of a group that never started.
        state: The same words as everywhere.
        attempts: Each start.
        outcome: What it ended with, of the last attempt that ended; `Abandoned`: its thread went on.
        waits: Seconds by cause: ``limit resource thread backoff``.
        progress: The last fraction and text that it told.

    Example:
        >>> Entry("a").state
        'waiting'
    """

    address: str
    state: State = "waiting"
    attempts: tuple[Attempt, ...] = ()
    outcome: object = attrs.field(default=None, repr=short)
    waits: Mapping[str, float] = attrs.field(factory=dict)
    progress: tuple[float | None, str] | None = None

    @property
    def started(self) -> float | None:
        """Give when it first started."""
        return self.attempts[0].started if self.attempts else None

    @property
    def ended(self) -> float | None:
        """Give when it last ended."""
        return self.attempts[-1].ended if self.attempts else None

    @property
    def seconds(self) -> float:
        """Give the running time of all its attempts."""
        return sum(a.seconds for a in self.attempts)

    @property
    def value(self) -> t.Any:
        """Give its value, None if it has none."""
        return self.outcome.value if isinstance(self.outcome, Succeeded) else None

    @property
    def error(self) -> Exception | None:
        """Give its error, None if it has none."""
        return self.outcome.error if isinstance(self.outcome, Failed) else None


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

    def frozen(self, live: bool) -> Entry:
        """Give a copy; once the run is over, a leaf cut in its pause is what its last attempt was."""
        state = _ended_as(self.outcome) if self.state == "retrying" and not live else self.state
        return Entry(self.address, state, tuple(self.attempts), self.outcome, dict(self.waits), self.progress)


def _ended_as(outcome: object) -> State:
    return _ENDED.get(type(outcome), "done")


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
        self.drawing: dict[str, float] = {}  # seconds, by the address of the map
        self.saved: dict[str, int] = {}  # results, by the address of the drain
        self.let_go: Counter[State] = Counter()

    def add(self, event: Event) -> None:
        """Take one event into account."""
        if event.cause == "draw":  # told once, when the source ends
            self.drawing[event.address] = self.drawing.get(event.address, 0.0) + t.cast("float", event.outcome)
            return
        if event.kind == "saved":
            self.saved_by(event)
            return
        entry = self.entries.get(event.address)
        if entry is None:
            entry = self.entries[event.address] = _Open(event.address)
        _TAKE[event.kind](self, entry, event)

    def saved_by(self, event: Event) -> None:
        """Keep the count, and let go of the entries below what was saved: they stay in the counts."""
        count, leaves = t.cast("tuple[int, tuple[str, ...]]", event.outcome)
        self.saved[event.address] = count
        for address in leaves:
            entry = self.entries.pop(address, None)
            if entry is not None:
                self.let_go[entry.state] += 1

    def waiting(self, entry: _Open, event: Event) -> None:
        """Begin to wait."""
        _end_wait(entry, event.at)  # its pause is over, or it waits for something else now
        entry.state = "waiting"
        entry.waiting = event.at, event.cause or ""

    def started(self, entry: _Open, event: Event) -> None:
        """Begin an attempt."""
        _end_wait(entry, event.at)
        entry.state = "running"
        entry.attempts.append(Attempt(event.attempt, event.at, None, None))
        self.running += 1
        self.peak = max(self.peak, self.running)

    def progress(self, entry: _Open, event: Event) -> None:
        """Keep the last word."""
        entry.progress = t.cast("tuple[float | None, str]", event.outcome)

    def retrying(self, entry: _Open, event: Event) -> None:
        """Back off; the address may be a group's, which is no leaf and has no row of its own."""
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
            entry.attempts[-1] = Attempt(last.number, last.started, event.at, event.outcome)
            self.running -= 1
            self.leaf_seconds += event.at - last.started
        if under_way or not entry.attempts or not isinstance(event.outcome, NeverStarted):
            entry.outcome = event.outcome  # else a further attempt never started: what was before it stays
        entry.state = _ended_as(entry.outcome)

    def report(self, *, live: bool = False, **fields: t.Any) -> Report:
        """Give the report as of now, *live* while events still come; *fields* are those of `Report`."""
        entries = {e.address: e.frozen(live) for e in _without_begun_groups(self.entries)}
        return Report(
            entries=entries,
            peak_concurrency=self.peak,
            leaf_seconds=self.leaf_seconds,
            drawing=dict(self.drawing),
            saved=dict(self.saved),
            let_go=dict(self.let_go),
            **fields,
        )


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
        entry.waiting = None


_TAKE: dict[str, t.Callable[[Fold, _Open, Event], None]] = {
    "waiting": Fold.waiting,
    "started": Fold.started,
    "progress": Fold.progress,
    "retrying": Fold.retrying,
    "ended": Fold.ended,
}


@attrs.frozen(kw_only=True, repr=False)
class Report:
    """Tell what a run did and what it cost; ``print(report)`` is a table.

    Args:
        entries: What became of each address, in the order of the first event.
        began, ended: Seconds.
        leaf_seconds: Running time of all attempts that have ended, added up.
        peak_concurrency: Most leaves at once.
        seed, run_id: Of the run.
        failure: What the run failed with: ``.error`` the decisive one, ``.errors`` all of it.
        warnings: What went wrong beside the plan: watchers.
        usage: What leaves said with ``current_leaf().usage(...)``, by address.
        drawing: Seconds in which a map waited for its source, by the address of the map.
        saved: How many results each ``.drain`` has saved, by its address.
        let_go: How many leaves in each state have no entry any more, since a drain has saved what they gave.

    Example:
        >>> report = Report.of([Event("started", "a", 1, 0.0), Event("ended", "a", 1, 2.0, Succeeded(3))])
        >>> report["a"].value, report.wall_seconds, report.counts["done"]
        (3, 2.0, 1)
    """

    entries: Mapping[str, Entry]
    began: float = 0.0
    ended: float = 0.0
    leaf_seconds: float = 0.0
    peak_concurrency: int = 0
    seed: int | None = None
    run_id: str = ""
    failure: Failed | None = None
    warnings: tuple[str, ...] = ()
    usage: Mapping[str, Mapping[str, float]] = attrs.field(factory=dict)
    drawing: Mapping[str, float] = attrs.field(factory=dict)
    saved: Mapping[str, int] = attrs.field(factory=dict)
    let_go: Mapping[State, int] = attrs.field(factory=dict)

    @classmethod
    def of(cls, events: Iterable[Event], *, live: bool = False, **fields: t.Any) -> Report:
        """Fold events into a report; it ends with the last one if nothing is said."""
        fold, at = Fold(), 0.0
        for event in events:
            fold.add(event)
            at = event.at
        return fold.report(live=live, **{"ended": at, **fields})

    def __getitem__(self, address: str) -> Entry:
        try:
            return self.entries[address]
        except KeyError:
            known = list(self.entries)[:1000]
            some = ", ".join(clean(a, 40) for a in known[:8]) + did_you_mean(address, known)
            raise KeyError(f"no leaf {short(address)} in the report; there are {some}") from None

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries.values())

    def __len__(self) -> int:
        return len(self.entries)

    @property
    def size(self) -> int:
        """Give how many leaves there are, those too that were let go."""
        return len(self.entries) + sum(self.let_go.values())

    @property
    def wall_seconds(self) -> float:
        """Give ended - began."""
        return self.ended - self.began

    @property
    def counts(self) -> dict[str, int]:
        """Give how many leaves are in each state, those too that were let go."""
        return {**dict.fromkeys(GLYPHS, 0), **(Counter[str](e.state for e in self) + Counter[str](self.let_go))}

    @property
    def progress(self) -> float:
        """Give the share of addresses that have ended, however they did: 1.0 at the end of a run."""
        over = sum(e.state in _ENDED.values() for e in self) + sum(self.let_go.values())
        return over / self.size if self.size else 1.0

    @property
    def error(self) -> Exception | None:
        """Give the decisive error of the plan, None if it has not failed."""
        return None if self.failure is None else self.failure.error

    @property
    def speed_up(self) -> float:
        """Give leaf time / wall time: how many leaves ran at once on average."""
        return self.leaf_seconds / self.wall_seconds if self.wall_seconds > 0 else 1.0

    @property
    def efficiency(self) -> float:
        """Give speed-up / peak concurrency, from 0 to 1."""
        return self.speed_up / self.peak_concurrency if self.peak_concurrency else 1.0

    @property
    def idle_seconds(self) -> float:
        """Give the time in which no leaf was between its first start and its last end.

        Pauses before a further attempt are within; what the library does while some leaf runs is hidden in it.
        """
        spans = sorted((e.started, self.ended if e.ended is None else e.ended) for e in self if e.started is not None)
        busy, until = 0.0, self.began
        for start, end in spans:
            busy += max(0.0, end - max(start, until))
            until = max(until, end)
        return max(0.0, self.wall_seconds - busy)

    @property
    def overhead_per_leaf(self) -> float:
        """Give idle time / attempts, in seconds."""
        attempts = sum(len(e.attempts) for e in self) + sum(self.let_go.values())
        return self.idle_seconds / attempts if attempts else 0.0

    def __str__(self) -> str:
        return "\n".join([self._headline(), *self._rows(), *(f"warning: {clean(w)}" for w in self.warnings[:10])])

    def __repr__(self) -> str:
        return f"<Report: {self._headline()}>"

    def _headline(self) -> str:
        leaves = "1 leaf" if self.size == 1 else f"{self.size} leaves"
        counts = ", ".join(f"{n} {state}" for state, n in self.counts.items() if n)
        return (
            f"{leaves}: {counts or 'none'} in {_seconds(self.wall_seconds)} (leaf time "
            f"{_seconds(self.leaf_seconds)}, speed-up {self.speed_up:.1f}x, efficiency {self.efficiency * 100:.0f} %, "
            f"peak {self.peak_concurrency}, overhead {self.overhead_per_leaf * 1000:.1f} ms a leaf)"
        )

    def _rows(self) -> list[str]:
        """Give at most 40 rows, in order; failures are the first to be kept, what is done the last."""
        order = list(self)
        best = sorted(range(len(order)), key=lambda i: _KEPT.get(order[i].state, 1))
        shown = [order[i] for i in sorted(best[:ROWS])]
        width = max((len(clean(e.address or "(the plan)", 40)) for e in shown), default=0)
        rows = [_row(e, width) for e in shown]
        left = _counted((order[i] for i in best[ROWS:]), " more")
        return [*rows, f"... and {left}"] if left else rows


def _counted(entries: Iterable[Entry], more: str = "") -> str:
    counts = Counter[str](e.state for e in entries)
    return ", ".join(f"{counts[state]}{more} {state}" for state in GLYPHS if counts[state])


def _row(entry: Entry, width: int) -> str:
    tries = f"{len(entry.attempts)}x" if len(entry.attempts) > 1 else ""
    when = "" if entry.started is None else f"at {_seconds(entry.started)}"
    took = "" if entry.started is None else _seconds(entry.seconds)
    said = ""
    if entry.error is not None:
        said = short(entry.error, 70)
    elif isinstance(entry.outcome, Succeeded):
        said = short(entry.value, 50)
    mark = f"{GLYPHS[entry.state]} {entry.state}"
    if isinstance(entry.value, CommandResult) and not entry.value.ok:  # data, but never drawn green
        mark = f"■ exit {entry.value.exit_code}"
    address = clean(entry.address or "(the plan)", 40)
    return f"  {mark:<15} {address:<{width}} {tries:>3} {when:>11} {took:>8}  {said}".rstrip()


def _seconds(value: float) -> str:
    return f"{value * 1000:.0f} ms" if value < 0.9995 else f"{value:.1f} s" if value < 99.95 else f"{value:.0f} s"


def attach_report(error: BaseException, report: Report) -> None:
    """Let an error carry the report of its run, if it can; never raises.

    Example:
        >>> error = ValueError("no")
        >>> attach_report(error, Report.of([]))
        >>> len(report_of(error))
        0
    """
    try:
        object.__setattr__(error, ATTRIBUTE, report)  # past its own __setattr__: errors may be frozen
    except Exception:  # it cannot carry anything: the error itself matters more, `last_report` has the report
        return


def report_of(error: BaseException) -> Report:
    """Give the report of the run that an error came out of.

    Looks at the error, its causes and contexts and the members of a group, nearest first.

    Args:
        error: What a run raised, or an error that was raised from it.

    Raises:
        LookupError: No run has raised this error.

    Example:
        >>> from parallel_dsl import Call, run
        >>> try:
        ...     run(Call(int, "x"))
        ... except ValueError as error:
        ...     report_of(error).counts["failed"]
        1
    """
    seen: set[int] = set()
    line: deque[BaseException | None] = deque([error])
    while line:
        each = line.popleft()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        found = _carried(each)
        if isinstance(found, Report):
            return found
        line += each.__cause__, each.__context__
        if isinstance(each, BaseExceptionGroup):
            line += each.exceptions
    raise LookupError(f"{short(error)} came out of no run; try last_report()")


def _carried(error: BaseException) -> object:
    try:
        return object.__getattribute__(error, ATTRIBUTE)  # past its own __getattr__, which may do anything
    except AttributeError:
        return None
