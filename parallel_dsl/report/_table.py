"""A report as text: one line that says it all, where the time went, a row for each leaf; bounded."""

from __future__ import annotations

import typing as t
from collections import Counter
from collections.abc import Sequence

from ..results import CommandResult, Succeeded
from ..wording import class_name, clean, ends, redact, short, text_of
from ._critical import CriticalStep
from ._entries import rows
from ._entry import GLYPHS, Entry, State

if t.TYPE_CHECKING:
    from ._report import Report

ROWS = 40
FOR_EVER = 1e12  # seconds: a clock of one's own may tell anything
STEPS = 6  # of the critical path: the first half and the last half of them
_KEPT: dict[State, int] = {"failed": 0, "done": 2}  # anything else is kept between the two


def table(report: Report) -> str:
    """Give what a person reads."""
    warnings = (f"warning: {clean(redact(w[:2_000]))}" for w in report.warnings[:10])
    about = [*_failures(report), *_time(report), *saved_lines(report)[:10]]
    return "\n".join([headline(report), *about, *_rows(report), *warnings])


def saved_lines(report: Report) -> list[str]:
    """Say how much each drain has saved."""
    drains = ((f"the drain at {ends(a)}" if a else "the drain", count) for a, count in report.saved.items())
    return [f"{drain} saved {count} result{'' if count == 1 else 's'}" for drain, count in drains]


def headline(report: Report) -> str:
    """Give the one line that says it all."""
    leaves = "1 leaf" if report.size == 1 else f"{report.size} leaves"
    counts = ", ".join(f"{count} {state}" for state, count in report.counts.items() if count)
    return (
        f"{leaves}: {counts or 'none'} in {took(report.wall_seconds)} "
        f"(leaf time {took(report.leaf_seconds)}, speed-up {report.speed_up:.1f}x, "
        f"efficiency {report.efficiency * 100:.0f} %, peak {report.peak_concurrency}, "
        f"overhead {report.overhead_per_leaf * 1000:.1f} ms a leaf)"
    )


def _failures(report: Report) -> list[str]:
    """Say what the plan failed with, and what failed around groups: no row tells of them."""
    decisive = report.error
    lines = [] if decisive is None else [f"failed: {_error(decisive)}"]
    others = [f.error for f in report.failures.values() if f.error is not decisive]
    lines += [f"also failed: {_error(error)}" for error in others[:5]]
    return [*lines, f"... and {len(others) - 5} more"] if len(others) > 5 else lines


def _error(error: Exception) -> str:
    """Give the class and the text of an error, which may be hostile."""
    text = text_of(error)
    return clean(redact(f"{class_name(error)}: {text[:1000]}" if text else class_name(error)), 160)


def _time(report: Report) -> list[str]:
    """Tell where the time went: the chain that made the run as long as it was, and what leaves waited for."""
    lines = []
    path = report.critical_path if len(report) > 1 else ()
    if path:
        lasted = f"{took(path[-1].ended - path[0].started)} of {took(report.wall_seconds)}"
        paused = report.critical_seconds["backoff"]
        pauses = f", {took(paused)} of it pauses before further attempts" if paused > 0 else ""
        lines.append(f"critical path: {_chain(path)} ({lasted}{pauses})")
    waits = ", ".join(f"{clean(cause)} {took(s)}" for cause, s in report.waits.items() if s > 0)
    return [*lines, f"waited: {waits}"] if waits else lines


def _chain(path: Sequence[CriticalStep]) -> str:
    """Give the addresses of a path; attempts that follow each other are one, what is in the middle is counted."""
    names: list[tuple[str, int]] = []
    for step in path:
        if names and names[-1][0] == step.address:
            names[-1] = step.address, names[-1][1] + 1
        else:
            names.append((step.address, 1))
    left = len(names) - STEPS
    head, tail = (names[: STEPS // 2], names[-STEPS // 2 :]) if left > 0 else (names, [])
    middle = [f"... {left} more ..."] if left > 0 else []
    return " -> ".join([*map(_link, head), *middle, *map(_link, tail)])


def _link(name: tuple[str, int]) -> str:
    address, times = name
    return _named(address, 25) + (f" {times}x" if times > 1 else "")


def _rows(report: Report) -> list[str]:
    """Give at most 40 rows, in order; failures are the first to be kept, what is done the last."""
    states, addresses = [row.state for row in rows(report.entries)], list(report.entries)
    best = sorted(range(len(states)), key=lambda i: _KEPT.get(states[i], 1))
    shown = [report.entries[addresses[i]] for i in sorted(best[:ROWS])]
    width = max((len(_named(e.address)) for e in shown), default=0)
    lines = [_row(e, width) for e in shown]
    counts = Counter[str](states[i] for i in best[ROWS:])
    left = ", ".join(f"{counts[state]} more {state}" for state in GLYPHS if counts[state])
    return [*lines, f"... and {left}"] if left else lines


def _row(entry: Entry, width: int) -> str:
    tries = f"{len(entry.attempts)}x" if len(entry.attempts) > 1 else ""
    when = "" if entry.started is None else f"at {took(entry.started)}"
    ran = "" if entry.started is None else took(entry.seconds)
    said = ""
    if entry.error is not None:
        said = redact(short(entry.error, 70))
    elif isinstance(entry.outcome, Succeeded):
        said = redact(short(entry.value, 50))
    mark = f"{GLYPHS[entry.state]} {entry.state}"
    if isinstance(entry.value, CommandResult) and not entry.value.ok:  # data, but never drawn green
        mark = f"■ exit {entry.value.exit_code}"
    address = _named(entry.address)
    return f"  {mark:<15} {address:<{width}} {tries:>3} {when:>11} {ran:>8}  {said}".rstrip()


def _named(address: str, width: int = 40) -> str:
    return clean(redact(address[:2_000]) or "(the plan)", width)


def took(value: float) -> str:
    """Give seconds as measured.

    Example:
        >>> took(0.0124), took(1.26), took(3725)
        ('12 ms', '1.3 s', '3725 s')
    """
    if not -FOR_EVER < value < FOR_EVER:
        return "for ever" if value > 0 else "? s"
    return f"{value * 1000:.0f} ms" if value < 0.9995 else f"{value:.1f} s" if value < 99.95 else f"{value:.0f} s"
