"""A group that failed is told from one that tolerated a failure, in the picture and in text."""

from __future__ import annotations

import random
import typing as t
from xml.etree import ElementTree as ET

import pytest
import trio
from random_plans import POOLS, random_plan
from trio.testing import MockClock

import parallel_dsl as dsl
from parallel_dsl import (
    Agent,
    All,
    Any,
    Command,
    CommandResult,
    Event,
    Failed,
    Fallback,
    Race,
    Report,
    Settled,
    Stage,
    Succeeded,
    item,
    to_svg,
    to_text,
)
from parallel_dsl.graph import outline, standings
from parallel_dsl.graph._glyphs import KINDS, STATES
from parallel_dsl.graph._palette import LIGHT

SVG = "{http://www.w3.org/2000/svg}"
GOOD, BAD, LATE = Agent("x", 1), Agent("x", 0), Agent("x", 5)


async def work(task: int) -> float:
    await trio.sleep(task)
    return 1 / task


def told(plan: dsl.Plan[t.Any]) -> Report:
    """Give the report of a plan, which may fail, in virtual time; its commands end red."""
    fakes = {part.address: CommandResult(exit_code=1) for part in outline(plan).parts if part.word == "Command"}

    async def main() -> Report:
        try:
            await dsl.arun(plan, agents={"*": work}, fakes=fakes, seed=1)
        except Exception as error:
            return dsl.report_of(error)
        return dsl.last_report()

    return trio.run(main, clock=MockClock(autojump_threshold=0))


def verdicts(plan: dsl.Plan[t.Any], report: Report | None = None) -> dict[str, str | None]:
    found = standings(outline(plan), told(plan) if report is None else report)
    return {part.address: found[part.address].verdict for part in outline(plan).parts if not part.is_leaf}


WHOLE: list[tuple[dsl.Plan[t.Any], str]] = [
    (All(GOOD, LATE), "done"),
    (All(BAD, LATE), "failed"),
    (Stage(GOOD, BAD, GOOD), "failed"),
    (Settled(GOOD, BAD), "done"),
    (Settled(BAD, BAD), "done"),
    (Any(BAD, GOOD, LATE), "done"),
    (Any(BAD, BAD), "failed"),
    (Fallback(BAD, GOOD, LATE), "done"),
    (Fallback(BAD, BAD), "failed"),
    (Race(GOOD, LATE), "done"),
    (Race(BAD, LATE), "failed"),
    (All(Command("red"), GOOD), "done"),
    (All(GOOD).expect(lambda value: False, "never"), "failed"),
    (All(GOOD, LATE).timeout(2), "failed"),
    (Settled(GOOD, LATE).timeout(2), "done"),
    (Settled(All(GOOD, LATE), GOOD).timeout(2), "done"),
    (Settled(BAD, GOOD).batch(1).drain(len), "done"),
    (Settled.map(Agent("x", item), over=[0, 1]), "done"),
    (All.map(Agent("x", item), over=[1, 2]), "done"),
    (All.map(Agent("x", item), over=[1, 0]), "failed"),
    (All.map(Agent("x", item), over=[1, 2]).drain(len), "done"),
    (All.map(Agent("x", item), over=lambda: iter([1, 2])), "done"),
    (All.map(Any(Agent("x", item), BAD), over=[1, 2]), "done"),
    (All.map(Any(Agent("x", item), BAD), over=[1, 0]), "failed"),
    (Any(LATE, All()), "done"),
]


@pytest.mark.parametrize(("plan", "verdict"), WHOLE, ids=[repr(plan)[:50] for plan, _ in WHOLE])
def test_the_verdict_of_a_plan_is_what_the_run_ended_with(plan: dsl.Plan[t.Any], verdict: str) -> None:
    """The root has failed if and only if the run has, and a group inside of others is judged by the same rules."""
    report = told(plan)
    assert verdicts(plan, report)[""] == verdict == ("done" if report.failure is None else "failed")
    within = Settled(a=plan, b=GOOD)
    assert verdicts(within) == {**verdicts(within), "": "done", "a": verdict}


@pytest.mark.parametrize("seed", range(60))
def test_a_verdict_never_contradicts_the_run(seed: int) -> None:
    """Whatever the plan, the root is called failed only if the run has failed, and done only if it has not."""
    plan = Settled(random_plan(random.Random(seed), ties=seed % 2 == 0))
    named = {str(policy) for part in outline(plan).parts for policy in part.policies}

    async def main() -> object:
        limits = {name: size for name, size in POOLS.items() if f"uses {name}" in named}
        return (await dsl.arun(plan, limits=limits, seed=1))[0]

    outcome = trio.run(main, clock=MockClock(autojump_threshold=0))
    found = standings(outline(plan), dsl.last_report())
    assert found[""].verdict in ("done", None)
    assert found["[0]"].verdict in ("failed" if isinstance(outcome, Failed) else "done", None)


def test_a_failure_goes_up_until_something_tolerates_it() -> None:
    """Each frame between the failed leaf and a Settled has failed, those around it are done."""
    plan = Stage(a=Settled(x=All(y=Stage(BAD), z=GOOD), w=GOOD), b=All(GOOD))
    assert verdicts(plan) == {"": "done", "a": "done", "a.x": "failed", "a.x.y": "failed", "b": "done"}


def test_what_was_cut_or_never_started_has_no_verdict() -> None:
    """A group that did not come to its end has neither failed nor is it done."""
    plan = Stage(All(a=BAD, b=Settled(LATE, LATE)), Settled(GOOD), All.map(Agent("x", item), over=[1]))
    assert verdicts(plan) == {"": "failed", "[0]": "failed", "[0].b": None, "[1]": None, "[2]": None}


def test_what_has_nothing_to_do_is_done_with_the_run() -> None:
    """A map without items fails nothing: the plan around it, or the plan that it is, is done."""
    none = Stage.map(Agent("x", item), over=lambda: iter(()))
    assert verdicts(none) == {"": "done"}
    assert verdicts(All(none, GOOD)) == {"": "done", "[0]": None}


def test_a_deadline_around_it_is_not_its_own() -> None:
    """A Settled ends well with its own deadline, and not with that of a group around it."""
    assert verdicts(All(a=Settled(GOOD, LATE).timeout(9)).timeout(2)) == {"": "failed", "a": None}
    assert verdicts(All(a=Settled(GOOD, LATE).timeout(2)).timeout(9)) == {"": "done", "a": "done"}


def test_while_it_runs_only_what_is_over_has_a_verdict() -> None:
    """A live group has none, one that is over does, and the plan gets its own at the end."""
    plan = Stage(a=All(GOOD), b=Settled(BAD, GOOD), c=Any(GOOD, BAD))
    failed, done = Failed(KeyError("k"), ()), Succeeded(1)
    began = [Event("started", a, 1, 0.0) for a in ("a[0]", "b[0]", "b[1]")]
    live = Report.of([*began, Event("ended", "a[0]", 1, 1.0, done), Event("ended", "b[0]", 1, 1.0, failed)], live=True)
    assert verdicts(plan, live) == {"": None, "a": "done", "b": None, "c": None}
    assert "✗" not in to_text(plan, live).splitlines()[0]


def test_a_frame_shows_its_verdict() -> None:
    """A failed frame has the sign and rim of what failed, and why in its title; one that is done has that sign."""
    plan = Stage(
        a=Settled(x=BAD, y=GOOD),
        b=All(GOOD, GOOD).expect(lambda value: False, "never so"),
        c=Any(GOOD, BAD),
    )
    report = told(plan)
    root = ET.fromstring(to_svg(plan, report))
    seen = {}
    for box in root.iter(f"{SVG}g"):
        address = box.get("data-address")
        if address in ("a", "b", "c"):
            rim = next(r.get("stroke") for r in box.iter(f"{SVG}rect") if "rim" in r.get("class", ""))
            sign = next(p.get("d") for p in box.iter(f"{SVG}path") if "sign" in p.get("class", ""))
            seen[address] = (box.get("data-verdict"), rim == LIGHT.states["failed"], sign)
    assert seen == {
        "a": ("done", False, STATES["done"].d),
        "b": ("failed", True, STATES["failed"].d),
        "c": (None, False, KINDS["Any"].d),
    }
    titles = [text for title in root.iter(f"{SVG}title") if (text := title.text or "").startswith(("b:", "the plan:"))]
    assert all("as a whole failed: Rejected: b: value rejected, expected: never so" in text for text in titles)
    assert len(titles) == 2
    lines = to_text(plan, report).splitlines()
    assert ["✓ 1 failed" in lines[1], "✗ 2 done" in lines[4], "Rejected" in lines[4]] == [True] * 3


def test_a_check_is_seen() -> None:
    """A command whose exit code is a failure is told from one whose exit code is data."""
    plan = All(a=Command("x", check=True).retry(2), b=Command("x", check=False), c=Command("x"))
    assert [line.endswith("check") for line in to_text(plan).splitlines()] == [False, True, False, False]
    assert to_svg(plan).count(">check</text>") == 1


def test_deep_plans_are_judged() -> None:
    """A failure goes up through 5,000 levels without recursion, in one pass."""
    deep: dsl.Plan[t.Any] = All(BAD)
    for _ in range(5_000):
        deep = All(deep)
    failed = Report.of(
        [Event("started", "[0]" * 5_001, 1, 0.0), Event("ended", "[0]" * 5_001, 1, 1.0, Failed(KeyError(), ()))]
    )
    assert set(verdicts(deep, failed).values()) == {"failed"}
