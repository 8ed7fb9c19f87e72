"""A plan as a tree of text, one line for each part; with a report each line tells what became of it."""

from __future__ import annotations

import typing as t
import unicodedata
from collections.abc import Mapping

import attrs

from ..errors import PlanError
from ..plan import Plan
from ..report import Report
from ..wording import short
from ._said import arrows, each_of, policies, some, titled
from ._seats import Room, Seat
from ._seen import Seen, see

NARROW = 20  # columns: less than that is no tree
ASIDE = 50  # columns for what became of a part, if the tree is too wide for both
ALIGNED = 44  # columns of a title that what follows is aligned to


@attrs.frozen
class Symbols:
    """What a tree is drawn with.

    Args:
        branch, last, pipe, gap: Each of the same length.
        arrow: Before what a part uses.
        cut: At the end of a line that is too long.
        signs: What else is not drawn as it is, by its code.
        escaped: Whether the rest beyond ASCII is written as code, as Python does.
    """

    branch: str
    last: str
    pipe: str
    gap: str
    arrow: str
    cut: str
    signs: Mapping[int, str] = attrs.field(factory=dict)
    escaped: bool = False

    def plain(self, line: str) -> str:
        """Give a line in these symbols."""
        if not self.escaped or line.isascii():
            return line
        return line.translate(self.signs).encode("ascii", "backslashreplace").decode("ascii")


UNICODE = Symbols("├─ ", "└─ ", "│  ", "   ", "←", "…")
ASCII = Symbols(
    "|- ",
    "`- ",
    "|  ",
    "   ",
    "<-",
    "...",
    {
        **{0x2400 + code: f"\\x{code:02x}" for code in range(0x20)},
        **str.maketrans({"↵": "\\n", "␡": "\\x7f", "…": "...", "×": "x"}),
        **str.maketrans({"✓": "ok", "✗": "x", "⊘": "/", "·": ".", "▶": ">", "↻": "@", "■": "#", "▪": "="}),
    },
    escaped=True,
)


def to_text(plan: Plan[t.Any], report: Report | None = None, *, ascii: bool = False, width: int = 100) -> str:  # noqa: A002 - the plainest word for it
    """Give a plan as a tree, one line for each part.

    A leaf has what it uses behind ``←``, then its wrappers; a group its wrappers. Wrappers are listed from the
    outermost to the innermost, as the tree is from the top to the bottom: ``timeout 5 s, retry ×3`` is one deadline
    for all attempts, ``retry ×3, timeout 5 s`` one for each. Of more than 12 children the first and the last are
    shown, of more than 16 levels the first and the last, in all about 400 parts; the rest is counted.

    Args:
        plan: What is shown.
        report: Of a run of the plan, finished or not: each line tells state, attempts, seconds and error.
        ascii: Draw with ASCII only; what else stands in names is escaped.
        width: Columns, at least 20; longer lines are cut.

    Raises:
        PlanError: *plan* is none, *report* is none, or *width* is too small.

    Example:
        >>> from parallel_dsl.plan import Agent, All, Stage, ref
        >>> print(to_text(Stage(scan=Agent("scanner"), fix=All(Agent("fixer", ref.scan.file).retry(3))).timeout(60)))
        Stage  timeout 60 s
        ├─ scan: scanner
        └─ fix: All
           └─ [0]: fixer  ← scan.file   retry ×3
    """
    if isinstance(width, bool) or not isinstance(width, int) or width < NARROW:
        raise PlanError(f"to_text: width is {short(width)}, expected a whole number of at least {NARROW}")
    return tree(see(plan, report, "to_text"), ascii=ascii, width=width)


def tree(seen: Seen, *, ascii: bool = False, width: int = 100) -> str:  # noqa: A002 - as above
    """Give what was seen of a plan as a tree; `to_text` tells of the options."""
    return "\n".join(_Tree(seen, ASCII if ascii else UNICODE, width).lines())


class _Tree:
    """The lines of a tree: the left side is the plan, the right side what became of it, in a column of its own."""

    def __init__(self, seen: Seen, symbols: Symbols, width: int) -> None:
        self.seen, self.symbols, self.width = seen, symbols, width
        self.seats = seen.fold(Room()).seats

    def lines(self) -> t.Iterator[str]:
        left = [begin + said for begin, said in zip(self._begins(), self._said(), strict=True)]
        if self.seen.report is None:
            yield from (cut(line, self.width, self.symbols.cut) for line in left)
            return
        asides = [self.symbols.plain(self.seen.became(seat.part)) for seat in self.seats]
        room = self.width - 2 - min(ASIDE, max(map(columns, asides)))
        column = min(max(map(columns, left)), max(self.width // 2, room))
        for line, aside in zip(left, asides, strict=True):
            begin = cut(line, column, self.symbols.cut)
            yield cut(f"{begin}{' ' * (column - columns(begin))}  {aside}".rstrip(), self.width, self.symbols.cut)

    def _begins(self) -> t.Iterator[str]:
        """Give what stands before each part: the branches of the tree."""
        begins = {id(self.seats[0]): ("", "")}
        for seat in self.seats:
            begin, below = begins.pop(id(seat))
            for child in seat.children:
                end = child is seat.children[-1]
                first, rest = (self.symbols.last, self.symbols.gap) if end else (self.symbols.branch, self.symbols.pipe)
                begins[id(child)] = below + first, below + rest
            yield begin

    def _said(self) -> t.Iterator[str]:
        """Give what is said of each part; what follows the titles of leaves in one group is aligned.

        Not beside a report: there the columns are needed.
        """
        titles = [self._title(seat) for seat in self.seats]
        extras = [self._extra(seat) for seat in self.seats]
        aligned: dict[int, int] = {}
        for seat, title, extra in zip(self.seats, titles, extras, strict=True):
            if extra and self.seen.report is None and not seat.children and (size := columns(title)) <= ALIGNED:
                aligned[id(seat.parent)] = max(size, aligned.get(id(seat.parent), 0))
        for seat, title, extra in zip(self.seats, titles, extras, strict=True):
            column = 0 if seat.children else aligned.get(id(seat.parent), 0)
            yield f"{title}{' ' * (column - columns(title))}  {extra}" if extra else title

    def _title(self, seat: Seat) -> str:
        return self.symbols.plain(seat.note if seat.part is None else titled(seat.part))

    def _extra(self, seat: Seat) -> str:
        part = seat.part
        if part is None:
            return ""
        used = some([self.symbols.plain(each) for each in arrows(part)])
        said = [each_of(part) if part.is_map else "", f"{self.symbols.arrow} {used}" if used else "", policies(part)]
        return "   ".join(self.symbols.plain(each) for each in said if each)


def columns(text: str) -> int:
    """Give how wide a terminal shows a text: CJK and emoji take two columns, marks on a letter none.

    Example:
        >>> columns("abc"), columns("漢字"), columns("e\u0301")
        (3, 4, 1)
    """
    return len(text) if text.isascii() else sum(map(_columns_of, text))


def _columns_of(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def cut(line: str, width: int, sign: str) -> str:
    """Cut a line that is wider than *width*, and end it with *sign*."""
    if columns(line) <= width:
        return line
    room = width - len(sign)
    for at, char in enumerate(line):
        room -= _columns_of(char)
        if room < 0:
            return line[:at] + sign
    return line
