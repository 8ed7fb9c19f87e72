"""What a job does: a leaf is carried out, a condition asked, a source drawn from, results handed on."""

from __future__ import annotations

import typing as t
from collections.abc import AsyncIterator, Iterator

import trio

from ..agents import END, Registry, Source, Thread, carry_out, finished, to_the_end, unbounded
from ..machine import Decide, Deliver, Draw, Drawn, LeafWork, Progressed, ThreadEnded
from ..plan import Agent, Plan, is_async
from ..wording import article
from ._boundary import add_note, bounded
from ._leaf import LEAF, CurrentLeaf

if t.TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ..machine import Raised, Returned
    from ._workers import Job


class Jobs:
    """Who does the jobs of one run.

    Args:
        registry: Who carries out leaves.
        run_id: Of the run.
        tell: Takes what the machine is to hear, in the loop.
        call_in: Calls a function in the loop, from any thread.
    """

    def __init__(
        self,
        registry: Registry,
        run_id: str,
        tell: Callable[[t.Any], None],
        call_in: Callable[..., None],
    ) -> None:
        self.registry, self.run_id, self.tell, self.call_in = registry, run_id, tell, call_in
        self.usage: dict[str, dict[str, float]] = {}
        self.left: list[str] = []  # addresses of maps whose source was still drawing in a thread when they ended
        self._limiter = unbounded()

    def carry_out(self, job: Job) -> Awaitable[Returned | Raised]:
        """Do a job; only a cancellation gets out."""
        work = job.work
        return bounded(DOING[type(work)](self, job, work), work.address)

    async def leaf(self, job: Job, work: LeafWork) -> t.Any:
        """Carry out a leaf, which hears where it is when it asks."""
        token = LEAF.set(lambda: self._here(job, work))
        try:
            return await carry_out(
                work,
                registry=self.registry,
                thread=lambda: self._thread(job),
                limiter=self._limiter,
            )
        finally:
            LEAF.reset(token)

    @trio.lowlevel.disable_ki_protection
    async def decide(self, job: Job, work: Decide) -> t.Any:
        """Ask the user's function; it may be async."""
        return await finished(work.condition(work.value))

    @trio.lowlevel.disable_ki_protection
    async def draw(self, job: Job, work: Draw) -> None:
        """Draw an item each time it is wanted, and close the source."""
        source = Source(work.over, self._limiter)
        drawn = 0
        try:
            await source.open()
            job.wanted = work.count
            while (item := await source.next()) is not END:
                job.wanted -= 1
                drawn += 1
                self.tell(Drawn(job.number, item))
                del item
                if not job.wanted:
                    job.more = trio.Event()
                    await job.more.wait()
        except Exception as error:
            add_note(error, f"while drawing from over=, after {drawn} item{'' if drawn == 1 else 's'}")
            raise
        finally:
            if source.drawing:  # its thread is left behind
                self.left.append(work.address)
            await source.close()

    @trio.lowlevel.disable_ki_protection
    async def deliver(self, job: Job, work: Deliver) -> None:
        """Hand results on; a sync function is waited for even when cut."""
        if is_async(work.save):
            gave = await work.save(work.results)
        else:
            gave = await finished(await to_the_end(lambda: work.save(work.results), self._limiter))
        if isinstance(gave, Plan | Iterator | AsyncIterator):
            found = article(type(gave).__name__)
            raise TypeError(f"the save of .drain gave {found}, which nobody runs; expected a function that saves")

    def _thread(self, job: Job) -> Thread:
        job.thread = Thread(lambda: self.tell(ThreadEnded(job.number)))
        return job.thread

    def _here(self, job: Job, work: LeafWork) -> CurrentLeaf:
        if job.leaf is None:
            number = job.number
            kind = work.head if isinstance(work.plan, Agent) else type(work.plan).__name__

            def progress(fraction: float | None, text: str) -> None:
                self.call_in(self.tell, Progressed(number, fraction, text))

            def usage(address: str, amounts: dict[str, float]) -> None:
                self.call_in(self._add, address, amounts)

            job.leaf = CurrentLeaf(kind, work.address, work.attempt, self.run_id, progress, usage)
        return job.leaf

    def _add(self, address: str, amounts: dict[str, float]) -> None:
        total = self.usage.setdefault(address, {})
        for name, amount in amounts.items():
            total[name] = total.get(name, 0.0) + amount


DOING: dict[type, t.Callable[[Jobs, Job, t.Any], t.Coroutine[t.Any, t.Any, t.Any]]] = {
    LeafWork: Jobs.leaf,
    Decide: Jobs.decide,
    Draw: Jobs.draw,
    Deliver: Jobs.deliver,
}
