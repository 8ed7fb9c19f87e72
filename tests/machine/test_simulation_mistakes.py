"""What cannot be meant by the options of a simulation is told before it begins, each with its cure."""

from __future__ import annotations

import math
import typing as t

import attrs
import pytest

from parallel_dsl import Agent, All, Command, PlanError, Stage, item, ref, simulate

a = Agent("a")


async def waits(*args: object) -> None:
    raise AssertionError("a simulation called it")


def unlucky(work: object) -> float:
    raise KeyError("x")


@attrs.frozen
class Picky(Exception):
    """An error that takes two arguments."""

    code: int
    reason: str


plan = Stage(
    scan=Agent("debugger"), reviews=All.map(Agent("review", item), over=ref.scan.files), known=All.map(a, over=[1])
)
MISTAKES: list[tuple[dict[str, t.Any], str]] = [
    ({"seconds": {"debuger": 1}}, "seconds: nothing is called 'debuger'; did you mean 'debugger'?"),
    ({"seconds": {"review.*": 1}}, r"nothing is called 'review.\*'; did you mean 'reviews.\*'?"),
    ({"seconds": {"x.scan": 1}}, "did you mean 'scan'?"),
    ({"seconds": {3: 1}}, "seconds has the key 3, expected a str: an address, a pattern, a kind"),
    ({"seconds": -1}, "seconds is -1, expected a number of at least 0"),
    ({"seconds": "5"}, r"seconds is '5', expected a number, a pair \(low, high\), or a function"),
    ({"seconds": True}, "seconds is True, expected a number"),
    ({"seconds": math.nan}, "seconds is nan, expected a number"),
    ({"seconds": (5, 1)}, r"seconds is \(5, 1\), expected \(low, high\) with 0 <= low <= high"),
    ({"seconds": (1, 2, 3)}, r"expected \(low, high\)"),
    ({"seconds": {"scan": None}}, "seconds: 'scan' is None, expected a number"),
    ({"seconds": lambda work: -1}, "scan: what the function for seconds gave is -1, expected a number of at least 0"),
    ({"seconds": lambda work: len}, "what the function for seconds gave is a function, expected a number or a pair"),
    ({"fails": 20}, "fails is 20, expected a number from 0 to 1"),
    ({"fails": ConnectionError}, "expected a number from 0 to 1, a function of the leaf's work, or a pair"),
    ({"fails": {"scan": (0.5, "no")}}, "fails: 'scan' has the error 'no', expected a class of exceptions"),
    ({"fails": (0.5, KeyboardInterrupt)}, "expected a class of exceptions, or an exception"),
    ({"fails": (0.5, Picky)}, r"Picky\('simulated'\) raised TypeError.*; give an exception: Picky\(...\)"),
    ({"fails": {"nobody": 1}}, "fails: nothing is called 'nobody'; known here: a, debugger"),
    ({"fails": lambda work: "yes"}, "the function for fails gave 'yes', expected True, False, or a number"),
    ({"seconds": unlucky}, r"scan: the function for seconds, unlucky, raised KeyError\('x'\)"),
    ({"fails": unlucky}, r"scan: the function for fails, unlucky, raised KeyError\('x'\)"),
    ({"seconds": {"review": math.inf}}, r"'reviews\[1\]', 'reviews\[2\]' and 7 more take forever; give them finite"),
    ({"values": [1]}, r"values is a list, expected a mapping; say simulate\(plan, values="),
    ({"values": {"scann": 1}}, "values: nothing is called 'scann'; did you mean 'scan'?"),
    ({"values": {"scan": a}}, "values: 'scan' is a plan, expected a value"),
    ({"values": {"scan": waits}}, "values: 'scan' is <function waits.*, which is async, and nobody awaits it here"),
    ({"items": -1}, "items is -1, expected a whole number of at least 0"),
    ({"items": 2.5}, "items is 2.5, expected a whole number"),
    ({"items": {"known": 3}}, "items: no map of unknown length has the address 'known'; known here: reviews"),
    ({"items": {"review": 3}}, "did you mean 'reviews'?"),
    ({"limit": 0}, "limit is 0, expected a whole number of at least 1"),
    ({"limits": {"gpu": 1}}, "limits: nothing is called 'gpu'; known here: a, command, debugger"),
    ({"limits": 3}, "limits is an int, expected a mapping"),
    ({"seed": "x"}, "seed is 'x', expected a whole number"),
]


@pytest.mark.parametrize(("options", "said"), MISTAKES, ids=[said for _, said in MISTAKES])
def test_mistakes_are_told(options: dict[str, t.Any], said: str) -> None:
    """One line says what was found and what to try."""
    with pytest.raises(PlanError, match=said) as caught:
        simulate(plan, **options)
    assert "\n" not in str(caught.value)


def test_a_function_that_raises_is_the_cause() -> None:
    """What a function of the user raised is chained, and the root is called the plan."""
    with pytest.raises(PlanError, match=r"^the plan: the function for seconds, unlucky, raised KeyError") as caught:
        simulate(a, unlucky)
    assert isinstance(caught.value.__cause__, KeyError)
    with pytest.raises(PlanError, match=r"nothing is called 'zz'; known here: a$"):
        simulate(a, {"zz": 1})
    with pytest.raises(PlanError, match="never ends: the plan takes forever"):
        simulate(a, math.inf)


def test_wrong_plans_and_words_are_told() -> None:
    """What a run refuses is refused, and options of a run are translated."""
    with pytest.raises(PlanError, match=r"ref\.nope: no such name around here"):
        simulate(Stage(x=a, y=Agent("b", ref.nope)))
    with pytest.raises(PlanError, match="no such resource in limits"):
        simulate(a.uses("gpu"))
    with pytest.raises(PlanError, match=r"simulate: got the string 'x', expected a plan"):
        simulate(t.cast("t.Any", "x"))
    with pytest.raises(TypeError, match="unknown option agents=; a simulation asks no agent"):
        t.cast("t.Any", simulate)(a, agents={})
    with pytest.raises(TypeError, match="unknown option second=; did you mean 'seconds'"):
        t.cast("t.Any", simulate)(a, second=3)


def test_all_mistakes_are_told_at_once() -> None:
    """Each wrong option is a finding."""
    with pytest.raises(PlanError) as caught:
        simulate(plan, {"x": 1}, fails=7, items=-1)
    assert len(caught.value.findings) == 3


def test_kinds_that_are_references_may_be_called_anything() -> None:
    """Names are not judged where a kind is known only when the leaf starts, and count when it is."""
    pool = All.map(Agent(item.kind), over=[{"kind": "qa-1"}, {"kind": "qa-2"}])
    assert simulate(pool, {"qa-1": 3, "qa-2": 8}, limits={"qa-1": 1}).wall_seconds == 8
    with pytest.raises(PlanError, match=r"nothing is called 'x.y'"):
        simulate(pool, {"x.y": 3})
    tool = Stage(scan=a, run=Command([ref.scan.tool, "."]))
    assert simulate(tool, {"ruff": 5}, values={"scan": {"tool": "ruff"}}).wall_seconds == 6
    with pytest.raises(PlanError, match="limits: nothing is called 'ruff'"):
        simulate(tool, limits={"ruff": 1})
