"""How many leaves should run at once: the plan is simulated under one limit after the other, and the knee is told."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator

import attrs

from ..errors import PlanError
from ..plan import told
from ..wording import article, class_name, clean, short
from .capacities import MOST_LEAVES, is_size
from .held import advice, holding
from .playing import instead
from .rehearsal import DEFAULT_ITEMS, DEFAULT_SECONDS, Rehearsal

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..plan import Plan
    from ..report import Report
    from .playing import Chance, Seconds

NEAR = 1.05  # the knee is within 5 % of the best
HEAD = f"{'':>2} {'limit':>5} {'makespan':>12} {'speed-up':>9} {'efficiency':>11} {'peak':>5}"


@attrs.frozen
class Tried:
    """Tell what came of one limit.

    Args:
        limit: How many leaves might run at once.
        seconds: The makespan: from the beginning to the end.
        speed_up: Leaf time / makespan, as in a `Report`.
        efficiency: Speed-up / peak, as in a `Report`.
        peak: How many did run at once.
        error: What the plan failed with under this limit, None if it did not.

    Example:
        >>> Tried(2, 5.0, 1.8, 0.9, 2).seconds
        5.0
    """

    limit: int
    seconds: float
    speed_up: float
    efficiency: float
    peak: int
    error: Exception | None = None


@attrs.frozen(repr=False)
class BestLimit:
    """Hold what came of each limit, fewest leaves first; ``print`` it for a table, iterate for the rows.

    Args:
        rows: One for each limit.
        held: What in the plan itself held leaves back where the limit did not: ``.limit(5)``, ``.batch(3)``. Behind it
            a higher limit cannot help, and what the plan could do without it was not looked at.

    Example:
        >>> from parallel_dsl import Agent, All
        >>> found = best_limit(All(Agent("a", n) for n in range(8)))
        >>> found.knee, [(row.limit, row.seconds) for row in found]
        (8, [(1, 8.0), (2, 4.0), (3, 3.0), (4, 2.0), (6, 2.0), (8, 1.0)])
    """

    rows: tuple[Tried, ...]
    held: tuple[str, ...] = ()

    @property
    def best(self) -> Tried:
        """Give the shortest of those that did not fail, of equal ones the smallest limit; if all failed, of all."""
        return min(self._judged, key=lambda row: (row.seconds, row.limit))

    @property
    def knee(self) -> int:
        """Give the smallest limit whose makespan is at most 1.05 times the best one: more hardly pays.

        If fewer leaves than that ran at once, it is as many as did: such a limit holds nobody back.
        """
        return min(self._enough.limit, max(1, self._enough.peak))

    @property
    def _enough(self) -> Tried:
        enough = self.best.seconds * NEAR
        return min((row for row in self._judged if row.seconds <= enough), key=lambda row: row.limit)

    @property
    def _judged(self) -> tuple[Tried, ...]:
        return tuple(row for row in self.rows if row.error is None) or self.rows

    def __iter__(self) -> Iterator[Tried]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __str__(self) -> str:
        enough, digits = self._enough, 1 if self.rows[0].seconds >= 10 else 3
        lines = [_line(row, digits, "->" if row is enough else "") for row in self.rows]
        held = [f"   {advice(self.held)}"] if self.held else []
        return "\n".join([HEAD, *lines, f"-> {self._verdict()}", *held])

    def _verdict(self) -> str:
        if self._enough.error is not None:
            return f"it failed under each limit; {self.knee} is the smallest within 5 % of the shortest"
        if self.knee < self._enough.limit:
            return f"{self.knee} is enough: under the limit of {self._enough.limit} no more ran at once"
        return f"{self.knee} is the smallest limit within 5 % of the best makespan"

    def _repr_pretty_(self, p: t.Any, cycle: bool) -> None:
        p.text(str(self).replace("\n", "\n" + " " * p.indentation))

    def __repr__(self) -> str:
        first, last = self.rows[0], self.rows[-1]
        ways = f"; {first.limit} takes {first.seconds:.4g} s" if len(self) > 1 and first is not self._enough else ""
        tried = f"{first.limit} to {last.limit} tried" if len(self) > 1 else "no other tried"
        failed = "" if self._enough.error is None else ", and fails"
        return f"<BestLimit: a limit of {self.knee} takes {self._enough.seconds:.4g} s{failed}{ways}; {tried}>"


def _line(row: Tried, digits: int, mark: str) -> str:
    said = "" if row.error is None else f"  failed: {clean(class_name(row.error), 40)}"
    numbers = f"{row.seconds:>10,.{digits}f} s {row.speed_up:>8.1f}x {row.efficiency * 100:>9.0f} %"
    return f"{mark:>2} {row.limit:>5} {numbers} {row.peak:>5}{said}"


def best_limit(
    plan: Plan[t.Any],
    seconds: Seconds | Mapping[str, Seconds] = DEFAULT_SECONDS,
    *,
    tried: Iterable[int] | None = None,
    fails: Chance | Mapping[str, Chance] | None = None,
    values: Mapping[str, t.Any] | None = None,
    items: int | Mapping[str, int] = DEFAULT_ITEMS,
    limits: Mapping[str, float] | None = None,
    seed: int = 0,
) -> BestLimit:
    """Find how many leaves of a plan should run at once: simulate it under several limits.

    The knee is the smallest limit whose makespan is at most 1.05 times the best one that was found.
    More is not always faster: leaves that start in another order can make a longer run (Graham's
    anomalies). So the best is that of the whole table, not its last row, and between two
    limits that were tried another may be better.

    All limits are held against each other on the same dice: an attempt of a leaf takes the same time and
    fails or not, whatever the limit. A run that fails ends early, so rows that failed are not
    judged unless all did.

    Args:
        plan: What to simulate.
        seconds: As for `simulate`.
        fails: As for `simulate`.
        values: As for `simulate`.
        items: As for `simulate`.
        limits: As for `simulate`.
        seed: As for `simulate`.
        tried: Limits to try. If nothing is said 1, 2, 3, 4, 6, 8, 12, 16 and so on, up to the most leaves that
            run at once when nothing but the plan and *limits* holds them back; 1,000 at most. More cannot help.

    Raises:
        PlanError: The plan or an option is wrong, or a simulation would never end.

    Example:
        >>> from parallel_dsl import Agent, All, Stage
        >>> plan = Stage(All(Agent("a", n) for n in range(6)), Agent("b"))
        >>> print(best_limit(plan, {"a": 20, "b": 10}))
           limit     makespan  speed-up  efficiency  peak
               1      130.0 s      1.0x       100 %     1
               2       70.0 s      1.9x        93 %     2
               3       50.0 s      2.6x        87 %     3
               4       50.0 s      2.6x        65 %     4
        ->     6       30.0 s      4.3x        72 %     6
        -> 6 is the smallest limit within 5 % of the best makespan
    """
    chosen = None if tried is None else _chosen(tried)
    rehearsal = Rehearsal(
        plan, seconds, fails=fails, values=values, items=items, limits=limits, seed=seed, name="best_limit"
    )
    if chosen is not None:
        reports = [rehearsal.played(limit) for limit in chosen]
        return BestLimit(tuple(map(_row, chosen, reports)), _held(rehearsal, chosen[-1], reports[-1]))
    free = rehearsal.played(MOST_LEAVES)
    peak = max(1, free.peak_concurrency)
    rows = [_row(limit, rehearsal.played(limit)) for limit in ladder(peak)]
    # a limit that is never reached holds nobody back
    return BestLimit((*rows, _row(peak, free)), _held(rehearsal, MOST_LEAVES, free))


def _held(rehearsal: Rehearsal, limit: int, report: Report) -> tuple[str, ...]:
    """Say what in the plan held leaves back, if the limit of the run did not."""
    peak = report.peak_concurrency
    return holding(rehearsal.plan, peak, report.waits["limit"] > 0, rehearsal.count) if peak < limit else ()


def ladder(end: int) -> Iterator[int]:
    """Give 1, 2, 3, 4, 6, 8, 12, 16 and so on, as far as they are below *end*.

    Example:
        >>> list(ladder(20))
        [1, 2, 3, 4, 6, 8, 12, 16]
    """
    power = 1
    while power < end:
        yield power
        if power > 1 and power * 3 // 2 < end:
            yield power * 3 // 2
        power *= 2


def _row(limit: int, report: Report) -> Tried:
    error = report.error
    return Tried(limit, report.wall_seconds, report.speed_up, report.efficiency, report.peak_concurrency, error)


def _chosen(tried: t.Any) -> list[int]:
    """Give the limits to try, in order, each once."""
    if not isinstance(tried, list | tuple | range | set | frozenset):
        hint = f"; did you mean tried=[{short(tried)}]?" if is_size(tried) else ""
        raise PlanError(f"tried is {article(type(tried).__name__)}, expected limits in a list{hint}")
    if not tried:
        raise PlanError("tried is empty, expected at least one limit; leave it away for 1, 2, 3, 4, 6, 8, ...")
    for limit in tried:
        if not is_size(limit) or limit == float("inf"):
            raise PlanError(f"tried has {short(limit)}, expected whole numbers of at least 1")
    return sorted(set(tried))


def _instead(args: tuple[t.Any, ...], kwargs: t.Mapping[str, t.Any]) -> str:
    if "limit" in kwargs:
        return f"limits are what is found out; did you mean tried=[{short(kwargs['limit'])}]?"
    return instead(args, kwargs)


best_limit = told(best_limit, "best_limit", _instead)
