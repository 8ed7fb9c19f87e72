"""Who carries out a leaf: kinds, the rest, fakes, and what a leaf needs."""

from __future__ import annotations

import functools
import typing as t

import pytest

import parallel_dsl as dsl
from parallel_dsl.agents import Registry
from parallel_dsl.plan import is_async


async def agent(task: str) -> str:
    return task


def sync(task: str) -> str:
    return task


class Callable:
    async def __call__(self, task: str) -> str:
        return task


ASYNC: list[tuple[t.Any, bool]] = [
    (agent, True),
    (functools.partial(functools.partial(agent), "x"), True),
    (Callable(), True),
    (Callable().__call__, True),
    (sync, False),
    (functools.partial(sync, "x"), False),
    (len, False),
    (Callable, False),
]


@pytest.mark.parametrize(("fn", "expected"), ASYNC)
def test_what_is_async(fn: t.Any, *, expected: bool) -> None:
    """Functions, partials, methods and callable objects are told apart by their definition."""
    assert is_async(fn) is expected


def test_the_star_serves_the_rest() -> None:
    """A kind of its own goes before the star; without either the kind is told, with what is close."""
    registry = Registry({"debugger": agent, "*": sync})
    assert registry.agent("debugger") is agent
    assert registry.agent("other") is sync
    with pytest.raises(dsl.PlanError, match="no agent for kind 'debuger'; did you mean 'debugger'"):
        Registry({"debugger": agent}).agent("debuger")
    with pytest.raises(dsl.PlanError, match="agent kind is an int, expected a str"):
        registry.agent(3)


def test_an_exact_fake_goes_before_patterns() -> None:
    """Patterns count in written order; a fake whose value is None stands in too."""
    registry = Registry(fakes={"a.*": 1, "a.b": None, "*.b": 2})
    assert [f.value for a in ("a.b", "a.c", "c.b") if (f := registry.fake(a)) is not None] == [None, 1, 2]
    assert registry.fake("x.y.z") is None


def test_what_a_leaf_needs() -> None:
    """Sync work takes a seat of "sync", a command of "command", a limited kind its own; a faked leaf none."""
    registry = Registry({"a": agent, "s": sync}, fakes={"faked": 1}, named=frozenset({"a"}))
    assert registry.needs(dsl.Agent("a"), "x", "a") == ("a",)
    assert registry.needs(dsl.Agent("s"), "x", "s") == ("sync",)
    assert registry.needs(dsl.Agent("s"), "faked", "s") == ()
    assert registry.needs(dsl.Call(sync, "x"), "x", sync) == ("sync",)
    assert registry.needs(dsl.Call(agent, "x"), "x", agent) == ()
    assert registry.needs(dsl.Command("true"), "x", ["true"]) == ("command",)


async def gives_a_plan(task: str) -> dsl.Plan[t.Any]:
    return dsl.Value(task)


@pytest.mark.parametrize("fn", [gives_a_plan, dsl.Value])
def test_a_leaf_that_gives_a_plan(fn: t.Any) -> None:
    """A plan as the value of a leaf is run by nobody: the leaf fails, and says what to do."""
    with pytest.raises(TypeError, match=r"it gave a plan, Value\('x'\), which nobody runs; try: return await arun"):
        dsl.run(dsl.Call(fn, "x"))
