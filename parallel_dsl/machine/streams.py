"""A map over a function draws its items one by one, each only when its child may begin.

The source is a node beside the children: one job for its whole life, told to draw, told to stop when the
group needs no more. So rules A and C hold for it: the group ends after it, and nothing is drawn below a cut.
"""

from __future__ import annotations

import math
import typing as t

from .activation import Activation
from .messages import Draw, Returned
from .outcome import Done, unfinished

if t.TYPE_CHECKING:
    from .group import Group
    from .messages import End as JobEnd

SOURCE = -1  # its index among the children


class SourceActivation(Activation):
    """The source of one map: nothing is drawn but for children that may begin at this moment."""

    __slots__ = ("asked", "job", "over", "waited", "wanted")

    def __init__(self, group: Group, over: t.Callable[[], t.Any]) -> None:
        super().__init__(group.machine, group.plan, group, SOURCE, group.address)
        self.over = over
        self.job: int | None = None
        self.wanted = 0
        self.asked = self.waited = 0.0

    def draw(self, count: int) -> None:
        """Ask for so many items, if none is on its way."""
        if self.wanted:
            return
        self.wanted, self.asked = count, self.machine.now
        self.gate.promise(count)
        if self.job is not None:
            self.machine.draw_next(self.job, count)
            return
        self.opened = True
        if self.clock is not None:
            self.clock.start(self.machine.now)
        deadline = math.inf if self.clock is None else self.clock.effective
        self.job = self.machine.start_job(self, Draw(self.over, self.address, count, deadline))

    def drawn(self, item: t.Any) -> None:
        """Take the item, but for one that was drawn when the source was cut; the group looks again."""
        self.answered(1)
        if self.cancelled:
            self.gate.promise(-1)
            return
        group = t.cast("Group", self.parent)
        group.buffer.append(item)
        if len(group.buffer) == 1:
            self.machine.refill(group)

    def answered(self, count: int) -> None:
        """Count how long the items took."""
        if self.wanted:
            self.wanted -= count
            self.waited += self.machine.now - self.asked
            self.asked = self.machine.now

    def stop(self) -> None:
        """Tell the job to stop: it closes the source."""
        if self.job is not None:
            self.machine.stop_job(self.job)

    def job_ended(self, end: JobEnd) -> None:
        """Take how the source has ended: exhausted, failed, or closed."""
        self.job = None
        self.gate.promise(-self.wanted)  # no child will begin with those
        self.answered(self.wanted)
        if self.waited > 0:
            self.machine.say("waiting", self.address, 0, self.waited, "draw")
        if isinstance(end, Returned):
            self.end(Done(None))
        else:
            self.end(unfinished(end, self.address, cancelled=self.cancelled, what="source"))

    def react(self, fresh: list[tuple[Activation, t.Any]]) -> None:
        """A source has no children."""
