"""To simulate a plan is to run its machine in virtual time: what a run would take, before anything is paid for."""

from __future__ import annotations

import typing as t

from ..plan import told
from .capacities import need_sizes
from .rehearsal import DEFAULT_ITEMS, DEFAULT_SECONDS, Rehearsal

if t.TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..plan import Plan
    from ..report import Report
    from .messages import LeafWork

    Seconds = float | tuple[float, float] | Callable[[LeafWork], float | tuple[float, float]]
    Odds = float | Callable[[LeafWork], float]
    Chance = Odds | tuple[Odds, type[Exception] | Exception]


def simulate(
    plan: Plan[t.Any],
    seconds: Seconds | Mapping[str, Seconds] = DEFAULT_SECONDS,
    *,
    fails: Chance | Mapping[str, Chance] | None = None,
    values: Mapping[str, t.Any] | None = None,
    items: int | Mapping[str, int] = DEFAULT_ITEMS,
    limit: float | None = None,
    limits: Mapping[str, float] | None = None,
    seed: int = 0,
) -> Report:
    """Play a plan without its agents, functions and commands, and give the report that such a run would have.

    It is the machine of `run`, told how long each leaf takes, so limits, deadlines, retries and races
    do what they do in a run. Nothing of the user's is called but conditions, the functions ``on=`` and
    ``jitter=`` of a retry, and those given here; ``over=`` and ``.drain(save)`` are not.

    What a leaf gives is a stand-in: references go through it (attributes, keys, items), nothing can be
    computed with it. A command exits with 0 and says what nobody knows. `Value` gives its value.
    A condition counts as met where it would be asked of a stand-in, or is async; what is known is
    asked: who succeeded of a `Settled`, the exit code of a command, values that were given.

    Keys of the mappings below are, the most specific first: an address (``"fixes.bugs"``), a pattern
    (``"fixes.*"``), then an agent's kind, a command's program or the name of a function, then ``"*"``. Of
    several patterns the first that is written counts.

    Args:
        plan: What to simulate. It is checked first, as for `run`, but for the agents.
        seconds: How long each attempt takes: a number, a pair (low, high) to draw evenly from, or a function of
            the leaf's work, which has ``.address .attempt .head .args .kwargs .plan``. Or a mapping from keys
            to any of these; what it does not tell takes 1 s. ``math.inf`` is a leaf that hangs.
        fails: The chance that an attempt fails: a number from 0 to 1, a function of the work, or a pair of
            these with an error, ``(0.2, TimeoutError)``, a class or an exception; else it is a
            `SimulatedFailure`. Or a mapping from keys to any of these. A command without an error of its own
            exits with 1, which fails with ``check=True``.
        values: What leaves give: a value, or a function called like the leaf when it starts.
        items: How many items a map has when only the run would show: those of ``over=`` a function, or a
            reference to a stand-in. A number, or a mapping from addresses or patterns of maps; 10 if nothing is said.
        limit: As for `run`: how many leaves run at once; 1,000 if nothing is said.
        limits: As for `run`. Agents are taken as async; a sync function holds a seat of ``"sync"``, and when it is
            cut its thread goes on to its end.
        seed: Of everything that is drawn, pauses of retries too: drawn from seed, address and attempt, so that a
            change in one place of the plan leaves the dice of all others as they were.

    Result:
        The `Report`, also of a plan that fails: ``.failure``. ``.wall_seconds`` is the makespan. The same seed gives
        the same report.

    Raises:
        PlanError: The plan or an option is wrong, or the simulation would never end.

    Example:
        >>> from parallel_dsl import Agent, All, Stage, ref
        >>> plan = Stage(found=All.map(Agent("review"), over=list("abcdef")), all=Agent("sum", of=ref.found))
        >>> report = simulate(plan, {"review": 60, "sum": 30}, limit=4)
        >>> report.wall_seconds, report.peak_concurrency, report.waits["limit"]
        (150.0, 4, 60.0)
        >>> simulate(plan, (30, 90), fails={"review": 0.5}, seed=7).error
        SimulatedFailure('found[3]: attempt 1 failed, as simulated')
    """
    need_sizes(limit, None)
    rehearsal = Rehearsal(
        plan, seconds, fails=fails, values=values, items=items, limits=limits, seed=seed, name="simulate"
    )
    return rehearsal.played(limit)


OF_RUN = {
    "agents": "a simulation asks no agent; say how long they take: seconds={kind: ...}",
    "fakes": "what leaves give is values={address: ...}, how long they take seconds={address: ...}",
    "watch": "the report tells everything",
    "show": "the report tells everything",
    "duration": "did you mean 'seconds'?",
    "durations": "did you mean 'seconds'?",
    "failures": "did you mean 'fails'?",
}


def instead(args: tuple[t.Any, ...], kwargs: t.Mapping[str, t.Any]) -> str:
    """Give the advice for arguments that belong to a run."""
    return next((OF_RUN[word] for word in kwargs if word in OF_RUN), "")


simulate = told(simulate, "simulate", instead)
