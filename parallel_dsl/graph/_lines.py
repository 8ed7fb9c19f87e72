"""What is written on a box: name, label, policies as chips, and what a run made of it, each with its width."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable, Iterator, Mapping, Sequence

import attrs

from ..plan import Group, Pick
from ._boxes import Box, Line, Piece
from ._fold import over_of
from ._outline import Part
from ._standing import WORST, Standing
from ._xml import fit, text_width, visible

SIZE = 12.0  # of names and labels, in pixels
SMALL = 10.0  # of chips and of what is said beside them
GAP = 7.0
PAD = 9.0
GLYPH = 12.0
CHIP_PAD = 5.0
CHIPS = 4  # at most on one line
CHIP_TEXT = 120.0  # pixels
FOR_EVER = 1e12  # seconds: 30,000 years
LEFT = PAD + GLYPH + 6  # where text begins


@attrs.frozen
class Said:
    """What is to stand on a box, before name and label are cut to their room."""

    name: str
    label: str
    is_leaf: bool
    rest: Sequence[Piece]
    right: Sequence[Piece]


def said_of(box: Box, standing: Standing | None) -> Said | None:
    """Give what is to stand on a box; on a chunk stands nothing."""
    part = box.part
    if part is None:
        return None
    rest = [
        *([] if part.is_leaf else _notes(box, part)),
        *_chips(part),
        *([_chip("check")] if part.is_checked else []),
        *([_chip("picked")] if _is_picked(part) else []),
    ]
    right = [] if standing is None else list(_told(box, standing))
    return Said(visible(part.name) if _is_named(part) else "", part.label, part.is_leaf, rest, right)


def _is_named(part: Part) -> bool:
    """Tell whether it has a name, not a position."""
    group = None if part.parent is None else part.parent.plan
    return isinstance(group, Group) and group.names is not None


def _is_picked(part: Part) -> bool:
    """Tell whether the group around it gives this child alone."""
    group = part.parent
    picks = [] if group is None else [w for w in group.wrappers if isinstance(w, Pick)]
    if group is None or not picks or group.is_map:
        return False
    key = picks[-1].key  # the innermost: those around it pick from the value of this one
    if isinstance(key, str):
        return part.name == key
    return -len(group.children) <= key < len(group.children) and group.children[key] is part


def line_of(said: Said, room: float) -> Line:
    """Give the line of a box, with *room* pixels for name and label."""
    left = [*_words(said, room), *said.rest]
    return Line(left, said.right, _width(left, said.right))


def _width(left: Sequence[Piece], right: Sequence[Piece]) -> float:
    """Give the pixels of the whole line, with the padding on both sides."""
    beside = 2 * GAP if left and right else 0
    return LEFT + spread(left) + beside + spread(right) + PAD


def spread(pieces: Sequence[Piece]) -> float:
    """Give the pixels from the first piece to the last."""
    return sum(piece.width for piece in pieces) + sum(gap(piece) for piece in pieces[1:])


def gap(piece: Piece) -> float:
    """Give the pixels before a piece that is not the first."""
    return 4.0 if piece.kind == "chip" else GAP


def _text(kind: t.Literal["name", "label", "word"], text: str, room: float) -> Piece:
    bold = kind == "name"
    cut = fit(text, room, SIZE, bold=bold)
    return Piece(kind, cut, text_width(cut, SIZE, bold=bold))


def _note(text: str, room: float = 400.0) -> Piece:
    cut = fit(text, room, SMALL)
    return Piece("note", cut, text_width(cut, SMALL))


def _words(said: Said, room: float) -> Iterator[Piece]:
    """Give name and label; a name leaves the label as much room as it needs itself."""
    if not said.name:
        yield _text("label" if said.is_leaf else "name", said.label, room)
        return
    wants = text_width(said.label, SIZE)
    first = _text("name", said.name, max(room - GAP - wants, room * 0.55))
    yield first
    yield _text("label" if said.is_leaf else "word", said.label, max(room - GAP - first.width, 24))


def _notes(box: Box, part: Part) -> Iterator[Piece]:
    if part.is_map:
        yield _note(over_of(part))
    elif not part.children:
        yield _note("nothing")
    elif box.shape == "tiles":
        more = f", {box.inside:,} leaves" if box.inside > len(part.children) else ""
        yield _note(f"{len(part.children):,} children{more}")
    if box.shape == "folded" and part.children:
        yield _note(f"{_counted(box.inside, 'leaf', 'leaves')}, {_counted(box.levels, 'level', 'levels')}")
    if box.strip is not None and box.strip.each > 1:
        yield _note(f"a tile for {box.strip.each:,}")


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _chips(part: Part) -> list[Piece]:
    """Give the policies, the outermost first; the last of too many says how many more there are."""
    names = [str(policy) for policy in part.policies[: CHIPS + 1]]
    more = len(part.wrappers) - CHIPS
    if more > 1:
        names = [*names[:CHIPS], f"+{more}"]
    return [_chip(name) for name in names]


def _chip(text: str) -> Piece:
    cut = fit(text, CHIP_TEXT, SMALL)
    return Piece("chip", cut, text_width(cut, SMALL) + 2 * CHIP_PAD)


def _told(box: Box, standing: Standing) -> Iterator[Piece]:
    """Give what a run made of it: of a leaf attempts and seconds, of others the states of the leaves."""
    if box.shape == "leaf" and standing.size <= 1:
        said = [f"{standing.attempts}×"] if standing.attempts > 1 else []
        if standing.ended is not None and standing.attempts:
            said.append(took(standing.seconds))
        if said:
            text = " ".join(said)
            yield Piece("meta", text, text_width(text, SMALL))
        return
    for state in WORST:
        if standing.counts[state]:
            text = f"{standing.counts[state]:,}"
            yield Piece("count", text, text_width(text, SMALL) + 2 + SMALL, state)


def took(seconds: float) -> str:
    """Give a duration as it is read at a glance.

    Example:
        >>> took(0.004), took(0.25), took(12.34), took(75), took(7260)
        ('4 ms', '0.25 s', '12.3 s', '1 min 15 s', '2 h 1 min')
        >>> took(float("inf")), took(float("nan"))
        ('for ever', '? s')
    """
    if not -FOR_EVER < seconds < FOR_EVER:  # a clock of one's own may tell anything, also what is no number
        return "for ever" if seconds > 0 else "? s"
    if seconds < 0.0995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 59.95:
        return f"{seconds:.2g} s" if seconds < 1 else f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours:,} h {minutes} min" if minutes else f"{hours:,} h"


def all_said(boxes: Iterable[Box], found: Mapping[str, Standing] | None) -> Mapping[int, Said]:
    """Give what is to stand on each box, by its number."""
    pairs = ((box, None if found is None or box.part is None else found[box.part.address]) for box in boxes)
    return {box.number: said for box, standing in pairs if (said := said_of(box, standing)) is not None}


def write(boxes: Iterable[Box], said: Mapping[int, Said], room: float) -> None:
    """Put on each box what stands on it."""
    for box in boxes:
        if box.number in said:
            box.line = line_of(said[box.number], room)
