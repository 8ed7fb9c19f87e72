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

    Signs are pictures, *plain* ones letters: a notebook may drop inline pictures.
    """
    states = [shown(leaf.state, leaf.outcome) for leaf in briefs(report.entries)]
    if not states:
        return tag("p", "no leaves")
    best = sorted(range(len(states)), key=lambda place: _KEPT.get(states[place], 2))
    kept = set(best[:most])
    addresses = [address for place, address in enumerate(report.entries) if place in kept]
    rows = [_row(report.entries[address], report.ended, plain) for address in addresses]
    left = Counter(states[place] for place in best[most:])
    if left:
        rows.append(tag("tr", tag("td", f"… and {_counts(left)}", colspan=len(HEADS), class_="more")))
    whole = table(counted(len(states), "leaf", "leaves"), HEADS, rows, class_="leaves")
    return whole if plain else scrolled(whole, "table of leaves")


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
