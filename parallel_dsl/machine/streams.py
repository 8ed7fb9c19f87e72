"""A map over a function draws its items one by one, each only when its child may begin.

The source is a node beside the children: one job for its whole life, told to draw, told to stop when the
group needs no more. So rules A and C hold for it: the group ends after it, and nothing is drawn below a cut.
"""

from __future__ import annotations

import math
import typing as t

from ..errors import LeafExited
from .activation import Activation
from .messages import Draw, Raised, Returned
from .outcome import Cut, Dead, Done, one

if t.TYPE_CHECKING:
    from .group import Group
    from .messages import End as JobEnd

SOURCE = -1  # its index among the children


class SourceActivation(Activation):
    """The source of one map: at most one item is drawn ahead of its child."""

    __slots__ = ("asked", "items", "job", "over", "waited", "wanted")

    def __init__(self, group: Group, over: t.Callable[[], t.Any]) -> None:
        super().__init__(group.machine, group.plan, group, SOURCE, group.address)
        self.over = over
        self.items: list[t.Any] = []
        self.job: int | None = None
        self.wanted = False
        self.asked = self.waited = 0.0

    def draw(self) -> None:
        """Ask for one item, once."""
        if self.wanted:
            return
        self.wanted, self.asked = True, self.machine.now
        if self.job is not None:
            self.machine.draw_next(self.job)
            return
        self.opened = True
        if self.clock is not None:
            self.clock.start(self.machine.now)
        deadline = math.inf if self.clock is None else self.clock.effective
        self.job = self.machine.start_job(self, Draw(self.over, self.address, deadline))

    def drawn(self, item: t.Any) -> None:
        """Take the item; the group looks again."""
        self.answered()
        self.items.append(item)
        if self.parent is not None and not self.cancelled:
            self.machine.refill(self.parent)

    def answered(self) -> None:
        """Count how long the item took."""
        if self.wanted:
            self.wanted = False
            self.waited += self.machine.now - self.asked

    def stop(self) -> None:
        """Tell the job to stop: it closes the source."""
        if self.job is not None:
            self.machine.stop_job(self.job)

    def job_ended(self, end: JobEnd) -> None:
        """Take how the source has ended: exhausted, failed, or closed."""
        self.job = None
        self.answered()
        if self.waited > 0:
            self.machine.say("waiting", self.address, 0, self.waited, "draw")
        if isinstance(end, Returned):
            self.end(Done(None))
        elif isinstance(end, Raised) and not isinstance(end.error, Exception):
            self.end(Dead(end.error))
        elif isinstance(end, Raised):
            self.end(one(t.cast("Exception", end.error), self.address))
        elif self.cancelled:
            self.end(Cut())
        else:
            self.end(one(LeafExited(self.address, "its source was cancelled by nobody"), self.address))

    def react(self, fresh: list[tuple[Activation, t.Any]]) -> None:
        """A source has no children."""
