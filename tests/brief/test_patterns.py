"""Every pattern of the brief in the language, with fakes, in virtual time."""

from __future__ import annotations

import typing as t

import pytest
import trio
from plans import PLANS, WORDS
from trio.testing import MockClock

import parallel_dsl as dsl
from parallel_dsl import CommandResult

Call = tuple[str, t.Any, dict[str, t.Any]]


class Team:
    """Fake agents of one second each; every call is kept, with its start."""

    def __init__(self, *, failing: tuple[str, ...] = (), seconds: float = 1.0) -> None:
        self.failing, self.seconds = failing, seconds
        self.calls: list[Call] = []
        self.starts: list[float] = []
        self.running = self.most = 0

    async def __call__(self, task: t.Any = None, **params: t.Any) -> str:
        kind = dsl.current_leaf().kind
        self.calls.append((kind, task, params))
        self.starts.append(trio.current_time())
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            await trio.sleep(self.seconds)
        finally:
            self.running -= 1
        if task in self.failing:
            raise ValueError(task)
        return f"{kind}: {task}"


def play(plan: dsl.Plan[t.Any], team: Team, **options: t.Any) -> tuple[t.Any, float]:
    """Run a plan in virtual time; give its value and the seconds it took."""

    async def main() -> tuple[t.Any, float]:
        value = await dsl.arun(plan, agents={"*": team}, **options)
        return value, trio.current_time()

    return trio.run(main, clock=MockClock(autojump_threshold=0))


def test_fire_and_gather_with_synthesis() -> None:
    """Analyses run side by side; the synthesis gets all of them."""
    team = Team()
    out, seconds = play(PLANS["fire and gather"], team)
    assert (out.synthesis, seconds) == ("goap-agent: combine", 2.0)
    assert dict(team.calls[-1][2]["inputs"]) == {"bugs": "debugger: failures", "ux": "ux-designer: a11y"}


def test_settle_and_report() -> None:
    """Failures are recorded beside successes, and counted."""
    out, _ = play(PLANS["error handling"], Team(failing=("fix",)))
    assert list(out.successes) == ["debugger: analyze"]
    assert [(f.name, str(f.error)) for f in out.failures] == [("b", "fix")]


def test_batches_of_three() -> None:
    """Seven tasks in batches of three take three rounds in lockstep."""
    team = Team()
    out, seconds = play(PLANS["batching"], team)
    assert (len(out), seconds, team.most) == (7, 3.0, 3)
    assert team.starts == [0.0] * 3 + [1.0] * 3 + [2.0]


def test_concurrent_agent_limit_of_three() -> None:
    """Never more than three agents run, and results keep the order of the tasks."""
    team = Team()
    out, seconds = play(PLANS["concurrent limit"], team)
    assert (list(out), seconds, team.most) == ([f"a: {i}" for i in range(10)], 4.0, 3)


def test_race_of_approaches() -> None:
    """The first approach that succeeds wins, not the first that ends."""
    assert play(PLANS["race"], Team(failing=("one",))) == ("debugger: three", 2.0)


def test_three_stage_pipeline_hands_context_on() -> None:
    """Each fix gets the analysis of its name; the checks come after all fixes."""
    team = Team()
    green = CommandResult(exit_code=0)
    out, seconds = play(PLANS["pipeline"], team, fakes={"checks.*": green})
    assert out.checks.test.ok
    assert seconds == 2.0
    assert [c[2] for c in team.calls[2:]] == [
        {"context": "debugger: analyze"},
        {"context": "performance-engineer: analyze"},
    ]


def test_partial_failure_goes_on_with_the_successes() -> None:
    """The synthesis gets the values of those that succeeded, no outcomes."""
    team = Team(failing=("analyze-2",))
    play(PLANS["partial failure"], team)
    assert list(team.calls[-1][2]["data"]) == ["debugger: analyze-1", "debugger: analyze-3"]


def test_retry_of_only_the_failed() -> None:
    """Only failed tasks run again, and results go back to their places."""
    calls: list[int] = []

    async def flaky(task: int) -> int:
        calls.append(task)
        if task == 1 and calls.count(1) < 3:
            raise ValueError(task)
        return task * 10

    async def main() -> t.Any:
        return await dsl.arun(PLANS["retry of the failed"], agents={"x": flaky})

    out = trio.run(main, clock=MockClock(autojump_threshold=0))
    assert [o.value for o in out] == [0, 10, 20]
    assert [o.attempts for o in out] == [1, 3, 1]
    assert calls == [0, 1, 2, 1, 1]


def test_timeout_cancels_what_runs() -> None:
    """A deadline ends the plan in time, and nothing is left running."""
    team = Team(seconds=60)
    with pytest.raises(dsl.PlanTimeout, match="not done within 5 s"):
        play(PLANS["timeout"], team)
    assert team.running == 0


def test_parallel_verification_of_four_commands() -> None:
    """Exit codes are data: a red command is no failure of the plan."""
    fakes = {
        ('["test:e2e"]' if ":" in w else w): CommandResult(exit_code=int(w == "build")) for w in WORDS
    }
    out, _ = play(PLANS["example 3"], Team(), fakes=fakes)
    assert [out[w].exit_code for w in WORDS] == [0, 0, 0, 1]
    assert not all(result.ok for result in out)


def test_progress_reaches_all_when_a_task_fails() -> None:
    """Every leaf that started has ended in the report, the failed ones too."""
    team = Team(failing=("b",))
    play(PLANS["progress"], team)
    counts = dsl.last_report().counts
    assert (counts["done"], counts["failed"], counts["running"]) == (1, 1, 0)


def test_load_balancing_runs_each_task_once_in_order() -> None:
    """Round robin over agents runs each task once, and results come in the order of the tasks."""
    team = Team()
    out, _ = play(PLANS["load balancing"], team)
    assert list(out) == [f"qa-{i % 2}: t{i}" for i in range(5)]
    assert len(team.calls) == 5
