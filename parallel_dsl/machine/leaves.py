"""A leaf fills in its references, waits for its seats, becomes a job, and ends with what the job gave."""

from __future__ import annotations

import math
import typing as t

from ..errors import LeafExited
from ..plan import NO_TASK, Agent, Call, Command, Params, Value, command_line, fill
from ..results import Abandoned, Cancelled, Failed, NeverStarted, Succeeded
from .activation import Activation
from .messages import EMPTY, LeafWork, Raised, Returned, Stopped
from .outcome import Cut, Dead, Done, End, Fail, one, surfaced
from .scope import Scope

if t.TYPE_CHECKING:
    from .messages import End as JobEnd


class LeafActivation(Activation):
    """A leaf that may wait: it holds seats while its job runs, its cleanup included."""

    __slots__ = ("at_gate", "attempt", "gone", "job", "needs", "seated", "ticket", "waits", "work")
    is_leaf = True

    def open(self) -> None:
        """Fill in the references, then ask for the seats."""
        self.at_gate: t.Any = None
        self.gone = self.waits = self.seated = False
        self.job: int | None = None
        self.attempt = self.ticket = 0
        self.needs: tuple[str, ...] = ()
        self.work: LeafWork | None = None  # from here to its start
        if self.basket is not None:
            self.basket.append(self.address)
        try:
            work = self.work = FILL[type(self.plan)](self.plan, self.address, Scope(self))
            self.needs = self.machine.needs(self.plan, self.address, work.head)
        except BaseException as error:  # user code behind a ref (a property, a __getitem__): rule B, with an address
            fail_unstarted(self, error)
            return
        self.machine.ask(self)

    def start(self) -> None:
        """Become a job: the seats are taken."""
        self.waits = self.seated = False
        machine = self.machine
        deadline = math.inf
        if self.clock is None:  # then no retry is around it
            self.attempt = 1
        else:
            self.attempt = machine.count(self.address)
            self.clock.start(machine.now)
            deadline = self.clock.effective
        machine.say("started", self.address, self.attempt, None, self.cause)
        work, self.work = t.cast("LeafWork", self.work), None
        work.attempt, work.deadline = self.attempt, deadline
        self.job = machine.start_job(self, work)

    def stop(self) -> None:
        """Answer a cancel: a running job is told, a waiting leaf never starts."""
        if self.job is not None:
            self.machine.stop_job(self.job)
            return
        if self.waits:
            self.machine.seats.withdraw(self)
        elif self.seated:
            self.machine.seats.release(self)
        self.gone = True
        self.machine.say("ended", self.address, self.attempt, NeverStarted())
        self.end(Cut())

    def job_ended(self, end: JobEnd) -> None:
        """Take what the job gave."""
        gave, said = judged(end, self)
        cut_by = self.cause if self.cancelled and isinstance(said, Cancelled | Abandoned) else None
        self.cause, self.caused = self.address, self.machine.seats.moment
        self.machine.say("ended", self.address, self.attempt, said, cut_by)
        if isinstance(end, Stopped) and end.abandoned:
            self.machine.abandon(self)
        else:
            self.machine.seats.release(self)
        self.end(gave)

    def react(self, fresh: list[tuple[Activation, End]]) -> None:
        """A leaf has no children."""


class ValueActivation(Activation):
    """A constant: it takes no seat and starts no clock."""

    __slots__ = ()
    is_leaf = True

    def open(self) -> None:
        """End at once with the value, references in it resolved."""
        if self.basket is not None:
            self.basket.append(self.address)
        try:
            value = fill(self.plan.value, Scope(self))
        except BaseException as error:  # as for a leaf: user code behind a ref
            fail_unstarted(self, error)
            return
        self.machine.say("ended", self.address, 0, Succeeded(value))
        self.end(Done(value))

    def react(self, fresh: list[tuple[Activation, End]]) -> None:
        """A leaf has no children."""


def fail_unstarted(leaf: Activation, error: BaseException) -> None:
    """End a leaf with what was raised before any job."""
    end = surfaced(error, leaf.address)
    leaf.machine.say("ended", leaf.address, 0, Failed(end.error, end.errors) if isinstance(end, Fail) else Cancelled())
    leaf.end(end)


def judged(end: JobEnd, leaf: LeafActivation) -> tuple[End, object]:
    """Give how a leaf has ended, for the machine and for the events.

    A cancellation that nobody ordered is an error; an exit is one too (rule B).
    """
    if isinstance(end, Returned):
        return end, end
    if isinstance(end, Raised) and not isinstance(end.error, Exception):
        return Dead(end.error), Cancelled()
    if isinstance(end, Stopped) and leaf.cancelled:
        return Cut(), Abandoned() if end.abandoned else Cancelled()
    error = end.error if isinstance(end, Raised) else LeafExited(leaf.address, "it was cancelled by nobody")
    error = t.cast("Exception", error)
    return one(error, leaf.address, leaf.attempt), Failed(error, (error,))


def _agent(plan: Agent[t.Any], address: str, scope: Scope) -> LeafWork:
    args = () if plan.task is NO_TASK else (fill(plan.task, scope),)
    return LeafWork(plan, address, fill(plan.kind, scope), args, _named(plan.params, scope))


def _call(plan: Call[t.Any], address: str, scope: Scope) -> LeafWork:
    return LeafWork(plan, address, plan.fn, tuple([fill(a, scope) for a in plan.args]), _named(plan.kwargs, scope))


def _named(params: Params, scope: Scope) -> t.Mapping[str, t.Any]:
    return {k: fill(v, scope) for k, v in params.pairs.items()} if params.pairs else EMPTY


def _command(plan: Command, address: str, scope: Scope) -> LeafWork:
    rest = {"cwd": fill(plan.cwd, scope), "env": fill(plan.env, scope), "stdin": fill(plan.stdin, scope)}
    return LeafWork(plan, address, command_line(plan, lambda value: fill(value, scope)), (), rest)


# the parts of a leaf with their references replaced, fresh for each attempt
FILL: dict[type, t.Callable[[t.Any, str, Scope], LeafWork]] = {Agent: _agent, Call: _call, Command: _command}
LEAVES: dict[type, type[Activation]] = {
    Agent: LeafActivation,
    Call: LeafActivation,
    Command: LeafActivation,
    Value: ValueActivation,
}
