"""The driver carries out what the machine says: one nursery, a task and a cancel scope per job, one pump.

The pump steps the machine, starts jobs in its order, and sleeps until the machine's deadline or the
next end. It is shielded: leaves feel a cancellation of the caller, a sentry tells the machine of it,
and the pump goes on until every job has ended. Jobs are anonymous tasks that draw from one queue in
their first step, so that they start in the machine's order however trio shuffles its tasks.
"""

from __future__ import annotations

import typing as t
from collections import deque

import trio

from ..agents import Registry, Thread, carry_out, unbounded
from ..machine import (
    CancelJob,
    CancelRun,
    Decide,
    JobEnded,
    LeafWork,
    Machine,
    Progressed,
    Raised,
    Returned,
    StartJob,
    Stopped,
    ThreadEnded,
)
from ..plan import Agent
from ._boundary import bounded
from ._leaf import LEAF, CurrentLeaf

if t.TYPE_CHECKING:
    from collections.abc import Callable

    from ..events import Event

WAVE = 256  # jobs started between two checkpoints: ended tasks go before new ones come


class Job:
    """A job under way: its scope, and the thread that it may leave behind."""

    __slots__ = ("number", "scope", "thread", "work")

    def __init__(self, number: int, work: LeafWork | Decide, ended: Callable[[int], None]) -> None:
        self.number, self.work = number, work
        self.scope = trio.CancelScope(deadline=work.deadline)
        self.thread = Thread(lambda: ended(number))


class Driver:
    """Run one machine under trio.

    Args:
        machine: What decides.
        registry: Who carries out leaves.
        hear: Gets the events of each step.
        run_id: Of the run.
    """

    def __init__(
        self, machine: Machine, registry: Registry, hear: Callable[[list[Event]], None], run_id: str
    ) -> None:
        self.machine, self.registry, self.hear, self.run_id = machine, registry, hear, run_id
        self.usage: dict[str, dict[str, float]] = {}
        self.cut_by_caller = self.interrupted = False
        self._inbox: deque[t.Any] = deque()
        self._undrawn: deque[Job] = deque()
        self._jobs: dict[int, Job] = {}
        self._limiter = unbounded()
        self._wake = trio.Event()
        self._token = trio.lowlevel.current_trio_token()
        self.virtual = hasattr(trio.lowlevel.current_clock(), "autojump_threshold")
        self._over = False
        machine.origin = trio.current_time()

    def cancel(self, reason: str = "") -> None:
        """Cut the plan; from any thread, at any time."""
        self._inbox.append(CancelRun(reason))
        self._poke()

    async def drive(self) -> None:
        """Run until the machine has its outcome and every job has ended."""
        async with trio.open_nursery() as nursery:
            watch = trio.CancelScope()
            nursery.start_soon(self._sentry, watch, name="parallel_dsl sentry")
            with trio.CancelScope(shield=True):
                await self._pump(nursery)
            self._over = True
            watch.cancel()

    async def _sentry(self, scope: trio.CancelScope) -> None:
        """Tell the machine when the caller is cancelled."""
        with scope:
            try:
                await trio.sleep_forever()
            finally:
                if not self._over:
                    self.cut_by_caller = True
                    self._inbox.append(CancelRun("the caller was cancelled"))
                    self._wake.set()

    @trio.lowlevel.enable_ki_protection
    async def _pump(self, nursery: trio.Nursery) -> None:
        while True:
            said = list(self._inbox)
            self._inbox.clear()
            step = self.machine.step(trio.current_time(), said)
            if step.events:
                self.hear(step.events)
            await self._carry_out(step.instructions, nursery)
            if self.machine.outcome is not None:
                return
            await self._sleep()

    async def _sleep(self) -> None:
        """Wait for the next end or alarm, then until all of that instant have spoken.

        In trio's main task Ctrl-C is raised here, and only here: it cuts the plan, and is raised again
        when the plan has ended.
        """
        try:
            if not self._inbox:
                self._wake = trio.Event()
                with trio.move_on_at(self.machine.deadline):
                    await self._wake.wait()
            await self._quiet()
        except KeyboardInterrupt:
            self.interrupted = True
            self._inbox.append(CancelRun("interrupted"))

    async def _quiet(self) -> None:
        """Let all tasks of this instant speak: one pass, or under a clock that jumps all there are."""
        if self.virtual:
            from trio.testing import wait_all_tasks_blocked  # loaded already: its MockClock is the clock

            await wait_all_tasks_blocked()
        else:
            await trio.lowlevel.checkpoint()

    async def _carry_out(self, instructions: list[StartJob | CancelJob], nursery: trio.Nursery) -> None:
        cut = False
        for number, said in enumerate(instructions, 1):
            if isinstance(said, StartJob):
                if cut:  # who ends at once when cut has gone before the next wave begins
                    await self._quiet()
                    cut = False
                job = self._jobs[said.job] = Job(said.job, said.work, self._thread_ended)
                self._undrawn.append(job)
                nursery.start_soon(self._work, name="parallel_dsl leaf")
                if number % WAVE == 0:
                    await self._drawn()
            else:
                await self._drawn()
                cut = True
                if said.job in self._jobs:  # else it has just ended: its end is on the way
                    self._jobs[said.job].scope.cancel()

    async def _drawn(self) -> None:
        """Wait until every job of this wave has made its first step."""
        while self._undrawn:
            await trio.lowlevel.checkpoint()

    async def _work(self) -> None:
        """Carry out the next job of the queue; its end is told once, whatever happens."""
        job = self._undrawn.popleft()
        end: Returned | Raised | Stopped = Stopped()
        try:
            with job.scope:
                work = job.work
                doing = self._leaf(job, work) if isinstance(work, LeafWork) else _asked(work)
                end = await bounded(doing, work.address)
        finally:
            if isinstance(end, Stopped):
                end = Stopped(job.thread.left)
            del self._jobs[job.number]
            self._inbox.append(JobEnded(job.number, end))
            self._wake.set()

    async def _leaf(self, job: Job, work: LeafWork) -> t.Any:
        parts = work.filled
        kind = parts.head if isinstance(work.plan, Agent) else type(work.plan).__name__
        number = job.number
        LEAF.set(
            CurrentLeaf(
                kind,
                work.address,
                work.attempt,
                self.run_id,
                lambda fraction, text: self._progressed(number, fraction, text),
                self._used,
            )
        )
        return await carry_out(
            work.plan, work.address, parts, registry=self.registry, thread=job.thread, limiter=self._limiter
        )

    def _thread_ended(self, number: int) -> None:
        self._inbox.append(ThreadEnded(number))
        self._wake.set()

    def _progressed(self, number: int, fraction: float | None, text: str) -> None:
        self._inbox.append(Progressed(number, fraction, text))
        self._poke()

    def _used(self, address: str, amounts: dict[str, float]) -> None:
        self._soon(self._add, address, amounts)

    def _add(self, address: str, amounts: dict[str, float]) -> None:
        total = self.usage.setdefault(address, {})
        for name, amount in amounts.items():
            total[name] = total.get(name, 0.0) + amount

    def _poke(self) -> None:
        self._soon(lambda: self._wake.set())

    def _soon(self, call: Callable[..., object], *args: t.Any) -> None:
        try:
            self._token.run_sync_soon(call, *args)
        except trio.RunFinishedError:  # a thread that was left behind speaks after the end
            return


async def _asked(work: Decide) -> t.Any:
    """Ask the user's function; it may be async."""
    said = work.condition(work.value)
    return await said if hasattr(said, "__await__") else said
