"""The critical path: the chain of leaves that made a run as long as it was, found by walking causes back.

An attempt's cause is the address whose end made its start possible: a stage before, an earlier attempt,
the leaf that gave a seat back. So a leaf that waited in line stands behind whoever held its seat.
"""

from __future__ import annotations

import functools
import math
import typing as t
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Mapping

import attrs

from ..results import Failed, Succeeded

if t.TYPE_CHECKING:
    from ._entry import Attempt, Entry

Pauses = Mapping[str, tuple[float, ...]]


@attrs.frozen
class CriticalStep:
    """Tell one step of the critical path: an attempt of a leaf, and the gap before it.

    Args:
        address, attempt: Of the leaf.
        started, ended: Seconds since the run began.
        waiting: Seconds of the gap before it in which it stood in line.
        backoff: Seconds of the gap in which it, or a group around it, paused before a further attempt.

    Example:
        >>> CriticalStep("a", 1, 0.5, 2.0).seconds
        1.5
    """

    address: str
    attempt: int
    started: float
    ended: float
    waiting: float = 0.0
    backoff: float = 0.0

    @property
    def seconds(self) -> float:
        """Give how long it ran."""
        return self.ended - self.started


def critical_path(entries: Mapping[str, Entry], pauses: Pauses) -> tuple[CriticalStep, ...]:
    """Give the steps from the first start to the last end; an unknown cause ends the path."""
    links = list(_links(entries))
    links.reverse()
    around = Around(pauses)
    steps, since = [], None
    for entry, attempt in links:
        steps.append(_step(entry.address, attempt, attempt.started if since is None else since, pauses, around))
        since = attempt.ended
    return tuple(steps)


def critical_seconds(path: tuple[CriticalStep, ...]) -> dict[str, float]:
    """Give what the time from the first start to the last end went to; it adds up to that."""
    whole = path[-1].ended - path[0].started if path else 0.0
    running = math.fsum(s.seconds for s in path)
    waiting = math.fsum(s.waiting for s in path)
    backoff = math.fsum(s.backoff for s in path)
    other = whole - running - waiting - backoff
    other = other if other > whole * 1e-12 else 0.0  # what is left of adding floats is no time
    return {"running": running, "waiting": waiting, "backoff": backoff, "other": other}


def _links(entries: Mapping[str, Entry]) -> Iterator[tuple[Entry, Attempt]]:
    """Give the attempts of the path, the last one first; instead of one that was cut, whoever decided that.

    Of one address each is taken once, later ones first: chains of no length at all cannot go in circles.
    """
    known = functools.cache(entries.get)  # of those on the path each entry is made once
    taken: dict[str, int] = {}
    found = _last(entries)
    while found is not None:
        entry, place = found
        attempt = entry.attempts[place]
        taken[entry.address] = place
        found = _ended(known, attempt.cut_by, _end(attempt), taken)
        if found is not None and _end(found[0].attempts[found[1]]) >= attempt.started:
            continue
        yield entry, attempt
        found = _ended(known, attempt.cause, attempt.started, taken)


def _last(entries: Mapping[str, Entry]) -> tuple[Entry, int] | None:
    """Give the attempt that ended last with a value or an error; if there is none, that was cut last."""
    best: tuple[bool, float, float] | None = None
    found: tuple[Entry, int] | None = None
    for entry in entries.values():
        for place, attempt in enumerate(entry.attempts):
            if attempt.ended is None:
                continue
            rank = isinstance(attempt.outcome, Succeeded | Failed), attempt.ended, attempt.started
            if best is None or rank >= best:
                best, found = rank, (entry, place)
    return found


def _ended(
    known: t.Callable[[str], Entry | None], address: str | None, by: float, taken: Mapping[str, int]
) -> tuple[Entry, int] | None:
    """Give the last attempt of an address that had ended by then."""
    entry = None if address is None else known(address)
    if entry is None:
        return None
    below = taken.get(entry.address, len(entry.attempts))
    place = bisect_right(entry.attempts, by, hi=below, key=_end) - 1
    return (entry, place) if place >= 0 else None


def _end(attempt: Attempt) -> float:
    return math.inf if attempt.ended is None else attempt.ended


def _step(address: str, attempt: Attempt, since: float, pauses: Pauses, around: Around) -> CriticalStep:
    """Split the gap before an attempt: it stood in line last, and before that somebody may have paused."""
    asked = max(since, attempt.started - attempt.waited)
    pause = _pause(around.of(address), since, asked, pauses) if asked > since else None
    return CriticalStep(
        address,
        attempt.number,
        attempt.started,
        t.cast("float", attempt.ended),
        waiting=attempt.started - asked,
        backoff=0.0 if pause is None else asked - pause,
    )


def _pause(groups: Iterator[str], since: float, until: float, pauses: Pauses) -> float | None:
    """Give when the first pause in that time began, of this address or of a group around it: of *groups*."""
    first: float | None = None
    for group in groups:
        times = pauses[group]
        place = bisect_left(times, since)
        if place < len(times) and times[place] < until and (first is None or times[place] < first):
            first = times[place]
    return first


class Around:
    """Groups, to be asked for those that an address is in.

    Args:
        groups: Their addresses; only beginnings as long as one of them are looked at, a deep address has thousands.

    Example:
        >>> list(Around({"", "a", "a.b", "a.bc", "x"}).of("a.b[0]"))
        ['', 'a', 'a.b']
    """

    def __init__(self, groups: Collection[str]) -> None:
        self.groups = groups
        self.sizes = sorted(set(map(len, groups)))

    def of(self, address: str) -> Iterator[str]:
        """Give the groups, the outermost first, and the address itself if it is one of them."""
        for size in self.sizes[: bisect_right(self.sizes, len(address))]:
            ends = size in (0, len(address)) or address[size] in ".["
            if ends and (group := address[:size]) in self.groups:
                yield group
