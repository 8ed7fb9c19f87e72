"""Nothing that is done with a plan recurses: 5,000 levels of every word, in every operation."""

from __future__ import annotations

import copy
import pickle
import typing as t

import pytest
import trio
from trio.testing import MockClock

import parallel_dsl as dsl
from parallel_dsl import All, Call, PlanError, Settled, Stage, Value, check, ref
from parallel_dsl.plan import Plan, walk

LEVELS = 5_000
Wrap = t.Callable[[Plan[t.Any]], Plan[t.Any]]


def fine(value: object) -> bool:
    return True


WORDS: dict[str, tuple[Wrap, ...]] = {
    "All": (All,),
    "Settled": (Settled,),
    "Stage": (lambda p: Stage(x=p),),
    "Fallback": (dsl.Fallback,),
    "Any": (dsl.Any,),
    "Race": (lambda p: dsl.Race(x=p),),
    "All.map": (lambda p: All.map(p, over=[1]),),
    "Stage.map": (lambda p: Stage.map(p, over={"k": [1]}),),
    "retry": (lambda p: p.retry(1, delay=2),),
    "timeout": (lambda p: p.timeout(1e6),),
    "limit": (lambda p: p.limit(2),),
    "limit of children": (All, lambda p: p.limit(children=1)),
    "batch": (All, lambda p: p.batch(1)),
    "uses": (lambda p: p.uses("gpu"),),
    "given": (lambda p: p.given(x=1),),
    "expect": (lambda p: p.expect(fine),),
    "pick": (lambda p: Stage(x=p), lambda p: p.pick("x")),
}
WORDS["mixed"] = tuple(w for name, words in WORDS.items() if name != "Settled" for w in words)  # that one keeps errors


def deep(words: tuple[Wrap, ...], leaf: Plan[t.Any]) -> Plan[t.Any]:
    """Put a plan under 5,000 levels of these words by turns."""
    for level in range(LEVELS):
        leaf = words[level % len(words)](leaf)
    return leaf


each_word = pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
CARRIED_OUT = ["All", "Settled", "Stage", "All.map", "retry", "timeout", "mixed"]  # the last has all the others
some_words = pytest.mark.parametrize("words", [WORDS[name] for name in CARRIED_OUT], ids=CARRIED_OUT)


@each_word
def test_values_of_any_depth(words: tuple[Wrap, ...]) -> None:
    """Building, repr, ==, hash, pickle, copies, walk and check do not recurse, whatever a plan is nested in."""
    plan, other = deep(words, Value([1, 2])), deep(words, Value([1, 2]))
    assert plan == other
    assert hash(plan) == hash(other)
    assert repr(plan) == repr(other)
    back = pickle.loads(pickle.dumps(plan))
    assert (type(back), hash(back)) == (type(plan), hash(plan))
    assert copy.deepcopy(plan) == copy.copy(plan) == plan
    assert sum(1 for _ in walk(plan)) == LEVELS + 1
    assert check(plan) == []


async def good() -> bool:
    return True


async def bad() -> None:
    raise ZeroDivisionError


async def ends_never() -> None:
    await trio.sleep_forever()


def in_virtual_time(main: t.Callable[[], t.Awaitable[t.Any]]) -> t.Any:
    return trio.run(main, clock=MockClock(autojump_threshold=0))


def carried_out(plan: Plan[t.Any]) -> t.Any:
    uses = any(isinstance(node.plan, dsl.Uses) for node in walk(plan))
    return in_virtual_time(lambda: dsl.arun(plan, limits={"gpu": 1} if uses else None))


def innermost(value: t.Any) -> t.Any:
    """Take the value out of the results around it."""
    while isinstance(value, tuple | dsl.Results | dsl.Outcomes):
        (value,) = value
        if isinstance(value, dsl.Succeeded | dsl.Failed):
            value = value.value if isinstance(value, dsl.Succeeded) else value.error
    return value


@some_words
def test_runs_of_any_depth(words: tuple[Wrap, ...]) -> None:
    """A leaf under 5,000 levels gives its value through all of them, and its own error when it fails."""
    assert innermost(carried_out(deep(words, Call(good)))) is True
    kept = words == WORDS["Settled"]
    try:
        error = innermost(carried_out(deep(words, Call(bad))))
    except (ZeroDivisionError, dsl.NoneSucceeded) as raised:
        assert not kept
        error = raised
    while isinstance(error, dsl.NoneSucceeded):
        (error,) = error.exceptions
    assert isinstance(error, ZeroDivisionError)


@some_words
def test_cuts_of_any_depth(words: tuple[Wrap, ...]) -> None:
    """A cancellation and a deadline reach a leaf under 5,000 levels at their moment."""
    plan = deep(words, Call(ends_never))
    uses = any(isinstance(node.plan, dsl.Uses) for node in walk(plan))

    async def main() -> None:
        limits = {"gpu": 1} if uses else None
        with trio.move_on_after(3) as scope:
            await dsl.arun(plan, limits=limits)
        assert scope.cancelled_caught
        assert trio.current_time() == pytest.approx(scope.deadline)
        began = trio.current_time()
        with pytest.raises(dsl.PlanTimeout):
            await dsl.arun(All(plan).timeout(5), limits=limits)
        assert trio.current_time() - began == pytest.approx(5)

    in_virtual_time(main)


@pytest.mark.parametrize("kind", [list, tuple, dict])
def test_containers_as_deep_as_code(kind: type) -> None:
    """A parameter 100 containers deep is frozen, shown, compared and given out; deeper ones are refused when built."""
    value: t.Any = ref.x
    for _ in range(100):
        value = {"k": value} if kind is dict else kind([value])
    plan = Stage(x=Value(7), y=Value(value))
    assert plan == Stage(x=Value(7), y=Value(value))
    assert eval(repr(plan.children[1]), vars(dsl)) == plan.children[1]
    assert pickle.loads(pickle.dumps(plan)) == plan
    out = dsl.run(plan).y
    for _ in range(100):
        (out,) = out.values() if kind is dict else out
    assert out == 7
    with pytest.raises(PlanError, match="containers more than 100 deep"):
        Value([value])


def test_references_of_any_length() -> None:
    """A reference of 5,000 steps is shown, compared, pickled, checked and followed."""
    steps: t.Any = ref.x
    value: t.Any = 7
    for _ in range(LEVELS):
        steps, value = steps[0], (value,)
    plan = Stage(x=Call(lambda: value), y=Value(steps))
    assert plan == Stage(x=plan.children[0], y=Value(steps))
    assert check(pickle.loads(pickle.dumps(plan.children[1])).given(x=1)) == []
    assert carried_out(plan).y == 7
