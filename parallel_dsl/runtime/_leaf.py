"""A leaf hears where it is: `current_leaf` works in async agents and in the threads of sync ones."""

from __future__ import annotations

import contextvars
import hashlib
import typing as t

import attrs

from ..wording import short

if t.TYPE_CHECKING:
    from collections.abc import Callable


@attrs.frozen(eq=False)
class CurrentLeaf:
    """Tell a leaf where it stands, and let it say how far it is.

    Args:
        kind: Of the agent; the name of the class for other leaves.
        address: Where it stands in the plan.
        attempt: The k-th start of that address in this run.
        run_id: Of the run.
    """

    kind: str
    address: str
    attempt: int
    run_id: str
    _progress: Callable[[float | None, str], None] = attrs.field(repr=False)
    _usage: Callable[[str, dict[str, float]], None] = attrs.field(repr=False)

    @property
    def idempotency_key(self) -> str:
        """Give a key that is the same for every attempt of this address in this run."""
        return hashlib.sha256(f"{self.run_id}\0{self.address}".encode()).hexdigest()[:32]

    def progress(self, fraction: float | None = None, text: str = "") -> None:
        """Say how far the leaf is: *fraction* from 0 to 1 or None, and a line. From any thread."""
        if fraction is not None and not 0 <= fraction <= 1:
            raise ValueError(f"{self.address}: progress({fraction!r}), expected a fraction from 0 to 1, or None")
        self._progress(fraction, str(text))

    def usage(self, **amounts: float) -> None:
        """Add amounts to what this address has used: ``usage(tokens=812, cost=0.02)``. From any thread."""
        for name, amount in amounts.items():
            if isinstance(amount, bool) or not isinstance(amount, int | float):
                raise ValueError(f"{self.address}: usage({name}={short(amount)}), expected a number")
        self._usage(self.address, dict(amounts))


# a function, so that the leaf is told about only if somebody asks
LEAF: contextvars.ContextVar[Callable[[], CurrentLeaf]] = contextvars.ContextVar("parallel_dsl_leaf")


def current_leaf() -> CurrentLeaf:
    """Give the leaf that calls this.

    Raises:
        RuntimeError: It is called outside of a leaf of a running plan.

    Example:
        >>> current_leaf()
        Traceback (most recent call last):
        RuntimeError: current_leaf() outside of a leaf; it works in agents and functions that a plan runs
    """
    try:
        ask = LEAF.get()
    except LookupError:
        raise RuntimeError(
            "current_leaf() outside of a leaf; it works in agents and functions that a plan runs"
        ) from None
    return ask()


def in_leaf() -> bool:
    """Tell whether the caller is a leaf."""
    return LEAF.get(None) is not None
