"""A simulation says what a run would take, calls nothing of the user's work, and is the same for the same seed."""

from __future__ import annotations

import math
import random
import typing as t

import pytest

import parallel_dsl as dsl
from parallel_dsl import (
    Agent,
    All,
    Any,
    Call,
    Command,
    CommandResult,
    Fallback,
    PlanError,
    Race,
    Settled,
    Stage,
    Value,
    item,
    last,
    ref,
    simulate,
    text,
)
from parallel_dsl.machine import LeafWork
from parallel_dsl.machine.rehearsal import Rehearsal
from parallel_dsl.machine.standins import StandIn

a, b = Agent("a"), Agent("b")
odd = t.cast("t.Any", 3)


def never(*args: object, **kwargs: object) -> t.NoReturn:
    """Fail if anybody calls it."""
    raise AssertionError("a simulation called it")


async def waits(*args: object) -> None:
    raise AssertionError("a simulation called it")


def log(plan: dsl.Plan[t.Any], seconds: object = 1.0, **options: t.Any) -> list[str]:
    """Give the events as text, to the byte."""
    options = {"fails": None, "values": None, "items": 10, "limits": None, "seed": 0, "name": "simulate", **options}
    heard: list[dsl.Event] = []
    Rehearsal(plan, seconds, **options).played(None, heard.extend)
    return [f"{event}" for event in heard]


# What it says


def test_it_gives_the_report_of_a_run() -> None:
    """Makespan, critical path, peak and waits by cause are those of the same class as of a run."""
    plan = Stage(found=All(a=Agent("a"), b=Agent("b"), c=Agent("b")).limit(2), sum=Agent("c", ref.found))
    report = simulate(plan, {"a": 5, "b": 2, "c": 1})
    assert type(report) is dsl.Report
    assert (report.wall_seconds, report.peak_concurrency, report.leaf_seconds) == (6, 2, 10)
    assert [step.address for step in report.critical_path] == ["found.a", "sum"]
    assert {cause: s for cause, s in report.waits.items() if s} == {"limit": 2.0}


def test_an_hour_of_plan_is_a_few_events() -> None:
    """Two hundred leaves that take an hour are 200 starts and 200 ends: the cost is that of the leaves, not of time."""
    plan = All.map(Agent("review", item), over=list(range(200))).limit(10)
    events = log(plan, 180.0)
    assert simulate(plan, 180.0).wall_seconds == 3600
    assert len([e for e in events if "kind='started'" in e or "kind='ended'" in e]) == 400
    assert len(events) < 800


def test_a_plan_that_fails_gives_its_report_too() -> None:
    """The failure is on the report; nothing is raised."""
    report = simulate(Stage(a=a, b=b), fails={"a": (1.0, KeyError("no"))})
    assert isinstance(report.error, KeyError)
    assert (report["a"].state, report["b"].state) == ("failed", "never started")


# How long leaves take

WORK = "debugger"


@pytest.mark.parametrize(
    ("seconds", "took"),
    [
        (3, 3.0),
        ({"x.d": 1, "x.*": 2, "debugger": 3, "*": 4}, 1.0),
        ({"*": 4, "debugger": 3, "x.*": 2}, 2.0),
        ({"*.d": 7, "x.*": 2}, 7.0),
        ({"*": 4, "debugger": 3}, 3.0),
        ({"*": 4}, 4.0),
        ({}, 1.0),
        (lambda work: 2.5, 2.5),
        ({"debugger": lambda work: len(work.args[0])}, 4.0),
        ({"debugger": lambda work: (6, 6)}, 6.0),
        ((5, 5), 5.0),
    ],
)
def test_the_most_specific_key_wins(seconds: t.Any, took: float) -> None:
    """An address goes before patterns as written, these before a kind, a kind before ``"*"``; else it is 1 s."""
    assert simulate(Stage(x=Stage(d=Agent(WORK, "task"))), seconds).wall_seconds == took


def test_programs_and_functions_are_names() -> None:
    """A command is known by its program, with and without the folder, a function by its name, wrapped or not."""
    commands = Command("/usr/bin/npm test"), Command("cd x; make", shell=True)
    plan: dsl.Plan[t.Any] = Stage(*commands, Call(never), Call(waits, 1))
    assert simulate(plan, {"npm": 10, "cd": 200, "never": 3000, "waits": 40000}).wall_seconds == 43210


def test_a_pair_is_drawn_from_for_each_attempt() -> None:
    """Durations lie between low and high, and are others for other addresses and attempts."""
    report = simulate(All([a.retry(3, delay=0) for _ in range(20)]), (10, 20), fails=lambda work: work.attempt < 3)
    took = [attempt.seconds for entry in report for attempt in entry.attempts]
    assert len(set(took)) == 60
    assert 10 <= min(took) < 12
    assert 18 < max(took) <= 20


def test_a_leaf_may_hang() -> None:
    """Infinite seconds are a leaf that a deadline cuts; without one the simulation says that it never ends."""
    assert isinstance(simulate(a.timeout(5), math.inf).error, dsl.PlanTimeout)
    with pytest.raises(PlanError, match=r"never ends: 'x' takes forever; give it finite seconds, or put .timeout"):
        simulate(All(x=a, y=b), {"a": math.inf})


def test_an_endless_retry_is_told() -> None:
    """A leaf that always fails and is retried for ever ends the simulation with a word."""

    class Impatient(Rehearsal):
        most_attempts = 1_000

    plan = a.retry(attempts=None, delay=0)
    endless = Impatient(plan, 0, fails=1.0, values=None, items=10, limits=None, seed=0, name="simulate")
    with pytest.raises(PlanError, match="the plan has been tried 1,000 times, and fails on"):
        endless.played(None)


# What fails


def test_chances_of_failing() -> None:
    """About as many leaves fail as was said, by the same keys as for seconds."""
    report = simulate(Settled([*[a] * 400, *[b] * 100]), fails={"a": 0.25, "b": 0})
    failed = report.counts["failed"]
    assert 70 < failed < 130
    assert all(report[f"[{i}]"].state == "done" for i in range(400, 500))


def test_an_error_class_decides_about_retries() -> None:
    """``on=`` of a retry sees the error that was given: a class, an exception with ``retry_after``, else our own."""
    plan = a.retry(2, delay=1, jitter=False, on=ConnectionError)
    assert len(simulate(plan, fails=(1.0, ConnectionResetError))[""].attempts) == 2
    assert len(simulate(plan, fails=1.0)[""].attempts) == 1
    slow = ConnectionError("slow down")
    t.cast("t.Any", slow).retry_after = 30
    assert simulate(plan, fails=(1.0, slow)).wall_seconds == 32


def test_a_command_that_fails_is_red() -> None:
    """It exits with 1, which is data, or with ``check=True`` a failure; an error that was given is one always."""
    checks = Settled(data=Command("lint"), checked=Command("lint", check=True))
    report = simulate(checks, fails=1.0)
    assert report["data"].value.exit_code == 1
    assert isinstance(report["checked"].error, dsl.CommandFailed)
    assert str(report["checked"].error) == "lint: exit code 1: failed, as simulated"
    assert isinstance(simulate(checks, fails=(1, OSError))["data"].error, OSError)


# What leaves give


def test_references_go_through_stand_ins() -> None:
    """Attributes, keys, items, texts, commands, kinds and positions that nobody knows lead to stand-ins."""
    plan = Stage(
        scan=Agent("scan"),
        best=Agent("judge", text("which of {files}?", files=ref.scan.files[0]["name"])),
        drafts=All(Agent("x", ref.n), Agent("y", ref.scan.more.parts)).given(n=ref.scan.n),
        chosen=Agent(ref.scan.kind, ref.drafts[ref.best]),
        lint=Command(["lint", ref.scan.files], cwd=ref.scan.folder, stdin=ref.scan.text),
        done=Value([ref.lint.stdout.first, ref.lint.exit_code, ref.lint.lines[3]]),
        each=All.map(Agent("z", item), over=ref.lint.lines),
    )
    report = simulate(plan)
    assert report.error is None
    assert report.counts["done"] == len(report)
    assert repr(report["chosen"].value) == "<chosen>"
    assert report["done"].value[1] == 0
    assert len([e for e in report if e.address.startswith("each")]) == 10


def test_a_stand_in_is_not_computed_with() -> None:
    """What needs its value raises, in a function for values too, and says what to do."""
    shown = StandIn("scan").files
    for compute in (bool, len, list, float, int, lambda x: x + 1, lambda x: 1 - x, lambda x: x == 1, lambda x: 1 in x):
        with pytest.raises(TypeError, match=r"nobody knows <scan\.files> in a simulation; give it a value"):
            t.cast("t.Any", compute)(shown)
    assert shown == StandIn("scan").files
    report = simulate(Stage(a=a, n=Agent("b", ref.a)), values={"n": lambda task: task + 1})
    assert "nobody knows <a>" in str(report["n"].error)


def test_values_are_given_by_key() -> None:
    """A value, None too, or a function that is called like the leaf."""
    plan = Stage(
        scan=Agent("scan", "src", depth=2), none=Agent("none"), lint=Command("lint {x}", x=1), end=Value(ref.scan.files)
    )
    report = simulate(
        plan,
        values={
            "scan": lambda task, depth: {"files": [task, depth]},
            "none": None,
            "lint": lambda line: CommandResult(exit_code=3, stdout=" ".join(line)),
        },
    )
    assert report["end"].value == ["src", 2]
    assert report["none"].value is None
    assert report["lint"].value.stdout == "lint 1"


def test_maps_of_unknown_length_have_ten_items() -> None:
    """Maps over stand-ins and over functions have 10 items, or as many as are said by address; lists have their own."""
    plan = Stage(
        scan=a,
        files=All.map(Agent("x", item.name), over=ref.scan.files),
        lines=Settled.map(Stage(Agent("y", item), Agent("y")), over=never),
        known=All.map(Agent("z", item), over=[1, 2]),
    )
    assert len(simulate(plan)) == 1 + 10 + 20 + 2
    assert len(simulate(plan, items=3)) == 1 + 3 + 6 + 2
    assert len(simulate(plan, items={"files": 4})) == 1 + 4 + 20 + 2
    assert len(simulate(plan, items={"*": 0})) == 1 + 0 + 0 + 2
    given = simulate(plan, values={"scan": {"files": [{"name": "f"}] * 6}})
    assert len([e for e in given if e.address.startswith("files")]) == 6
    assert isinstance(simulate(Any.map(a, over=never), items=0).error, dsl.NoCandidates)


def test_maps_in_maps_are_counted_by_pattern() -> None:
    """The items of an inner map are said for its address in the plan, a pattern, or for one of its addresses."""
    plan = All.map(All.map(Agent("x", item), over=never), over=[1, 2])
    assert len(simulate(plan, items={"*": 3})) == 6
    assert len(simulate(plan, items={"[0]": 5, "*": 1})) == 6


# Conditions


def test_conditions_count_as_met_where_nobody_knows() -> None:
    """Of a stand-in nothing is asked, or of a group that holds one; references count as met too."""
    for plan in (a.expect(never), All(a, b).expect(never), All(x=a).expect(never), a.expect(last.ok), a.expect(last)):
        assert simulate(plan).error is None, plan


def test_conditions_that_wait_are_not_asked() -> None:
    """They may ask anybody, a model for one: they count as met, also behind a function that is not async itself."""
    for condition in (waits, lambda value: waits(value)):
        assert simulate(a.expect(t.cast("t.Any", condition)), values={"a": 3}).error is None


def test_conditions_are_asked_of_what_is_known() -> None:
    """Of values that were given, of who succeeded, of an exit code."""
    assert isinstance(simulate(a.expect(lambda v: v > 3), values={"a": 3}).error, dsl.Rejected)
    assert isinstance(simulate(a.expect(last.ok), values={"a": {"ok": False}}).error, dsl.Rejected)
    quorum = Settled(a, a, b).expect(lambda outcomes: len(outcomes.successes) >= 2)
    assert simulate(quorum, fails={"b": 1}).error is None
    assert isinstance(simulate(quorum, fails={"a": 1}).error, dsl.Rejected)
    green = Command("lint").expect(lambda result: result.ok)
    assert simulate(green).error is None
    assert isinstance(simulate(green, fails=1).error, dsl.Rejected)
    assert simulate(Command("lint").expect(lambda result: "x" in result.stdout)).error is None
    assert simulate(Settled(a).expect(lambda outcomes: outcomes[0].value > 3)).error is None


def leaves_python(*args: object) -> t.NoReturn:
    raise SystemExit(3)


def test_what_leaves_python_has_failed() -> None:
    """A condition or a value that calls `sys.exit` ends its leaf, as in a run, and not the program."""
    assert isinstance(simulate(a.expect(leaves_python), values={"a": 1}).error, dsl.LeafExited)
    assert isinstance(simulate(a, values={"a": leaves_python}).error, dsl.LeafExited)


def test_nothing_with_effects_is_called() -> None:
    """No function, no program, no source, no saver."""
    plan: dsl.Plan[t.Any] = Stage(
        Call(never),
        Call(waits),
        Command("no-such-program-anywhere"),
        All.map(Call(never, item), over=never).drain(never),
        Settled(Call(never)).retry(2).drain(never),
    )
    report = simulate(plan, fails={"never": 0.1})
    assert simulate(plan).error is None
    assert report.saved != {}


# Seats


@pytest.mark.parametrize(
    ("leaf", "count", "options", "took"),
    [
        (Call(never), 65, {}, 2.0),
        (Call(waits), 65, {}, 1.0),
        (Agent("a"), 65, {}, 1.0),
        (Command("x"), 65, {"limits": {"command": 64}}, 2.0),
        (Agent("a"), 1001, {}, 2.0),
        (Agent("a"), 1001, {"limit": math.inf}, 1.0),
        (Agent("a"), 6, {"limit": 3}, 2.0),
        (Agent("a"), 6, {"limits": {"a": 2}}, 3.0),
        (Agent("a").uses("gpu"), 6, {"limits": {"gpu": 1}}, 6.0),
        (Call(never), 6, {"limits": {"sync": 2}}, 3.0),
    ],
)
def test_limits_are_those_of_a_run(leaf: dsl.Plan[t.Any], count: int, options: t.Any, took: float) -> None:
    """Defaults, resources, kinds, and the words ``sync`` and ``command`` mean the same."""
    assert simulate(All([leaf] * count), **options).wall_seconds == took


def test_the_thread_of_a_cut_function_goes_on() -> None:
    """A sync function that was cut is abandoned; its next attempt and its seat wait for its thread."""
    report = simulate(Call(never).timeout(1).retry(2, delay=0), 10)
    assert [(x.started, x.ended) for x in report[""].attempts] == [(0, 1), (10, 11)]
    assert report.waits["thread"] == 9
    plan = Settled(slow=Call(never).timeout(1), next=Call(len, ()))
    report = simulate(plan, {"never": 5, "len": 1}, limits={"sync": 1})
    assert report["slow"].state == "abandoned"
    assert report["next"].started == 5
    assert simulate(Call(waits).timeout(1).retry(2, delay=0), 10).wall_seconds == 2


# Chance


def random_tree(r: random.Random) -> dsl.Plan[t.Any]:
    leaves = [Agent(r.choice("abc")) for _ in range(r.randint(3, 8))]
    return t.cast("dsl.Plan[t.Any]", r.choice([All, Settled, Any, Race, Fallback, Stage])(leaves).retry(2).timeout(9))


def test_the_same_seed_gives_the_same_events() -> None:
    """Events are the same to the byte for the same seed, and others for another."""
    for number in range(30):
        plan = random_tree(random.Random(number))
        one, two, three = (log(plan, (1, 9), fails=0.3, seed=seed) for seed in (5, 5, 6))
        assert one == two
        assert one != three
        assert str(simulate(plan, (1, 9), fails=0.3, seed=5)) == str(simulate(plan, (1, 9), fails=0.3, seed=5))


def test_the_dice_of_a_leaf_are_its_own() -> None:
    """What is drawn for an address does not depend on the rest of the plan, nor on limits."""
    few = simulate(Settled(x=a, y=b), (1, 9), fails=0.5)
    many = simulate(Settled(w=a, y=b, x=a, z=Stage(a, b)), (1, 9), fails=0.5, limit=1)
    assert [few[k].seconds for k in "xy"] == pytest.approx([many[k].seconds for k in "xy"])
    assert [few[k].state for k in "xy"] == [many[k].state for k in "xy"]


def test_the_report_has_its_plan() -> None:
    """So that a page made of it has the picture, as that of a run."""
    plan = Stage(a, b)
    assert simulate(plan).plan is plan
    assert 'id="plan"' in dsl.to_html(simulate(plan))


def test_work_tells_where_it_is() -> None:
    """A function of the work sees address, attempt, kind and what the leaf is called with."""
    seen: list[LeafWork] = []

    def a_second(work: LeafWork) -> float:
        seen.append(work)
        return 1.0

    simulate(Stage(x=Agent("debugger", "fix", n=1)), a_second)
    assert [(w.address, w.attempt, w.head, w.args, dict(w.kwargs)) for w in seen] == [
        ("x", 1, "debugger", ("fix",), {"n": 1})
    ]
