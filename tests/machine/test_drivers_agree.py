"""The driver without trio and the driver under trio are the same machine, to the last event."""

from __future__ import annotations

import random

import pytest
from random_plans import Script, alone, five, random_plan, scripted, under_trio
from trio._core import _run

import parallel_dsl as dsl

PLANS_A_BLOCK = 100
BLOCKS = 20


@pytest.mark.parametrize("block", range(BLOCKS))
def test_the_simulation_is_the_run(block: int) -> None:
    """Outcome, times and the event log are the same, ties included, however trio shuffles its tasks."""
    for number in range(PLANS_A_BLOCK):
        plan = random_plan(random.Random(f"{block}/{number}"), ties=number % 2 == 0)
        expected = alone(plan)
        for seed in range(4):
            _run._r.seed(seed)
            assert under_trio(plan) == expected, (number, seed, plan)


def test_a_deadline_strikes_a_source_at_its_instant() -> None:
    """A source feels the deadline by itself, as leaves do: what its map has then ties with others of that instant."""
    slow, quick = Script(((0.5, True),)), Script(((0.25, True),))
    mapped = dsl.Settled.map(dsl.Call(scripted, slow, dsl.item), over=five).limit(children=2).timeout(0.25)
    plan = dsl.Race(mapped, dsl.Call(scripted, quick))
    assert alone(plan).outcome.startswith("done Outcomes([Failed")
    assert under_trio(plan) == alone(plan)
