"""What a user calls: run, arun and last_report join the rooms."""

from __future__ import annotations

import typing as t

from .plan import told
from .report import Report
from .runtime import LAST, Session, awaiting, blocking, instead_of, options

if t.TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .events import Event
    from .plan import Plan

T = t.TypeVar("T")
Watch = t.Union["Sequence[Callable[[Event], object]]", "Callable[[Event], object]"]


def run(
    plan: Plan[T],
    *,
    agents: Mapping[str, t.Any] | None = None,
    limit: float | None = None,
    limits: Mapping[str, float] | None = None,
    fakes: Mapping[str, t.Any] | None = None,
    watch: Watch = (),
    show: bool | None = None,
    seed: int | None = None,
) -> T:
    """Run a plan to its end and give its value.

    With no running event loop it runs in the caller's thread; beside a running asyncio loop in a
    thread of its own, while the caller blocks. Ctrl-C cuts the plan, waits for its end, and raises
    a bare ``KeyboardInterrupt`` that carries the report.

    Args:
        plan: What to run. It is checked first; nothing starts if there are errors.
        agents: A callable for each kind, async or sync; ``"*"`` serves the rest.
        limit: How many leaves run at once; 1,000 if nothing is said, ``math.inf`` lifts it.
        limits: Seats by name: ``"sync"`` (64), ``"command"`` (64 at most), agent kinds, resources.
        fakes: A value, or a function called like the leaf, for addresses or patterns (``"publish.*"``).
        watch: Functions that get each event, in a thread of their own.
        show: Reserved for the live display; None decides by the host.
        seed: Of the pauses between attempts; None draws one, the report tells it.

    Raises:
        PlanError: The plan or an option is wrong; nothing has started.
        RuntimeError: The caller is a trio task or a leaf.

    When run, fails with the decisive leaf's own error; `report_of` gives the report of it.

    Example:
        >>> from parallel_dsl import Agent, All
        >>> run(All(Agent("a", "x"), Agent("b", "y")), agents={"*": lambda task: task.upper()})
        ('X', 'Y')
    """
    return t.cast("T", blocking(Session(plan, options(agents, limit, limits, fakes, watch, seed))))


async def arun(
    plan: Plan[T],
    *,
    agents: Mapping[str, t.Any] | None = None,
    limit: float | None = None,
    limits: Mapping[str, float] | None = None,
    fakes: Mapping[str, t.Any] | None = None,
    watch: Watch = (),
    show: bool | None = None,
    seed: int | None = None,
) -> T:
    """Run a plan to its end and give its value, under trio or asyncio; arguments as for `run`.

    Under trio it runs in the caller's task, on the caller's clock, and is cut when the caller is
    cancelled. Under asyncio it runs in a thread of its own; a cancellation cuts the plan, waits for
    its end, and raises the same ``CancelledError``, which carries the report.

    Example:
        >>> import trio
        >>> from parallel_dsl import Value, arun
        >>> trio.run(arun, Value(3))
        3
    """
    return t.cast("T", await awaiting(Session(plan, options(agents, limit, limits, fakes, watch, seed))))


run = told(run, "run", instead_of("run"))
arun = told(arun, "arun", instead_of("arun"))


def last_report() -> Report:
    """Give the report of the run that ended last in this process, for interactive use.

    Raises:
        LookupError: No run has ended yet.

    Example:
        >>> from parallel_dsl import Value, run
        >>> _ = run(Value(3))
        >>> last_report().wall_seconds >= 0
        True
    """
    if not LAST:
        raise LookupError("no run has ended in this process yet")
    return LAST[0]
