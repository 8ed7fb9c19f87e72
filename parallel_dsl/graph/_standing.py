"""What became of each part of a plan in a run: a report laid over an outline."""

from __future__ import annotations

import typing as t
from collections import Counter
from collections.abc import Mapping

import attrs

from ..plan import Command, Drain, steps
from ..report import Entry, Report, State
from ..results import CommandResult, Succeeded
from ._outline import Outline, Part

Shown = State | t.Literal["red"]  # a command that ended with another exit code than 0 is data, but never green

WORST: tuple[Shown, ...] = (
    "failed",
    "red",
    "abandoned",
    "retrying",
    "running",
    "cancelled",
    "waiting",
    "never started",
    "done",
)
RANK: Mapping[Shown, int] = {state: rank for rank, state in enumerate(WORST)}
LIVE = frozenset({"waiting", "running", "retrying"})


@attrs.define(eq=False)
class Standing:
    """What became of a part: of a leaf itself, of a group all leaves in it.

    Args:
        counts: How many leaves are in each state; of a leaf in a map's template there is one for each item.
        attempts: Starts, added up.
        began, ended: Seconds of the first start and the last end; None if there is none yet.
        seconds: Running time of all attempts, added up.
        items: Of a map the state of each item by its address, the worst of the leaves in it.
        entry: Of a leaf that is in no map, what the report says.
    """

    counts: Counter[Shown] = attrs.field(factory=Counter)
    attempts: int = 0
    began: float | None = None
    ended: float | None = None
    seconds: float = 0.0
    items: dict[str, Shown] = attrs.field(factory=dict)
    entry: Entry | None = None

    @property
    def state(self) -> Shown:
        """Give the worst state of the leaves."""
        return worst(self.counts)

    @property
    def over(self) -> int:
        """Give how many leaves have ended, however they did."""
        return sum(count for state, count in self.counts.items() if state not in LIVE)

    @property
    def size(self) -> int:
        """Give how many leaves there are."""
        return self.counts.total()


def worst(states: t.Iterable[Shown]) -> Shown:
    """Give the state that a reader must see first.

    Example:
        >>> worst(["done", "failed", "running"]), worst([])
        ('failed', 'waiting')
    """
    return min(states, key=RANK.__getitem__, default="waiting")


def state_of(entry: Entry) -> Shown:
    """Give the state of a leaf as it is drawn."""
    return shown(entry.state, entry.outcome)


def shown(state: State, outcome: object) -> Shown:
    """Give a state as it is drawn: a command that ended with another exit code than 0 is not green."""
    red = isinstance(outcome, Succeeded) and isinstance(outcome.value, CommandResult) and not outcome.value.ok
    return "red" if red and state == "done" else state


def standings(outline: Outline, report: Report) -> dict[str, Standing]:
    """Give what became of each part, by its address.

    A leaf without an entry is waiting while others still are under way, else it never started; one that was let go
    after a drain is done, or has no state if that is not sure. Entries that no part of the plan has, as of another
    plan, are left out.

    Example:
        >>> from parallel_dsl import Agent, All, item, last_report, run
        >>> from parallel_dsl.graph import outline
        >>> plan = All(x=Agent("a"), y=All.map(Agent("a", item), over=[1, 2]))
        >>> _ = run(plan, agents={"a": lambda task=0: task})
        >>> found = standings(outline(plan), last_report())
        >>> found["x"].state, found["y"].items, found[""].counts
        ('done', {'y[0]': 'done', 'y[1]': 'done'}, Counter({'done': 3}))
    """
    found = {part.address: Standing() for part in outline.parts}
    places = _Places(outline)
    for entry in report:
        part = places.of(entry.address)
        if part is not None:
            _take(found, part, entry)
            for map_address, item in places.items(entry.address):
                items = found[map_address].items
                state = state_of(entry)
                items[item] = worst((items.get(item, state), state))
    _rest(outline, found, _let_go(outline, report))
    for part in reversed(outline.parts):  # children before parents
        if part.parent is not None:
            _add(found[part.parent.address], found[part.address])
    return found


def _take(found: dict[str, Standing], part: Part, entry: Entry) -> None:
    standing = found[part.address]
    if not part.is_leaf:  # a group that never started has an entry of its own, and its leaves have none
        return
    standing.counts[state_of(entry)] += 1
    standing.entry = entry if entry.address == part.address else None
    standing.attempts += len(entry.attempts)
    standing.seconds += entry.seconds
    _span(standing, entry.started, entry.ended)


def _let_go(outline: Outline, report: Report) -> dict[int, State | None]:
    """Give the leaves, by their ids, whose entries may be gone since a drain has saved what they gave.

    What became of them the report only tells of all together: None if that is not sure of each, as of a candidate,
    which may not have been needed, or of a command, which may have ended red.
    """
    saved = {part.address: count for part in outline.parts if (count := _saved(part, report))}
    states = [state for state, count in report.let_go.items() if count]
    sure = states[0] if len(states) == 1 else None
    found: dict[int, State | None] = {}
    gone: dict[int, bool] = {}  # whether it has run for certain: candidates may not have
    for part in outline.parts if saved else ():
        has_run = gone.get(id(part), True)
        if id(part) in gone and part.is_leaf:
            known = has_run and not isinstance(part.plan, Command)
            found[id(part)] = None if not known else "done" if _is_result(part, saved) else sure
        count = len(part.children) if id(part) in gone else saved.get(part.address, 0)
        all_run = has_run and part.word in ("All", "Stage", "Settled")
        gone |= dict.fromkeys(map(id, part.children[:count]), all_run)
    return found


def _is_result(part: Part, saved: Mapping[str, int]) -> bool:
    """Tell whether it is itself what was saved, and no failure."""
    group = part.parent
    return group is not None and group.address in saved and group.word in ("All", "Stage")


def _saved(part: Part, report: Report) -> int:
    """Give how many children of a group a drain around it has saved; those of a map are no parts."""
    drained = not part.is_map and any(isinstance(wrapper, Drain) for wrapper in part.wrappers)
    return report.saved.get(part.address, 0) if drained else 0


def _rest(outline: Outline, found: dict[str, Standing], let_go: Mapping[int, State | None]) -> None:
    """Give a state to leaves of which nothing was heard, but for those of maps: nobody knows how many they are.

    What was let go has run: it is never called waiting, or never started.
    """
    live = any(state in LIVE for standing in found.values() for state in standing.counts)
    mapped: set[int] = set()
    for part in outline.parts:
        if part.parent is not None and (part.parent.is_map or id(part.parent) in mapped):
            mapped.add(id(part))
        elif part.is_leaf and not found[part.address].counts:
            state = let_go.get(id(part), "waiting" if live else "never started")
            if state is not None:
                found[part.address].counts[state] = 1


def _add(group: Standing, child: Standing) -> None:
    group.counts.update(child.counts)
    group.attempts += child.attempts
    group.seconds += child.seconds
    _span(group, child.began, child.ended)


def _span(standing: Standing, began: float | None, ended: float | None) -> None:
    if began is not None:
        standing.began = began if standing.began is None else min(standing.began, began)
    if ended is not None:
        standing.ended = ended if standing.ended is None else max(standing.ended, ended)


Placed = tuple[Part, tuple[tuple[str, str], ...]]  # a part, and the maps around it with the address of the item


class _Places:
    """Which part an address of a run belongs to: items of a map belong to its template."""

    def __init__(self, outline: Outline) -> None:
        self.known: dict[str, Placed | None] = {part.address: (part, ()) for part in outline.parts}
        self.children: dict[str, dict[str, Part]] = {}

    def of(self, address: str) -> Part | None:
        """Give the part, None if the plan has none there."""
        found = self._find(address)
        return None if found is None else found[0]

    def items(self, address: str) -> tuple[tuple[str, str], ...]:
        """Give the maps around it, each with the address of the item that it belongs to."""
        found = self._find(address)
        return () if found is None else found[1]

    def _find(self, address: str) -> Placed | None:
        """Follow the address from the longest beginning that is known."""
        if address in self.known:
            return self.known[address]
        way = list(_beginnings(address))
        at = len(way)
        while at and way[at - 1][0] not in self.known:
            at -= 1
        found = self.known[way[at - 1][0] if at else ""]
        for beginning, step in way[at:]:
            found = None if found is None else self._child(found, beginning, step)
            self.known[beginning] = found
        return found

    def _child(self, found: Placed, beginning: str, step: str) -> Placed | None:
        part, items = found
        if part.is_map:
            return part.children[0], (*items, (part.address, beginning))
        children = self.children.get(part.address)
        if children is None:
            children = {steps(child.address)[-1]: child for child in part.children}
            self.children[part.address] = children
        child = children.get(step)
        return None if child is None else (child, items)


def _beginnings(address: str) -> t.Iterator[tuple[str, str]]:
    """Give each beginning of an address that ends with a step, and the step."""
    at = 0
    for step in steps(address):
        at = address.index(step, at) + len(step)
        yield address[:at], step
