"""What a picture is made of: boxes inside boxes, and arrows between them; places are filled in by the layout."""

from __future__ import annotations

import typing as t
from collections.abc import Sequence

import attrs

from ._outline import Part, Use
from ._standing import Shown

Shape = t.Literal["leaf", "frame", "tiles", "folded", "chunk"]
Flow = t.Literal["row", "stack", "grid"]
Channel = tuple[
    str, int, int
]  # "v", row, column: before that cell; "h", row, 0: beneath it; "left" and "right" margins


@attrs.frozen
class Strip:
    """Children or items as tiles.

    Args:
        count: How many children or items there are.
        each: For how many of them one tile stands.
        states: Of each tile the worst; None without a report.
        said: Of each tile what its title tells.
        wanted: How many tiles a row should have, so that it is one chunk of a batch.
    """

    count: int
    each: int
    states: Sequence[Shown | None]
    said: Sequence[str]
    wanted: int | None = None

    @property
    def side(self) -> int:
        """Give the pixels of a tile."""
        return 14 if len(self.states) <= 200 else 10

    @property
    def pitch(self) -> int:
        """Give the pixels from one tile to the next."""
        return self.side + (3 if self.side == 14 else 2)


@attrs.frozen
class Piece:
    """A word, chip or count on the line of a box."""

    kind: t.Literal["name", "label", "word", "note", "chip", "meta", "count"]
    text: str
    width: float
    state: Shown | None = None


@attrs.frozen
class Line:
    """What stands on a leaf or in the title of a frame: from the left, and up to the right edge."""

    left: Sequence[Piece] = ()
    right: Sequence[Piece] = ()
    width: float = 0.0


@attrs.define(eq=False, repr=False)
class Box:
    """A part as it is drawn: a leaf, a frame around others, tiles, or one box for all that is folded into it.

    Args:
        part: What it stands for; None for a chunk of a batch, which has no frame.
        shape: How it is drawn.
        parent: The box around it.
        number: Of the id; counted in written order.
        wish: How children should be arranged.
        flow: How they are: a high stack becomes a grid.
        inside, levels: Of a folded box, how many leaves and levels are not drawn.
        rows: Children as they are placed.
        cell: Row and column in the parent.
        columns: Width of each column of a grid.
        lanes: Of each channel between the children, the nets that run through it.
        spans: Of each channel where it begins and ends, across its direction.
        room: Pixels that it should not be wider than.
        entries, exits: How many arrows side by side come in and go out.
        x, y, w, h: In pixels of the drawing.
    """

    part: Part | None
    shape: Shape
    parent: Box | None = None
    number: int = 0
    wish: Flow = "stack"
    flow: Flow = "stack"
    children: list[Box] = attrs.field(factory=list)
    strip: Strip | None = None
    inside: int = 0
    levels: int = 0
    line: Line = attrs.field(factory=Line)
    rows: list[list[Box]] = attrs.field(factory=list)
    cell: tuple[int, int] = (0, 0)
    columns: list[float] = attrs.field(factory=list)
    lanes: dict[Channel, list[t.Hashable]] = attrs.field(factory=dict)
    spans: dict[Channel, tuple[float, float]] = attrs.field(factory=dict)
    room: float = 0.0
    entries: int = 0
    exits: int = 0
    x: float = 0.0
    y: float = 0.0
    w: float = 0.0
    h: float = 0.0

    @property
    def word(self) -> str:
        """Give the class of the group that arranges the children."""
        if self.part is not None:
            return self.part.word
        return "" if self.parent is None else self.parent.word

    @property
    def is_ordered(self) -> bool:
        """Tell whether arrows of order join the children."""
        return self.wish == "row"

    @property
    def has_rails(self) -> bool:
        """Tell whether rails fork to the children and join them again."""
        return self.flow != "row" and len(self.children) > 1

    @property
    def right(self) -> float:
        """Give the x of the right edge."""
        return self.x + self.w

    @property
    def axis(self) -> float:
        """Give the y of the arrows of order: the height of the first line."""
        return self.y + 13

    def __repr__(self) -> str:
        address = None if self.part is None else self.part.address
        return f"<Box {address!r}: {self.shape}>"


@attrs.define(eq=False)
class Arrow:
    """A reference, or the order, from one box to another.

    Args:
        source, target: The boxes of its two parts, or what they are folded into.
        uses: The references that it stands for; none for the order.
        nth: Which one it is of the arrows between the same two boxes.
        points: Where it runs.
    """

    source: Box
    target: Box
    uses: list[Use] = attrs.field(factory=list)
    nth: int = 0
    points: list[tuple[float, float]] = attrs.field(factory=list)

    @property
    def net(self) -> t.Hashable:
        """Arrows with the same one share their way: references of one box, and the order of one stage."""
        return (self.source.number, self.nth) if self.uses else "order"


@attrs.frozen(eq=False)
class Picture:
    """All boxes, parents before children, and all arrows."""

    boxes: Sequence[Box]
    arrows: Sequence[Arrow]

    @property
    def root(self) -> Box:
        """Give the outermost box."""
        return self.boxes[0]
