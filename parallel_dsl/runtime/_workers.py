"""Workers are tasks that carry out jobs in the order in which they were handed out, one after another.

A worker draws its job from one queue, so that jobs start in the machine's order however trio shuffles its
tasks. It goes on with the next job as long as nothing of the last one is left: a task and a cancel scope
for each leaf cost more than the leaf. Nothing is left when the job was not cut, and its context variables
are as they were.
"""

from __future__ import annotations

import contextvars
import math
import typing as t
from collections import deque

import trio

from ..machine import Raised, Returned, Stopped

if t.TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ..agents import Thread
    from ._leaf import CurrentLeaf

WAVE = 256  # jobs that start between two checkpoints; as many idle workers are kept
STOPPED = Stopped()
End = Returned | Raised | Stopped


class Job:
    """A job under way: what it is, and what it may leave behind."""

    __slots__ = ("cut", "leaf", "more", "number", "scope", "thread", "wanted", "work")

    def __init__(self, work: t.Any) -> None:
        self.number, self.work = work.job, work
        self.scope: trio.CancelScope | None = None  # once it has begun
        self.cut = False
        self.thread: Thread | None = None  # of a sync leaf
        self.leaf: CurrentLeaf | None = None  # once somebody asks
        self.more: trio.Event | None = None  # of a source: further items are wanted
        self.wanted = 0

    def cancel(self) -> None:
        """Tell it to stop, before its first step if it has not begun."""
        self.cut = True
        if self.scope is not None:
            self.scope.cancel()


class Workers:
    """The tasks of one run.

    Args:
        nursery: Where they live.
        carry_out: Does a job; lets nothing out but a cancellation.
        ended: Is told of the end of each job, once, whatever happens.
    """

    def __init__(
        self, nursery: trio.Nursery, carry_out: Callable[[Job], Awaitable[End]], ended: Callable[[Job, End], None]
    ) -> None:
        self.undrawn: deque[Job] = deque()
        self._nursery, self._carry_out, self._ended = nursery, carry_out, ended
        self._idle: list[trio.lowlevel.Task] = []
        self._coming = self._busy = 0
        self.over = trio.Event()
        self._disordered: set[trio.lowlevel.Task] = set()
        self.untidy: list[str] = []  # addresses of leaves that left a cancel scope or a nursery open

    async def drawn(self) -> None:
        """Wait until every job that was handed out has made its first step.

        Workers that end their jobs in this pass draw what is there, before new ones come: ended tasks go
        first, and a fan-out of a million needs a few hundred tasks.
        """
        self._wake()
        if self._busy and len(self.undrawn) > self._coming:
            await trio.lowlevel.cancel_shielded_checkpoint()
        while self.undrawn:
            self._wake()
            for _ in range(len(self.undrawn) - self._coming):
                self._coming += 1
                self._nursery.start_soon(self._work, name="parallel_dsl leaf")
            await trio.lowlevel.cancel_shielded_checkpoint()

    def _wake(self) -> None:
        while self._idle and len(self.undrawn) > self._coming:
            self._coming += 1
            trio.lowlevel.reschedule(self._idle.pop())

    @trio.lowlevel.enable_ki_protection
    async def _work(self) -> None:
        """Serve until there is nothing to do, or something of a job is left; a cut uses up a scope."""
        self._coming -= 1
        task, base = trio.lowlevel.current_task(), contextvars.copy_context()
        again = True
        while again:
            try:
                with trio.CancelScope() as scope:
                    again = await self._serve(scope, base)
            except RuntimeError:  # trio's word for a scope in which another one is still open
                if task not in self._disordered:
                    raise
            if task in self._disordered:
                await self._given_up(task)
                return
            again = again and _same(base)

    async def _given_up(self, task: trio.lowlevel.Task) -> None:
        """Wait for the end of the run if a nursery is open: a task that ends before it would cut everybody else."""
        if task.child_nurseries:
            with trio.CancelScope(shield=True):
                await self.over.wait()

    async def _serve(self, scope: trio.CancelScope, base: contextvars.Context) -> bool:
        """Carry out jobs in this scope; tell whether to go on in another."""
        while True:
            while not self.undrawn:
                if len(self._idle) >= WAVE:
                    return False
                await self._park()
            if not await self._one(scope):
                return True
            if not _same(base):
                return False

    async def _park(self) -> None:
        task = trio.lowlevel.current_task()
        self._idle.append(task)

        def abort(_: object) -> trio.lowlevel.Abort:
            self._idle.remove(task)
            return trio.lowlevel.Abort.SUCCEEDED

        await trio.lowlevel.wait_task_rescheduled(abort)
        self._coming -= 1

    async def _one(self, scope: trio.CancelScope) -> bool:
        """Carry out the next job, keeping nothing of it; tell whether the scope can be used again."""
        job = self.undrawn.popleft()
        job.scope = scope
        deadline = job.work.deadline
        if deadline < math.inf:
            scope.deadline = deadline
        if job.cut:
            scope.cancel()
        self._busy += 1
        end: End = STOPPED
        try:
            end = await self._carry_out(job)
        finally:
            self._busy -= 1
            tidy = _tidy(scope)
            if not tidy:
                self.untidy.append(job.work.address)
                self._disordered.add(trio.lowlevel.current_task())
            self._ended(job, end)
        if not tidy:
            return False
        if deadline < math.inf:
            if scope.cancel_called:
                return False
            scope.deadline = math.inf
        return not job.cut


def _tidy(scope: trio.CancelScope) -> bool:
    """Tell whether a job left no cancel scope open, and no nursery, which has one; cancel what is left in those.

    trio has no public word for the innermost scope of a task; without these attributes nothing is found.
    """
    task = trio.lowlevel.current_task()
    if getattr(task, "_cancel_status", None) is getattr(scope, "_cancel_status", None):
        return True
    for nursery in task.child_nurseries:
        nursery.cancel_scope.cancel()
    return False


def _same(base: contextvars.Context) -> bool:
    """Tell whether the context variables are as they were: the same objects, whatever they say of being equal."""
    now = contextvars.copy_context()
    return len(now) == len(base) and all(now.get(var, now) is value for var, value in base.items())
