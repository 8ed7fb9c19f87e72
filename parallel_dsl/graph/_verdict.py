"""What became of groups as such: one failed leaf fails an All, and not a Settled."""

from __future__ import annotations

import typing as t
from collections import Counter
from collections.abc import Iterator, Mapping

from ..plan import Timeout
from ..report import Entry, Report
from ..results import Cancelled
from ._outline import Part
from ._places import Placed, Places

Verdict = t.Literal["done", "failed"]

# Of what has no verdict it must be known why: "saved" is over, and a drain let go of it; "void" had
# nothing to do;
# "cut" never came to an end, "late" by a deadline or the caller; "idle" never began; "live" may still become anything.
Ending = t.Literal["done", "failed", "saved", "void", "cut", "late", "idle", "live"]

ENDINGS: Mapping[str, Ending] = {
    "done": "done",
    "red": "done",  # a command that may end with any exit code has told something
    "failed": "failed",
    "saved": "saved",
    "never started": "idle",
    "waiting": "live",
    "running": "live",
    "retrying": "live",
}


def heard_of(entry: Entry, state: str) -> Ending:
    """Give the ending that an entry tells of; what nobody cut for the sake of another was late."""
    late = isinstance(entry.outcome, Cancelled) and entry.attempts and entry.attempts[-1].cut_by is None
    return "late" if late else ENDINGS.get(state, "cut")


def ending_of(word: str, children: Counter[Ending]) -> Ending:
    """Give how a group ended by how its children did.

    Example:
        >>> one_failed = Counter[Ending]({"done": 1, "failed": 1})
        >>> [ending_of(word, one_failed) for word in ("All", "Settled", "Any")]
        ['failed', 'done', 'done']
        >>> ending_of("All", Counter({"done": 1, "live": 1})), ending_of("All", Counter({"done": 1, "cut": 1}))
        ('live', 'cut')
    """
    found: set[Ending] = {ending for ending, count in children.items() if count and ending != "void"}
    if not found:
        return "void"
    if word in ("All", "Stage"):
        return "failed" if "failed" in found else _unless(found, "done")
    if word == "Settled":
        return _unless(found - {"failed", "saved"}, "done")
    if "done" in found or (children["void"] and not found & {"idle", "live"}):  # what has nothing to do is done at once
        return "done"
    if found == {"failed"} or (word == "Race" and "failed" in found):
        return "failed"
    return _unless(found - {"failed"}, "void")


def _unless(found: set[Ending], ending: Ending) -> Ending:
    """Give the least certain of the endings but done and failed, else the one that is said."""
    rest: tuple[Ending, ...] = ("live", "late", "idle", "cut", "saved")
    return next((each for each in rest if each in found), ending)


def of_many(endings: Counter[Ending]) -> Verdict | None:
    """Give the verdict of a group in a map's template: of all that it became, the worst."""
    if endings["failed"]:
        return "failed"
    return "done" if set(+endings) == {"done"} else None


def _gives_what_it_has(part: Part) -> bool:
    """Tell whether a deadline of its own ends it well: a Settled gives the outcomes that there are."""
    return part.word == "Settled" and any(isinstance(wrapper, Timeout) for wrapper in part.wrappers)


def _is_in(placed: Placed | None, failures: t.Container[str], places: Places) -> bool:
    """Tell whether something around it failed by itself: then that is what cut it."""
    while placed is not None and placed.group is not None:
        if placed.group in failures:
            return True
        placed = places.known[placed.group]
    return False


def of_the_run(ending: Ending, report: Report) -> Ending:
    """Give the ending of the whole plan, of which the run itself knows more than its parts."""
    if report.failure is not None:
        return "failed"
    if not report.run_id:  # events that were put together, or a simulation: only the parts tell
        return ending
    if ending == "failed":  # a further attempt may come
        return "live"
    return "done" if ending in ("void", "cut") else ending


def unheard(part: Part, heard: int, saved: int, live: bool) -> Counter[Ending]:
    """Give the endings of children of which nothing was heard: those that a drain has saved, and those to come or cut.

    How many items a source gave only the run knows: once it is over, those that were heard of are all.
    """
    count = part.count
    gone = saved if count is None else min(saved, max(0, count - heard))
    rest = int(live) if count is None else count - heard - gone
    known: Ending = "done" if part.word in ("All", "Stage") else "saved"
    return Counter({known: gone, ("live" if live else "idle"): max(0, rest)})


def verdicts(
    places: Places, heard: Mapping[str, Ending], failures: t.Container[str], live: bool
) -> Iterator[tuple[Part, Ending]]:
    """Give each group with its ending at each address of the run, those inside before those around them.

    Args:
        places: All addresses that were heard of, and those of the parts.
        heard: The endings of leaves, and of groups that never started.
        failures: Addresses that failed by themselves, whatever became of their children.
        live: Whether some leaf is under way.
    """
    children: dict[str, Counter[Ending]] = {}
    for address in reversed(places.known):  # what is around an address was known before it
        placed = places.known[address]
        if placed is None or (placed.in_map and not placed.items):  # a template is no address of a run
            continue
        ending = heard.get(address, "idle")
        if address in failures:
            ending = "failed"
        elif not placed.part.is_leaf and address not in heard:
            inside = children.pop(address, Counter())
            inside.update(unheard(placed.part, inside.total(), places.saved.get(address, 0), live))
            ending = ending_of(placed.part.word, inside)
            if ending == "late" and _gives_what_it_has(placed.part) and not _is_in(placed, failures, places):
                ending = "done"
        if not placed.part.is_leaf:
            yield placed.part, ending
        if placed.group is not None:
            children.setdefault(placed.group, Counter())[ending] += 1
