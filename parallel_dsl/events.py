"""What happened, to which address, when."""

from __future__ import annotations

import typing as t

Kind = t.Literal["waiting", "started", "progress", "retrying", "ended", "failed", "saved"]


class Event(t.NamedTuple):
    """Tell one thing that happened in a run.

    Args:
        kind: ``waiting``, ``started``, ``progress``, ``retrying``, ``ended``, ``failed`` or ``saved``.
        address: Of the leaf; of a group only for ``retrying``, ``failed``, ``saved``, the waiting for a source, and
            what never started.
        attempt: The k-th start of that address in the run; 0 before the first.
        at: Seconds on the clock of the run.
        outcome: What it ended with; of ``failed`` the failure of what is around a leaf or a group: its deadline, its
            condition, its source, what saves its results; of ``progress`` the pair (fraction, text);
            of ``saved`` the pair (results that ``.drain`` has saved so far, addresses of the leaves that are let
            go now); of ``waiting`` for a source, which is told when the source ends, the seconds in all.
        cause: Of ``waiting`` what for (``limit resource backoff thread draw``); of ``started``
            the address whose end made it possible, None at the very beginning; of ``ended`` with
            a cut the address whose end decided it, None if that was a deadline or the caller.

    Example:
        >>> Event("started", "fixes.bugs", 1, 0.5).kind
        'started'
    """

    kind: Kind
    address: str
    attempt: int
    at: float
    outcome: object = None
    cause: str | None = None
