"""Laws over random plans: what holds whatever the plan, its agents and its ties."""

from __future__ import annotations

import pickle
import random
import typing as t

import pytest
import trio
from hypothesis import given, settings
from hypothesis import strategies as st
from random_plans import POOLS, Boom, Script, alone, machine, played, random_plan, random_script, scripted
from trio.testing import MockClock

import parallel_dsl as dsl
from parallel_dsl import All, Any, Call, Settled, item
from parallel_dsl.machine import Cut, Done, Fail, JobEnded, LeafWork, Machine, Play, Raised, Returned, Solo
from parallel_dsl.plan import walk
from parallel_dsl.report import Report

PLANS = st.integers(0, 10**9).map(lambda n: random_plan(random.Random(n), ties=n % 2 == 0))
LEAVES = st.integers(0, 10**9).map(lambda n: Call(scripted, random_script(random.Random(n), ties=False, plain=True)))
law = settings(max_examples=150, deadline=None)


def events_of(plan: dsl.Plan[t.Any]) -> list[dsl.Event]:
    events: list[dsl.Event] = []
    Solo(machine(plan), played, events.extend).drive()
    return events


def seconds_one(work: LeafWork) -> Play:
    return Play(1.0, Returned(1))


def most_at_once(plan: dsl.Plan[t.Any]) -> int:
    return Report.of(events_of(plan)).peak_concurrency


def is_about_settled(plan: dsl.Plan[t.Any]) -> bool:
    from parallel_dsl.plan import settled_of

    return settled_of(plan) is not None


@law
@given(PLANS)
def test_a_timeout_always_fires(plan: dsl.Plan[t.Any]) -> None:
    """With leaves of a second, p.timeout(0.5) fails for every p that has to wait for one, and ends at 0.5 s."""
    bare = Solo(machine(plan), seconds_one)
    bare.drive()
    if bare.now < 1 or is_about_settled(plan):
        return
    solo = Solo(machine(plan.timeout(0.5)), seconds_one)
    outcome = solo.drive().outcome
    assert isinstance(outcome, Fail)
    assert isinstance(outcome.error, dsl.PlanTimeout)
    assert solo.now == 0.5


@law
@given(PLANS, st.integers(1, 4))
def test_a_limit_is_never_exceeded(plan: dsl.Plan[t.Any], limit: int) -> None:
    """Under p.limit(n) never more than n leaves run, pools, maps and inner limits included."""
    assert most_at_once(plan.limit(limit)) <= limit


@law
@given(PLANS, st.integers(1, 4))
def test_the_limit_of_a_run_is_the_limit_of_its_plan(plan: dsl.Plan[t.Any], limit: int) -> None:
    """run(limit=n) is plan.limit(n)."""
    assert alone(plan, limit=limit) == alone(plan.limit(limit))


@law
@given(st.lists(LEAVES, max_size=5), st.integers(1, 4))
def test_settled_retry_is_retry_of_each(leaves: list[dsl.Plan[t.Any]], attempts: int) -> None:
    """Around leaves, without pauses, rounds give the same results from the same number of calls."""

    def told(plan: dsl.Plan[t.Any]) -> tuple[list[bool], int]:
        events: list[dsl.Event] = []
        outcome = Solo(machine(plan), played, events.extend).drive().outcome
        value = t.cast("t.Any", outcome).value
        return [o.ok for o in value], sum(e.kind == "started" for e in events)

    rounds = Settled(leaves).retry(attempts, delay=0)
    assert told(rounds) == told(Settled(x.retry(attempts, delay=0) for x in leaves))


@law
@given(PLANS)
def test_groups_of_one(plan: dsl.Plan[t.Any]) -> None:
    """All(p) fails exactly if p fails, Any(p) likewise; Settled never fails."""

    def ends(p: dsl.Plan[t.Any]) -> tuple[str, float]:
        solo = Solo(machine(p), played)
        return type(solo.drive().outcome).__name__, solo.now

    assert ends(All(plan)) == ends(plan) == ends(Any(plan))
    assert ends(Settled(plan))[0] == Done.__name__


@law
@given(st.lists(LEAVES, max_size=6), st.integers(1, 4))
def test_batch_changes_no_result(leaves: list[dsl.Plan[t.Any]], size: int) -> None:
    """For any size, the outcomes are the same."""

    def oks(plan: dsl.Plan[t.Any]) -> list[bool]:
        return [o.ok for o in t.cast("t.Any", Solo(machine(plan), played).drive().outcome).value]

    assert oks(Settled(leaves).batch(size)) == oks(Settled(leaves))


@law
@given(PLANS)
def test_every_start_has_one_end(plan: dsl.Plan[t.Any]) -> None:
    """Each start of an address ends exactly once, and the fold of all events has nothing running."""
    events = events_of(plan)
    started = [(e.address, e.attempt) for e in events if e.kind == "started"]
    ended = [(e.address, e.attempt) for e in events if e.kind == "ended"]
    assert len(set(started)) == len(started)
    assert all(ended.count(s) == 1 for s in started)
    counts = Report.of(events).counts
    assert counts["running"] == counts["waiting"] == 0


@law
@given(PLANS)
def test_a_plan_is_a_value(plan: dsl.Plan[t.Any]) -> None:
    """Running it twice gives the same log, and so does its pickle's twin."""
    assert alone(plan) == alone(plan) == alone(pickle.loads(pickle.dumps(plan)))


@law
@given(PLANS, st.integers(0, 16))
def test_a_cancel_at_any_moment_ends_the_run(plan: dsl.Plan[t.Any], quarter: int) -> None:
    """Cut at any moment nothing starts afterwards, and no seat stays taken."""
    from parallel_dsl.machine import CancelRun

    events: list[dsl.Event] = []
    solo = Solo(machine(plan), played, events.extend)
    solo.drive(until=quarter / 4)
    before = sum(e.kind == "started" for e in events)
    solo.tell(CancelRun())
    assert solo.drive().outcome is not None
    assert sum(e.kind == "started" for e in events) == before
    assert set(solo.machine.seats.used.values()) == {0}
    assert solo.machine.seats.outermost.used == 0


@law
@given(PLANS)
def test_no_seat_stays_taken(plan: dsl.Plan[t.Any]) -> None:
    """After every run all seats are free."""
    solo = Solo(machine(plan, limit=3), played)
    solo.drive()
    assert set(solo.machine.seats.used.values()) == {0}
    assert solo.machine.seats.outermost.used == 0


@law
@given(PLANS)
def test_no_error_is_swallowed(plan: dsl.Plan[t.Any]) -> None:
    """Each error that a leaf's job ended with is in the events, and in the report but for what a drain let go."""
    told: set[int] = set()
    kept: list[BaseException] = []  # so that no id is used twice

    class Listening(Machine):
        def step(self, now: float, inputs: t.Iterable[t.Any] = ()) -> t.Any:
            inputs = list(inputs)
            errors = [i.end.error for i in inputs if isinstance(i, JobEnded) and isinstance(i.end, Raised)]
            kept.extend(errors)
            told.update(map(id, errors))
            return super().step(now, inputs)

    events: list[dsl.Event] = []
    Solo(Listening(plan, capacities=POOLS), played, events.extend).drive()
    ended = [e.outcome for e in events if e.kind == "ended"]
    assert told == {id(o.error) for o in ended if isinstance(o, dsl.Failed)}
    outcomes = [o for e in Report.of(events) for o in (e.outcome, *(a.outcome for a in e.attempts))]
    let_go = {a for e in events if e.kind == "saved" for a in t.cast("tuple[int, tuple[str, ...]]", e.outcome)[1]}
    gone = {id(e.outcome.error) for e in events if e.address in let_go and isinstance(e.outcome, dsl.Failed)}
    around = {id(e.outcome.error) for e in events if e.kind == "failed" and isinstance(e.outcome, dsl.Failed)}
    assert told - gone <= {id(o.error) for o in outcomes if isinstance(o, dsl.Failed)} <= told | around


@pytest.mark.parametrize("seed", range(8))
def test_nothing_leaks_under_trio(seed: int) -> None:
    """As many tasks live after a run as before, whatever its end."""

    async def main() -> None:
        before = trio.lowlevel.current_statistics().tasks_living
        for number in range(30):
            plan = random_plan(random.Random(f"{seed}/{number}"), ties=True)
            names = {n.plan.resource for n in walk(plan) if isinstance(n.plan, dsl.Uses)}
            with_limits = dict.fromkeys(names, 1)
            try:
                await dsl.arun(plan, limits=with_limits)
            except (Boom, dsl.PlanTimeout, dsl.NoneSucceeded):
                continue
            finally:
                assert trio.lowlevel.current_statistics().tasks_living == before

    trio.run(main, clock=MockClock(autojump_threshold=0))


def test_the_machine_keeps_its_invariants_wide() -> None:
    """Ten thousand mapped leaves under a limit of 16: all values, in order, and never more than 16 at once."""
    plan = All.map(Call(scripted, Script(((0.25, True),)), item), over=list(range(10_000))).limit(16)
    solo = Solo(machine(plan), played)
    outcome = t.cast("t.Any", solo.drive().outcome)
    assert outcome.value == tuple(range(10_000))
    assert solo.now == 10_000 / 16 / 4


def test_cut_is_an_end_of_its_own() -> None:
    """A run that is cut before anything ended has neither value nor error."""
    from parallel_dsl.machine import CancelRun

    solo = Solo(machine(Call(scripted, Script(((1.0, True),)))), played)
    solo.drive(until=0.5)
    solo.tell(CancelRun())
    assert isinstance(solo.drive().outcome, Cut)
