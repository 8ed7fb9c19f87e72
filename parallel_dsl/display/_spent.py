"""Where the time of a run went: the chain that made it so long, and what leaves waited for."""

from __future__ import annotations

from collections.abc import Iterator

from ..graph import visible
from ..report import CriticalStep, Report, critical_seconds
from ._bars import name_of
from ._legend import waited
from ._markup import counted, said, table, tag
from ._scale import span

STEPS = 24  # of the critical path: the first and the last half


def spent_section(report: Report) -> str:
    """Give the critical path as a list, and the waits as a table."""
    return "".join([*_path(report), *_waits(report)]) or tag("p", "nothing ran, nothing waited")


def _path(report: Report) -> Iterator[str]:
    path = report.critical_path
    if not path:
        return
    whole = path[-1].ended - path[0].started
    parts = ", ".join(f"{what} {span(seconds)}" for what, seconds in critical_seconds(path).items() if seconds > 0)
    yield tag("h3", "Critical path")
    told = f"{span(whole)} of {span(report.wall_seconds)}{': ' + parts if parts else ''}. "
    yield tag("p", told, "To make the run shorter, make one of these steps shorter, or a gap between two of them.")
    half = STEPS // 2
    head, tail = (path, ()) if len(path) <= STEPS else (path[:half], path[-half:])
    items = [_step(step) for step in head]
    if tail:
        items.append(tag("li", f"… {len(path) - STEPS:,} more …", class_="more", value=half + 1))
    items += [_step(step, len(path) - half + place) for place, step in enumerate(tail, 1)]
    yield tag("ol", *items, class_="path")


def _step(step: CriticalStep, number: int | None = None) -> str:
    gaps = [(f"a pause of {span(step.backoff)}", step.backoff), (f"{span(step.waiting)} in line", step.waiting)]
    before = " and ".join(what for what, seconds in gaps if seconds > 0)
    times = f" (attempt {step.attempt})" if step.attempt > 1 else ""
    gap = tag("span", f" after {before}", class_="muted") if before else ""
    return tag("li", tag("code", said(name_of(step.address))), f"{times} {span(step.seconds)}", gap, value=number)


def _waits(report: Report) -> Iterator[str]:
    found = {cause: seconds for cause, seconds in report.waits.items() if seconds > 0}
    pauses = sum(len(times) for address, times in report.pauses.items() if address not in report.entries)
    if not found and not pauses:
        return
    yield tag("h3", "Waiting")
    most = max(found.values(), default=1.0)
    rows = [_cause(cause, seconds, most) for cause, seconds in found.items()]
    if rows:
        yield table("added up over all leaves", (("what for", ""), ("time", "n"), ("share", "")), rows, class_="waits")
    if pauses:
        yield tag("p", f"Groups paused before a further attempt: {counted(pauses, 'time')}.")


def _cause(cause: str, seconds: float, most: float) -> str:
    bar = tag("div", class_="bar", style=f"width:{max(1, round(seconds / most * 100))}%")
    head = tag("th", said(waited(visible(cause, 20)), 60), scope="row")
    return tag("tr", head, tag("td", span(seconds), class_="n"), tag("td", bar))
