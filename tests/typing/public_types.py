"""The types that users rely on: checked by mypy, never executed."""

from __future__ import annotations

import typing as t

import parallel_dsl as dsl
from parallel_dsl import Agent, All, Command, CommandResult, Plan, Value, arun, run


def values() -> None:
    """A constant has the type of its value, a command a result; suffixes keep it, and run gives it."""
    t.assert_type(run(Value(3)), int)
    t.assert_type(run(Command("true")), CommandResult)
    t.assert_type(run(Command("true").retry(3).timeout(5).limit(2)), CommandResult)
    t.assert_type(run(Value("x").expect(lambda v: True).given(x=1).uses("gpu")), str)


def unknown() -> None:
    """What nobody knows is Any, without an annotation."""
    plan = All(Agent("a"), x) if (x := Agent("b")) is None else All(y=Agent("a"))
    t.assert_type(run(plan), t.Any)


async def awaited() -> None:
    """`arun` gives what `run` gives."""
    t.assert_type(await arun(Value(3)), int)


def covariance(plan: Plan[int]) -> Plan[object]:
    """A plan of an int is a plan of an object."""
    return plan


def reports() -> None:
    """A report and its entries have types."""
    report = dsl.last_report()
    t.assert_type(report, dsl.Report)
    t.assert_type(report.counts, dict[str, int])
