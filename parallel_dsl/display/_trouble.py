"""Errors in full, but no more than a person reads: equal ones once, with the addresses where they happened."""

from __future__ import annotations

import typing as t
from collections import Counter
from collections.abc import Iterator

import attrs

from ..graph import escape, visible
from ..report import Report, briefs
from ..results import Failed
from ..wording import class_name, redact, text_of
from ._bars import name_of
from ._markup import counted, said, tag

ROOM = 9_000  # characters of all errors together
LINES, WIDE = 40, 300  # of the text of one error
PLACES = 8  # addresses that are named
CAUSES = 3
KINDS = 100  # different errors that are looked at


@attrs.define
class Kind:
    """Errors of one class with one text.

    Args:
        name: Of the class.
        text: Lines, cleaned.
        notes: What was added to the first of them, and what caused it.
        places: The first addresses.
        count: How many there are.
    """

    name: str
    text: list[str]
    notes: list[str]
    places: list[str] = attrs.field(factory=list)
    count: int = 0


def errors_of(report: Report) -> tuple[list[Kind], Counter[str]]:
    """Give the errors of leaves and then of groups, equal ones together, in order; of the rest classes."""
    kinds: dict[tuple[str, str], Kind] = {}
    rest: Counter[str] = Counter()
    for address, error in _errors(report):
        key = class_name(error), redact(text_of(error)[: LINES * WIDE])
        kind = kinds.get(key)
        if kind is None and len(kinds) == KINDS:
            rest[visible(key[0], 80)] += 1
            continue
        if kind is None:
            kind = kinds[key] = Kind(visible(key[0], 80), _lines(key[1]), list(_notes(error)))
        kind.count += 1
        if len(kind.places) < PLACES:
            kind.places.append(name_of(address))
    return list(kinds.values()), rest


def _errors(report: Report) -> Iterator[tuple[str, Exception]]:
    for leaf in briefs(report.entries):
        if isinstance(leaf.outcome, Failed):
            yield leaf.address, leaf.outcome.error
    for address, failed in report.failures.items():
        yield address, failed.error


def errors_section(report: Report) -> str:
    """Give what failed: as much as has room, then the rest by class."""
    kinds, rest = errors_of(report)
    room, shown = ROOM, list[str]()
    for kind in kinds:
        item = _item(kind)
        if shown and len(item) > room:
            room = 0  # what comes later is not more important
            rest[kind.name] += kind.count
            continue
        room -= len(item)
        shown.append(item)
    return "".join([*shown, _rest(rest)] if rest else shown)


def _lines(text: str) -> list[str]:
    lines = text.splitlines()
    more = [f"… and {counted(len(lines) - LINES, 'more line')}"] if len(lines) > LINES else []
    return [*(visible(line, WIDE) if line.strip() else "" for line in lines[:LINES]), *more]


def _notes(error: BaseException) -> Iterator[str]:
    for note in _added(error):
        if isinstance(note, str):
            yield visible(str.__str__(note), WIDE)
    cause, seen = _cause(error), 0
    while cause is not None and seen < CAUSES:
        yield visible(f"because of {class_name(cause)}: {text_of(cause)[: LINES * WIDE]}", WIDE)
        cause, seen = _cause(cause), seen + 1


def _added(error: BaseException) -> list[object]:
    try:
        notes = vars(error).get("__notes__")
    except Exception:  # a hostile __dict__: it has no notes
        return []
    return notes[:10] if type(notes) is list else []


def _cause(error: BaseException) -> BaseException | None:
    """Give what caused an error, past its own ways to give attributes."""
    return t.cast("BaseException | None", BaseException.__dict__["__cause__"].__get__(error))


def _item(kind: Kind) -> str:
    more = kind.count - len(kind.places)
    places = ", ".join(tag("code", said(place)) for place in kind.places) + (f" and {more:,} more" if more > 0 else "")
    times = f" × {kind.count:,}" if kind.count > 1 else ""
    head = tag("h3", escape(kind.name), escape(times))
    text = tag("pre", escape("\n".join(kind.text)[: ROOM // 2]), tabindex=0) if kind.text else ""
    notes = tag("ul", *(tag("li", escape(note)) for note in kind.notes)) if kind.notes else ""
    return tag("article", head, tag("p", "at ", places), text, notes)


def _rest(counts: Counter[str]) -> str:
    said_ = ", ".join(f"{escape(name)} × {count:,}" for name, count in counts.most_common(20))
    more = f" and {counted(len(counts) - 20, 'further class', 'further classes')}" if len(counts) > 20 else ""
    return tag("p", f"… and {counted(counts.total(), 'further error')}: {said_}{more}", class_="more")
