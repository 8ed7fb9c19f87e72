"""Results are handed to a sink in written order, and let go: one delivery at a time, chunk by chunk.

The `Drain` node hands a `Sink` down to the group, which offers its results; a delivery is a node beside
the children, so that the group ends after it. What was saved stays counted, whatever happens then.
"""

from __future__ import annotations

import math
import typing as t

from ..plan import drained_of
from ..results import Outcomes, Results
from .activation import Activation, Single
from .messages import Deliver, Returned
from .outcome import Cut, Done, End, unfinished

if t.TYPE_CHECKING:
    from .messages import End as JobEnd

DELIVERY = -2  # its index among the children


class Sink:
    """Where a group's results go: what waits to be saved, and what has been.

    Args:
        save: The user's function.
        address: Of the drain.
    """

    __slots__ = ("address", "leaves", "results", "save", "saved", "under_way")

    def __init__(self, save: t.Callable[[list[t.Any]], t.Any], address: str) -> None:
        self.save, self.address = save, address
        self.results: list[t.Any] = []
        self.leaves: list[list[str]] = []  # of each result, the addresses below it
        self.saved = 0
        self.under_way = False

    def offer(self, result: t.Any, leaves: list[str]) -> None:
        """Let the next result in written order wait."""
        self.results.append(result)
        self.leaves.append(leaves)

    def deliver(self, group: Activation, size: int) -> None:
        """Begin to hand on the first *size* results."""
        results, self.results = self.results[:size], self.results[size:]
        leaves, self.leaves = self.leaves[:size], self.leaves[size:]
        self.under_way = True
        delivery = DeliveryActivation(group, self, len(results), [a for some in leaves for a in some])
        group.live[DELIVERY] = delivery
        delivery.start(results)


class DeliveryActivation(Activation):
    """One call of the user's function."""

    __slots__ = ("job", "leaves", "sink", "size")

    def __init__(self, parent: Activation, sink: Sink, size: int, leaves: list[str]) -> None:
        super().__init__(parent.machine, parent.plan, parent, DELIVERY, parent.address)
        self.sink, self.size, self.leaves = sink, size, leaves
        self.opened = True
        self.job: int | None = None

    def start(self, results: list[t.Any]) -> None:
        """Become a job; the machine keeps no result."""
        if self.clock is not None:
            self.clock.start(self.machine.now)
        deadline = math.inf if self.clock is None else self.clock.effective
        work = Deliver(self.sink.save, results, self.sink.address, deadline)
        self.job = self.machine.start_job(self, work)

    def stop(self) -> None:
        """Tell the job to stop."""
        if self.job is not None:
            self.machine.stop_job(self.job)

    def job_ended(self, end: JobEnd) -> None:
        """Count what was saved, and let go of it."""
        sink = self.sink
        self.job, sink.under_way = None, False
        if isinstance(end, Returned):
            sink.saved += self.size
            self.machine.saved(sink.address, sink.saved, self.leaves)
            self.end(Done(None))
        else:
            self.end(unfinished(end, sink.address, cancelled=self.cancelled, what="save"))

    def react(self, fresh: list[tuple[Activation, End]]) -> None:
        """A delivery has no children."""


class DrainActivation(Single):
    """The count of results that were saved."""

    __slots__ = ("handing", "sink")

    def open(self) -> None:
        """Hand a sink down to the group, or wait for its value if something between may still change it."""
        self.sink = Sink(self.plan.save, self.address)
        self.machine.saved(self.address, 0, [])  # a failure says how many, none too
        self.handing = drained_of(self.plan.inner) is not None
        if self.handing:
            self.begin(self.plan.inner, handed=self.handed.about(None, self.sink))
        else:
            self.basket = []
            self.begin(self.plan.inner, handed=self.handed.about())

    def react(self, fresh: list[tuple[Activation, End]]) -> None:
        """Take the end of the group, or of the one delivery after it."""
        if not fresh or fresh[0][0].index != DELIVERY:
            super().react(fresh)
            return
        self.taken(fresh)
        end = fresh[0][1]
        self.end(Done(self.sink.saved) if isinstance(end, Done) else end)

    def settle(self, end: End) -> None:
        """Give the count; if the group had no sink, hand its value on first."""
        if not isinstance(end, Done):
            self.end(end)
        elif self.handing:
            self.end(Done(self.sink.saved))
        elif self.cancelled:
            self.end(Cut())
        else:
            self.hand_on(list(t.cast("tuple[t.Any, ...] | Results | Outcomes", end.value)))

    def hand_on(self, results: list[t.Any]) -> None:
        """Save all results in one list."""
        if not results:
            self.end(Done(0))
            return
        self.sink.results, self.sink.leaves = results, [self.basket or []]
        self.sink.deliver(self, len(results))
