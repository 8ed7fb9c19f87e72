"""Wrappers change how a plan is run: each is a node around one child, with the child's address."""

from __future__ import annotations

import math
import typing as t

from ..errors import PlanTimeout, RefError, Rejected
from ..plan import Batch, Drain, Expect, Given, Limit, Pick, Ref, Retry, Timeout, Uses, fill, settled_of
from ..results import Failed
from . import backoff
from .activation import About, Activation, Handed, Kept, Single
from .drain import DrainActivation
from .messages import Decide, Returned
from .outcome import Cut, Dead, Done, End, Fail, one, surfaced, unfinished
from .scope import Scope
from .seats import Gate
from .standins import StandIn

if t.TYPE_CHECKING:
    from .messages import End as JobEnd


class Clock(Single):
    """A node whose time starts with the first job under it that starts (rule T).

    ``effective`` is the nearest deadline here and above. Starting walks outwards and stops at a
    clock that runs: whoever started it started all around it, so the cost is amortised.
    """

    __slots__ = ("effective", "outer", "since")

    def open(self) -> None:
        """Stand in the chain of clocks, then begin the child."""
        self.outer = self.clock
        self.clock = self
        self.since: float | None = None
        self.effective = math.inf

    def start(self, now: float) -> None:
        """Start this clock and all around it that do not run yet, outer first."""
        chain: list[Clock] = []
        clock: Clock | None = self
        while clock is not None and clock.since is None:
            chain.append(clock)
            clock = clock.outer
        for each in reversed(chain):
            each.since = now
            each.effective = math.inf if each.outer is None else each.outer.effective
            each.started(now)

    def started(self, now: float) -> None:
        """Answer the start of the clock."""


class TimeoutActivation(Clock):
    """A deadline: what is still under way when it strikes is cut."""

    __slots__ = ("board", "struck")

    def open(self) -> None:
        """Hand down a board if this is about a settled group (rule K)."""
        super().open()
        self.struck = False
        self.board = self.handed.kept
        if self.board is None and settled_of(self.plan.inner) is not None:
            self.board = Kept({}, None, About())
        self.begin(self.plan.inner, handed=self.handed.about(self.board))

    def started(self, now: float) -> None:
        """Set the alarm."""
        deadline = now + self.plan.seconds
        if deadline < math.inf:
            self.machine.alarm(self, deadline, first=True)
            self.effective = min(self.effective, deadline)

    def wake(self, now: float) -> None:
        """Strike."""
        if not self.cancelled:
            self.struck = True
            self.cancel_children()

    def settle(self, end: End) -> None:
        """A value counts however late; anything else after the strike is a timeout."""
        if isinstance(end, Done):
            self.end(self.shaped(end))
        elif isinstance(end, Dead) or self.cancelled or not self.struck:
            self.end(end)
        elif self.board is not None and self.board.about.width is not None:
            self.end(self.shaped(Done([self.kept(i) for i in self.board.places()])))
        else:
            self.end(self.timed_out(end))

    def kept(self, index: int) -> End:
        """Give what the settled group has of a child; what never ended has timed out."""
        assert self.board is not None
        return self.board.slots.get(index) or self.timed_out(None)

    def shaped(self, end: Done) -> Done:
        """Whoever made the board gives the outcomes their shape."""
        if self.board is None or self.handed.kept is not None:
            return end
        return Done(self.board.shaped(end.value))

    def timed_out(self, end: End | None) -> Fail:
        """Give the failure of the deadline, with the last error inside as its cause."""
        error = PlanTimeout(self.address, self.plan.seconds)
        if isinstance(end, Fail):
            error.__cause__ = end.error
        return one(error, self.address)


class RetryActivation(Clock):
    """The inner plan again when it fails; around a settled group only the failed children, in rounds."""

    __slots__ = ("about", "attempt", "board", "mine", "outs")

    def open(self) -> None:
        """Begin the first attempt."""
        super().open()
        self.attempt = self.tries = 0
        given = self.handed.kept
        self.about: About | None = About() if settled_of(self.plan.inner) is not None else None
        if given is not None:
            self.about = given.about
        self.board: Kept | None = None
        self.mine: list[int] | None = None if given is None else given.todo
        self.outs: dict[int, End] = {}
        self.again(self.mine)

    def again(self, todo: list[int] | None) -> None:
        """Begin an attempt: all, or the children *todo* of the settled group.

        A deadline around keeps what earlier rounds gave; a deadline inside sees its own round only.
        """
        self.attempt += 1
        if self.about is not None:
            given = self.handed.kept
            self.board = Kept({} if given is None else given.slots, todo, self.about)
        self.begin(self.plan.inner, handed=self.handed.about(self.board))

    def react(self, fresh: list[tuple[Activation, End]]) -> None:
        """Judge the attempt; a cancel in the pause ends it."""
        self.taken(fresh)
        for child, end in fresh:
            self.tries += child.tries
            self.settle(end)
            return
        if self.cancelled and not self.live:
            self.end(Cut())

    def settle(self, end: End) -> None:
        """Pass on what is not to be repeated; else wait and begin again."""
        try:
            if isinstance(end, Done) and self.board is not None:
                self.round_ended(end.value)
            elif isinstance(end, Fail) and not self.cancelled:
                self.failed(end)
            else:
                self.end(end)
        except BaseException as error:  # user code, on= or jitter=: rule B
            self.end(surfaced(error, self.address, self.attempt))

    def failed(self, end: Fail) -> None:
        """A whole attempt has failed."""
        wait = self.pause(end.errors) if backoff.matches(self.plan, end.errors) else None
        if wait is None:
            self.end(end)
        else:
            self.wait(wait, end, None)

    def round_ended(self, ends: list[End]) -> None:
        """A round of a settled group has ended: results go back by index, the failed ones run again."""
        assert self.board is not None
        self.outs.update(zip(self.board.places(), ends, strict=True))
        if self.mine is None:
            self.mine = self.board.places()
        failed = [i for i in self.board.places() if isinstance(e := self.outs[i], Fail) and self.matches(e)]
        fails = [t.cast("Fail", self.outs[i]) for i in failed]
        wait = self.pause(e for f in fails for e in f.errors) if failed and not self.cancelled else None
        if wait is None:
            self.finish_rounds()
        else:
            self.wait(wait, fails[0], failed)

    def matches(self, fail: Fail) -> bool:
        """Tell whether all errors of a child may be tried again."""
        return backoff.matches(self.plan, fail.errors)

    def finish_rounds(self) -> None:
        """Give the outcomes; shaped if the board is one's own."""
        assert self.board is not None
        assert self.mine is not None
        ends = [self.outs[i] for i in self.mine]
        self.end(Done(self.board.shaped(ends) if self.handed.kept is None else ends))

    def pause(self, errors: t.Iterable[Exception]) -> float | None:
        """Give the seconds to wait, or None to give up."""
        elapsed = 0.0 if self.since is None else self.machine.now - self.since
        seed = self.machine.seed
        return backoff.pause(
            self.plan, attempt=self.attempt, errors=errors, elapsed=elapsed, seed=seed, address=self.address
        )

    def wait(self, seconds: float, fail: Fail, todo: list[int] | None) -> None:
        """Back off: no seat is held meanwhile."""
        self.machine.say("retrying", self.address, self.attempt, Failed(fail.error, fail.errors))
        if self.board is not None:
            self.board.todo = todo
        if seconds <= 0:
            self.again(todo)
        else:
            self.machine.alarm(self, self.machine.now + seconds)

    def wake(self, now: float) -> None:
        """The pause is over."""
        if not self.cancelled and not self.live:
            self.again(None if self.board is None else self.board.todo)


class LimitActivation(Single):
    """At most n leaves below run at once, and of the group's children k are under way."""

    __slots__ = ()

    def open(self) -> None:
        """Put a gate around the child, hand the window down."""
        if self.plan.leaves is not None:
            self.gate = Gate(self.plan.leaves, self.gate, self)
        self.begin(self.plan.inner, handed=narrowed(self.handed, window=self.plan.children))


class BatchActivation(Single):
    """The group's children start in lockstep."""

    __slots__ = ()

    def open(self) -> None:
        """Hand the size down."""
        self.begin(self.plan.inner, handed=narrowed(self.handed, size=self.plan.size))


class UsesActivation(Single):
    """Every leaf below takes a seat of that name."""

    __slots__ = ()

    def open(self) -> None:
        """Hand the name down."""
        if self.plan.resource not in self.uses:
            self.uses = (*self.uses, self.plan.resource)
        self.begin(self.plan.inner, handed=self.handed)


class GivenActivation(Single):
    """Names for references inside, resolved outside."""

    __slots__ = ("values",)

    def open(self) -> None:
        """Resolve the names before anything inside begins."""
        try:
            self.values = {k: fill(v, Scope(self)) for k, v in self.plan.values.items()}
        except BaseException as error:  # user code behind a ref: rule B
            self.end(surfaced(error, self.address))
            return
        self.begin(self.plan.inner, handed=self.handed)

    def place(self, name: str, index: int) -> object | None:
        """A given name hides the names outside."""
        return name if name in self.values else None

    def seen(self, place: t.Any, said: str) -> t.Any:
        """Give the value of a name."""
        return self.values[place]


class ExpectActivation(Single):
    """A value that does not meet the condition is a failure."""

    __slots__ = ("job", "value")

    def open(self) -> None:
        """Begin the child; a board does not reach through here."""
        self.job: int | None = None
        self.begin(self.plan.inner, handed=self.handed.about())

    def settle(self, end: End) -> None:
        """Ask the condition about a value."""
        if not isinstance(end, Done):
            self.end(end)
        elif isinstance(self.plan.condition, Ref):
            self.value = end.value
            self.met(self.followed)
        elif self.cancelled:
            self.end(Cut())
        else:
            self.value = end.value
            if self.clock is not None:
                self.clock.start(self.machine.now)
            deadline = math.inf if self.clock is None else self.clock.effective
            work = Decide(self.plan.condition, end.value, self.address, deadline)
            self.job = self.machine.start_job(self, work)

    def followed(self) -> object:
        """Give what a reference says of the value."""
        return fill(self.plan.condition, Scope(self, self.value))

    def react(self, fresh: list[tuple[Activation, End]]) -> None:
        """A cancel while the condition is asked waits for its job."""
        self.taken(fresh)
        for child, end in fresh:
            self.tries = child.tries
            self.settle(end)

    def stop(self) -> None:
        """Tell the condition's job to stop."""
        if self.job is not None:
            self.machine.stop_job(self.job)

    def job_ended(self, end: JobEnd) -> None:
        """Take what the condition says."""
        self.job = None
        if isinstance(end, Returned):
            self.met(lambda: end.value)
        else:
            self.end(unfinished(end, self.address, cancelled=self.cancelled, what="condition"))

    def met(self, ask: t.Callable[[], object]) -> None:
        """End with the value if the condition is exactly True."""
        try:
            said = ask()
            if isinstance(said, StandIn):  # nobody knows, in a simulation: it counts as met
                said = True
            if not isinstance(said, bool):
                raise TypeError(f"{self.where()}.expect gave {type(said).__name__}, expected True or False")
        except BaseException as error:  # user code, the condition or a property behind a ref: rule B
            self.end(surfaced(error, self.address))
            return
        self.end(Done(self.value) if said else one(Rejected(self.address, self.value, self.plan.why), self.address))

    def where(self) -> str:
        """Give the address as the beginning of a message."""
        return f"{self.address}: " if self.address else ""


class PickActivation(Single):
    """One child's result instead of all."""

    __slots__ = ()

    def open(self) -> None:
        """Begin the child; a board does not reach through here."""
        self.begin(self.plan.inner, handed=self.handed.about())

    def settle(self, end: End) -> None:
        """Take the one result out."""
        if not isinstance(end, Done):
            self.end(end)
            return
        try:
            self.end(Done(end.value[self.plan.key]))
        except (LookupError, TypeError) as error:
            self.end(one(RefError(f"pick({self.plan.key!r}): {error}", self.address), self.address))


def narrowed(handed: Handed, size: int | None = None, window: int | None = None) -> Handed:
    """Give what is handed down, with the smaller of two sizes and windows."""
    return Handed(_smaller(handed.size, size), _smaller(handed.window, window), handed.kept, handed.sink)


def _smaller(a: int | None, b: int | None) -> int | None:
    return a if b is None else b if a is None else min(a, b)


WRAPPERS: dict[type, type[Activation]] = {
    Batch: BatchActivation,
    Limit: LimitActivation,
    Retry: RetryActivation,
    Timeout: TimeoutActivation,
    Expect: ExpectActivation,
    Given: GivenActivation,
    Uses: UsesActivation,
    Pick: PickActivation,
    Drain: DrainActivation,
}
