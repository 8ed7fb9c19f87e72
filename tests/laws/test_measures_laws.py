"""What the graph of a plan tells is what its simulation shows, where nothing holds a leaf back."""

from __future__ import annotations

import math
import random
import typing as t

import pytest

import parallel_dsl as dsl
from parallel_dsl import Agent, All, Any, Fallback, Race, Settled, Stage, Value, measures, simulate, to_networkx
from parallel_dsl.plan import walk

GROUPS = [All, Settled, Stage, Any, Race, Fallback]
PLANS = 300


def free_plan(r: random.Random, depth: int = 3) -> dsl.Plan[t.Any]:
    """Give a random plan without limits, batches, retries and deadlines; the items of its maps are known."""
    if depth == 0 or r.random() < 0.2:
        return Agent("x") if r.random() < 0.85 else Value(1)
    kind = t.cast("t.Any", r.choice(GROUPS))
    if r.random() < 0.25:
        return t.cast("dsl.Plan[t.Any]", kind.map(free_plan(r, depth - 1), over=list(range(r.randint(1, 4)))))
    return t.cast("dsl.Plan[t.Any]", kind(free_plan(r, depth - 1) for _ in range(r.randint(1, 4))))


def weighed(number: int) -> tuple[dsl.Plan[t.Any], dict[str, float]]:
    r = random.Random(f"measures {number}")
    plan = free_plan(r)
    return plan, {n.address: r.randint(1, 50) / 4 for n in walk(plan) if isinstance(n.plan, Agent)}


@pytest.mark.parametrize("first", range(0, PLANS, 50))
def test_critical_seconds_are_the_makespan(first: int) -> None:
    """If every leaf succeeds and nothing holds one back, a plan takes as long as its critical path."""
    for number in range(first, first + 50):
        plan, seconds = weighed(number)
        told = measures(to_networkx(plan), seconds)
        assert told.critical_seconds == pytest.approx(simulate(plan, seconds, limit=math.inf).wall_seconds), plan


@pytest.mark.parametrize("limit", [1, 3, math.inf])
def test_no_simulation_has_more_leaves_at_once(limit: float) -> None:
    """`most_at_once` is a bound, under limits and batches too."""
    for number in range(100):
        plan, _ = weighed(number)
        r = random.Random(number)
        held = All(plan.limit(r.randint(1, 4)), Settled(plan, Agent("x"), plan).batch(2))
        assert simulate(held, limit=limit).peak_concurrency <= measures(to_networkx(held), limit=limit).most_at_once


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (Agent("a"), "1 leaf, 0 deep, 1 wide, at most 1 at once; critical path 1 leaf: (the plan)"),
        (
            Stage(a=Agent("a"), b=Agent("b")),
            "2 leaves, 1 deep, 1 wide, at most 1 at once; critical path 2 leaves: a -> b",
        ),
        (
            All.map(Agent("a"), over=lambda: ()),
            "any number of leaves, 1 deep, of any width, at most 1,000 at once; critical path 1 leaf: *",
        ),
        (Value(1), "1 leaf, 0 deep, 0 wide, at most 0 at once; nothing to wait for"),
        (All(), "0 leaves, 1 deep, 0 wide, at most 0 at once; nothing to wait for"),
    ],
    ids=repr,
)
def test_measures_read_well(plan: dsl.Plan[t.Any], said: str) -> None:
    """Without seconds the path is told in leaves, no unit is made up, and what is not known is said in words."""
    assert str(measures(to_networkx(plan))) == said
    assert str(measures(to_networkx(Agent("a")), 2)).endswith("critical path 2 s: (the plan)")
