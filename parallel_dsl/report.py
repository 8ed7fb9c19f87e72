"""The one fold of events: what became of each address, and what the run cost; the table a person reads."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable, Iterator, Mapping

import attrs

from .events import Event
from .results import Abandoned, Cancelled, CommandResult, Failed, NeverStarted, Succeeded
from .wording import short

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
    outcome: object

    @property
    def seconds(self) -> float:
        """Give how long it ran; 0 while it runs."""
        return 0.0 if self.ended is None else self.ended - self.started


@attrs.define
class Entry:
    """Tell what became of one address.

    Args:
        address: Of the leaf, or of a group that never started.
        state: The same words as everywhere.
        attempts: Each start.
        outcome: What it ended with, of the last attempt.
        waits: Seconds by cause: ``limit resource thread backoff``.
        progress: The last fraction and text that it told.

    Example:
        >>> Entry("a").state
        'waiting'
    """

    address: str
    state: State = "waiting"
    attempts: list[Attempt] = attrs.field(factory=list)
    outcome: object = None
    waits: dict[str, float] = attrs.field(factory=dict)
    progress: tuple[float | None, str] | None = None
    _waiting: tuple[float, str] | None = attrs.field(default=None, repr=False)

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


class Fold:
    """Fold events, one at a time, in constant time each."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.running = 0
        self.peak = 0
        self.leaf_seconds = 0.0

    def add(self, event: Event) -> None:
        """Take one event into account."""
        entry = self.entries.get(event.address)
        if entry is None:
            entry = self.entries[event.address] = Entry(event.address)
        _TAKE[event.kind](self, entry, event)

    def waiting(self, entry: Entry, event: Event) -> None:
        """Begin to wait."""
        entry.state = "waiting"
        entry._waiting = event.at, event.cause or ""

    def started(self, entry: Entry, event: Event) -> None:
        """Begin an attempt."""
        _end_wait(entry, event.at)
        entry.state = "running"
        entry.attempts.append(Attempt(event.attempt, event.at, None, None))
        self.running += 1
        self.peak = max(self.peak, self.running)

    def progress(self, entry: Entry, event: Event) -> None:
        """Keep the last word."""
        entry.progress = t.cast("tuple[float | None, str]", event.outcome)

    def retrying(self, entry: Entry, event: Event) -> None:
        """Back off; the address may be a group's, which is no leaf and has no row of its own."""
        if not entry.attempts:
            self.entries.pop(event.address)
        else:
            entry.state = "retrying"
            entry._waiting = event.at, "backoff"

    def ended(self, entry: Entry, event: Event) -> None:
        """End an attempt, or what never started."""
        _end_wait(entry, event.at)
        under_way = bool(entry.attempts) and entry.attempts[-1].ended is None
        if under_way:
            last = entry.attempts[-1]
            entry.attempts[-1] = Attempt(last.number, last.started, event.at, event.outcome)
            self.running -= 1
            self.leaf_seconds += event.at - last.started
        elif isinstance(event.outcome, NeverStarted) and entry.attempts:
            return  # a further attempt that never started: what was before it stays
        entry.outcome = event.outcome
        entry.state = _ENDED.get(type(event.outcome), "done")

    def report(self, **fields: t.Any) -> Report:
        """Give the report as of now."""
        return Report(entries=dict(self.entries), peak_concurrency=self.peak, leaf_seconds=self.leaf_seconds, **fields)


def _end_wait(entry: Entry, at: float) -> None:
    if entry._waiting is not None:
        since, cause = entry._waiting
        entry.waits[cause] = entry.waits.get(cause, 0.0) + at - since
        entry._waiting = None


_TAKE: dict[str, t.Callable[[Fold, Entry, Event], None]] = {
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
        leaf_seconds: Running time of all attempts.
        peak_concurrency: Most leaves at once.
        seed, run_id: Of the run.
        failure: What the run failed with: ``.error`` the decisive one, ``.errors`` all of it.
        warnings: What went wrong beside the plan: watchers.
        usage: What leaves said with ``current_leaf().usage(...)``, by address.

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

    @classmethod
    def of(cls, events: Iterable[Event], **fields: t.Any) -> Report:
        """Fold events into a report; it ends with the last one if nothing is said."""
        fold, at = Fold(), 0.0
        for event in events:
            fold.add(event)
            at = event.at
        return fold.report(**{"ended": at, **fields})

    def __getitem__(self, address: str) -> Entry:
        try:
            return self.entries[address]
        except KeyError:
            some = ", ".join(list(self.entries)[:8])
            raise KeyError(f"no leaf {address!r} in the report; there are {some}") from None

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries.values())

    def __len__(self) -> int:
        return len(self.entries)

    @property
    def wall_seconds(self) -> float:
        """Give how long the run took."""
        return self.ended - self.began

    @property
    def counts(self) -> dict[str, int]:
        """Give how many addresses are in each state."""
        counts: dict[str, int] = dict.fromkeys(GLYPHS, 0)
        for entry in self:
            counts[entry.state] += 1
        return counts

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
        """Give the time in which no leaf ran: pauses, and what the library itself takes."""
        spans = sorted((a.started, a.ended) for e in self for a in e.attempts if a.ended is not None)
        busy, until = 0.0, 0.0
        for start, end in spans:
            busy += max(0.0, end - max(start, until))
            until = max(until, end)
        return max(0.0, self.wall_seconds - busy)

    @property
    def overhead_per_leaf(self) -> float:
        """Give idle time / attempts, in seconds: an upper bound of what the library costs a leaf."""
        attempts = sum(len(e.attempts) for e in self)
        return self.idle_seconds / attempts if attempts else 0.0

    def __str__(self) -> str:
        return "\n".join([self._headline(), *self._rows(), *(f"warning: {w}" for w in self.warnings)])

    def __repr__(self) -> str:
        return f"<Report: {self._headline()}>"

    def _headline(self) -> str:
        counts = ", ".join(f"{n} {state}" for state, n in self.counts.items() if n)
        return (
            f"{len(self)} leaves: {counts or 'none'} in {_seconds(self.wall_seconds)} (leaf time "
            f"{_seconds(self.leaf_seconds)}, speed-up {self.speed_up:.1f}x, efficiency {self.efficiency:.0%}, "
            f"peak {self.peak_concurrency}, overhead {self.overhead_per_leaf * 1000:.1f} ms a leaf)"
        )

    def _rows(self) -> list[str]:
        """Give at most 40 rows, those that did not succeed first to be kept."""
        order = list(self)
        odd = [e for e in order if e.state != "done"][:ROWS]
        kept = {e.address for e in odd} | {e.address for e in order[: ROWS - len(odd)]}
        shown = [e for e in order if e.address in kept][:ROWS]
        width = min(40, max((len(e.address) for e in shown), default=0))
        rows = [_row(e, width) for e in shown]
        return rows if len(shown) == len(order) else [*rows, f"... and {len(order) - len(shown)} more"]


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
    address = entry.address or "(the plan)"
    return f"  {mark:<15} {address:<{width}} {tries:>3} {when:>11} {took:>8}  {said}".rstrip()


def _seconds(value: float) -> str:
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.1f} s" if value < 100 else f"{value:.0f} s"


def attach_report(error: BaseException, report: Report) -> None:
    """Let an error carry the report of its run."""
    try:
        object.__setattr__(error, ATTRIBUTE, report)
    except (AttributeError, TypeError):  # an exception class with slots and no dict: `last_report` has it
        return


def report_of(error: BaseException) -> Report:
    """Give the report of the run that an error came out of.

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
    stack: list[BaseException | None] = [error]
    while stack:
        each = stack.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        found = getattr(each, ATTRIBUTE, None)
        if isinstance(found, Report):
            return found
        stack += [each.__context__, each.__cause__]
        if isinstance(each, BaseExceptionGroup):
            stack += each.exceptions
    raise LookupError(f"{short(error)} came out of no run; try last_report()")
