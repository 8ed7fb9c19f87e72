"""How things are measured: alternating pairs in one process, CPU time, and the ratio of each pair."""

from __future__ import annotations

import gc
import json
import pathlib
import statistics
import subprocess
import sys
import time
import typing as t

import attrs

HERE = pathlib.Path(__file__).parent
Work = t.Callable[[], object]


@attrs.frozen
class Setting:
    """What the command line says: how many pairs, and whether the largest sizes are a tenth."""

    pairs: int = 7
    quick: bool = False

    def large(self, size: int) -> int:
        """Give the size of a large case."""
        return size // 10 if self.quick else size


@attrs.frozen
class Case:
    """A row of the table.

    Args:
        name: It is selected by.
        what, against: For people.
        goal: The median is to be at most this; None: there is none.
        measure: Gives a number for each pair, or a line that says why there is none.
        unit: Of the number, if it is no ratio.
    """

    name: str
    what: str
    against: str
    goal: float | None
    measure: t.Callable[[Setting], list[float] | str]
    unit: str = ""


def cpu(work: Work) -> float:
    """Give the CPU seconds of *work*, all threads of this process."""
    gc.collect()
    began = time.process_time()
    work()
    return time.process_time() - began


def wall(work: Work) -> float:
    """Give the seconds of *work*."""
    gc.collect()
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def ratios(ours: Work, peer: Work, pairs: int, clock: t.Callable[[Work], float] = cpu) -> list[float]:
    """Give ours / peer of each pair, after one of each that does not count."""
    ours(), peer()
    return [clock(ours) / clock(peer) for _ in range(pairs)]


def child(*args: object) -> dict[str, float]:
    """Run one case in a process of its own; it prints what it measured."""
    done = subprocess.run(
        [sys.executable, HERE / "child.py", *map(str, args)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return t.cast("dict[str, float]", json.loads(done.stdout))


def told(case: Case, values: list[float] | str) -> dict[str, t.Any]:
    """Give the row of a case."""
    row: dict[str, t.Any] = {"name": case.name, "case": case.what, "against": case.against, "goal": case.goal}
    if isinstance(values, str):
        return {**row, "verdict": values}
    median = statistics.median(values)
    row |= {"median": median, "min": min(values), "max": max(values), "values": values, "unit": case.unit}
    return {**row, "verdict": verdict(median, case.goal)}


def verdict(median: float, goal: float | None) -> str:
    """Tell whether the goal is met."""
    if goal is None:
        return "no goal"
    return "met" if median <= goal else f"missed by {(median / goal - 1) * 100:.0f} %"
