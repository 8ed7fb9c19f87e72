"""The driver without trio and the driver under trio are the same machine, to the last event."""

from __future__ import annotations

import random

import pytest
from random_plans import alone, random_plan, under_trio
from trio._core import _run

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
