"""In a terminal a plan is indented code that builds it again."""

from __future__ import annotations

import random
import typing as t

import pytest
import random_plans
from IPython.lib.pretty import pretty as shown_by_ipython
from plans import PLANS
from random_plans import random_plan

import parallel_dsl as dsl
from parallel_dsl import Agent, All, Call, Command, Stage, Value, item, ref, text
from parallel_dsl.plan import Plan, walk
from parallel_dsl.plan._pretty import pretty, scanned

NAMES = {**vars(random_plans), **vars(dsl)}


def agents(r: random.Random, plan: Plan[t.Any]) -> Plan[t.Any]:
    """Put a random plan beside leaves whose parameters are as odd as can be."""
    odd: list[t.Any] = [
        (1,),
        (),
        [[], {}, set(), {1}, frozenset({2})],
        {"a": {"b": ("c, d", "e)")}, "'": '"'},
        float("inf"),
        -1.5,
        1 + 2j,
        b"bytes'",
        'it\'s "quoted" (and [open\\',
        "\n\t\0\x1b\u202e\ud800漢",
        ref.a["b"][0][ref.c["d, e"]],
        text("{x} of {y}", x=ref.a, y=(1,)),
        "long " * 30,
    ]
    leaf = Agent("kind", r.choice(odd), **{"a": r.choice(odd), "odd name": r.choice(odd)})
    return All({"odd name, (": leaf, "b": plan, "class": Command(["run", "a b", ref.x], env={"A": "b"})})


@pytest.mark.parametrize("width", [1, 30, 88])
def test_the_text_builds_the_plan(width: int) -> None:
    """eval(pretty(p)) == p, for random plans and odd parameters, however narrow the lines are."""
    for seed in range(40):
        r = random.Random(seed)
        plan = agents(r, random_plan(r, 4, ties=True)).given(x=1, y=[1, 2]).retry(2, on=(OSError,), max_delay=None)
        scripts = iter([p.args[0] for p in (n.plan for n in walk(plan)) if isinstance(p, Call)])
        names = {**NAMES, "Script": lambda next_=scripts, **_: next(next_)}  # equal by identity, in written order
        assert eval(pretty(plan, width), names) == plan


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_the_plans_of_the_brief_fit(plan: Plan[t.Any]) -> None:
    """Their lines have at most 88 columns, and only white space and commas are added to the repr."""
    said = pretty(plan)
    assert max(map(len, said.splitlines())) <= 88
    assert "".join(said.split()).replace(",)", ")").replace(",]", "]").replace(",}", "}") == "".join(
        repr(plan).split()
    ).replace(",)", ")")
    assert "\n" not in said or len(repr(plan)) > 88


def test_a_short_plan_stays_on_one_line() -> None:
    """What fits is the repr."""
    plan = All(Agent("a", "b", c=[1, 2]), Agent("d")).timeout(5)
    assert pretty(plan) == repr(plan)


def test_the_plan_of_the_readme() -> None:
    """Children stand on lines of their own, and what fits stays together."""
    assert pretty(PLANS["readme"]).splitlines() == [
        "Stage(",
        "    analyses=All(",
        "        bugs=Agent('debugger', 'analyze', files=['tests/']),",
        "        perf=Agent('performance-engineer', 'analyze'),",
        "    ),",
        "    fixes=Settled(",
        "        bugs=Agent('qa-engineer', 'fix', context=ref.analyses.bugs),",
        "        perf=Agent('performance-engineer', 'optimize', context=ref.analyses.perf),",
        "    ).retry().limit(2),",
        "    checks=All(lint=Command('npm run lint'), test=Command('npm test')),",
        ").timeout(600)",
    ]


def test_ipython_shows_it_inside_of_other_values() -> None:
    """In a list the lines of a plan are indented like the list."""
    show: t.Any = shown_by_ipython
    lines = show([PLANS["race"]]).splitlines()
    assert lines == ["[Any(", *(f" {line}" for line in pretty(PLANS["race"], 87).splitlines()[1:-1]), " )]"]


def test_no_code_stays_as_it_is() -> None:
    """The repr of an object is not taken apart, even if it looks like half of some code."""
    for odd in ("<Odd (>", "<Odd 'x>", "a, b", ")", "<Odd [)>"):
        assert scanned(odd) == [odd]

    class Odd:
        def __repr__(self) -> str:
            return "<Odd ( 'of, " + "long " * 30

    assert "Odd ( 'of, long" in pretty(Stage(a=Value(Odd()), b=All.map(Call(len, item), over=[Odd()])))


def test_deep_and_wide_plans_are_bounded() -> None:
    """5,000 levels, 5,000 wrappers, 20,000 children and long lists are cut, and never stand for another plan."""
    deep: Plan[t.Any] = Agent("a")
    wrapped: Plan[t.Any] = Agent("a")
    for _ in range(5_000):
        deep, wrapped = Stage(a=deep, b=Agent("b", ref.a)).timeout(9), wrapped.retry(2, delay=3.0)
    wide = All({f"name {i}": Value(i) for i in range(20_000)})
    for plan in (deep, wrapped, wide, All(Value(i) for i in range(5_000)), Value(list(range(50_000)))):
        said = pretty(plan)
        assert "..." in said
        assert len(said) < 200_000
        with pytest.raises((SyntaxError, dsl.PlanError, AttributeError, RecursionError)):
            eval(said, NAMES)


def test_long_texts_are_bounded() -> None:
    """A plan with ten million characters in it fills no notebook, and what is cut says so."""
    said = pretty(Stage(Agent("a", "x" * 10_000_000), Agent("b")))
    assert len(said) < 400_100
    assert said.endswith(" more characters")
    with pytest.raises(SyntaxError):
        eval(said, NAMES)
