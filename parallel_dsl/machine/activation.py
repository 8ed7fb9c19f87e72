"""A node of a plan that is being run: it is told which children have ended, and decides; it never acts on its own.

Invariants that this base class keeps, whatever the kind:

* a node ends once, and only after all its children (rule A);
* nothing begins below a cancelled or a decided node (rule C);
* what has been decided is not revoked by a cancellation that comes later (rule D);
* no node calls another: ends and wishes are queued with the machine, so nothing recurses.
"""

from __future__ import annotations

import typing as t

import attrs

from ..results import Failed
from .outcome import Cut, End, Fail

if t.TYPE_CHECKING:
    from ..plan import Plan
    from .drain import Sink
    from .machine import Machine
    from .seats import Gate
    from .wrappers import Clock


class About:
    """What the settled group tells everybody who holds a board of it."""

    __slots__ = ("attempts", "items", "shape", "width")

    def __init__(self) -> None:
        self.width: int | None = None  # how many children, known once the group has opened
        self.shape: t.Callable[[list[End]], t.Any] | None = None  # makes the final outcomes
        self.attempts: dict[int, int] = {}
        self.items: dict[int, t.Any] = {}  # what was drawn from a source: a further round cannot draw it again


class Kept:
    """The board of a settled group that a deadline or a retry is about, handed down by it (rule K).

    ``slots`` holds the last outcome of each child that has one, ``todo`` which children run now
    (None: all). The settled group writes; whoever made the first board shapes the final outcomes.
    """

    __slots__ = ("about", "slots", "todo")

    def __init__(self, slots: dict[int, End], todo: list[int] | None, about: About) -> None:
        self.slots, self.todo, self.about = slots, todo, about

    def restart(self, items: dict[int, t.Any]) -> None:
        """Forget everything: a source is drawn afresh, and its children have nothing to do with those before."""
        self.slots.clear()
        self.about.attempts.clear()
        self.about.items, self.about.width = items, 0

    def places(self) -> list[int]:
        """Give the children of this round, by index."""
        return list(range(self.about.width or 0)) if self.todo is None else self.todo

    def shaped(self, ends: list[End]) -> t.Any:
        """Give the outcomes of all children."""
        assert self.about.shape is not None, "the settled group has opened"
        return self.about.shape(ends)


@attrs.define(eq=False)
class Handed:
    """What wrappers hand down to the group that they are about; nobody changes it."""

    size: int | None = None
    window: int | None = None
    kept: Kept | None = None
    sink: Sink | None = None

    def about(self, kept: Kept | None = None, sink: Sink | None = None) -> Handed:
        """Give the same with another board and sink: who makes or stops one says so."""
        if self.kept is kept and self.sink is sink:
            return self
        return Handed(self.size, self.window, kept, sink)


NOTHING = Handed()
NO_ENDS: list[t.Any] = []  # of leaves, which have no children: shared, and never added to
NO_NODES: dict[int, t.Any] = {}


class Activation:
    """One node under way. Subclasses say what `open` and `react` mean for their kind."""

    __slots__ = (
        "address",
        "basket",
        "cancelled",
        "cause",
        "caused",
        "clock",
        "depth",
        "ended",
        "fresh",
        "gate",
        "handed",
        "held",
        "index",
        "item",
        "live",
        "machine",
        "opened",
        "parent",
        "plan",
        "queued",
        "starting",
        "tries",
        "uses",
    )
    is_group = False
    is_leaf = False
    in_turn = False
    sequential = False

    def __init__(
        self, machine: Machine, plan: Plan[t.Any], parent: Activation | None, index: int, address: str
    ) -> None:
        self.machine = machine
        self.plan: t.Any = plan
        self.parent = parent
        self.index = index
        self.address = address
        self.handed: Handed = NOTHING
        self.fresh: list[tuple[Activation, End]] = NO_ENDS if self.is_leaf else []
        self.item: t.Any = None
        self.live: dict[int, Activation] = NO_NODES if self.is_leaf else {}  # by index, in the order of beginning
        self.held = 0  # how many leaves below wait at a limit around this node
        self.tries = 1
        self.opened = self.cancelled = self.ended = self.queued = self.starting = False
        self.gate: Gate  # the innermost limit around it
        self.clock: Clock | None
        self.cause: str | None
        self.caused: int  # at which step of the machine the cause ended: a later end is the cause, not a later report
        self.uses: tuple[str, ...]
        self.basket: list[str] | None  # takes the addresses of leaves below one result of a drain
        if parent is None:
            self.depth, self.gate, self.clock, self.cause = 0, machine.seats.outermost, None, None
            self.uses, self.caused, self.basket = (), 0, None
        else:
            self.depth, self.gate, self.clock, self.cause = parent.depth + 1, parent.gate, parent.clock, parent.cause
            self.uses, self.caused, self.basket = parent.uses, parent.caused, parent.basket

    def open(self) -> None:
        """Begin what can begin at once."""
        raise NotImplementedError

    def fill(self) -> None:
        """Begin the next child, if there is one that may; called again until nothing may."""

    def react(self, fresh: list[tuple[Activation, End]]) -> None:
        """Take note of all children that have just ended, by index; called too after a cancel."""
        raise NotImplementedError

    def wake(self, now: float) -> None:
        """Answer the alarm that was set with `Machine.alarm`."""

    def mapped(self) -> bool:
        """Tell whether the children are made from items."""
        return False

    def place(self, name: str, index: int) -> object | None:
        """Give where *name* stands here, seen from the branch *index*, or None."""
        return None

    def begin(
        self, plan: Plan[t.Any], index: int = 0, address: str | None = None, handed: Handed = NOTHING
    ) -> Activation:
        """Let the machine open a child next."""
        machine = self.machine
        child = machine.kinds[type(plan)](machine, plan, self, index, self.address if address is None else address)
        child.handed = handed
        self.live[index] = child
        machine.refill(child)
        return child

    def end(self, end: End) -> None:
        """End, once; the parent hears of it with everything else of this instant.

        A failure that is no leaf's, as of a deadline or a condition, is told where it was made.
        """
        if type(end) is Fail and not end.told and not self.is_leaf and end.address == self.address and not end.attempt:
            end.told = True
            self.machine.say("failed", self.address, 0, Failed(end.error, end.errors))
        self.machine.record(self, end)

    def cancel_children(self, cause: str | None = None) -> None:
        """Cut every child that is still under way, and all below it, by whose end; a deadline is nobody's."""
        self.machine.cut(list(self.live.values()), cause)

    def taken(self, fresh: list[tuple[Activation, End]]) -> None:
        """Forget the children that have ended; remember whose end was the last."""
        live = self.live
        for child, _ in fresh:
            del live[child.index]
            if child.caused >= self.caused and child.index >= 0:
                self.cause, self.caused = child.cause, child.caused


class Single(Activation):
    """A node around one child: by default it gives what the child gives."""

    __slots__ = ()

    def open(self) -> None:
        """Begin the child."""
        self.begin(self.plan.inner, handed=self.handed)

    def react(self, fresh: list[tuple[Activation, End]]) -> None:
        """Settle with what the child gave; a cancelled node without one is cut."""
        self.taken(fresh)
        for child, end in fresh:
            self.tries = child.tries
            self.settle(end)
            return
        if self.cancelled and not self.live:
            self.end(Cut())

    def settle(self, end: End) -> None:
        """Decide on the end of the child."""
        self.end(end)


def cut_short(late: list[Fail]) -> End:
    """Give the end of a node that was cancelled before it was decided.

    Only errors that surfaced after the cancel count, in the order in which they surfaced: failures absorbed
    before do not come back (rule L).
    """
    if not late:
        return Cut()
    first = late[0]
    return Fail(first.error, tuple(e for f in late for e in f.errors), first.address, first.attempt)
