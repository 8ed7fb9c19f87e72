"""Random plans with the play of each leaf: groups, wrappers, maps, pools, limits, ties."""

from __future__ import annotations

import random
import typing as t

import attrs
import trio
from trio.testing import MockClock

import parallel_dsl as dsl
from parallel_dsl.agents import Registry
from parallel_dsl.machine import Cut, Dead, Done, Fail, LeafWork, Machine, Play, Raised, Returned, Solo, Stopped
from parallel_dsl.runtime._driver import Driver

Event = dsl.Event
POOLS = {"p": 2, "q": 1}


class Boom(Exception):
    """The failure of a leaf."""


@attrs.frozen
class Script:
    """What one leaf does, attempt by attempt; the last step repeats."""

    steps: tuple[tuple[float, bool], ...]
    cleanup: float = 0.0
    shield: bool = False

    def step(self, attempt: int) -> tuple[float, bool]:
        return self.steps[min(attempt, len(self.steps)) - 1]


async def scripted(script: Script, item: object = None) -> object:
    """Play a script under trio."""
    seconds, good = script.step(dsl.current_leaf().attempt)
    try:
        with trio.CancelScope(shield=script.shield):
            await trio.sleep(seconds)
    except trio.Cancelled:
        if script.cleanup:
            with trio.CancelScope(shield=True):
                await trio.sleep(script.cleanup)
        raise
    if not good:
        raise Boom
    return item


def played(work: LeafWork) -> Play:
    """Give the same for the driver without trio."""
    script: Script = work.args[0]
    item = work.args[1] if len(work.args) > 1 else None
    seconds, good = script.step(work.attempt)
    return Play(
        seconds,
        Returned(item) if good else Raised(Boom()),
        cleanup_seconds=script.cleanup,
        after_cut=Stopped(),
        shield=script.shield,
    )


def random_script(r: random.Random, *, ties: bool, plain: bool = False) -> Script:
    def seconds() -> float:
        return r.randint(1, 8) / 4 if ties else r.randint(1, 4000) / 1000

    steps = tuple((seconds(), r.random() < 0.6) for _ in range(r.randint(1, 3)))
    if plain:
        return Script(steps)
    return Script(steps, cleanup=seconds() if r.random() < 0.2 else 0.0, shield=r.random() < 0.1)


def leaf(r: random.Random, **options: t.Any) -> dsl.Plan[t.Any]:
    plan: dsl.Plan[t.Any] = dsl.Call(scripted, random_script(r, **options))
    return plan.uses(r.choice("pq")) if r.random() < 0.3 else plan


def random_plan(r: random.Random, depth: int = 3, **options: t.Any) -> dsl.Plan[t.Any]:
    """Give a random plan."""
    if depth == 0 or r.random() < 0.15:
        return leaf(r, **options) if r.random() < 0.95 else dsl.Value(r.randint(0, 9))
    word = r.choice(["All", "Settled", "Any", "Race", "Stage", "Fallback", "map", "wrap", "wrap", "wrap"])
    if word == "map":
        return mapped(r, depth, **options)
    if word == "wrap":
        return wrapped(r, random_plan(r, depth - 1, **options))
    least = 0 if word in ("All", "Settled", "Stage") else 1
    return t.cast(
        "dsl.Plan[t.Any]",
        getattr(dsl, word)(random_plan(r, depth - 1, **options) for _ in range(r.randint(least, 4))),
    )


def none() -> t.Iterator[int]:
    return iter(range(0))


def two() -> t.Iterator[int]:
    return iter(range(2))


def five() -> t.Iterator[int]:
    return iter(range(5))


def let_go(results: list[t.Any]) -> None:
    """Save results nowhere."""


def mapped(r: random.Random, depth: int, **options: t.Any) -> dsl.Plan[t.Any]:
    """Give a map over a list or a source, of a leaf or of more, drained or not."""
    template: dsl.Plan[t.Any] = dsl.Call(scripted, random_script(r, **options), dsl.item)
    if r.random() < 0.3:
        template = dsl.Stage(template, random_plan(r, depth - 1, **options))
    kind = getattr(dsl, r.choice(["All", "Settled", "Settled", "Stage"]))
    over = r.choice([none, two, five, five]) if r.random() < 0.6 else list(range(r.randint(0, 5)))
    plan: dsl.Plan[t.Any] = kind.map(template, over=over)
    plan = r.choice([plan, plan.batch(2), plan.limit(children=2)])
    if r.random() < 0.3:
        plan = wrapped(r, plan)
    return plan.drain(let_go) if r.random() < 0.4 else plan


def wrapped(r: random.Random, plan: dsl.Plan[t.Any]) -> dsl.Plan[t.Any]:
    kind = r.choice(["retry", "timeout", "limit", "given"])
    if kind == "retry":
        return plan.retry(r.randint(1, 3), delay=r.randint(0, 4) / 4, jitter=False)
    if kind == "timeout":
        return plan.timeout(r.randint(1, 12) / 4)
    return plan.limit(r.randint(1, 3)) if kind == "limit" else plan.given(x=1)


@attrs.frozen
class Seen:
    """How a plan came out: comparable."""

    outcome: str
    at: float
    events: tuple[tuple[t.Any, ...], ...]


def told(end: object) -> str:
    if isinstance(end, Done):
        return f"done {end.value!r}"
    if isinstance(end, Fail):
        return f"failed {[type(e).__name__ for e in end.errors]} {end.address} {end.attempt}"
    return "cut" if isinstance(end, Cut) else f"dead {t.cast('Dead', end).error!r}"


def flat(event: Event) -> tuple[t.Any, ...]:
    outcome = type(event.outcome).__name__ if event.outcome is not None else None
    return event.kind, event.address, event.attempt, round(event.at, 9), outcome, event.cause


def machine(plan: dsl.Plan[t.Any], seed: int = 0, limit: float = float("inf")) -> Machine:
    return Machine(plan, capacities=POOLS, limit=limit, seed=seed)


def alone(plan: dsl.Plan[t.Any], **options: t.Any) -> Seen:
    """Run a plan with the driver without trio."""
    events: list[Event] = []
    solo = Solo(machine(plan, **options), played, events.extend)
    return Seen(told(solo.drive().outcome), round(solo.now, 9), tuple(map(flat, events)))


def under_trio(plan: dsl.Plan[t.Any], **options: t.Any) -> Seen:
    """Run a plan with the driver under trio, in virtual time."""
    events: list[Event] = []

    async def main() -> Seen:
        driver = Driver(machine(plan, **options), Registry(), events.extend, "run")
        await driver.drive()
        return Seen(told(driver.machine.outcome), round(trio.current_time(), 9), tuple(map(flat, events)))

    return trio.run(main, clock=MockClock(autojump_threshold=0))
