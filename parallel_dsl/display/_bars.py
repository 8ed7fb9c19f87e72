"""A leaf as bars: one for each attempt, with what it waited for before, and signs that need no colour."""

from __future__ import annotations

import typing as t
from bisect import bisect_left
from collections.abc import Iterable, Sequence

import attrs

from ..graph import RIMS, Shown, escape, state_of, text_width, title, visible
from ..report import Attempt, Entry, Wait
from ..results import Abandoned, Cancelled, CommandResult, Failed, Succeeded
from ..wording import class_name, ends, redact, short
from ._paint import Paint
from ._scale import Scale, span

BAR = 16.0  # pixels high
LEAST = 3.0  # pixels wide: what took no time is seen
SMALL = 10.5  # size of letters
HALO = {"fill": "muted", "stroke": "box", "stroke_width": 3, "paint_order": "stroke", "stroke_linejoin": "round"}


@attrs.frozen
class Bar:
    """One attempt, or several that have no room of their own, as it is drawn.

    Args:
        attempts: The one, or the first and the last of the several.
        hidden: How many of them have no bar of their own.
        x, width: Pixels.
        state: What it ended with.
    """

    attempts: tuple[Attempt, ...]
    hidden: int
    x: float
    width: float
    state: Shown

    @property
    def numbers(self) -> range:
        """Give the numbers of its attempts, those too that have no bar of their own."""
        return range(self.attempts[0].number, self.attempts[-1].number + 1)

    @property
    def right(self) -> float:
        """Give where it ends."""
        return self.x + self.width


def bars_of(entry: Entry, scale: Scale, most: int) -> list[Bar]:
    """Give the bars of a leaf, at most *most*: of more attempts the first and the last, and one bar for the others."""
    tries = entry.attempts
    if len(tries) <= most:
        return [_bar((each,), 0, entry, scale) for each in tries]
    half = max(1, (most - 1) // 2)
    head = [_bar((each,), 0, entry, scale) for each in tries[:half]]
    tail = [_bar((each,), 0, entry, scale) for each in tries[-half:]]
    return [*head, _bar((tries[half], tries[-half - 1]), len(tries) - 2 * half, entry, scale), *tail]


def _bar(attempts: tuple[Attempt, ...], hidden: int, entry: Entry, scale: Scale) -> Bar:
    x = scale.x(attempts[0].started)
    end = attempts[-1].ended
    width = max(LEAST, scale.x(scale.ended if end is None else end) - x)
    x = min(x, scale.right - LEAST)
    return Bar(attempts, hidden, x, width, state_at(attempts[-1], entry))


def state_at(attempt: Attempt, entry: Entry) -> Shown:
    """Give the state of one attempt; what its thread did later is known of the last one only."""
    if attempt.ended is None:
        return "running"
    if attempt is entry.attempts[-1] and entry.state not in ("waiting", "retrying", "running"):
        return state_of(entry)
    kinds: dict[type, Shown] = {Succeeded: "done", Failed: "failed", Cancelled: "cancelled", Abandoned: "abandoned"}
    outcome = attempt.outcome
    if isinstance(outcome, Succeeded) and isinstance(outcome.value, CommandResult) and not outcome.value.ok:
        return "red"
    return kinds.get(type(outcome), "done")


def draw_bars(
    paint: Paint, entry: Entry, bars: Sequence[Bar], gaps: Sequence[Wait], scale: Scale, y: float, critical: set[int]
) -> list[str]:
    """Draw the bars of one leaf, their middle at *y*; those of the *critical* attempts are marked."""
    drawn, waits = [], sorted(gap.since for gap in gaps)
    for place, bar in enumerate(bars):
        ended = bar.attempts[-1].ended
        wait = len(waits) if ended is None else bisect_left(waits, ended)
        after = bars[place + 1].x if place + 1 < len(bars) else scale.right + 56
        after = min(after, scale.x(waits[wait])) if wait < len(waits) else after
        is_critical = not critical.isdisjoint(bar.numbers)
        label = _label(entry, bar, after - bar.right)
        drawn.append(_draw(paint, entry, bar, y, label, is_critical))
    return drawn


def _draw(paint: Paint, entry: Entry, bar: Bar, y: float, label: tuple[str, bool] | None, critical: bool) -> str:
    parts = [title(told(entry, bar, critical)), *_rim(paint, bar, y)]
    if critical:
        under = {"x": bar.x, "y": y + BAR / 2 + 1, "width": bar.width, "height": 3, "fill": "text", "class_": "path"}
        parts.append(paint.element("rect", under))
    said, inside = label or ("", True)
    if label is not None:
        x = bar.x + 4 if inside else bar.right + 4
        parts.append(paint.glyph(bar.state, x, y, None if not inside else "text"))
        look = {"x": x + 15, "y": y + 3.8, "font_size": SMALL, **({"fill": "text"} if inside else HALO)}
        parts += [paint.element("text", look, escape(said))] if said else []
    data = {"data_address": key_of(entry.address), "data_attempt": str(bar.attempts[0].number)}
    name = "bar critical" if critical else "bar"
    return paint.element("g", {"class_": name, "data_state": bar.state, **data}, *parts)


def _rim(paint: Paint, bar: Bar, y: float) -> list[str]:
    """Draw the bar itself; of what still runs the right end is open, of several the middle is left out."""
    rim = RIMS[bar.state]
    top = y - BAR / 2
    box = {"x": bar.x, "y": top, "width": bar.width, "height": BAR, "rx": min(3.0, bar.width / 2)}
    look = {"fill": f"pale {bar.state}", "stroke": bar.state, "stroke_width": rim.width}
    if bar.state == "running":
        line = f"M{bar.right:.6g} {top:.6g}H{bar.x:.6g}v{BAR:g}H{bar.right:.6g}"
        edge = {"d": line, "fill": "none", "stroke": "running", "stroke_width": rim.width}
        return [paint.element("rect", {**box, "rx": 0, **look, "stroke": None}), paint.element("path", edge)]
    dash = rim.dash or ("9 3" if bar.hidden else None)
    return [paint.element("rect", {**box, **look, "stroke_dasharray": dash})]


def _label(entry: Entry, bar: Bar, room: float) -> tuple[str, bool] | None:
    """Give the longest text that has room, in the bar or behind it, and whether it is in it; the sign comes first."""
    texts = _texts(entry, bar)
    for said in texts:
        if text_width(said, SMALL) + 22 <= bar.width:
            return said, True
    for said in texts[-2:]:
        if text_width(said, SMALL) + 24 <= room:
            return said, False
    return ("", True) if bar.width >= 18 else ("", False) if room >= 22 else None


def _texts(entry: Entry, bar: Bar) -> list[str]:
    if bar.hidden:
        return [f"{bar.hidden:,} more attempts", f"{bar.hidden:,} more"]
    attempt = bar.attempts[0]
    number = str(attempt.number) if len(entry.attempts) > 1 else ""
    took = "" if attempt.ended is None else span(attempt.seconds)
    plain = " · ".join(part for part in (number, took) if part)
    error = _error(attempt, entry)
    kind = "" if error is None else class_name(error)
    longest = [" · ".join(part for part in (plain, visible(kind, 40)) if part)] if kind else []
    return [*longest, *([plain] if plain else []), *([number] if number else [])]


def _error(attempt: Attempt, entry: Entry) -> Exception | None:
    return attempt.outcome.error if isinstance(attempt.outcome, Failed) else None


def told(entry: Entry, bar: Bar, critical: bool = False) -> str:
    """Say in one line what a bar is: address, attempt, from, to, seconds, state, error."""
    first, last = bar.attempts[0], bar.attempts[-1]
    which = f"attempts {first.number} to {last.number}" if bar.hidden else f"attempt {first.number}"
    end = "now" if last.ended is None else span(last.ended)
    took = "" if last.ended is None else f", {span(last.ended - first.started)}"
    error = _error(last, entry)
    said = "" if error is None else f": {visible(short(error, 120), 120)}"
    path = ", on the critical path" if critical else ""
    return f"{name_of(entry.address)}, {which}, {span(first.started)} to {end}{took}, {bar.state}{said}{path}"


def key_of(address: str) -> str:
    """Give an address as the key of what is drawn; that of the root is empty."""
    return visible(address, 400) if address else ""


def name_of(address: str, width: int = 100) -> str:
    """Give an address to show."""
    return visible(ends(redact(address), width), width) if address else "(the plan)"  # cut keys are not known as such


def draw_gaps(
    paint: Paint, entry: Entry, gaps: Iterable[Wait], bars: Sequence[Bar], scale: Scale, y: float, group: bool = False
) -> list[str]:
    """Draw what a leaf waited for; where attempts have no bar of their own their waits have none."""
    middle = next((bar for bar in bars if bar.hidden), None)
    drawn = []
    for cause, since, until in gaps:
        end = scale.ended if until is None else until
        x, right = scale.x(since), scale.x(end)
        hidden = middle is not None and middle.attempts[0].started <= end and right <= middle.right
        if right > x and not hidden:
            drawn.append(_gap(paint, entry, (cause, since, until), x, right - x, y, group))
    return drawn


def _gap(
    paint: Paint, entry: Entry, gap: tuple[str, float, float | None], x: float, width: float, y: float, group: bool
) -> str:
    cause, since, until = gap
    who = "a group around it paused" if group else "waited"
    what = visible(cause, 20)
    took = "still" if until is None else span(until - since)
    said = f"{name_of(entry.address)} {who}: {what}, {took}, from {span(since)}"
    box = {"x": x, "y": y - 5, "width": width, "height": 10, "fill": paint.hatch(cause)}
    edge = {"stroke": "line", "stroke_width": 0.75}
    parts = [title(said), paint.element("rect", {**box, **edge})]
    letters = text_width(what, 9.5)
    if width >= letters + 12:
        back = {"x": x + 4, "y": y - 4, "width": letters + 4, "height": 8, "fill": "box"}
        look = {"x": x + 6, "y": y + 3.2, "font_size": 9.5, "fill": "muted"}
        parts += [paint.element("rect", back), paint.element("text", look, escape(what))]
    data: dict[str, t.Any] = {"class_": "pause" if group else "gap", "data_cause": what}
    return paint.element("g", {**data, "data_address": key_of(entry.address)}, *parts)
