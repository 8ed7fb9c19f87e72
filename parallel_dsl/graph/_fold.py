"""A plan of any size becomes a bounded number of boxes and tiles: what is deep or wide is folded into a count."""

from __future__ import annotations

import typing as t
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from ..plan import Batch, Group, Ref
from ..wording import function_name
from ._boxes import Arrow, Box, Flow, Picture, Shape, Strip
from ._items import Items, map_around, name_of
from ._outline import Outline, Part
from ._places import keys_of
from ._standing import LIVE, Shown, Standing, worst
from ._xml import visible

BOXES = 240  # in one picture; what comes after them, level by level, is folded
DEPTH = 10  # levels of frames
GRID = 8  # more children than this are no longer stacked
MANY = 40  # more children than this are tiles
TILES = 600  # more children than this share tiles
PLAIN = 200  # without a report more items than this share tiles: all look the same
ALL_TILES = 3_000  # in one picture

Standings = Mapping[str, Standing]


def fold(outline: Outline, found: Standings | None = None) -> Picture:
    """Give the boxes and arrows that are drawn, not yet placed.

    Args:
        outline: Of the plan.
        found: What became of each part; None to draw the plan alone.
    """
    boxes, shown = _Folder(outline, found).boxes()
    return Picture(boxes, _arrows(outline, shown))


class _Folder:
    """Boxes are made level by level, so that what is left out is always the deepest."""

    def __init__(self, outline: Outline, found: Standings | None) -> None:
        self.outline = outline
        self.found = found
        self.items: dict[str, Items] = {}  # of maps, by address
        self.leaves, self.levels = _sizes(outline)
        self.room = BOXES
        self.tiles = ALL_TILES
        self.shown: dict[int, Box] = {}  # of each part, by its id

    def boxes(self) -> tuple[list[Box], dict[int, Box]]:
        root = self._box(self.outline.root, None)
        level = [root]
        while level:
            most = self._most(level)
            for box in level:
                self._open(box, most)
            level = [child for box in level for child in _leaves_of_chunks(box) if child.shape != "leaf"]
        return _numbered(root), self.shown

    def _most(self, level: Sequence[Box]) -> int:
        """Give how many children a group of this level may have to be opened: those of one size are treated alike."""
        sizes = Counter(len(t.cast("Part", box.part).children) for box in level)
        room, most = self.room, 0
        for size in sorted(sizes):
            room -= size * sizes[size] if size <= MANY else 0
            if room < 0:
                break
            most = size
        return min(most, MANY)

    def _box(self, part: Part, parent: Box | None) -> Box:
        box = Box(part, "leaf" if part.is_leaf else "frame", parent)
        self.shown[id(part)] = box
        return box

    def _open(self, box: Box, most: int) -> None:
        part = t.cast("Part", box.part)
        box.shape = self._shape(part, most)
        if box.shape == "folded":
            box.inside, box.levels = self.leaves[id(part)], self.levels[id(part)]
        elif box.shape == "tiles":
            box.inside = self.leaves[id(part)]
            box.strip = self._tiles(part)
        elif box.shape == "frame":
            self._children(box, part)

    def _shape(self, part: Part, most: int) -> Shape:
        count = len(part.children)
        if part.is_leaf:
            return "leaf"
        if not count or part.depth >= DEPTH:
            return "folded"
        if count > MANY and self.tiles > 0:
            return "tiles"
        return "folded" if count > most else "frame"

    def _children(self, box: Box, part: Part) -> None:
        self.room -= len(part.children)
        size = _batch(part)
        if size is None or size >= len(part.children):
            box.children = [self._box(child, box) for child in part.children]
            box.wish = _flow(part.word, part.children)
        else:
            box.wish = "row"
            box.children = [
                self._chunk(box, part, part.children[i : i + size]) for i in range(0, len(part.children), size)
            ]
        if part.is_map:
            box.strip = self._items(part)

    def _chunk(self, box: Box, part: Part, children: Sequence[Part]) -> Box:
        chunk = Box(None, "chunk", box, wish=_flow(part.word, children))
        chunk.children = [self._box(child, chunk) for child in children]
        return chunk

    def _tiles(self, part: Part) -> Strip:
        """Give the tiles of explicit children."""
        children = part.children
        states = None if self.found is None else [self.found[child.address].state for child in children]
        return self._strip(
            part, len(children), states, lambda i: f"{visible(children[i].name, 60)}: {children[i].label}"
        )

    def _items(self, part: Part) -> Strip | None:
        """Give the tiles of a map's items, if anyone knows how many they are."""
        if self.tiles <= 0:
            return None
        if self.found is None:
            count, keys = part.count or 0, keys_of(part)
            return self._strip(part, count, None, lambda i: name_of(keys, i)) if count > 1 else None
        rest: Shown = "waiting" if any(state in LIVE for state in self.found[""].counts) else "never started"
        around = map_around(part)
        outer = None if around is None else self.items.get(around.address)
        row = self.items[part.address] = Items(part, self.found[part.address], outer, rest)
        if not row.tiles:
            return None
        return self._strip(part, len(row.tiles), [s for _, s in row.tiles], lambda i: row.name(row.tiles[i][0]))

    def _strip(self, part: Part, count: int, states: Sequence[Shown] | None, said: Callable[[int], str]) -> Strip:
        most = PLAIN if part.is_map and states is None else TILES
        each = -(-count // min(most, max(self.tiles, 1)))
        spans = [(begin, min(begin + each, count)) for begin in range(0, count, each)]
        self.tiles -= len(spans)
        return Strip(
            count,
            each,
            [None if states is None else worst(set(states[begin:end])) for begin, end in spans],
            [said(begin) if end - begin == 1 else f"{begin} to {end - 1}" for begin, end in spans],
            _wanted(part, each),
        )


def _wanted(part: Part, each: int) -> int | None:
    """Give how many tiles are one chunk of a batch, if that makes a row."""
    sizes = [wrapper.size for wrapper in part.wrappers if isinstance(wrapper, Batch)]
    fits = sizes and min(sizes) % each == 0 and 4 <= min(sizes) // each <= 60
    return min(sizes) // each if fits else None


def _leaves_of_chunks(box: Box) -> list[Box]:
    """Give the children that have parts: chunks are looked through."""
    return [inner for child in box.children for inner in ([child] if child.part else child.children)]


def _numbered(root: Box) -> list[Box]:
    """Give all boxes in written order, parents first, and number them."""
    boxes: list[Box] = []
    stack = [root]
    while stack:
        box = stack.pop()
        box.number = len(boxes)
        boxes.append(box)
        stack.extend(reversed(box.children))
    return boxes


def _sizes(outline: Outline) -> tuple[dict[int, int], dict[int, int]]:
    """Give of each part how many leaves and levels it has."""
    leaves = {id(part): int(part.is_leaf) for part in outline.parts}
    levels = {id(part): 0 for part in outline.parts}
    for part in reversed(outline.parts):
        if part.parent is not None:
            leaves[id(part.parent)] += leaves[id(part)]
            levels[id(part.parent)] = max(levels[id(part.parent)], levels[id(part)] + 1)
    return leaves, levels


def _batch(part: Part) -> int | None:
    """Give how many explicit children start together, None if all do."""
    sizes = [wrapper.size for wrapper in part.wrappers if isinstance(wrapper, Batch)]
    return None if part.is_map or part.is_ordered or not sizes else min(sizes)


def _flow(word: str, children: Sequence[Part]) -> Flow:
    if word in ("Stage", "Fallback"):
        return "row"
    return "grid" if len(children) > GRID else "stack"


def over_of(part: Part) -> str:
    """Give what a map's items are: ``each of 10,000 items``, ``each item of scan.files``."""
    if part.count is not None:
        return f"each of {part.count:,} items" if part.count != 1 else "its one item"
    over = t.cast("Group[t.Any]", part.plan).over
    if isinstance(over, Ref):
        return f"each item of {visible(repr(over).removeprefix('ref.'), 60)}"
    return f"each item of {visible(function_name(over), 60)}()"


def _arrows(outline: Outline, shown: Mapping[int, Box]) -> list[Arrow]:
    """Give an arrow for each reference, but one for all between the same two boxes if one of them folds others."""
    places = _Places(shown)
    arrows: list[Arrow] = []
    between: dict[tuple[int, int], list[Arrow]] = {}
    for use in outline.uses:
        source, target = places.of(use.source), places.of(use.target)
        if source is target:
            continue
        same = between.setdefault((source.number, target.number), [])
        whole = source.part is use.source and target.part is use.target
        if same and (not whole or len(same) >= 4):
            same[-1].uses.append(use)
            continue
        same.append(Arrow(source, target, [use], len(same)))
        arrows.append(same[-1])
    return arrows


class _Places:
    """Which box stands for a part: its own, or the one that it is folded into."""

    def __init__(self, shown: Mapping[int, Box]) -> None:
        self.known = dict(shown)

    def of(self, part: Part) -> Box:
        way: list[Part] = []
        at = part
        while id(at) not in self.known:
            way.append(at)
            at = t.cast("Part", at.parent)
        box = self.known[id(at)]
        self.known.update((id(each), box) for each in way)
        return box
