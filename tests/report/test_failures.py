"""A report tells of failures that are no leaf's: conditions, deadlines, sources, saves."""

from __future__ import annotations

import typing as t

import pytest
import trio
from trio.testing import MockClock

import parallel_dsl as dsl
from parallel_dsl import Agent, All, Report, Settled, Stage, item, last, ref


async def agent(task: object = None) -> object:
    await trio.sleep(1)
    return task


def told(plan: dsl.Plan[t.Any]) -> Report:
    """Give the report of a plan, which may fail, in virtual time."""

    async def main() -> Report:
        try:
            await dsl.arun(plan, agents={"*": agent}, seed=1)
        except Exception as error:
            return dsl.report_of(error)
        return dsl.last_report()

    return trio.run(main, clock=MockClock(autojump_threshold=0))


def test_what_a_condition_rejects_has_failed() -> None:
    """A leaf whose value is rejected has failed, with the reason; its attempt keeps the value."""
    report = told(Settled(Agent("x", "no").expect(lambda v: v == "yes", "a yes"), Agent("x", "yes")))
    assert [e.state for e in report] == ["failed", "done"]
    assert isinstance(report["[0]"].error, dsl.Rejected)
    assert report["[0]"].attempts[0].outcome == dsl.Succeeded("no")
    assert "Rejected('[0]', 'no', 'a yes')" in str(report)


def test_a_leaf_that_ran_into_its_own_deadline_has_failed() -> None:
    """It is told apart from one that was cut for the sake of another."""
    report = told(All(a=Agent("x").timeout(0.5), b=Agent("x")))
    assert [e.state for e in report] == ["failed", "cancelled"]
    assert isinstance(report["a"].error, dsl.PlanTimeout)
    assert "failed: PlanTimeout: a: not done within 0.5 s" in str(report)


def test_a_further_attempt_takes_the_failure_back() -> None:
    """What was rejected first and then accepted is done."""
    seen: list[object] = []

    def second(value: object) -> bool:
        seen.append(value)
        return len(seen) > 1

    assert told(Agent("x").expect(second, "twice").retry(2, delay=0)).counts["done"] == 1
    seen.clear()
    assert told(All(Agent("x")).expect(second, "twice").retry(3)).failures == {}


@pytest.mark.parametrize(
    ("plan", "address", "error"),
    [
        (Settled(a=All(Agent("x"), Agent("y")).timeout(0.5)), "a", dsl.PlanTimeout),
        (Settled(a=All(x=Agent("x")).expect(last.x.ok)), "a", dsl.RefError),
        (Stage(a=Agent("x", 3), b=All.map(Agent("y", item), over=ref.a.items)), "b", dsl.RefError),
        (Settled(a=All.map(Agent("x", item), over=[1, 2]).drain(lambda found: 1 / 0)), "a", ZeroDivisionError),
    ],
    ids=["deadline", "condition", "source", "save"],
)
def test_failures_of_groups_stand_in_the_report(plan: dsl.Plan[t.Any], address: str, error: type) -> None:
    """What failed around a group has no row: the report has it by address, and its text says so."""
    report = told(plan)
    assert isinstance(report.failures[address].error, error)
    assert "failed: " in str(report)


def test_secrets_in_values_are_not_printed() -> None:
    """A printed report stays in a saved notebook."""
    report = told(All(Agent("x", "token=sk-abcdef123456"), Agent("x", {"api_key": "hunter2"})))
    assert "abcdef" not in str(report)
    assert "hunter2" not in str(report)


def test_a_drain_leaves_the_overhead_right() -> None:
    """Leaves that were let go were under way: the time is not idle."""
    plan = All.map(Agent("x", item), over=list(range(20))).batch(5)
    with_drain, without = told(plan.drain(lambda found: None)), told(plan)
    assert with_drain.idle_seconds == pytest.approx(without.idle_seconds)
    assert with_drain.size == 20
