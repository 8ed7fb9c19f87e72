"""The critical path: the chain of attempts that made a run as long as it was, and what its gaps were."""

from __future__ import annotations

import itertools
import random
import time
import typing as t

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_plans import machine, played, random_plan

import parallel_dsl as dsl
from parallel_dsl.events import Event
from parallel_dsl.machine import LeafWork, Play, Raised, Returned, Solo
from parallel_dsl.plan import walk
from parallel_dsl.report import Report
from parallel_dsl.results import Cancelled, Failed, Succeeded

ERROR = ValueError("no good")
PLANS = st.integers(0, 10**9).map(lambda n: random_plan(random.Random(n), ties=n % 2 == 0))


def work(seconds: float, fails: int = 0) -> None:
    """Stand for a leaf that takes that long, and fails so often first."""


def play(leaf: LeafWork) -> Play:
    """Play `work`."""
    seconds, fails = (*leaf.args, 0)[:2]
    return Play(seconds, Raised(ERROR) if leaf.attempt <= fails else Returned(1))


def reported(plan: dsl.Plan[t.Any], play: t.Callable[[LeafWork], Play] = play) -> Report:
    """Run a plan in virtual time."""
    events: list[Event] = []
    solo = Solo(machine(plan), play, events.extend)
    solo.drive()
    return Report.of(events, ended=solo.now)


def leaf(seconds: float, fails: int = 0) -> dsl.Call[None]:
    return dsl.Call(work, seconds, fails)


def names(report: Report) -> list[str]:
    return [step.address for step in report.critical_path]


def test_the_longest_branch_of_each_stage() -> None:
    """The path goes through whoever ended last before each start."""
    plan = dsl.Stage(read=dsl.All(a=leaf(1), b=leaf(3)), fix=dsl.All(c=leaf(2), d=leaf(1)))
    report = reported(plan)
    assert names(report) == ["read.b", "fix.c"]
    assert report.critical_seconds == {"running": 5.0, "waiting": 0.0, "backoff": 0.0, "other": 0.0}
    assert "critical path: read.b -> fix.c (5.0 s of 5.0 s)" in str(report)


def test_a_leaf_in_line_stands_behind_who_gave_the_seat_back() -> None:
    """Waiting for a limit shows as the running time of whoever held the seat; c begins to wait when b starts."""
    report = reported(dsl.All(a=leaf(1), b=leaf(2), c=leaf(4)).limit(1))
    assert names(report) == ["a", "b", "c"]
    assert report.waits == {"limit": 3.0, "resource": 0.0, "thread": 0.0, "backoff": 0.0, "draw": 0.0}
    assert "waited: limit 3.0 s" in str(report)
    assert names(reported(dsl.All(a=leaf(1), b=leaf(2)).uses("q"))) == ["a", "b"]


def test_a_retry_stands_behind_its_earlier_attempt() -> None:
    """The gap is the pause, of the leaf itself or of a group around it."""
    for plan in (
        leaf(1, 2).retry(3, delay=2, factor=1, jitter=False),
        dsl.Stage(leaf(1, 2)).retry(3, delay=2, factor=1, jitter=False),
    ):
        report = reported(plan)
        assert [s.attempt for s in report.critical_path] == [1, 2, 3]
        assert [s.backoff for s in report.critical_path] == [0.0, 2.0, 2.0]
        assert report.critical_seconds == {"running": 3.0, "waiting": 0.0, "backoff": 4.0, "other": 0.0}


def test_who_still_waits_for_a_seat_after_a_pause() -> None:
    """After its pause the leaf stands in line: the path goes through who held the seat meanwhile."""
    plan = dsl.All(a=leaf(1, 1).retry(2, delay=1, jitter=False), b=leaf(5)).limit(1)
    report = reported(plan)
    assert [(s.address, s.attempt) for s in report.critical_path] == [("a", 1), ("b", 1), ("a", 2)]
    assert report["a"].waits == {"backoff": 1.0, "limit": 4.0}
    assert [a.waited for a in report["a"].attempts] == [0.0, 4.0]


def test_an_abandoned_thread_holds_the_next_attempt_back() -> None:
    """The time until its thread has ended is waiting, not backoff."""
    events = [
        Event("started", "a", 1, 0.0),
        Event("ended", "a", 1, 1.0, Failed(ERROR, (ERROR,))),
        Event("retrying", "a", 1, 1.0),
        Event("waiting", "a", 1, 3.0, cause="thread"),
        Event("started", "a", 2, 7.0, cause="a"),
        Event("ended", "a", 2, 8.0, Succeeded(1)),
    ]
    assert Report.of(events).critical_seconds == {"running": 2.0, "waiting": 4.0, "backoff": 2.0, "other": 0.0}


def test_a_cut_leaf_is_not_the_end_of_the_path() -> None:
    """Losers end after the winner; the last value or error counts, and only without any the last cut."""
    events = [
        Event("started", "a", 1, 0.0),
        Event("started", "b", 1, 0.0),
        Event("ended", "a", 1, 1.0, Succeeded(1)),
        Event("ended", "b", 1, 1.5, Cancelled()),
    ]
    assert names(Report.of(events)) == ["a"]
    assert names(Report.of([events[1], events[3]])) == ["b"]
    assert names(Report.of([])) == names(Report.of(events[:2])) == []


def test_the_wait_for_a_source_counts() -> None:
    """Maps tell it once, and it stands beside what leaves waited for; whoever was let go is on no path."""
    events = [
        Event("started", "[0]", 1, 0.0),
        Event("ended", "[0]", 1, 3.0, Succeeded(1)),
        Event("saved", "", 0, 3.0, (1, ("[0]",))),
        Event("waiting", "", 0, 3.0, 0.5, cause="draw"),
    ]
    assert Report.of(events).waits["draw"] == 0.5
    assert names(Report.of(events)) == []


def test_a_loser_is_not_on_the_path() -> None:
    """Who was cut stands back for whoever decided that; its cleanup is a gap."""
    plan = dsl.Stage(first=dsl.Race(a=leaf(1), b=leaf(5)), then=leaf(2))
    assert names(reported(plan)) == ["first.a", "then"]
    report = reported(plan, lambda x: attrs.evolve(play(x), cleanup_seconds=3))
    assert names(report) == ["first.a", "then"]
    assert report.critical_seconds == {"running": 3.0, "waiting": 0.0, "backoff": 0.0, "other": 3.0}


def test_who_ran_into_a_deadline_is_on_the_path() -> None:
    """A deadline is nobody's end: the leaf that it cut took the time."""
    plan = dsl.Stage(first=leaf(1), then=dsl.Fallback(leaf(9).timeout(2), leaf(1)))
    assert [(s.address, s.ended) for s in reported(plan).critical_path] == [
        ("first", 1.0),
        ("then[0]", 3.0),
        ("then[1]", 4.0),
    ]


def test_what_never_started_is_no_cause() -> None:
    """Whose end lets a leaf leave its line is the cause of what begins instead."""
    assert names(reported(dsl.Stage(first=dsl.Race(a=leaf(1), b=leaf(5)).limit(1), then=leaf(2)))) == [
        "first.a",
        "then",
    ]
    freed = dsl.All(x=dsl.Race(a=leaf(1), b=leaf(5), c=leaf(5)), y=leaf(3)).limit(2)
    assert names(reported(freed)) == ["x.a", "y"]


def test_an_unknown_cause_ends_the_path() -> None:
    """What was let go cannot be told, and what has not ended caused nothing."""
    events = [
        Event("started", "b", 1, 0.0),
        Event("started", "a", 1, 1.0, cause="gone"),
        Event("ended", "a", 1, 2.0, Succeeded(1)),
    ]
    assert names(Report.of(events)) == ["a"]
    assert names(Report.of([events[0], attrs_cause(events[1], "b"), events[2]])) == ["a"]


def attrs_cause(event: Event, cause: str) -> Event:
    return Event(event.kind, event.address, event.attempt, event.at, event.outcome, cause)


def test_circles_of_no_length_end() -> None:
    """Each attempt is on the path once, also where all times are the same."""
    events: list[Event] = []
    for attempt in (1, 2, 3):
        for address, cause in (("a", "b"), ("b", "a")):
            events.append(Event("started", address, attempt, 0.0, cause=cause))
            events.append(Event("ended", address, attempt, 0.0, Failed(ERROR, (ERROR,))))
    path = Report.of(events).critical_path
    assert sorted((s.address, s.attempt) for s in path) == [(a, k) for a in "ab" for k in (1, 2, 3)]


@pytest.mark.parametrize("one", [True, False])
def test_long_chains(one: bool) -> None:
    """A hundred thousand steps, of one leaf or of many, are walked without recursion; the line stays short."""
    size, events = 100_000, []
    for n in range(size):
        address, cause = ("a", "a") if one else (f"a[{n}]", f"a[{n - 1}]")
        events.append(Event("started", address, n + 1 if one else 1, float(n), cause=cause if n else None))
        events.append(Event("ended", address, n + 1 if one else 1, n + 1.0, Failed(ERROR, (ERROR,))))
    report = Report.of(events)
    assert len(report.critical_path) == size
    if not one:
        line = str(report).splitlines()[1]
        assert line == (
            "critical path: a[0] -> a[1] -> a[2] -> ... 99994 more ... -> a[99997] -> a[99998] -> a[99999] "
            "(100000 s of 100000 s)"
        )


def test_a_deep_path_with_gaps_is_found_soon() -> None:
    """3,000 leaves, each a level below the one before, with pauses around them cost no look at all their groups."""
    deep = "a" + ".a" * 3_000
    events, cause = [Event("started", deep, 1, 0.0), Event("ended", deep, 1, 0.5, Failed(ERROR, (ERROR,)))], deep
    events.append(Event("retrying", "a", 1, 0.5))
    for level in range(3_000):
        address, at = f"{deep[: len(deep) - 2 * level]}.leaf", 1.0 + 2 * level
        events.append(Event("started", address, 1, at, cause=cause))
        events.append(Event("ended", address, 1, at + 1, Succeeded(1)))
        cause = address
    began = time.process_time()
    path = Report.of(events).critical_path
    assert time.process_time() - began < 1.5
    assert len(path) == 3_001
    assert [step.backoff for step in path[:3]] == [0.0, 0.5, 0.0]


@settings(max_examples=400, deadline=None)
@given(PLANS)
def test_the_path_is_a_chain(plan: dsl.Plan[t.Any]) -> None:
    """Each step is after the end of the one before, and the last is the last result.

    Without deadlines, which are no end of a leaf, it begins where the run begins; if nobody was cut either,
    each gap is waiting or backoff, and nothing else.
    """
    report = reported(plan, played)
    path = report.critical_path
    ends = [a for e in report for a in e.attempts if isinstance(a.outcome, Succeeded | Failed)]
    drained = any(isinstance(n.plan, dsl.Drain) for n in walk(plan))  # what a drain let go ends the path
    if not ends or drained:
        return
    free = not any(isinstance(n.plan, dsl.Timeout) for n in walk(plan))
    whole = free and not any(isinstance(a.outcome, Cancelled) for e in report for a in e.attempts)
    assert path[0].started == 0 or not free
    assert path[-1].ended == max(a.ended or 0.0 for a in ends)
    for before, step in itertools.pairwise(path):
        gap = step.started - before.ended
        assert 0 <= step.waiting + step.backoff <= gap + 1e-9
        if whole:
            assert step.waiting + step.backoff == pytest.approx(gap, abs=1e-9)
    assert sum(report.critical_seconds.values()) == pytest.approx(path[-1].ended - path[0].started, abs=1e-9)
