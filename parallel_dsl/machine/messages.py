"""What the machine is told, and what it says: plain values, ordered, with ints instead of nodes.

Nobody changes them; they are not frozen, since a frozen class takes four times as long to make, and
each leaf takes five.
"""

from __future__ import annotations

import math
import types
import typing as t

import attrs

from ..events import Event
from ..plan import Leaf
from ..results import Succeeded

Returned = Succeeded  # a job ended with a value: the same object is what the node and the event tell


@attrs.define(eq=False)
class Raised:
    """A job ended with an error, or with an exit of the interpreter."""

    error: BaseException


@attrs.define(eq=False)
class Stopped:
    """A job that was told to stop ended without a value; *abandoned*: its thread goes on."""

    abandoned: bool = False


End = Returned | Raised | Stopped


@attrs.define(eq=False)
class JobEnded:
    """Exactly one for each `StartJob`, also after a `CancelJob`."""

    job: int
    end: End


@attrs.define(eq=False)
class ThreadEnded:
    """The thread of an abandoned job has ended: its seat comes back."""

    job: int


@attrs.define(eq=False)
class Progressed:
    """A leaf said how far it is; only the events hear of it."""

    job: int
    fraction: float | None
    text: str


@attrs.define(eq=False)
class Drawn:
    """A job that draws from a source has drawn this item."""

    job: int
    item: t.Any


@attrs.define(eq=False)
class CancelRun:
    """Cut the whole plan."""

    reason: str = ""


Input = JobEnded | ThreadEnded | Progressed | Drawn | CancelRun


@attrs.define(eq=False)
class StartJob:
    """Begin this work as a job, in the order of the instructions; one class for each kind of work."""

    job: int = attrs.field(init=False, default=0)


EMPTY: t.Mapping[str, t.Any] = types.MappingProxyType({})


@attrs.define(eq=False)
class LeafWork(StartJob):
    """Carry out one attempt of a leaf, with its references filled in.

    *head* is the kind, the function or the command line, *args* and *kwargs* what it is called with.
    """

    plan: Leaf[t.Any]
    address: str
    head: t.Any
    args: tuple[t.Any, ...] = ()
    kwargs: t.Mapping[str, t.Any] = EMPTY
    attempt: int = 0
    deadline: float = math.inf


@attrs.define(eq=False)
class Decide(StartJob):
    """Ask a user's function of a value for True or False."""

    condition: t.Callable[[t.Any], t.Any]
    value: t.Any
    address: str
    deadline: float = math.inf


@attrs.define(eq=False)
class Draw(StartJob):
    """Draw *count* items from what *over* gives, further ones when told by `DrawNext`.

    One job for the whole life of the source; it ends when the source is exhausted, and closes it when
    it is told to stop.
    """

    over: t.Callable[[], t.Any]
    address: str
    count: int = 1
    deadline: float = math.inf


@attrs.define(eq=False)
class Deliver(StartJob):
    """Hand these results to *save*; told to stop, a sync one is waited for, since it may have saved."""

    save: t.Callable[[list[t.Any]], t.Any]
    results: list[t.Any]
    address: str
    deadline: float = math.inf


Work = LeafWork | Decide | Draw | Deliver


@attrs.define(eq=False)
class CancelJob:
    """Tell this job to stop; ignored when it has just ended."""

    job: int


@attrs.define(eq=False)
class DrawNext:
    """Draw *count* more items; ignored when the job has just ended."""

    job: int
    count: int = 1


Instruction = Work | CancelJob | DrawNext


@attrs.define(eq=False)
class Step:
    """What follows from one moment: what to do, and what happened, both in order."""

    instructions: list[Instruction]
    events: list[Event]
