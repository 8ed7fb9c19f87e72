"""The run: hosts, cancellation at every step, limits, threads, watchers, fakes."""

from __future__ import annotations

import asyncio
import contextvars
import functools
import itertools
import math
import os
import random
import signal
import threading
import typing as t
import weakref

import pytest
import trio
from random_plans import alone, machine, played, random_plan
from trio._core import _run
from trio.testing import MockClock

import parallel_dsl as dsl
from parallel_dsl import Agent, All, Call, Settled, Stage, Value, item, ref
from parallel_dsl.agents import Registry
from parallel_dsl.machine import CancelRun, Done, LeafWork, Machine, Play, Returned, Solo
from parallel_dsl.runtime._driver import Driver
from parallel_dsl.runtime._workers import Job, Workers


def virtual(main: t.Callable[[], t.Awaitable[t.Any]]) -> t.Any:
    return trio.run(main, clock=MockClock(autojump_threshold=0))


async def second(x: t.Any = None) -> t.Any:
    await trio.sleep(1)
    return x


def fifty() -> dsl.Plan[t.Any]:
    leaves = [Call(second, i) for i in range(40)]
    return Stage(
        wide=All(leaves[:20]).limit(7),
        some=Settled(leaves[20:30]).retry(3).timeout(9),
        any=dsl.Any(leaves[30:35]),
        rest=Stage(leaves[35:]),
        more=All.map(Call(second, item), over=list(range(10))).batch(3),
    )


class CutAt(Machine):
    """A machine that is told to cancel the run at its k-th step."""

    at = 0
    steps = 0
    events: list[dsl.Event]

    def step(self, now: float, inputs: t.Iterable[t.Any] = ()) -> t.Any:
        self.steps += 1
        given = [*inputs, CancelRun()] if self.steps == self.at else list(inputs)
        step = super().step(now, given)
        self.events = [*getattr(self, "events", []), *((self.steps, e) for e in step.events)]  # type: ignore[list-item]
        return step


def second_long(work: object) -> Play:
    return Play(1.0, Returned([1]))


def test_a_cancel_at_every_step_starts_nothing_after_it() -> None:
    """Cut at any step of a plan of fifty leaves: nothing starts from then on, and everything that started ended."""
    whole = CutAt(fifty())
    Solo(whole, second_long).drive()
    assert isinstance(whole.outcome, Done)
    for at in range(1, whole.steps + 1):
        cut = CutAt(fifty())
        cut.at = at
        assert Solo(cut, second_long).drive().outcome is not None
        check_cut(cut)


@pytest.mark.parametrize("seed", range(3))
def test_a_cancel_at_every_step_under_trio(seed: int) -> None:
    """The same with the driver under trio, which leaves no task behind."""

    async def main(at: int) -> CutAt:
        machine = CutAt(fifty())
        machine.at = at
        before = trio.lowlevel.current_statistics().tasks_living
        await Driver(machine, Registry(), lambda events: None, "run").drive()
        assert trio.lowlevel.current_statistics().tasks_living == before
        return machine

    _run._r.seed(seed)
    whole = virtual(lambda: main(0))
    for at in range(1, whole.steps + 1):
        check_cut(virtual(functools.partial(main, at)))


def check_cut(cut: CutAt) -> None:
    seen = t.cast("list[tuple[int, dsl.Event]]", cut.events)
    started = {(e.address, e.attempt): step for step, e in seen if e.kind == "started"}
    ended = [(e.address, e.attempt) for _, e in seen if e.kind == "ended"]
    assert all(step < cut.at for step in started.values())
    assert all(ended.count(s) == 1 for s in started)
    assert cut.running() == []


def open_nodes(machine: Machine) -> int:
    stack: list[t.Any] = [machine.root]
    count = 0
    while stack:
        node = stack.pop()
        count += 1
        stack += node.live.values()
    return count


def test_stages_under_a_limit_hold_few_plans_open() -> None:
    """200 stages of three under a limit of 8: at most 19 nodes are alive at a time."""
    most = [0]

    class Counted(Machine):
        def step(self, now: float, inputs: t.Iterable[t.Any] = ()) -> t.Any:
            step = super().step(now, inputs)
            most[0] = max(most[0], open_nodes(self))
            return step

    plan = All([Stage(Call(second), Call(second), Call(second)) for _ in range(200)])
    solo = Solo(Counted(plan, limit=8), second_long)
    assert isinstance(solo.drive().outcome, Done)
    assert (solo.now, most[0]) == (76, 19)


@pytest.mark.parametrize("moment", [0.0, 0.5, 1.0, 1.5, 3.0, 4.2, 7.7, 9.0, 12.5])
def test_move_on_after_cuts_the_plan(moment: float) -> None:
    """Under trio a cancellation of the caller cuts the plan and leaves no task."""

    async def main() -> tuple[bool, int]:
        tasks = trio.lowlevel.current_statistics().tasks_living
        with trio.move_on_after(moment) as scope:
            await dsl.arun(fifty())
        return scope.cancelled_caught, trio.lowlevel.current_statistics().tasks_living - tasks

    assert virtual(main) == (True, 0)


def test_random_cancels_leave_no_job() -> None:
    """A cancel at any virtual moment ends every random plan."""
    for number in range(300):
        r = random.Random(number)
        solo = Solo(machine(random_plan(r, ties=True)), played)
        solo.drive(until=r.randint(0, 12) / 4)
        solo.tell(CancelRun())
        assert solo.drive().outcome is not None
        assert solo.machine.running() == []


def test_a_nested_limit_is_never_exceeded() -> None:
    """Limits hold nested and through retries."""
    now, most = itertools.count(), [0]
    running = [0]

    async def leaf() -> None:
        running[0] += 1
        most[0] = max(most[0], running[0])
        await trio.sleep(1)
        running[0] -= 1
        if next(now) % 3 == 0:
            raise ValueError

    inner = [Settled([Call(leaf) for _ in range(6)]).limit(2).retry(3) for _ in range(5)]

    async def main() -> None:
        await dsl.arun(All(inner).limit(4))

    virtual(main)
    assert most[0] == 4


def test_stages_under_a_limit_finish_early() -> None:
    """200 stages of three under a limit of 8: the first is done at 3 s, and few nodes are open at a time."""
    ends: list[float] = []

    async def last() -> None:
        await trio.sleep(1)
        ends.append(trio.current_time())

    plan = All([Stage(Call(second), Call(second), Call(last)) for _ in range(200)])

    async def main() -> float:
        await dsl.arun(plan, limit=8)
        return trio.current_time()

    assert virtual(main) == 76  # 600 s of leaves / 8, and the last stage alone
    assert min(ends) == 3
    assert sorted(ends)[100] < 45


def test_default_limit_lifts() -> None:
    """A thousand leaves run at once by default; math.inf lifts it."""

    async def main(limit: float | None) -> float:
        await dsl.arun(All([Call(second) for _ in range(1500)]), limit=limit)
        return trio.current_time()

    assert virtual(lambda: main(None)) == 2
    assert virtual(lambda: main(math.inf)) == 1


def test_run_in_a_script_uses_the_callers_thread() -> None:
    """Without a loop the plan runs in the caller's thread, with its context variables."""
    var: contextvars.ContextVar[int] = contextvars.ContextVar("var")
    var.set(7)

    async def where() -> tuple[int, int]:
        return threading.get_ident(), var.get()

    assert dsl.run(Call(where)) == (threading.get_ident(), 7)
    assert dsl.run(Call(var.get)) == 7


def test_run_beside_a_running_asyncio_loop() -> None:
    """In a running asyncio loop `run` blocks the caller and gives the value."""

    async def main() -> t.Any:
        return dsl.run(Value(3))

    assert asyncio.run(main()) == 3


def test_two_runs_by_asyncio_gather() -> None:
    """Two runs awaited at once under asyncio both give their values."""

    async def main() -> list[t.Any]:
        return list(await asyncio.gather(dsl.arun(Value(1)), dsl.arun(Value(2))))

    assert asyncio.run(main()) == [1, 2]


def test_asyncio_timeout_around_a_run() -> None:
    """asyncio.timeout cuts the plan, waits for its end, and the report says what was cancelled."""
    stopped: list[bool] = []

    async def leaf() -> None:
        try:
            await trio.sleep(60)
        finally:
            stopped.append(True)

    async def main() -> None:
        async with asyncio.timeout(0.2):
            await dsl.arun(Call(leaf))

    with pytest.raises(TimeoutError) as caught:
        asyncio.run(main())
    assert stopped == [True]
    assert dsl.report_of(caught.value).counts["cancelled"] == 1


def test_run_inside_trio_is_refused_with_advice() -> None:
    """`run` in a trio task says to await arun."""

    async def main() -> None:
        dsl.run(Value(1))

    with pytest.raises(RuntimeError, match="await arun"):
        trio.run(main)


def test_run_inside_a_leaf_is_refused_with_advice() -> None:
    """`run` in a leaf is refused, in the loop and in threads."""

    async def inner() -> None:
        dsl.run(Value(1))

    with pytest.raises(RuntimeError, match="inside a leaf"):
        dsl.run(Call(inner))
    with pytest.raises(RuntimeError, match="inside a leaf"):
        dsl.run(Call(lambda: dsl.run(Value(1))))


def test_a_failing_run_raises_the_leafs_own_error() -> None:
    """The error comes bare, with one note and the report, however often it is raised."""
    error = ValueError("no")

    def fail() -> None:
        raise error

    for _ in range(2):
        with pytest.raises(ValueError, match="no") as caught:
            dsl.run(All(a=Call(fail), b=Value(1)))
        assert caught.value is error
    assert error.__notes__ == ["in a, attempt 1"]
    assert dsl.report_of(error)["a"].state == "failed"
    assert dsl.report_of(error)["b"].value == 1


def test_exits_are_failures() -> None:
    """A leaf that calls sys.exit has failed; KeyboardInterrupt leaves bare."""

    def leave() -> None:
        raise SystemExit(0)

    async def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(dsl.LeafExited, match="SystemExit"):
        dsl.run(Call(leave))
    out = dsl.run(Settled(Call(leave)))
    assert isinstance(out[0].error, dsl.LeafExited)
    with pytest.raises(KeyboardInterrupt) as caught:
        dsl.run(Settled(Call(stop)))
    assert len(dsl.report_of(caught.value)) == 1


@pytest.mark.real
def test_a_thread_that_goes_on_is_abandoned() -> None:
    """A cut sync leaf is reported as abandoned, the run does not wait for it, its next attempt does."""
    gate = threading.Event()
    seen: list[int] = []

    def block() -> int:
        seen.append(len(seen))
        gate.wait(10)
        return 1

    with pytest.raises(dsl.PlanTimeout) as caught:
        dsl.run(Call(block).timeout(0.1))
    gate.set()
    assert dsl.report_of(caught.value)[""].state == "abandoned"

    gate.clear()
    threading.Timer(0.6, gate.set).start()
    assert dsl.run(Call(block).timeout(0.2).retry(2, delay=0)) == 1
    report = dsl.last_report()
    assert report[""].waits["thread"] > 0.1
    assert len(report[""].attempts) == 2


@pytest.mark.real
def test_sync_leaves_take_turns() -> None:
    """limits={"sync": n} bounds sync calls."""
    lock = threading.Lock()
    most, running = [0], [0]

    def leaf() -> None:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        threading.Event().wait(0.02)
        with lock:
            running[0] -= 1

    dsl.run(All([Call(leaf) for _ in range(12)]), limits={"sync": 3})
    assert most[0] <= 3


def test_watchers_that_raise_or_are_slow_disturb_nobody() -> None:
    """A watcher that raises is taken off and reported once; one that blocks is left behind."""
    seen: list[dsl.Event] = []
    gate = threading.Event()

    def bad(event: dsl.Event) -> None:
        raise ValueError("bad watcher")

    def slow(event: dsl.Event) -> None:
        gate.wait(30)

    plan = All(Value(1), Value(2))
    assert dsl.run(plan, watch=[bad, seen.append]) == (1, 2)
    assert len(seen) == 2
    assert [w for w in dsl.last_report().warnings if "bad watcher" in w] == list(dsl.last_report().warnings)
    assert len(dsl.last_report().warnings) == 1
    assert dsl.run(plan, watch=slow) == (1, 2)
    assert "slow" in dsl.last_report().warnings[0]
    gate.set()


def test_fakes_stand_in_by_address_and_pattern() -> None:
    """A fake is a value, or a function called like the leaf; exact addresses go before patterns."""
    plan = Stage(a=Agent("x", "t", n=1), b=All(Agent("y"), dsl.Command("rm -rf x")), c=Call(print, ref.a))
    fakes = {"a": lambda task, n: (task, n), "b.*": 5, "b[1]": lambda argv: argv, "c": lambda x: x}
    out = dsl.run(plan, fakes=fakes)
    assert (out.a, tuple(out.b), out.c) == (("t", 1), (5, ["rm", "-rf", "x"]), ("t", 1))


def test_a_sync_agent_may_give_an_awaitable() -> None:
    """What a sync callable gives is awaited in the loop if it is awaitable: `lambda task: agent(task)`."""
    assert dsl.run(Agent("x", 3), agents={"x": lambda task: second(task)}) == 3


def test_current_leaf_tells_where_it_is() -> None:
    """Kind, address, attempt and key are there in async and sync leaves; progress and usage are heard."""
    keys: list[str] = []

    def sync(task: str) -> str:
        leaf = dsl.current_leaf()
        leaf.progress(0.5, "half")
        leaf.usage(tokens=3)
        keys.append(leaf.idempotency_key)
        if leaf.attempt == 1:
            raise ValueError
        return f"{leaf.kind} {leaf.address} {leaf.attempt}"

    out = dsl.run(All(x=Agent("k", "t").retry(2, delay=0)), agents={"k": sync})
    assert out.x == "k x 2"
    assert keys[0] == keys[1]
    assert dsl.last_report()["x"].progress == (0.5, "half")
    assert dsl.last_report().usage["x"] == {"tokens": 6}


def test_run_refuses_with_every_error_at_once() -> None:
    """Nothing starts, and one exception tells every finding with its place."""
    ran: list[int] = []
    plan = Stage(a=Call(ran.append, 1), b=Agent("debuger", ref.aa), c=Agent("x").uses("gpu"))
    with pytest.raises(dsl.PlanError) as caught:
        dsl.run(plan, agents={"debugger": print}, limits={"gpus": 1})
    said = str(caught.value)
    assert ran == []
    assert "b: ref.aa: no such name around here; did you mean 'a'?" in said
    assert "did you mean 'debugger'?" in said
    assert "c: uses('gpu'): no such resource in limits; did you mean 'gpus'?" in said


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"limits": {"debuger": 1}}, "nothing is called 'debuger'; did you mean 'debugger'"),
        ({"limits": {"sync": 0}}, "sync is 0, expected a whole number of at least 1"),
        ({"limit": True}, "limit is True"),
        ({"agents": {"sync": print, "debugger": print}}, "names both an agent kind and a word of limits="),
        ({"agents": {"debugger": 3}}, "the agent for 'debugger' is 3; expected a function"),
        ({"watch": [3]}, "not callable"),
        ({"agents": [print]}, "agents is a list, expected a mapping"),
        ({"fakes": {"x.y": 1}}, "fakes: no leaf has the address 'x.y'"),
    ],
)
def test_options_that_cannot_be_meant(options: dict[str, t.Any], said: str) -> None:
    """A wrong option is refused before anything starts, with what was found."""
    with pytest.raises(dsl.PlanError, match=said):
        dsl.run(Agent("debugger", "t"), **{"agents": {"debugger": print}, **options})


def test_the_seed_decides_the_pauses() -> None:
    """The same seed gives the same pauses; the report tells it."""

    async def fail() -> None:
        raise ValueError

    async def main(seed: int | None) -> tuple[float, t.Any]:
        await dsl.arun(Settled(Call(fail).retry(4)), seed=seed)
        return trio.current_time(), dsl.last_report().seed

    first, again, other = (virtual(functools.partial(main, seed)) for seed in (1, 1, 2))
    assert first == again
    assert first[0] != other[0]
    assert isinstance(virtual(lambda: main(None))[1], int)


def test_alone_is_repeatable() -> None:
    """The machine gives the same log twice."""
    plan = random_plan(random.Random(5), ties=True)
    assert alone(plan) == alone(plan)


def test_sync_leaves_in_virtual_time() -> None:
    """Under a clock that jumps sync leaves work too, and no deadline strikes because of them."""

    async def main() -> t.Any:
        return await dsl.arun(All(Call(len, "abc"), Call(second, 1)).timeout(5))

    assert virtual(main) == (3, 1)


def test_jitter_is_the_same_under_both_drivers() -> None:
    """Pauses are drawn from seed, address and attempt: the simulation has those of the run."""
    from random_plans import Script, scripted, under_trio

    leaf = Call(scripted, Script(((0.5, False),)))
    plan = All(a=leaf.retry(4), b=Settled(leaf, leaf).retry(3))
    assert alone(plan, seed=7) == under_trio(plan, seed=7)
    assert alone(plan, seed=7) != alone(plan, seed=8)


@pytest.mark.real
@pytest.mark.parametrize("number", range(10))
def test_ctrl_c_under_the_users_own_trio_run(number: int) -> None:
    """In trio's main task Ctrl-C cuts the plan, waits for its end, and leaves bare, with the report."""
    ended: list[bool] = []

    started: list[bool] = []

    async def leaf() -> None:
        started.append(True)
        if len(started) == 20:
            threading.Timer(number / 500, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
        try:
            await trio.sleep(60)
        finally:
            ended.append(True)

    async def main() -> None:
        await dsl.arun(All([Call(leaf) for _ in range(20)] + [Stage.map(Call(second0), over=list(range(10_000)))]))

    with pytest.raises(KeyboardInterrupt) as caught:
        trio.run(main)
    # the signal may strike inside the twentieth leaf, before its try: that leaf raised it itself
    assert len(ended) >= 19
    counts = dsl.report_of(caught.value).counts
    assert counts["running"] == counts["waiting"] == 0
    assert counts["cancelled"] >= 19


async def second0() -> None:
    await trio.lowlevel.checkpoint()


def test_a_shared_error_ends_nobody_who_still_waits() -> None:
    """One leaf keeps an error that it caught, another raises it: the first goes on."""
    kept: list[ValueError] = []

    async def first() -> str:
        try:
            raise ValueError("shared")
        except ValueError as error:
            kept.append(error)
        await trio.sleep(2)
        return "lives"

    async def again() -> None:
        await trio.sleep(1)
        raise kept[0]

    async def main() -> t.Any:
        return await dsl.arun(Settled(Call(first), Call(again)))

    lives, failed = virtual(main)
    assert lives.value == "lives"
    assert failed.error is kept[0]


def test_frames_of_kept_errors_are_let_go() -> None:
    """What a failed leaf held in its frames is free, though its error is kept; async and sync leaves."""

    class Big:
        pass

    held: list[weakref.ref[Big]] = []

    def deeper() -> None:
        big = Big()
        held.append(weakref.ref(big))
        raise ValueError

    async def fail() -> None:
        big = Big()
        held.append(weakref.ref(big))
        await trio.lowlevel.checkpoint()
        deeper()

    out = dsl.run(Settled(Call(fail), Call(deeper)))
    assert len(out.failures) == 2
    assert [ref() for ref in held] == [None] * 3


def test_a_reference_that_leads_nowhere_tells_its_place_everywhere() -> None:
    """Leaves, values, maps and given names alike: the error has the address."""
    bad = ref.a.nothing
    nowhere = {"leaf": Call(len, bad), "value": Value(bad), "map": All.map(Value(item), over=bad)}
    nowhere["given"] = Value(1).given(x=bad)
    for name, plan in nowhere.items():
        with pytest.raises(dsl.RefError, match="no item 'nothing'") as caught:
            dsl.run(Stage({"a": Value({"k": 1}), name: plan}))
        assert caught.value.address == name


@pytest.mark.parametrize("defect", [RuntimeError, KeyError])
def test_a_defect_of_the_driver_is_not_swallowed(defect: type[Exception]) -> None:
    """An error in our own bookkeeping goes out, also one of the class by which trio tells of scopes in disorder."""

    def ended(job: Job, end: object) -> None:
        raise defect("of ours")

    async def returns(job: Job) -> Returned:
        return Returned(None)

    async def main() -> None:
        async with trio.open_nursery() as nursery:
            workers = Workers(nursery, returns, ended)
            workers.undrawn.append(Job(LeafWork(Value(1), "", None)))
            await workers.drawn()

    with pytest.RaisesGroup(defect):
        trio.run(main)
