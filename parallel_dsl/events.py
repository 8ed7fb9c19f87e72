"""What happened, to which address, when."""

from __future__ import annotations

import typing as t

import attrs

Kind = t.Literal["waiting", "started", "progress", "retrying", "ended"]


@attrs.frozen
class Event:
    """Tell one thing that happened in a run.

    Args:
        kind: ``waiting``, ``started``, ``progress``, ``retrying`` or ``ended``.
        address: Of the leaf; of a group only for ``retrying`` and for what never started.
        attempt: The k-th start of that address in the run; 0 before the first.
        at: Seconds on the clock of the run.
        outcome: What it ended with; of ``progress`` the pair (fraction, text).
        cause: Of ``waiting`` what for (``limit resource backoff thread``); of ``started``
            the address whose end made it possible, None at the very beginning.

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
