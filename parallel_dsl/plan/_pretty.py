"""A plan as indented code: white space and commas are all that it adds to the repr, so it still builds the plan."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Iterator

import attrs

from ._groups import Group

if t.TYPE_CHECKING:
    from ._base import Plan

STEP = 4  # columns of a level
LEAST = 40  # columns that a line may have at least, however far it is indented
LEVELS = 60  # Python's parser takes fewer than 100 brackets inside of each other
PLANS = 2_000
ITEMS = 1_000  # of a list in a parameter
OPENED = 50  # brackets of one expression that are opened: a plan may have thousands of suffixes
MOST = 400_000  # characters of it all: a notebook is saved with them
SMALL = 12  # columns of brackets that are not worth to be opened

_TOKEN = re.compile(r"""\w*'(?:[^'\\]|\\.)*'|\w*"(?:[^"\\]|\\.)*"|[(\[{]|[)\]}]|, ?|[^'"(\[{)\]},]+|['"]""", re.DOTALL)
_ENDS = {"(": ")", "[": "]", "{": "}"}


@attrs.define(eq=False)
class Brackets:
    """A pair of brackets and what stands in it.

    Args:
        begin, end: The brackets, with the text in one with them: ``All({`` and ``})``.
        free: Whether its items may stand on lines of their own; those of a subscript may not.
        is_tuple: Whether one item with a comma is not the same as one without.
        comma: Whether a comma may follow the last item.
        items: What stands between commas.
        width: Columns on one line, once it is closed.
    """

    begin: str
    end: str
    free: bool = True
    is_tuple: bool = False
    comma: bool = True
    items: list[list[str | Brackets]] = attrs.field(factory=lambda: [[]])
    width: int = 0

    def close(self) -> None:
        """Take the width; nothing stands in ``()``, and nothing after the comma of ``(1,)``."""
        if not self.items[-1]:
            self.items.pop()
        if (more := len(self.items) - ITEMS) > 0 and self.begin in _ENDS:
            self.items[ITEMS:] = [[f"... {more:,} more"]]
        between = 2 * max(0, len(self.items) - 1)
        self.width = len(self.begin) + sum(map(_width, self.items)) + between + len(self.last) + len(self.end)

    @property
    def last(self) -> str:
        """Give what follows the last item even on one line: the comma of ``(1,)``."""
        return "," if self.is_tuple and self.comma and len(self.items) == 1 else ""


Code: t.TypeAlias = list[str | Brackets]


def pretty(plan: Plan[t.Any], width: int = 88) -> str:
    """Give the code that builds a plan, on one line if it fits, else on indented lines.

    What is more than 60 levels deep, beyond 2,000 plans, beyond 1,000 items of a list or beyond 400,000 characters is
    ``...``, and such a text builds nothing.

    Args:
        plan: The plan.
        width: Columns that a line should have at most; a long string may take more.

    Example:
        >>> from parallel_dsl.plan import Agent, Stage, ref
        >>> print(pretty(Stage(scan=Agent("scanner"), fix=Agent("fixer", ref.scan).retry(5)), 40))
        Stage(
            scan=Agent('scanner'),
            fix=Agent('fixer', ref.scan).retry(5),
        )
    """
    writer = _Writer()
    writer.plan(plan)
    code = "".join(_laid(writer.code, width))
    return code if len(code) <= MOST else f"{code[:MOST]}\n... {len(code) - MOST:,} more characters"


class _Writer:
    """Code as it is written, piece by piece, with the brackets that are open."""

    def __init__(self) -> None:
        self.code: Code = []
        self.open: list[Brackets] = []

    @property
    def now(self) -> Code:
        return self.open[-1].items[-1] if self.open else self.code

    def begin(self, brackets: Brackets) -> None:
        self.now.append(brackets)
        self.open.append(brackets)

    def end(self) -> None:
        self.open.pop().close()

    def plan(self, plan: Plan[t.Any]) -> None:
        """Write a plan from its layout, without recursion."""
        left = PLANS
        stack = [(plan, plan.layout())]
        while stack:
            around, pieces = stack[-1]
            piece = next(pieces, None)
            if piece is None:
                stack.pop()
            elif isinstance(piece, str):
                self._text(around, piece)
            elif left > 0 and len(self.open) < LEVELS:
                left -= 1
                stack.append((piece, piece.layout()))
            else:
                self.now.append("...")
                if isinstance(around, Group):
                    self.end()
                    stack.pop()

    def _text(self, around: Plan[t.Any], piece: str) -> None:
        """Of a group the pieces are the begin, names after commas, and the end; else they are whole calls."""
        if not isinstance(around, Group):
            self.now.extend(scanned(piece))
        elif piece.endswith(("(", "({")) and piece.startswith(type(around).__name__):
            self.begin(Brackets(piece, "})" if piece.endswith("({") else ")"))
        elif piece == self.open[-1].end:
            self.end()
        else:
            if piece.startswith(", "):
                self.open[-1].items.append([])
            if around.template is None:
                self.now.extend([rest] if (rest := piece.removeprefix(", ")) else [])
            else:
                self.now.extend(scanned(piece[2:-1]))
                self.end()


def scanned(text: str) -> Code:
    """Split code at its brackets; what is no code, as the repr of an object, stays whole.

    Example:
        >>> [x if isinstance(x, str) else x.items for x in scanned("f(a, 'b)')")], scanned("<f (>")
        (['f', [['a'], ["'b)'"]]], ['<f (>'])
    """
    writer = _Writer()
    for found in _TOKEN.finditer(text):
        token = found[0]
        if token in _ENDS:
            writer.begin(_opened(token, writer.now[-1:]))
        elif token in (")", "]", "}"):
            if not writer.open or writer.open[-1].end != token:
                return [text]
            writer.end()
        elif token in (",", ", "):
            if not writer.open:
                return [text]
            writer.open[-1].items.append([])
            writer.open[-1].comma = True
        elif token in ("'", '"'):
            return [text]
        else:
            writer.now.append(token)
    return [text] if writer.open else writer.code


def _opened(token: str, before: Code) -> Brackets:
    """Give the brackets that begin: after a name or a closed pair they are a call or a subscript."""
    follows = any(isinstance(each, Brackets) or each[-1].isalnum() or each[-1] == "_" for each in before)
    plain = token == "(" and not follows
    return Brackets(token, _ENDS[token], free=not (token == "[" and follows), is_tuple=plain, comma=not plain)


def _width(code: Code) -> int:
    return sum(len(piece) if isinstance(piece, str) else piece.width for piece in code)


def _flat(code: Code) -> Iterator[str]:
    """Give code on one line."""
    stack = list(reversed(code))
    while stack:
        piece = stack.pop()
        if isinstance(piece, str):
            yield piece
            continue
        inside: Code = [piece.begin]
        for number, item in enumerate(piece.items):
            inside += [", ", *item] if number else item
        stack += reversed([*inside, piece.last, piece.end])


@attrs.frozen
class _Rest:
    """Code that is yet to be laid out: how far its lines are indented, and what must follow on its last one."""

    code: Code
    indent: int
    after: int


def _laid(code: Code, width: int) -> Iterator[str]:
    """Give code in lines: where it does not fit, the widest brackets are opened first."""
    column = 0
    stack: list[str | _Rest] = [_Rest(code, 0, 0)]
    while stack:
        rest = stack.pop()
        if isinstance(rest, str):
            yield rest
            column = len(rest) - rest.rfind("\n") - 1 + (0 if "\n" in rest else column)
            continue
        opened = _opened_in(rest, column, max(width, rest.indent + LEAST))
        pieces = (_piece(piece, at in opened, rest.indent) for at, piece in enumerate(rest.code))
        stack += reversed([out for outs in pieces for out in outs])


def _opened_in(rest: _Rest, column: int, room: int) -> set[int]:
    """Choose which brackets are opened: in each line that is too long the widest."""
    opened: set[int] = set()
    while len(opened) < OPENED and (wide := _too_wide(rest, column, room, opened)) is not None:
        opened.add(wide)
    return opened


def _too_wide(rest: _Rest, column: int, room: int, opened: set[int]) -> int | None:
    """Give the widest brackets in the first line that is too long and has some."""
    found: tuple[int, int] | None = None
    for at, piece in enumerate(rest.code):
        if isinstance(piece, str):
            column += len(piece)
        elif at in opened:
            if found is not None and column + len(piece.begin) > room:
                return found[1]
            column, found = rest.indent + len(piece.end), None
        else:
            column += piece.width
            if piece.free and piece.width > SMALL and (found is None or piece.width > found[0]):
                found = piece.width, at
    return found[1] if found is not None and column + rest.after > room else None


def _piece(piece: str | Brackets, opened: bool, indent: int) -> Iterator[str | _Rest]:
    if isinstance(piece, str) or not opened:
        yield from _flat([piece])
        return
    yield piece.begin
    for number, item in enumerate(piece.items):
        comma = "," if piece.comma or number < len(piece.items) - 1 else ""
        yield from ("\n" + " " * (indent + STEP), _Rest(item, indent + STEP, len(comma)), comma)
    yield from ("\n" + " " * indent, piece.end)
