"""What the machine is told, and what it says: plain values, ordered, with ints instead of nodes."""

from __future__ import annotations

import math
import typing as t

import attrs

from ..events import Event
from ..plan import Leaf


@attrs.frozen
class Returned:
    """A job ended with a value."""

    value: t.Any


@attrs.frozen
class Raised:
    """A job ended with an error, or with an exit of the interpreter."""

    error: BaseException


@attrs.frozen
class Stopped:
    """A job that was told to stop ended without a value; *abandoned*: its thread goes on."""

    abandoned: bool = False


End = Returned | Raised | Stopped


@attrs.frozen
class JobEnded:
    """Exactly one for each `StartJob`, also after a `CancelJob`."""

    job: int
    end: End


@attrs.frozen
class ThreadEnded:
    """The thread of an abandoned job has ended: its seat comes back."""

    job: int


@attrs.frozen
class Progressed:
    """A leaf said how far it is; only the events hear of it."""

    job: int
    fraction: float | None
    text: str


@attrs.frozen
class Drawn:
    """A job that draws from a source has drawn this item, and waits for `DrawNext`."""

    job: int
    item: t.Any


@attrs.frozen
class CancelRun:
    """Cut the whole plan."""

    reason: str = ""


Input = JobEnded | ThreadEnded | Progressed | Drawn | CancelRun


@attrs.frozen
class LeafWork:
    """Carry out one attempt of a leaf, with its references filled in."""

    plan: Leaf[t.Any]
    address: str
    attempt: int
    filled: t.Any
    deadline: float = math.inf


@attrs.frozen
class Decide:
    """Ask a user's function of a value for True or False."""

    condition: t.Callable[[t.Any], t.Any]
    value: t.Any
    address: str
    deadline: float = math.inf


@attrs.frozen
class Draw:
    """Draw items from what *over* gives: the first now, each further one when told by `DrawNext`.

    One job for the whole life of the source; it ends when the source is exhausted, and closes it when
    it is told to stop.
    """

    over: t.Callable[[], t.Any]
    address: str
    deadline: float = math.inf


@attrs.frozen
class Deliver:
    """Hand these results to *save*; told to stop, a sync one is waited for, since it may have saved."""

    save: t.Callable[[list[t.Any]], t.Any]
    results: list[t.Any]
    address: str
    deadline: float = math.inf


Work = LeafWork | Decide | Draw | Deliver


@attrs.frozen
class StartJob:
    """Begin this work, in the order of the instructions."""

    job: int
    work: Work


@attrs.frozen
class CancelJob:
    """Tell this job to stop; ignored when it has just ended."""

    job: int


@attrs.frozen
class DrawNext:
    """Draw one more item; ignored when the job has just ended."""

    job: int


Instruction = StartJob | CancelJob | DrawNext


@attrs.frozen
class Step:
    """What follows from one moment: what to do, and what happened, both in order."""

    instructions: list[Instruction]
    events: list[Event]
