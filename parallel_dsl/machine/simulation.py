"""The driver without trio: the same machine in virtual time, with durations instead of work."""

from __future__ import annotations

import heapq
import math
import typing as t

import attrs

from .machine import Machine
from .messages import (
    Decide,
    Deliver,
    Draw,
    Drawn,
    DrawNext,
    End,
    Input,
    JobEnded,
    LeafWork,
    Raised,
    Returned,
    StartJob,
    Stopped,
    ThreadEnded,
    Work,
)
from .outcome import meant

if t.TYPE_CHECKING:
    from collections.abc import Callable

    from ..events import Event


@attrs.frozen
class Play:
    """What one attempt of a leaf will do.

    Args:
        seconds: How long it takes.
        end: What it ends with.
        cleanup_seconds: How long it cleans up when it is cut.
        after_cut: What it ends with then.
        shield: It does not notice a cut, and runs to its own end.
        thread: It runs in a thread: a cut abandons it, and the thread goes on until it would have ended.
    """

    seconds: float
    end: End
    cleanup_seconds: float = 0.0
    after_cut: End = attrs.field(factory=Stopped)
    shield: bool = False
    thread: bool = False


IDLE = Play(math.inf, Stopped())
SAVED = Play(0.0, Returned(None), shield=True)  # what is being saved counts


class Solo:
    """Drive a machine alone.

    Args:
        machine: What decides.
        play: What each attempt will do.
        hear: Gets the events of each step.
        ask: Gives what a condition says.
        items: Gives what a map draws from.
    """

    def __init__(
        self,
        machine: Machine,
        play: Callable[[LeafWork], Play],
        hear: Callable[[list[Event]], None] | None = None,
        *,
        ask: Callable[[Decide], End] | None = None,
        items: Callable[[Draw], t.Iterable[t.Any]] = lambda source: source.over(),
    ) -> None:
        self.machine, self.play, self.hear = machine, play, hear
        self.ask, self.items = ask or asked, items
        self.now = 0.0
        self._queue: list[tuple[float, int, int, End]] = []  # at, job, generation, end
        self._under_way: dict[int, tuple[int, Play, float]] = {}  # job -> how often cut, play, when it ends
        self._threads: list[tuple[float, int]] = []  # of abandoned jobs: when they end
        self._deadlines: list[tuple[float, int]] = []
        self._sources: dict[int, t.Any] = {}  # what a job draws from
        self._drawn: list[Input] = []

    def drive(self, *, until: float = math.inf) -> Machine:
        """Run to the end, or to the moment *until*; give the machine."""
        self._step([])
        while self.machine.outcome is None:
            if self._drawn:
                drawn, self._drawn = self._drawn, []
                self._step([*drawn, *self._due()])
                continue
            at = min(self._next(), self.machine.deadline, self._threads[0][0] if self._threads else math.inf)
            if at > until or at == math.inf:
                break
            self.now = max(self.now, at)
            self._step(self._due())
        return self.machine

    def tell(self, *inputs: Input) -> None:
        """Tell the machine something now: a cancel of the run."""
        self._step(list(inputs))

    def _next(self) -> float:
        while self._queue and self._stale(self._queue[0]):
            heapq.heappop(self._queue)
        return self._queue[0][0] if self._queue else math.inf

    def _stale(self, entry: tuple[float, int, int, End]) -> bool:
        found = self._under_way.get(entry[1])
        return found is None or found[0] != entry[2]

    def _due(self) -> list[Input]:
        """Give the jobs that end now; what a deadline strikes at this instant is cut instead (rule H).

        A leaf feels the deadline by itself, as under trio: it need not wait for the machine's word.
        """
        ended: list[Input] = []
        while self._deadlines and self._deadlines[0][0] <= self.now:
            job = heapq.heappop(self._deadlines)[1]
            if self._cut(job) and self._under_way[job][1].cleanup_seconds == 0:
                ended.append(JobEnded(job, self._under_way.pop(job)[1].after_cut))
        while self._next() <= self.now:
            _, job, _, end = heapq.heappop(self._queue)
            del self._under_way[job]
            ended.append(JobEnded(job, end))
        while self._threads and self._threads[0][0] <= self.now:
            ended.append(ThreadEnded(heapq.heappop(self._threads)[1]))
        return ended

    def _step(self, inputs: list[Input]) -> None:
        step = self.machine.step(self.now, inputs)
        if self.hear is not None and step.events:
            self.hear(step.events)
        for said in step.instructions:
            if isinstance(said, StartJob):
                self._start(said)
            elif isinstance(said, DrawNext):
                self._draw(said.job, said.count)
            else:
                self._cut(said.job)

    def _start(self, work: Work) -> None:
        if work.deadline < math.inf:
            heapq.heappush(self._deadlines, (work.deadline, work.job))
        if isinstance(work, Draw):
            self._under_way[work.job] = (0, IDLE, math.inf)
            self._sources[work.job] = work
            self._draw(work.job, work.count)
            return
        if isinstance(work, Decide):
            play = Play(0.0, self.ask(work))
        else:
            play = SAVED if isinstance(work, Deliver) else self.play(work)
        at = self.now + play.seconds
        self._under_way[work.job] = (0, play, at)
        if at < math.inf:
            heapq.heappush(self._queue, (at, work.job, 0, play.end))

    def _draw(self, job: int, count: int) -> None:
        """Draw items at once; sources that wait cannot be played without a loop."""
        source = self._sources.get(job)
        try:
            if isinstance(source, Draw):
                source = self._sources[job] = iter(self.items(source))
            for _ in range(0 if source is None else count):
                self._drawn.append(Drawn(job, next(t.cast("t.Iterator[t.Any]", source))))
        except StopIteration:
            self._source_ended(job, Returned(None))
        except Exception as error:  # user code: the source has failed
            self._source_ended(job, Raised(error))

    def _source_ended(self, job: int, end: End) -> None:
        del self._sources[job]
        heapq.heappush(self._queue, (self.now, job, 0, end))

    def _cut(self, job: int) -> bool:
        """Let a job feel a cancellation, once; tell whether it did."""
        generation, play, at = self._under_way.get(job, (1, None, 0.0))
        if play is None or generation or play.shield:
            return False
        self._under_way[job] = (1, play, at)
        if play.thread:
            heapq.heappush(self._threads, (at, job))
        close = getattr(self._sources.pop(job, None), "close", None)
        if close is not None:
            close()
        heapq.heappush(self._queue, (self.now + play.cleanup_seconds, job, 1, play.after_cut))
        return True


def asked(work: Decide) -> End:
    """Ask a condition at once."""
    try:
        return Returned(work.condition(work.value))
    except BaseException as error:  # user code: the failure of the condition, rule B
        return Raised(meant(error, work.address))
