"""The table of leaves on a page: bounded, what failed is the last to be left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from ..graph import Shown, shown, state_of
from ..report import Entry, Report, briefs
from ._bars import name_of
from ._markup import ORDER, WORDS, counted, given, letter, said, scrolled, sign, table, tag
from ._scale import span

ROWS = 1_000
OPEN = 50  # of them that are seen at once: a page is read, and a thousand rows are many screens
HEADS = (
    ("state", ""),
    ("address", ""),
    ("attempts", "n"),
    ("start", "n"),
    ("ran", "n"),
    ("waited", "n"),
    ("value or error", ""),
)
_KEPT: Mapping[Shown, int] = {"failed": 0, "red": 1, "abandoned": 1, "done": 3}  # anything else stands between


def leaves_table(report: Report, most: int = ROWS, *, plain: bool = False) -> str:
    """Give a row for each leaf, in order; of more than *most* what is done is left out first, and counted.

    Of more than 50 rows those that are not done are seen first, and what comes after the first 50 is folded.
    Signs are pictures and rows are folded, *plain* ones are letters and none is: a notebook may drop either.
    """
    states = [shown(leaf.state, leaf.outcome) for leaf in briefs(report.entries)]
    if not states:
        return tag("p", "no leaves")
    best = sorted(range(len(states)), key=lambda place: _KEPT.get(states[place], 2))
    left = Counter(states[place] for place in best[most:])
    kept = best[:most]
    order = sorted(kept) if plain or len(kept) <= OPEN else [*kept[:OPEN], *sorted(kept[OPEN:])]
    addresses = list(report.entries)
    rows = [_row(report.entries[addresses[place]], report.ended, plain) for place in order]
    if left:
        rows.append(tag("tr", tag("td", f"… and {_counts(left)}", colspan=len(HEADS), class_="more")))
    if plain:
        return _table(len(states), rows)
    if len(order) <= OPEN:
        return scrolled(_table(len(states), rows), "table of leaves")
    return scrolled(_table(len(states), rows[:OPEN]), "table of leaves") + _folded(len(states) - OPEN, rows[OPEN:])


def _table(count: int, rows: list[str]) -> str:
    return table(counted(count, "leaf", "leaves"), HEADS, rows, class_="leaves")


def _folded(count: int, rows: list[str]) -> str:
    """Give rows that a click unfolds, without a script."""
    more = counted(count, "more leaf", "more leaves")
    inside = table(more, HEADS, rows, class_="leaves")
    return tag("details", tag("summary", more), scrolled(inside, "table of more leaves"))


def _row(entry: Entry, now: float, plain: bool) -> str:
    state = state_of(entry)
    ran = entry.seconds + sum(max(0.0, now - a.started) for a in entry.attempts[-1:] if a.ended is None)
    started = "" if entry.started is None else span(entry.started)
    waited = sum(entry.waits.values())
    numbers = [f"{len(entry.attempts):,}", started, "" if entry.started is None else span(ran)]
    cells = [tag("td", text, class_="n") for text in (*numbers, span(waited) if waited else "")]
    head = tag("th", said(name_of(entry.address, 120), 120), scope="row")
    return tag(
        "tr", tag("td", letter(state) if plain else sign(state)), head, *cells, tag("td", given(entry), class_="said")
    )


def _counts(left: Counter[Shown]) -> str:
    known = sorted(left, key=ORDER.index)
    return ", ".join(f"{left[state]:,} more {WORDS.get(state, state)}" for state in known)
