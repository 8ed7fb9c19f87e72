"""What became of each part of a plan in a run: a report laid over an outline."""

from __future__ import annotations

import typing as t
from collections import Counter
from collections.abc import Mapping

import attrs

from ..plan import Command, Drain
from ..report import Entry, Report, State
from ..results import CommandResult, Failed, Succeeded
from ._outline import Outline, Part
from ._places import Place, Placed, Places
from ._verdict import ENDINGS, Ending, Verdict, heard_of, of_many, of_the_run, verdicts

# As it is drawn. A command that ended with another exit code than 0 is data, but never green; neither is what a drain
# has saved, if only the run knew what became of it.
Shown = State | t.Literal["red", "saved"]

WORST: tuple[Shown, ...] = (
    "failed",
    "red",
    "abandoned",
    "retrying",
    "running",
    "cancelled",
    "waiting",
    "never started",
    "saved",
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
        places: Of a map the position of each item in it and in the maps around it, the outermost first.
        saved: Of a map how many of its first items a drain has saved, by the place of what the map stands in.
        gone: Of a map the state of items that were saved and let go.
        entry: Of a leaf that is in no map, what the report says.
        verdict: Of a group, whether it has failed itself: a leaf that failed is no failure of a Settled.
        why: What a part failed with, of a group what its first failed child did if it had no failure of its own.
    """

    counts: Counter[Shown] = attrs.field(factory=Counter)
    attempts: int = 0
    began: float | None = None
    ended: float | None = None
    seconds: float = 0.0
    items: dict[str, Shown] = attrs.field(factory=dict)
    places: dict[str, Place] = attrs.field(factory=dict)
    saved: dict[Place, int] = attrs.field(factory=dict)
    gone: Shown = "saved"
    entry: Entry | None = None
    verdict: Verdict | None = None
    why: Failed | None = None

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
    after a drain is done, or only saved if that is not sure. Entries that no part of the plan has, as of another
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
    places = Places(outline, report.saved)
    heard: dict[str, Ending] = {}
    for entry in report:
        placed = places.find(entry.address)
        if placed is not None:
            _take(found, placed, entry)
            heard[entry.address] = heard_of(entry, state_of(entry))
    _saved_items(outline, found, places, report)
    _rest(outline, found, _let_go(outline, report))
    for part in reversed(outline.parts):  # children before parents
        if part.parent is not None:
            _add(found[part.parent.address], found[part.address])
    _judge(outline, found, places, report, heard)
    return found


def _judge(
    outline: Outline, found: dict[str, Standing], places: Places, report: Report, heard: dict[str, Ending]
) -> None:
    """Give groups their verdicts; one in a map's template has that of all that it became."""
    for part in outline.parts:
        if part.is_leaf and part.address not in heard and part.address not in places.mapped:
            heard[part.address] = ENDINGS.get(found[part.address].state, "cut")
    failures = dict(report.failures) if report.failure is None else {**report.failures, "": report.failure}
    for address, failed in failures.items():
        placed = places.find(address)
        if placed is not None and found[placed.part.address].why is None:
            found[placed.part.address].why = failed
    live = any(state in LIVE for state in found[""].counts)
    endings: dict[str, Counter[Ending]] = {}
    for part, found_out in verdicts(places, heard, failures, live):
        ending = of_the_run(found_out, report) if part is outline.root and not live else found_out
        endings.setdefault(part.address, Counter())[ending] += 1
    for part in reversed(outline.parts):
        standing = found[part.address]
        standing.verdict = of_many(endings.get(part.address, Counter()))
        if standing.verdict == "failed" and standing.why is None:
            inside = (found[child.address] for child in part.children)
            standing.why = next((c.why for c in inside if c.why is not None and c.verdict != "done"), None)


def _take(found: dict[str, Standing], placed: Placed, entry: Entry) -> None:
    part, state = placed.part, state_of(entry)
    _take_items(found, placed, state)
    standing = found[part.address]
    if not part.is_leaf:  # a group that never started has an entry of its own, and its leaves have none
        return
    standing.counts[state] += 1
    if state == "failed" and standing.why is None and isinstance(entry.outcome, Failed):
        standing.why = entry.outcome
    standing.entry = entry if entry.address == part.address else None
    standing.attempts += len(entry.attempts)
    standing.seconds += entry.seconds
    _span(standing, entry.started, entry.ended)


def _take_items(found: dict[str, Standing], placed: Placed, state: Shown) -> None:
    """Take a state into account for the items around it."""
    for item in placed.items:
        around = found[item.map]
        around.items[item.address] = worst((around.items.get(item.address, state), state))
        around.places[item.address] = item.place


def _saved_items(outline: Outline, found: dict[str, Standing], places: Places, report: Report) -> None:
    """Count the leaves of items that a drain has saved and let go: nothing else tells of them."""
    drained = []
    for address, count in report.saved.items():
        placed = places.find(address)
        if placed is not None and placed.part.is_map and count > 0:
            drained.append(placed)
            at = placed.items[-1].place if placed.items else ()
            found[placed.part.address].saved[at] = count
    if drained:
        _let_items_go(outline, found, _sure(report))
    for placed in drained:
        _take_items(found, placed, found[placed.part.address].gone)


def _let_items_go(outline: Outline, found: dict[str, Standing], sure: State | None) -> None:
    gone: dict[str, tuple[Part, int]] = {}  # of each part in a template that was let go: the map, and how often
    for part in outline.parts:
        standing = found[part.address]
        drained, often = gone.get(part.address, (part, 1))
        if drained is part and standing.saved:
            standing.gone = "done"
            gone[part.children[0].address] = part, _gone(standing)
        elif drained is not part and part.is_leaf:
            state = _state_gone(part, drained, sure)
            found[drained.address].gone = worst((found[drained.address].gone, state))
            standing.counts.update({state: often} if often else {})
        elif drained is not part:
            each = (part.count or 0) if part.is_map else 1
            gone.update((child.address, (drained, often * each)) for child in part.children)


def _gone(standing: Standing) -> int:
    """Give how many items of a map were saved and have no entries."""
    left = Counter(place[:-1] for place in standing.places.values() if place[-1] < standing.saved.get(place[:-1], 0))
    return sum(max(0, count - left[at]) for at, count in standing.saved.items())


def _state_gone(leaf: Part, drained: Part, sure: State | None) -> Shown:
    """Give the state of a leaf in items that were let go; a command may have ended red."""
    words = set()
    at = leaf
    while at is not drained:
        at = t.cast("Part", at.parent)
        words.add(at.word)
    if isinstance(leaf.plan, Command) or not words <= {"All", "Stage", "Settled"}:
        return "saved"
    return "done" if words <= {"All", "Stage"} else sure or "saved"


def _sure(report: Report) -> State | None:
    """Give the state of all leaves that were let go, if it is the same."""
    states = [state for state, count in report.let_go.items() if count]
    return states[0] if len(states) == 1 else None


def _let_go(outline: Outline, report: Report) -> dict[int, Shown]:
    """Give the leaves, by their ids, whose entries may be gone since a drain has saved what they gave.

    What became of them the report only tells of all together: "saved" if that is not sure of each, as of a candidate,
    which may not have been needed, or of a command, which may have ended red.
    """
    saved = {part.address: count for part in outline.parts if (count := _saved(part, report))}
    sure = _sure(report)
    found: dict[int, Shown] = {}
    gone: dict[int, bool] = {}  # whether it has run for certain: candidates may not have
    for part in outline.parts if saved else ():
        has_run = gone.get(id(part), True)
        if id(part) in gone and part.is_leaf:
            known = has_run and not isinstance(part.plan, Command)
            found[id(part)] = "saved" if not known else "done" if _is_result(part, saved) else sure or "saved"
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


def _rest(outline: Outline, found: dict[str, Standing], let_go: Mapping[int, Shown]) -> None:
    """Give a state to leaves of which nothing was heard, but for those of maps: nobody knows how many they are.

    What was let go has run: it is never called waiting, or never started.
    """
    live = any(state in LIVE for standing in found.values() for state in standing.counts)
    mapped: set[int] = set()
    for part in outline.parts:
        if part.parent is not None and (part.parent.is_map or id(part.parent) in mapped):
            mapped.add(id(part))
        elif part.is_leaf and not found[part.address].counts:
            found[part.address].counts[let_go.get(id(part), "waiting" if live else "never started")] = 1


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
