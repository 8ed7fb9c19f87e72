"""Runs of the brief's plans in virtual time, for what is drawn of them."""

from __future__ import annotations

import typing as t

import trio
from plans import PLANS
from trio.testing import MockClock

import parallel_dsl as dsl
from parallel_dsl import CommandResult, Report

CHECKS: dict[t.Any, t.Any] = {
    "checks.lint": CommandResult(exit_code=2),
    "checks.test": CommandResult(exit_code=0),
}


async def work(task: str = "", **params: object) -> str:
    """Take a second, and fail at what is called a fix."""
    await trio.sleep(1)
    if task == "fix":
        raise ValueError("nothing to fix in /home/me with --token=abcdef123456")
    return task


def readme_run() -> Report:
    """Run the README's plan: one fix fails three times, one check is red."""

    async def main() -> None:
        plan = PLANS["readme"]
        await dsl.arun(plan, agents={"*": work}, fakes=CHECKS, seed=1)

    trio.run(main, clock=MockClock(autojump_threshold=0))
    return dsl.last_report()


def some_items_fail() -> tuple[dsl.Plan[t.Any], Report]:
    """Run a map and a group of 1,000 each, in which every 300th fails."""
    plan = dsl.Stage(
        mapped=dsl.Settled.map(dsl.Agent("f", dsl.item), over=list(range(1_000))),
        listed=dsl.Settled(dsl.Agent("f", number) for number in range(1_000)),
    )

    async def some(number: int) -> int:
        return 1 // (number % 300 - 299)

    async def main() -> None:
        await dsl.arun(plan, agents={"f": some})

    trio.run(main, clock=MockClock(autojump_threshold=0))
    return plan, dsl.last_report()
