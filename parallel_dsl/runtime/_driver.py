"""The driver carries out what the machine says: one nursery of workers, one pump.

The pump steps the machine, hands out jobs in its order, and sleeps until the machine's deadline or the
next end. It is shielded: leaves feel a cancellation of the caller, a sentry tells the machine of it,
and the pump goes on until every job has ended.
"""

from __future__ import annotations

import typing as t
from collections import deque

import trio

from ..agents import clock_jumps
from ..machine import CancelRun, DrawNext, JobEnded, Machine, Raised, Returned, StartJob, Stopped
from ..wording import ends
from ._jobs import Jobs
from ._workers import WAVE, Job, Workers

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ..agents import Registry
    from ..events import Event
    from ..machine import Instruction


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
        self.machine, self.hear = machine, hear
        self.jobs = Jobs(registry, run_id, self._tell, self._call_in)
        self.cut_by_caller = self.interrupted = False
        self._inbox: deque[t.Any] = deque()
        self._running: dict[int, Job] = {}
        self._wake = trio.Event()
        self._token = trio.lowlevel.current_trio_token()
        self.virtual = clock_jumps()
        self._over = False
        self.workers: Workers | None = None
        machine.origin = trio.current_time()

    def cancel(self, reason: str = "") -> None:
        """Cut the plan; from any thread, at any time."""
        self._inbox.append(CancelRun(reason))
        self._call_in(self._wake_up)

    def warnings(self) -> list[str]:
        """Give what leaves did wrong without failing."""
        untidy = [] if self.workers is None else self.workers.untidy
        return [
            *_lines(untidy, "it left a cancel scope or a nursery open"),
            *_lines(self.jobs.left, "a thread still drew from over= when this was cut; it draws no further item"),
        ]

    async def drive(self) -> None:
        """Run until the machine has its outcome and every job has ended."""
        try:
            await self._drive()
        except BaseExceptionGroup as group:
            if group.split(lambda error: self._known(error))[1] is not None:
                raise

    def _known(self, error: BaseException) -> bool:
        """Tell whether an error of the nursery is no news: the caller's cut, or a task that a leaf left in disorder."""
        if isinstance(error, trio.Cancelled):
            return self.cut_by_caller
        untidy = self.workers is not None and self.workers.untidy
        return bool(untidy) and isinstance(error, RuntimeError) and "stack corrupted" in str(error)

    async def _drive(self) -> None:
        async with trio.open_nursery() as nursery:
            workers = self.workers = Workers(nursery, self.jobs.carry_out, self._ended)
            nursery.start_soon(self._sentry, name="parallel_dsl sentry")
            with trio.CancelScope(shield=True):
                await self._pump(workers)
            self._over = True
            workers.over.set()
            nursery.cancel_scope.cancel()  # the sentry, and workers that wait for work

    async def _sentry(self) -> None:
        """Tell the machine when the caller is cancelled."""
        try:
            await trio.sleep_forever()
        finally:
            if not self._over:
                self.cut_by_caller = True
                self._tell(CancelRun("the caller was cancelled"))

    @trio.lowlevel.enable_ki_protection
    async def _pump(self, workers: Workers) -> None:
        while True:
            await self._carry_out(self._stepped(), workers)
            if self.machine.outcome is not None:
                return
            await self._sleep()

    def _stepped(self) -> list[Instruction]:
        """Step the machine; nothing of it is kept here, so that results can be let go."""
        said: list[t.Any] = []
        while self._inbox:
            said.append(self._inbox.popleft())
        step = self.machine.step(trio.current_time(), said)
        if step.events:
            self.hear(step.events)
        return step.instructions

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
        except KeyboardInterrupt:
            self._interrupt()
        await self._quiet()

    def _interrupt(self) -> None:
        self.interrupted = True
        self._inbox.append(CancelRun("interrupted"))

    async def _quiet(self) -> None:
        """Let all tasks of this instant speak: one pass, or under a clock that jumps all there are."""
        try:
            if self.virtual:
                from trio.testing import wait_all_tasks_blocked  # loaded already: its MockClock is the clock

                await wait_all_tasks_blocked()
            else:
                await trio.lowlevel.checkpoint()
        except KeyboardInterrupt:
            self._interrupt()

    async def _carry_out(self, instructions: list[Instruction], workers: Workers) -> None:
        cut = False
        for said in instructions:
            if isinstance(said, StartJob):
                if cut:  # who ends at once when cut has gone before the next wave begins
                    await self._quiet()
                    cut = False
                job = self._running[said.job] = Job(said)
                workers.undrawn.append(job)
                if len(workers.undrawn) >= WAVE:
                    await workers.drawn()
            elif isinstance(said, DrawNext):
                self._draw_next(said.job, said.count)
            else:
                await workers.drawn()
                cut = True
                if said.job in self._running:  # else it has just ended: its end is on the way
                    self._running[said.job].cancel()
        if workers.undrawn:
            await workers.drawn()

    def _draw_next(self, number: int, count: int) -> None:
        job = self._running.get(number)
        if job is not None and job.more is not None:
            job.wanted += count
            job.more.set()

    def _ended(self, job: Job, end: Returned | Raised | Stopped) -> None:
        """Tell the machine of the end of a job; a thread may go on."""
        if job.thread is not None and isinstance(end, Stopped):
            end = Stopped(job.thread.left)
        del self._running[job.number]
        self._tell(JobEnded(job.number, end))

    def _tell(self, said: t.Any) -> None:
        self._inbox.append(said)
        self._wake.set()

    def _wake_up(self) -> None:
        self._wake.set()

    def _call_in(self, call: Callable[..., object], *args: t.Any) -> None:
        try:
            self._token.run_sync_soon(call, *args)
        except trio.RunFinishedError:  # a thread that was left behind speaks after the end
            return


def _lines(addresses: Iterable[str], what: str) -> list[str]:
    return [f"{ends(address) or 'the plan'}: {what}" for address in list(dict.fromkeys(addresses))[:10]]
