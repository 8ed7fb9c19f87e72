"""What a note of check says is what happens when the plan runs."""

from __future__ import annotations

import random

from random_plans import machine, played, random_plan

import parallel_dsl as dsl
from parallel_dsl import check
from parallel_dsl.machine import Solo
from parallel_dsl.plan import Retry, errors_in, settled_of, walk

PLANS = 400


def repeated(plan: dsl.Plan[object]) -> set[str]:
    """Give the leaves that start again after they have given a value."""
    events: list[dsl.Event] = []
    Solo(machine(plan), played, events.extend).drive()
    finished, again = set[str](), set[str]()
    for event in events:
        if event.kind == "started" and event.address in finished:
            again.add(event.address)
        elif event.kind == "ended" and type(event.outcome).__name__ == "Succeeded":
            finished.add(event.address)
    return again


def test_without_a_note_no_finished_work_is_repeated() -> None:
    """In a plan without a note on its retries a leaf that gave a value is not run again; in many with one it is."""
    noted = silent = 0
    for seed in range(PLANS):
        r = random.Random(seed)
        plan = random_plan(r, 3, ties=False, plain=True).retry(3, delay=0)
        if any(isinstance(n.plan, Retry) and settled_of(n.plan) is not None for n in walk(plan)):
            continue  # a failed child of a Settled runs again as a whole
        if any(f.what.startswith("a retry around") for f in check(plan)):
            noted += bool(repeated(plan))
        else:
            assert repeated(plan) == set(), plan
            silent += 1
    assert noted > 10
    assert silent > 50


def test_notes_come_beside_the_same_errors() -> None:
    """Of any plan check gives the errors that keep a run from starting, and then its notes."""
    for seed in range(200):
        plan = random_plan(random.Random(seed), 4, ties=False)
        found = check(plan)
        assert [f for f in found if f.level == "error"] == errors_in(plan)
        assert found[len(errors_in(plan)) :] == [f for f in found if f.level == "note"]
