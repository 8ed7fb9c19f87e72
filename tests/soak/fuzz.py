"""Random plans under both drivers."""

from __future__ import annotations

import random

from random_plans import alone, random_plan, under_trio
from trio._core import _run

A_LINE = 1_000


def fuzz(plans: int, seed: int) -> list[str]:
    """Compare both drivers on so many plans, half of them full of ties; each with another order of trio's tasks."""
    wrong = []
    for number in range(1, plans + 1):
        name = f"soak {seed}/{number}"
        plan = random_plan(random.Random(name), ties=number % 2 == 0)
        _run._r.seed(number)
        if under_trio(plan) != alone(plan):
            wrong.append(f"Random({name!r}), ties={number % 2 == 0}: {plan!r}"[:2000])
        if number % A_LINE == 0 or number == plans:
            print(f"fuzz: {number} of {plans}, {len(wrong)} differ", flush=True)
    return wrong
