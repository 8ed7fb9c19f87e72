"""Laws of simulations: they say what runs do, and the critical path is what makes a plan as long as it is."""

from __future__ import annotations

import math
import random
import typing as t

import attrs
import pytest
import trio
from hypothesis import given, settings
from hypothesis import strategies as st
from random_plans import POOLS, Boom, Script, five, none, random_plan, two
from trio.testing import MockClock

import parallel_dsl as dsl
from parallel_dsl import Agent, All, Any, Fallback, Race, Settled, Stage, best_limit, simulate
from parallel_dsl.machine import LeafWork
from parallel_dsl.plan import Group, Uses, walk

PLANS = 50
LIMITS = [1, 2, 3, 5]
KINDS = {"quick": 0.7, "steady": 3.1, "slow": 11.3}
DRAWN = {none: 0, two: 2, five: 5}


# The same as a run, in virtual time


def virtual(plan: dsl.Plan[t.Any], **options: t.Any) -> dsl.Report:
    """Run a plan in virtual time, whatever comes out, and give its report."""

    async def main() -> dsl.Report:
        try:
            await dsl.arun(plan, **options)
        except Exception as error:
            found = dsl.report_of(error)
            assert found is not None
            return found
        return dsl.last_report()

    return trio.run(main, clock=MockClock(autojump_threshold=0))


def rows(report: dsl.Report) -> dict[str, t.Any]:
    """Give what is comparable of each entry: state, and each attempt with its times, outcome and cause."""
    return {
        entry.address: (
            entry.state,
            [(x.number, round(x.started, 6), round(x.ended or 0, 6), type(x.outcome), x.cause) for x in entry.attempts],
            {cause: round(s, 6) for cause, s in entry.waits.items() if round(s, 6)},
        )
        for entry in report
    }


def scripts(plan: dsl.Plan[t.Any]) -> dict[str, t.Any]:
    """Give the options by which a simulation does what the scripts of a random plan do."""

    def step(work: LeafWork) -> tuple[float, bool]:
        return t.cast("Script", work.args[0]).step(work.attempt)

    maps = {n.address: DRAWN[n.plan.over] for n in walk(plan) if isinstance(n.plan, Group) and callable(n.plan.over)}
    used = {n.plan.resource for n in walk(plan) if isinstance(n.plan, Uses)}
    return {
        "seconds": lambda work: step(work)[0],
        "fails": (lambda work: not step(work)[1], Boom),
        "items": maps or 1,
        "limits": {name: POOLS[name] for name in used},
    }


@pytest.mark.parametrize("number", range(PLANS))
def test_the_best_limit_is_that_of_runs(number: int) -> None:
    """Under each limit a random plan takes as long as `arun` does in virtual time, to the rounding."""
    plan = random_plan(random.Random(f"best {number}"), ties=number % 2 == 0, plain=True)
    options = scripts(plan)
    for row in best_limit(plan, tried=LIMITS, **options):
        run = virtual(plan, limit=row.limit, limits=options["limits"])
        assert row.seconds == pytest.approx(run.wall_seconds, abs=1e-6)
        assert row.speed_up == pytest.approx(run.speed_up)
        assert (row.peak, row.error is None) == (run.peak_concurrency, run.error is None)


def of_agents(r: random.Random, depth: int = 3) -> dsl.Plan[t.Any]:
    """Give a random plan of agents, with pauses that are drawn, deadlines and limits."""
    if depth == 0 or r.random() < 0.2:
        return Agent(r.choice(list(KINDS)))
    if r.random() < 0.4:
        plan = of_agents(r, depth - 1)
        return r.choice([plan.retry(r.randint(2, 4), delay=r.random()), plan.timeout(r.randint(1, 40)), plan.limit(2)])
    kind = r.choice([All, Settled, Stage, Any, Race, Fallback])
    return t.cast("dsl.Plan[t.Any]", kind(of_agents(r, depth - 1) for _ in range(r.randint(1, 4))))


def unlucky(address: str, attempt: int) -> bool:
    return random.Random(f"luck {address} {attempt}").random() < 0.3


async def agent() -> str:
    """Take the time of its kind, and fail now and then."""
    here = dsl.current_leaf()
    await trio.sleep(KINDS[here.kind])
    if unlucky(here.address, here.attempt):
        raise Boom
    return here.address


@pytest.mark.parametrize("number", range(PLANS))
def test_the_simulation_of_agents_is_their_run(number: int) -> None:
    """By kind and with the same seed, each attempt starts, ends and waits as in a run, pauses with jitter included."""
    plan = of_agents(random.Random(f"agents {number}"))
    known = {n.plan.kind for n in walk(plan) if isinstance(n.plan, Agent)}
    seconds = {kind: s for kind, s in KINDS.items() if kind in known}
    for limit in (1, 3, None):
        played = simulate(
            plan, seconds, fails=(lambda w: unlucky(w.address, w.attempt), Boom), limit=limit, seed=number
        )
        run = virtual(plan, agents=dict.fromkeys(KINDS, agent), limit=limit, seed=number)
        assert rows(played) == rows(run)
        assert played.wall_seconds == pytest.approx(run.wall_seconds)
        assert type(played.error) is type(run.error)


# The critical path


@attrs.frozen
class Weighed:
    """A plan of `All`, `Settled` and `Stage` alone, with the seconds of each leaf.

    Without limits, races and deadlines the makespan is built from sums and maxima of the leaves' seconds, so it
    never grows when a leaf is shortened, and one chain makes it. With races a shorter loser may win; with deadlines a
    longer leaf may be cut; with limits others may start in another order (Graham). There it is no law.
    """

    plan: dsl.Plan[t.Any]
    seconds: dict[str, float]


def weighed(number: int) -> Weighed:
    r = random.Random(number)

    def grown(depth: int) -> dsl.Plan[t.Any]:
        if depth == 0:
            return Agent("x")
        kind = r.choice([All, Settled, Stage])
        return t.cast("dsl.Plan[t.Any]", kind(grown(r.randint(0, depth - 1)) for _ in range(r.randint(1, 4))))

    plan = grown(4)
    leaves = [node.address for node in walk(plan) if isinstance(node.plan, Agent)]
    return Weighed(plan, {address: r.uniform(1, 9) for address in leaves})  # no two chains are equally long


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9).map(weighed), st.floats(0.01, 0.99))
def test_shortening_the_critical_path_shortens_the_plan(w: Weighed, share: float) -> None:
    """Any leaf on it, shortened, makes the plan shorter; a leaf that is not on it makes no difference."""
    before = simulate(w.plan, w.seconds)
    path = {step.address for step in before.critical_path}
    assert sum(w.seconds[address] for address in path) == pytest.approx(before.wall_seconds)
    for address, took in w.seconds.items():
        after = simulate(w.plan, {**w.seconds, address: took * share}).wall_seconds
        if address in path:
            assert after < before.wall_seconds - 1e-9
        else:
            assert after == pytest.approx(before.wall_seconds)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9).map(weighed), st.integers(1, 4))
def test_bounds_of_the_makespan(w: Weighed, limit: int) -> None:
    """Under a limit a plan takes at least leaf time / limit and its critical path, and at most both together.

    The upper bound is Graham's: a schedule that leaves no seat free while a leaf waits is at most that long.
    """
    longest = simulate(w.plan, w.seconds).wall_seconds
    work = sum(w.seconds.values())
    took = simulate(w.plan, w.seconds, limit=limit).wall_seconds
    assert max(longest, work / limit) - 1e-9 <= took <= work / limit + longest * (1 - 1 / limit) + 1e-9


# The table


def anomaly() -> tuple[dsl.Plan[t.Any], dict[str, float]]:
    chains = [(1, 1, 1), (2, 8, 1), (8, 3), (1, 1), (2, 3, 1)]
    plan = All(Stage(Agent(f"takes {s}") for s in chain) for chain in chains)
    return plan, {f"takes {s}": float(s) for s in (1, 2, 3, 8)}


def test_more_is_not_always_faster() -> None:
    """One of Graham's anomalies: a fourth seat makes this plan longer; the best is that of the whole table."""
    found = best_limit(*anomaly(), tried=[2, 3, 4])
    assert [(row.limit, row.seconds) for row in found] == [(2, 19), (3, 11), (4, 12)]
    assert (found.best.limit, found.knee) == (3, 3)


def test_the_knee_is_within_five_percent() -> None:
    """It is the smallest limit whose makespan is at most 1.05 times the best one."""
    plan = All([Agent("long"), *[Agent("short")] * 12])
    found = best_limit(plan, {"long": 100, "short": 10})
    assert [(row.limit, row.seconds) for row in found if row.limit < 6] == [(1, 220), (2, 110), (3, 100), (4, 100)]
    assert found.knee == 3
    assert best_limit(plan, {"long": 115, "short": 10}, tried=[1, 2, 3]).knee == 2
    assert best_limit(plan, {"long": 114, "short": 10}, tried=[1, 2, 3]).knee == 3


def test_limits_are_tried_up_to_the_peak() -> None:
    """The ladder ends with the most leaves that ever run at once: a higher limit holds nobody back."""
    plan = Stage(All([Agent("a")] * 9), Agent("b"))
    found = best_limit(plan)
    assert [row.limit for row in found] == [1, 2, 3, 4, 6, 8, 9]
    assert found.rows[-1].seconds == simulate(plan).wall_seconds == simulate(plan, limit=math.inf).wall_seconds
    assert [row.limit for row in best_limit(plan, limits={"a": 2})] == [1, 2]
    assert [row.limit for row in best_limit(dsl.Value(1))] == [1]
    assert best_limit(dsl.Value(1)).knee == 1  # what takes no time is within 5 % of no time
    assert [row.limit for row in best_limit(All([Agent("a")] * 1200))][-2:] == [768, 1000]


def twenty() -> dsl.Plan[t.Any]:
    return All([Agent("a")] * 20)


@pytest.mark.parametrize(
    ("plan", "held"),
    [
        (twenty(), ()),
        (twenty().limit(5), (".limit(5)",)),
        (twenty().limit(20), ()),
        (twenty().limit(children=4), (".limit(children=4)",)),
        (twenty().batch(5), (".batch(5)",)),
        (twenty().batch(50), ()),
        (Stage([Agent("a")] * 9).batch(2), ()),
        (All(twenty().limit(2), twenty().limit(3)), (".limit(2)", ".limit(3)")),
        (All.map(Agent("a", dsl.item), over=lambda: range(30)).batch(9), (".batch(9)",)),
    ],
    ids=str,
)
def test_what_the_plan_holds_back_is_told(plan: dsl.Plan[t.Any], held: tuple[str, ...]) -> None:
    """Where a limit or batch of the plan was the ceiling the table says which; else it says nothing of it."""
    for found in (best_limit(plan), best_limit(plan, tried=[1, 100])):
        assert found.held == held
        assert ("off to look further" in str(found)) == bool(held)
    assert best_limit(plan, tried=[1]).held == ()  # it was the limit that held


def test_no_limit_is_advised_that_was_never_reached() -> None:
    """Of limits above what ran at once the peak is advised: it gives the same run."""
    found = best_limit(twenty(), 3, tried=[1, 50, 100])
    assert found.knee == 20
    assert str(found).endswith("-> 20 is enough: under the limit of 50 no more ran at once")
    assert best_limit(twenty(), 3, tried=[found.knee]).best.seconds == found.best.seconds


def test_a_notebook_shows_the_table_and_a_list_one_line() -> None:
    """The last expression of a cell is printed as the table is; the repr says limit and seconds."""
    pretty = pytest.importorskip("IPython.lib.pretty").pretty
    found = best_limit(twenty().limit(5), 3)
    assert pretty(found) == str(found)
    assert repr(found) == "<BestLimit: a limit of 5 takes 12 s; 1 takes 60 s; 1 to 5 tried>"
    assert repr(best_limit(Agent("a"), fails=1.0)) == "<BestLimit: a limit of 1 takes 1 s, and fails; no other tried>"


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**9).map(lambda n: of_agents(random.Random(n))))
def test_beyond_the_peak_nothing_changes(plan: dsl.Plan[t.Any]) -> None:
    """A limit at the peak of the free run, or any above it, gives the free run."""
    free = simulate(plan, (1, 9), fails=0.2)
    for limit in (free.peak_concurrency, free.peak_concurrency + 1):
        assert str(simulate(plan, (1, 9), fails=0.2, limit=max(1, limit))) == str(free)


def test_a_run_that_fails_is_not_the_best() -> None:
    """A deadline that strikes makes a run short; such rows are told and not judged, unless all of them failed."""
    plan = Stage(All([Agent("a")] * 6).timeout(2.5), Agent("b"))
    found = best_limit(plan, {"b": 4})
    assert [row.seconds for row in found] == [2.5, 2.5, 6, 6, 5]
    assert [row.error is None for row in found] == [False, False, True, True, True]
    assert (found.best.seconds, found.knee) == (5, 6)
    assert "2.500 s      2.0x       100 %     2  failed: PlanTimeout" in str(found)
    hopeless = best_limit(plan, fails=1.0)
    assert (hopeless.knee, hopeless.best.seconds) == (1, 1)


def test_limits_share_their_dice() -> None:
    """An attempt takes the same time under each limit: leaf time is the same in each row."""
    rows = best_limit(All([Agent("a")] * 20), (1, 9), seed=3).rows
    assert len({round(row.speed_up * row.seconds, 6) for row in rows}) == 1


MISTAKES: list[tuple[dict[str, t.Any], str]] = [
    ({"tried": 4}, r"tried is an int, expected limits in a list; did you mean tried=\[4\]\?"),
    ({"tried": []}, "tried is empty, expected at least one limit"),
    ({"tried": [1, 0]}, "tried has 0, expected whole numbers of at least 1"),
    ({"tried": [math.inf]}, "tried has inf, expected whole numbers"),
    ({"limits": {"b": 1}}, "limits: nothing is called 'b'"),
    ({"fails": 2}, "fails is 2, expected a number from 0 to 1"),
]


@pytest.mark.parametrize(("options", "said"), MISTAKES, ids=[said for _, said in MISTAKES])
def test_mistakes_are_told(options: dict[str, t.Any], said: str) -> None:
    """One line says what was found and what to try."""
    with pytest.raises(dsl.PlanError, match=said):
        best_limit(Agent("a"), **options)


def test_a_limit_is_no_option() -> None:
    """Who says ``limit=`` is told of ``tried=``."""
    with pytest.raises(TypeError, match=r"unknown option limit=; limits are what is found out; .* tried=\[4\]"):
        t.cast("t.Any", best_limit)(Agent("a"), limit=4)
