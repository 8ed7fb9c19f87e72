"""What became of one address: its state, its attempts, and what they ended with."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

import attrs

from ..results import Abandoned, Cancelled, Failed, NeverStarted, Succeeded
from ..wording import short

State = t.Literal["waiting", "running", "retrying", "done", "failed", "cancelled", "never started", "abandoned"]
GLYPHS = {
    "done": "✓",
    "failed": "✗",
    "cancelled": "⊘",
    "never started": "·",
    "abandoned": "!",
    "running": "▶",
    "waiting": "…",
    "retrying": "↻",
}
ENDED: dict[type, State] = {
    Succeeded: "done",
    Failed: "failed",
    Cancelled: "cancelled",
    NeverStarted: "never started",
    Abandoned: "abandoned",
}


@attrs.frozen
class Attempt:
    """Tell one start of a leaf: times in seconds since the run began.

    Args:
        number: The k-th start of its address.
        started, ended: Seconds; *ended* is None while it runs.
        outcome: What it ended with.
        cause: The address whose end made the start possible, None at the very beginning.
        waited: How long it stood in line just before.
        cut_by: If it was cut, the address whose end decided that; None: a deadline, or the caller.

    Example:
        >>> Attempt(1, 0.5, 2.0, None).seconds
        1.5
    """

    number: int
    started: float
    ended: float | None
    outcome: object = attrs.field(repr=short)
    cause: str | None = None
    waited: float = 0.0
    cut_by: str | None = None

    @property
    def seconds(self) -> float:
        """Give how long it ran; 0 while it runs."""
        return 0.0 if self.ended is None else self.ended - self.started


class Wait(t.NamedTuple):
    """Tell one wait of a leaf: in line, or in a pause before a further attempt.

    Args:
        cause: ``limit resource thread backoff``.
        since, until: Seconds since the run began; *until* is None while it waits.

    Example:
        >>> Wait("limit", 0.5, 2.0).until
        2.0
    """

    cause: str
    since: float
    until: float | None


@attrs.frozen
class Entry:
    """Tell what became of one address; it stays as it was when it was given out.

    Args:
        address: Of the leaf, or of a group that never started.
        state: The same words as everywhere.
        attempts: Each start.
        outcome: What it ended with, of the last attempt that ended; `Abandoned`: its thread went on.
        waits: Seconds by cause: ``limit resource thread backoff``.
        progress: The last fraction and text that it told.
        gaps: Each single wait, in order: at most three before an attempt. *waits* adds up those that are over.

    Example:
        >>> Entry("a").state
        'waiting'
    """

    address: str
    state: State = "waiting"
    attempts: tuple[Attempt, ...] = ()
    outcome: object = attrs.field(default=None, repr=short)
    waits: Mapping[str, float] = attrs.field(factory=dict)
    progress: tuple[float | None, str] | None = None
    gaps: tuple[Wait, ...] = ()

    @property
    def started(self) -> float | None:
        """Give when it first started."""
        return self.attempts[0].started if self.attempts else None

    @property
    def ended(self) -> float | None:
        """Give when it last ended."""
        return self.attempts[-1].ended if self.attempts else None

    @property
    def seconds(self) -> float:
        """Give the running time of all its attempts."""
        return sum(a.seconds for a in self.attempts)

    @property
    def value(self) -> t.Any:
        """Give its value, None if it has none."""
        return self.outcome.value if isinstance(self.outcome, Succeeded) else None

    @property
    def error(self) -> Exception | None:
        """Give its error, None if it has none."""
        return self.outcome.error if isinstance(self.outcome, Failed) else None
