"""A report as a Gantt chart: one bar per attempt, what was waited for, and the chain that made the run so long."""

from __future__ import annotations

import hashlib
import math
import typing as t
from collections import defaultdict
from collections.abc import Iterator, Sequence

import attrs

from ..errors import PlanError
from ..graph import FONT, THEMES, Shown, element, escape, fit, text_width, title, visible
from ..report import CriticalStep, Report, critical_seconds
from ..wording import short
from ._bars import BAR, Bar, bars_of, draw_bars, draw_gaps, key_of, name_of
from ._counts import most_at_once
from ._crowds import DOWN, UP, area, draw_crowd, size_said, states_said
from ._legend import Item, legend_of
from ._paint import NOBODY, Look, Paint
from ._pauses import Pauses
from ._rows import Crowd, Lane, Row, counts_of, parent_of, rows_of, size_of, spans_of, waiting_of
from ._scale import Scale, span

WIDTH = 940.0
PAD = 12.0
LANE, CROWD = 24.0, UP + DOWN + 22
BEHIND = 64.0  # pixels right of the axis, for the seconds of what ended last
NAMES = (60.0, 250.0)  # pixels for addresses, at least and at most
CURVE = 34.0
SIZE = 12.0
TALL = 480.0  # pixels of lanes from which on the times stand above them too
BARS = 900  # in all lanes together


def to_gantt(report: Report, *, width: float = WIDTH, theme: Look | None = None) -> str:
    """Draw when each leaf ran, and what it waited for, as SVG.

    A bar for each attempt, a lane for each address, hatching for each cause of waiting, and a thick line along the
    critical path. More than 60 leaves are folded: groups become strips that tell how many ran at once, with lanes
    for what is on the critical path, failed, runs, or was slow. A report of a run that goes on is drawn up to
    ``report.ended``.

    Args:
        report: Of a run, or of a simulation.
        width: Pixels, at least 320.
        theme: ``"light"`` or ``"dark"``; None follows the page.

    Raises:
        TypeError: *report* is no report.
        PlanError: *width* or *theme* is none.

    Example:
        >>> from parallel_dsl import Agent, All, last_report, run
        >>> _ = run(All(a=Agent("x"), b=Agent("x")), agents={"x": lambda: 1})
        >>> to_gantt(last_report()).count('class="bar')
        2
    """
    if not isinstance(report, Report):
        raise TypeError(f"to_gantt takes a report, not {type(report).__name__}; try: to_gantt(last_report())")
    if isinstance(width, bool) or not isinstance(width, int | float) or not 320 <= width <= 20_000:
        raise PlanError(f"to_gantt: width is {short(width)}, expected pixels: a number from 320 to 20000")
    if theme not in (None, *THEMES):
        raise PlanError(f"to_gantt: theme is {short(theme)}, expected 'light', 'dark' or None, which follows the page")
    drawn = Chart(report, width, theme).svg()
    return drawn.replace(NOBODY, f"g{hashlib.sha256(drawn.encode()).hexdigest()[:10]}")


@attrs.frozen
class Stop:
    """Where the critical path goes along a bar."""

    left: float
    right: float
    y: float


class Chart:
    """One drawing, from top to bottom: headline, how many ran at once, lanes, axis, legend."""

    def __init__(self, report: Report, width: float, theme: Look | None) -> None:
        self.report, self.width = report, width
        self.summary = summary_of(report)
        self.path = report.critical_path
        self.critical: dict[str, set[int]] = {}
        for step in self.path:
            self.critical.setdefault(step.address, set()).add(step.attempt)
        self.rows = rows_of(report, list(self.critical))
        self.pauses = Pauses(report)
        self.paint = Paint(theme)
        self.scale = self._scale()
        self.stops: dict[tuple[str, int], Stop] = {}
        self.causes = self._causes()
        self.paused = False  # whether a pause of a group was drawn
        self.y = PAD

    def _scale(self) -> Scale:
        spans = [r.entry.ended or 0.0 for r in self.rows if isinstance(r, Lane)]
        last = max([self.report.began, self.report.ended, *spans])
        least, most = NAMES
        names = max((text_width(_label(row), SIZE, bold=self._is_bold(row)) for row in self.rows), default=0.0) + 1
        left = PAD * 2 + min(max(names, least), most, self.width * 0.35)
        began, ended = (at if math.isfinite(at) else 0.0 for at in (self.report.began, last))
        return Scale(began, ended, left, max(60.0, self.width - left - BEHIND - PAD))

    def _causes(self) -> dict[str, float]:
        """Give the seconds of waiting by cause, of those who wait still up to now."""
        found = defaultdict[str, float](float, self.report.waits)
        for row in self.rows:
            for cause, since in waiting_of(row):
                found[cause] += max(0.0, self.scale.ended - since)
        return {cause: seconds for cause, seconds in found.items() if seconds > 0}

    def svg(self) -> str:
        """Give the drawing."""
        head = [self._headline(), *self._curve()]
        tall = sum(CROWD if isinstance(row, Crowd) else LANE for row in self.rows) > TALL
        self.y += 14 if tall else 0
        top = self.y
        lanes = [part for row in self.rows for part in self._row(row)]
        bottom = self.y
        body = [*head, *self._grid(top, bottom, tall), *self._connect(), *lanes, *self._legend()]
        inside = [title(self._said()), self.paint.patterns(), *body]
        back = self.paint.element("rect", {"width": self.width, "height": self.y, "fill": "box", "rx": 6})
        look = {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {self.width:g} {self.y:g}",
            "width": self.width,
            "height": self.y,
            "id": NOBODY,
            "role": "img",
            "aria_label": self._said(),
            "font_family": FONT,
            "font_size": SIZE,
            "style": "max-width:100%;height:auto",
        }
        return element("svg", look, inside[0], self.paint.sheet(), inside[1], back, *inside[2:])

    def _said(self) -> str:
        return f"When each leaf ran. {self.summary}"

    def _headline(self) -> str:
        self.y += 22
        look = {"x": PAD, "y": self.y - 9, "font_size": 13, "font_weight": 600, "fill": "text"}
        return self.paint.element("text", look, escape(fit(self.summary, self.width - 2 * PAD, 13, bold=True)))

    def _curve(self) -> list[str]:
        """Draw how many ran at once."""
        counts = most_at_once((each for row in self.rows for each in spans_of(row)), self.scale)
        if max(counts) < 2:
            return []
        base = self.y + CURVE + 6
        self.y = base + 8
        peak = max(counts)
        shape = {"d": area(counts, self.scale, base, CURVE / peak), "fill": "running", "fill_opacity": 0.18}
        room = self.scale.left - 2 * PAD
        name = next((n for n in ("running at once", "at once") if text_width(n, 10.5) <= room), "")
        said = f"{peak:,} at most" if peak == self.report.peak_concurrency else f"{peak:,}"
        return [
            self.paint.element("path", {**shape, "stroke": "running", "stroke_width": 1, "class_": "curve"}),
            self.paint.element("text", {"x": PAD, "y": base - 4, "font_size": 10.5, "fill": "muted"}, name),
            self.paint.element(
                "text", {"x": self.scale.right + 6, "y": base - CURVE + 9, "font_size": 10.5, "fill": "text"}, said
            ),
        ]

    def _row(self, row: Row) -> Iterator[str]:
        if isinstance(row, Crowd):
            y = self.y + UP + 16
            self.y += CROWD
            inside = [*self._name(row, y - 10), *draw_crowd(self.paint, row, self.scale, y)]
            yield element("g", {"class_": "crowd", "data_address": key_of(row.address)}, *inside)
            return
        y = self.y + LANE / 2
        self.y += LANE
        yield element("g", {"class_": "lane", "data_address": key_of(row.address)}, *self._lane(row, y))

    def _lane(self, row: Lane, y: float) -> Iterator[str]:
        entry = row.entry
        yield from self._name(row, y)
        bars = bars_of(entry, self.scale, max(12, BARS // len(self.rows)))
        pauses = list(self.pauses.of(entry))
        self.paused = self.paused or bool(pauses)
        yield from draw_gaps(self.paint, entry, pauses, bars, self.scale, y, group=True)
        yield from draw_gaps(self.paint, entry, entry.gaps, bars, self.scale, y)
        critical = self.critical.get(entry.address, set())
        yield from draw_bars(self.paint, entry, bars, [*pauses, *entry.gaps], self.scale, y, critical)
        self._stop(entry.address, bars, y)
        if not bars:
            state = t.cast("Shown", entry.state)
            look = {"x": self.scale.left + 18, "y": y + 3.8, "font_size": 10.5, "fill": "muted"}
            if not entry.gaps or entry.state == "never started":
                yield self.paint.glyph(state, self.scale.left + 2, y)
                yield self.paint.element("text", look, state)

    def _stop(self, address: str, bars: Sequence[Bar], y: float) -> None:
        for bar in bars:
            for number in bar.numbers:
                self.stops[address, number] = Stop(bar.x, bar.right, y + BAR / 2 + 2.5)

    def _is_bold(self, row: Row) -> bool:
        return row.address in self.critical and isinstance(row, Lane)

    def _name(self, row: Row, y: float) -> Iterator[str]:
        room = self.scale.left - 2 * PAD
        whole = name_of(row.address, 400)
        look = {"x": PAD, "y": y + 4, "font_size": SIZE, "fill": "text"}
        bold = self._is_bold(row)
        inside = [title(whole), *_split(row.address, room, self.paint, bold)]
        yield self.paint.element("text", {**look, "font_weight": 600 if bold else None}, *inside)
        if isinstance(row, Crowd):
            yield self.paint.element("text", {**look, "y": y + 19, "fill": "muted"}, fit(size_said(row), room, SIZE))

    def _grid(self, top: float, bottom: float, tall: bool) -> Iterator[str]:
        """Draw the axis: lines behind the lanes, times below; above too if that is far away."""
        for at, said in self.scale.ticks():
            x = self.scale.x(at)
            line = {"d": f"M{x:.6g} {top:.6g}V{bottom:.6g}", "stroke": "ink", "stroke_opacity": 0.13, "class_": "tick"}
            yield self.paint.element("path", line)
            look = {"x": x, "font_size": 10.5, "fill": "muted", "text_anchor": "middle"}
            yield self.paint.element("text", {**look, "y": bottom + 14}, said)
            if tall:
                yield self.paint.element("text", {**look, "y": top - 3}, said)
        base = f"M{self.scale.left:.6g} {bottom:.6g}H{self.scale.right:.6g}"
        yield self.paint.element("path", {"d": base, "stroke": "line"})
        self.y = bottom + 24

    def _connect(self) -> Iterator[str]:
        """Join the bars of the critical path: the line goes on along the lane of who comes next."""
        before: Stop | None = None
        skipped = 0
        for step in self.path:
            here = self.stops.get((step.address, step.attempt))
            if here is None:
                skipped += 1
                continue
            if before is not None and before != here:
                yield self._connector(before, here, step, skipped)
            before, skipped = here, 0

    def _connector(self, before: Stop, here: Stop, step: CriticalStep, skipped: int) -> str:
        x = max(before.right - 1, before.left)
        way = f"M{x:.6g} {before.y:.6g}V{here.y:.6g}H{max(here.left, x):.6g}"
        look = {"d": way, "stroke": "text", "stroke_width": 1.4, "fill": "none"}
        said = _gap_said(step) if not skipped else f"{skipped:,} more steps of the critical path"
        dash = "2 3" if skipped else None
        return self.paint.element("path", {**look, "stroke_dasharray": dash, "class_": "link"}, title(said))

    def _legend(self) -> list[str]:
        path = critical_seconds(self.path) if self.path else {}
        items = legend_of(size_of(self.rows), self.causes, path, paused=self.paused)
        drawn, height = _flow(self.paint, items, self.y, self.width)
        self.y += height + PAD / 2
        return drawn


def _flow(paint: Paint, items: Sequence[Item], y: float, width: float) -> tuple[list[str], float]:
    """Set the items of the legend in lines, as words are."""
    x, line, drawn = PAD, 0, []
    for item in items:
        wide = 28 + text_width(item.text, 10.5) + 16
        if x > PAD and x + wide > width - PAD:
            x, line = PAD, line + 1
        drawn.append(item.draw(paint, x, y + line * 19 + 9))
        x += wide
    return drawn, (line + 1) * 19.0 if items else 0.0


def _label(row: Row) -> str:
    """Give the widest text left of a row."""
    name = name_of(row.address, 60)
    return max(name, size_said(row), key=len) if isinstance(row, Crowd) else name


def _split(address: str, room: float, paint: Paint, bold: bool) -> list[str]:
    """Give the parts of a label: what leads to a leaf is muted, its own name is not."""
    parent = parent_of(address)
    whole = name_of(address, 400)
    if not parent or parent == address:
        return [escape(fit(whole, room, SIZE, bold=bold))]
    lead, last = visible(parent, 400), visible(address[len(parent) :], 200)
    lead_room = room - text_width(last, SIZE, bold=bold)
    if text_width(lead, SIZE, bold=bold) > lead_room:
        last = last.removeprefix(".")  # the ellipsis stands for it
        if lead_room < 48:  # too few letters of it would say nothing
            own = f"…{last}" if text_width(f"…{last}", SIZE, bold=bold) <= room else fit(last, room, SIZE, bold=bold)
            return [escape(own)]
        lead = fit(lead, lead_room, SIZE, bold=bold)
    return [paint.element("tspan", {"fill": "muted"}, escape(lead)), escape(last)]


def _gap_said(step: CriticalStep) -> str:
    parts = [("in line", step.waiting), ("pause before a further attempt", step.backoff)]
    said = ", ".join(f"{what} {span(seconds)}" for what, seconds in parts if seconds > 0)
    return f"critical path to {name_of(step.address)}{': ' + said if said else ''}"


def summary_of(report: Report) -> str:
    """Say in one line what the run was."""
    counts = states_said(counts_of(report))
    leaves = "1 leaf" if report.size == 1 else f"{report.size:,} leaves"
    return f"{leaves} in {span(max(0.0, report.wall_seconds))}: {counts or 'nothing ran'}"
