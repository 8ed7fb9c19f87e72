"""What a run did and what it cost: entries and measures."""

from __future__ import annotations

import math
import typing as t
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import attrs

from ..events import Event
from ..results import Failed
from ..wording import clean, did_you_mean, short
from ._critical import CriticalStep, critical_path, critical_seconds
from ._entries import rows
from ._entry import ENDED, GLYPHS, Entry, State
from ._table import headline, table

CAUSES = ("limit", "resource", "thread", "backoff", "draw")


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
        failures: By address what failed around a group and was no leaf's: a deadline, a condition, a source, a save.
            Around a leaf it is the leaf's.
        busy: When leaves that were let go were under way, as pairs of seconds.
        warnings: What went wrong beside the plan: watchers.
        pauses: When pauses before a further attempt began, by address, also of groups.
        usage: What leaves said with ``current_leaf().usage(...)``, by address.
        drawing: Seconds in which a map waited for its source, by the address of the map.
        saved: How many results each ``.drain`` has saved, by its address.
        plan: What was run or simulated, for pictures; None if the events did not come from a run.
        let_go: How many leaves in each state have no entry any more, since a drain has saved what they gave.

    Example:
        >>> from parallel_dsl import Succeeded
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
    failures: Mapping[str, Failed] = attrs.field(factory=dict)
    warnings: tuple[str, ...] = ()
    pauses: Mapping[str, tuple[float, ...]] = attrs.field(factory=dict)
    usage: Mapping[str, Mapping[str, float]] = attrs.field(factory=dict)
    drawing: Mapping[str, float] = attrs.field(factory=dict)
    saved: Mapping[str, int] = attrs.field(factory=dict)
    let_go: Mapping[State, int] = attrs.field(factory=dict)
    busy: tuple[tuple[float, float], ...] = ()
    plan: t.Any = None

    @classmethod
    def of(cls, events: Iterable[Event], *, live: bool = False, **fields: t.Any) -> Report:
        """Fold events into a report; it ends with the last one if nothing is said."""
        from ._fold import Fold  # which gives a report itself

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
            some = ", ".join(clean(a, 40) if a else "'' (the plan)" for a in known[:8]) + did_you_mean(address, known)
            raise KeyError(f"no leaf {short(address)} in the report; there are {some}") from None

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries.values())

    def __len__(self) -> int:
        return len(self.entries)

    @property
    def size(self) -> int:
        """Give how many leaves there are, those too that were let go; ``len(report)`` counts the entries."""
        return len(self.entries) + sum(self.let_go.values())

    @property
    def wall_seconds(self) -> float:
        """Give ended - began."""
        return self.ended - self.began

    @property
    def counts(self) -> dict[str, int]:
        """Give how many leaves are in each state, those too that were let go; they add up to ``report.size``."""
        found = Counter[str](row.state for row in rows(self.entries))
        found.update(self.let_go)
        return {**dict.fromkeys(GLYPHS, 0), **found}

    @property
    def progress(self) -> float:
        """Give the share of leaves that have ended, however they did: 1.0 at the end of a run."""
        counts = self.counts
        return sum(counts[state] for state in ENDED.values()) / self.size if self.size else 1.0

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
        spans = (
            (row.started, self.ended if row.ended is None else row.ended)
            for row in rows(self.entries)
            if row.started is not None
        )
        busy = math.fsum(end - max(start, self.began) for start, end in joined([*self.busy, *spans]))
        return max(0.0, self.wall_seconds - busy)

    @property
    def overhead_per_leaf(self) -> float:
        """Give idle time / attempts, in seconds."""
        attempts = sum(row.attempts for row in rows(self.entries)) + sum(self.let_go.values())
        return self.idle_seconds / attempts if attempts else 0.0

    @property
    def waits(self) -> dict[str, float]:
        """Give the seconds that leaves waited, by cause, added up over all of them.

        Causes are ``limit resource thread backoff draw``, the last for maps that waited for their source.
        Pauses of groups are of no leaf, and not among them; nor are leaves that were let go.

        Example:
            >>> asked = Event("waiting", "a", 0, 0.0, cause="limit")
            >>> Report.of([asked, Event("started", "a", 1, 2.0)]).waits["limit"]
            2.0
        """
        found = dict.fromkeys(CAUSES, 0.0)
        for row in rows(self.entries):
            for cause, seconds in row.waits.items():
                found[cause] = found.get(cause, 0.0) + seconds
        found["draw"] += sum(self.drawing.values())
        return found

    @property
    def critical_path(self) -> tuple[CriticalStep, ...]:
        """Give the chain of attempts, each made possible by the one before, that ended last.

        It ends with the attempt that ended last with a value or an error. To make the run shorter, make one
        of these steps shorter, or a gap between two of them. It begins later than the run if a cause is unknown.

        Example:
            >>> from parallel_dsl import Call, Stage, last_report, run
            >>> _ = run(Stage(a=Call(int), b=Call(str)))
            >>> [step.address for step in last_report().critical_path]
            ['a', 'b']
        """
        return critical_path(self.entries, self.pauses)

    @property
    def critical_seconds(self) -> dict[str, float]:
        """Give the time from the first start to the last end of the critical path, by what it went to.

        ``running``, ``waiting`` in line, ``backoff``, and ``other``: cleanup, conditions, deadlines, the library.
        They add up to the whole.

        Example:
            >>> report = Report.of([Event("started", "a", 1, 0.0), Event("ended", "a", 1, 2.0, Failed(KeyError(), ()))])
            >>> report.critical_seconds["running"]
            2.0
        """
        return critical_seconds(self.critical_path)

    def __str__(self) -> str:
        return table(self)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        from ..display import report_bundle  # a room above, only for who looks at it in a notebook

        return report_bundle(self)

    def _repr_html_(self) -> str:
        return self._repr_mimebundle_()["text/html"]

    def __repr__(self) -> str:
        return f"<Report: {headline(self)}>"


def joined(spans: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """Join spans of time that overlap or touch.

    Example:
        >>> joined([(2, 3), (0, 1), (1, 1.5)])
        [(0, 1.5), (2, 3)]
    """
    found: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found
