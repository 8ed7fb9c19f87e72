"""A Gantt has a bounded number of rows: what does not fit is folded into crowds, and what matters stays out of them."""

from __future__ import annotations

import heapq
import itertools
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import attrs

from ..graph import Shown, shown, state_of
from ..report import Brief, Entry, Report, briefs

MOST = 60  # rows
SPREAD = 40  # of them for leaves and groups as the plan has them; the rest is for what matters inside of crowds
PATH, BAD, LIVE, SLOW = 20, 10, 6, 8  # lanes out of crowds: of the critical path, that failed, that run, the slowest
_BAD = ("failed", "red", "abandoned")
_LIVE = ("running", "retrying")


@attrs.frozen
class Lane:
    """One leaf, or a group that never started.

    Args:
        entry: What the report says.
    """

    entry: Entry

    @property
    def address(self) -> str:
        """Give where it stands in the plan."""
        return self.entry.address


@attrs.define
class Crowd:
    """All leaves below a group that have no lane of their own.

    Args:
        address: Of the group.
        others: Whether leaves of it have lanes.
        counts: How many leaves are in each state.
        spans: When each attempt began and ended; infinity while it runs.
        failed: Seconds at which leaves failed.
        gaps: The same of all waits, by cause.
    """

    address: str
    others: bool = False
    counts: Counter[Shown] = attrs.field(factory=Counter)
    spans: list[tuple[float, float]] = attrs.field(factory=list)
    failed: list[float] = attrs.field(factory=list)
    gaps: dict[str, list[tuple[float, float]]] = attrs.field(factory=dict)

    def add(self, leaf: Brief) -> None:
        """Take a leaf in."""
        state = shown(leaf.state, leaf.outcome)
        self.counts[state] += 1
        for started, ended in leaf.spans:
            self.spans.append((started, open_end(ended)))
        if state in _BAD and leaf.spans:
            self.failed.append(leaf.spans[-1][1] or leaf.spans[-1][0])
        for cause, since, until in leaf.gaps:
            self.gaps.setdefault(cause, []).append((since, open_end(until)))


def open_end(at: float | None) -> float:
    """Give infinity for what goes on."""
    return math.inf if at is None else at


Row = Lane | Crowd


def rows_of(report: Report, path: Iterable[str] = (), most: int = MOST) -> list[Row]:
    """Give the rows of a report, at most *most*, ordered as a tree is, siblings by their first events.

    Groups that fit are spread into lanes, small ones first. In what does not fit, lanes are left to leaves on the
    critical *path*, to failures, to what runs, and to the slowest; all others are in one crowd for each group.
    """
    if len(report) <= most:
        tree = _tree(report.entries)
        return [Lane(report.entries[address]) for address in _walk(tree, ()) if address in report.entries]
    tree = _tree(report.entries)
    folded = _folded(tree, max(1, most * SPREAD // MOST))
    home = _Home(tree, folded)
    shown = list(_walk(tree, folded))
    notable = _notable(report, home, list(path), most - len(shown))
    crowds = {address: Crowd(address) for address in folded}
    lanes: dict[str, list[Row]] = {address: [] for address in folded}
    for leaf in briefs(report.entries):
        group = home.of(leaf.address)
        if group is None:
            lanes[leaf.address] = [Lane(report.entries[leaf.address])]
        elif leaf.address in notable:
            crowds[group].others = True
            lanes[group].append(Lane(report.entries[leaf.address]))
        else:
            crowds[group].add(leaf)
    for address, crowd in crowds.items():
        lanes[address] += [crowd] if crowd.counts else []
    return [row for address in shown for row in lanes.get(address, ())]


def parent_of(address: str) -> str | None:
    r"""Give the address of the group around it; None for the root.

    Example:
        >>> parent_of("a.b"), parent_of("a[3]"), parent_of('a["x[\\"y"]'), parent_of("a"), parent_of("")
        ('a', 'a', 'a', '', None)
    """
    if not address:
        return None
    if address.endswith('"]'):  # quotes inside a name are escaped: only the beginning has a bracket and a bare quote
        return address[: max(0, address.rfind('["', 0, -2))]
    return address[: max(0, address.rfind("[" if address.endswith("]") else "."))]


Tree = dict[str, list[str]]  # the children of each group, parents before children


def _tree(addresses: Iterable[str]) -> Tree:
    tree: Tree = {"": []}
    for address in addresses:
        if address in tree:
            continue
        missing: list[str] = []
        child, parent = address, parent_of(address)
        while parent is not None and parent not in tree:
            missing.append(child)
            child, parent = parent, parent_of(parent)
        if parent is None:  # the root is the leaf
            continue
        tree[parent].append(child)
        for below in reversed(missing):
            tree[child] = [below]
            child = below
    return tree


def _folded(tree: Tree, most: int) -> set[str]:
    """Spread groups, the smallest first, while there is room; give those that stay folded."""
    line = [(len(tree[""]), "")]
    rows, folded = 1, set[str]()
    while line:
        size, group = heapq.heappop(line)
        if rows - 1 + size > most:
            folded.add(group)
            continue
        rows += size - 1
        for child in tree[group]:
            if child in tree:
                heapq.heappush(line, (len(tree[child]), child))
    return folded


def _walk(tree: Tree, folded: Iterable[str]) -> Iterator[str]:
    """Give what has a row: leaves, and groups that are folded."""
    stack, stop = [""], set(folded)
    while stack:
        address = stack.pop()
        if address in stop or address not in tree or not tree[address]:
            yield address
        else:
            stack += reversed(dict.fromkeys(tree[address]))  # what never started at first may have begun later


class _Home:
    """In which folded group a leaf is, None if it has a lane of its own."""

    def __init__(self, tree: Tree, folded: set[str]) -> None:
        self.known: dict[str, str | None] = {}
        for group in tree:  # parents come first
            above = parent_of(group)
            inside = None if above is None else self.known[above]
            self.known[group] = group if inside is None and group in folded else inside

    def of(self, address: str) -> str | None:
        return self.known[parent_of(address) or ""]


def _notable(report: Report, home: _Home, path: list[str], room: int) -> set[str]:
    """Choose the leaves of crowds that have lanes nevertheless: of each kind in turn, so that none takes all room."""
    ends = [*path[: PATH // 2], *path[PATH // 2 :][-PATH // 2 :]]
    from_both = [address for pair in zip(reversed(ends), ends, strict=True) for address in pair]
    inside = [address for address in dict.fromkeys(from_both) if home.of(address) is not None]
    in_turn = itertools.chain.from_iterable(itertools.zip_longest(inside, *_urgent(report, home)))
    return set(list(dict.fromkeys(filter(None, in_turn)))[: max(0, room)])


def _urgent(report: Report, home: _Home) -> tuple[list[str], list[str], list[str]]:
    """Give leaves of crowds that failed, that run, and the slowest of all others."""
    bad: list[str] = []
    live: list[str] = []
    slow: list[tuple[float, int, str]] = []
    for place, leaf in enumerate(briefs(report.entries)):
        if home.of(leaf.address) is None:
            continue
        if len(bad) < BAD and shown(leaf.state, leaf.outcome) in _BAD:
            bad.append(leaf.address)
        elif len(live) < LIVE and leaf.state in _LIVE:
            live.append(leaf.address)
        else:
            _push(slow, (_seconds(leaf), -place, leaf.address))
    return bad, live, [address for _, _, address in sorted(slow, reverse=True)]


def _push(heap: list[tuple[float, int, str]], item: tuple[float, int, str]) -> None:
    """Keep the largest."""
    if len(heap) < SLOW:
        heapq.heappush(heap, item)
    elif item > heap[0]:
        heapq.heapreplace(heap, item)


def _seconds(leaf: Brief) -> float:
    return sum(ended - started for started, ended in leaf.spans if ended is not None)


def counts_of(report: Report) -> Counter[Shown]:
    """Give how many leaves are in each state as it is drawn, those too that were let go."""
    found: Counter[Shown] = Counter(shown(leaf.state, leaf.outcome) for leaf in briefs(report.entries))
    found.update(report.let_go)
    return found


def size_of(rows: Iterable[Row]) -> Mapping[str, int]:
    """Give how many leaves are in each state, over all rows."""
    found: Counter[str] = Counter()
    for row in rows:
        found.update(row.counts if isinstance(row, Crowd) else [state_of(row.entry)])
    return found


def spans_of(row: Row) -> Iterable[tuple[float, float]]:
    """Give when each attempt of a row began and ended."""
    if isinstance(row, Crowd):
        return row.spans
    return ((a.started, open_end(a.ended)) for a in row.entry.attempts)


def waiting_of(row: Row) -> Iterator[tuple[str, float]]:
    """Give what those wait for who still do, and since when."""
    if isinstance(row, Lane):
        yield from ((cause, since) for cause, since, until in row.entry.gaps if until is None)
        return
    for cause, gaps in row.gaps.items():
        yield from ((cause, since) for since, until in gaps if until == math.inf)
