"""A rehearsal is a plan with durations instead of work: the machine of a run, alone in virtual time."""

from __future__ import annotations

import inspect
import typing as t
from collections.abc import Mapping

from ..errors import CommandFailed, Finding, PlanError
from ..plan import Agent, Call, Command, Plan, errors_in, is_async, need_plan
from ..report import Fold, Report
from ..results import CommandResult, Failed
from ..wording import clean, redact, short
from .capacities import MOST_LEAVES, OWN_NAMES, default_capacities, limit_findings, named_in, need_mapping, need_sizes
from .chances import by_key, chance_misfit, failure_of, seconds_misfit, seconds_of
from .machine import Machine
from .messages import Decide, Draw, LeafWork, Raised, Returned, Stopped
from .messages import End as JobEnd
from .outcome import Dead, Fail, meant
from .said import Said, Sayable, names_of
from .simulation import Play, Solo, asked
from .standins import SimulatedResult, StandIn, holds_unknown, is_known_in_part

if t.TYPE_CHECKING:
    from ..events import Event

DEFAULT_SECONDS = 1.0
MOST_ITEMS = 10_000_000  # of one map: more would only fill the memory
DEFAULT_ITEMS = 10
NOTHING: t.Any = object()


class Rehearsal:
    """A plan, and what is said of its leaves; checked once, played as often as wanted. Arguments as for `simulate`."""

    most_attempts = 100_000  # of one leaf: with attempts=None and fails=1.0 there is no end

    def __init__(
        self,
        plan: Plan[t.Any],
        seconds: object,
        *,
        fails: object,
        values: Mapping[str, t.Any] | None,
        items: object,
        limits: Mapping[str, float] | None,
        seed: int,
        name: str,
    ) -> None:
        self.plan = need_plan(plan, name)
        need_mapping("limits", limits, f"say {name}(plan, limits={{...}})")
        need_mapping("values", values, f"say {name}(plan, values={{address: ...}})")
        need_sizes(None, limits)
        if isinstance(seed, bool) or not isinstance(seed, int):
            raise PlanError(f"seed is {short(seed)}, expected a whole number")
        self.seed, self.limits = seed, dict(limits or {})
        self.seconds = Said(by_key(seconds), DEFAULT_SECONDS)
        self.fails = Said({} if fails is None else by_key(fails), 0.0)
        self.values = Said(dict(values or {}), NOTHING)
        self.items = Said(by_key(items), DEFAULT_ITEMS)
        self._refuse()

    def _refuse(self) -> None:
        """Raise everything that keeps the plan from being played."""
        errors = errors_in(self.plan, None, self.limits)
        kinds, resources, _ = named_in(self.plan)
        sayable = Sayable.in_plan(self.plan)
        # a kind that is a reference may be any name
        others = set(self.limits) - set(resources) - set(OWN_NAMES) if sayable.any_kind else set[str]()
        errors += limit_findings(self.limits, others, kinds, resources)
        for option in ("seconds", "fails", "values"):
            errors += sayable.findings(option, getattr(self, option).by_key)
        errors += sayable.map_findings([k for k in self.items.by_key if k != "*"])
        for option, misfit in MISFITS.items():
            for key, said in getattr(self, option).by_key.items():
                wrong = misfit(said)
                if wrong is not None:
                    where = option if key == "*" else f"{option}: {key!r}"
                    errors.append(Finding("", "error", f"{where} {wrong}"))
        if errors:
            raise PlanError(errors)

    def played(self, limit: float | None, hear: t.Callable[[list[Event]], object] | None = None) -> Report:
        """Play it from beginning to end under a limit, and report; *hear* gets the events of each step."""
        fold = Fold()

        def told(events: list[Event]) -> None:
            fold.add_all(events)
            if hear is not None:
                hear(events)

        machine = Machine(
            self.plan,
            capacities={**default_capacities(), **self.limits},
            limit=MOST_LEAVES if limit is None else limit,
            needs=self.needs,
            seed=self.seed,
            items=self.count,
        )
        solo = Solo(machine, self.play, told, ask=ask, items=self.drawn)
        outcome = solo.drive().outcome
        if isinstance(outcome, Dead):
            raise outcome.error
        failure = Failed(outcome.error, outcome.errors) if isinstance(outcome, Fail) else None
        of_run = {"began": 0.0, "ended": solo.now, "seed": self.seed, "failure": failure, "plan": self.plan}
        report = fold.report(live=outcome is None, **of_run)
        if outcome is None:
            raise PlanError(_endless(report))
        return report

    def needs(self, plan: object, address: str, head: object) -> tuple[str, ...]:
        """Give the resources that a leaf takes: agents are taken as async, functions are looked at."""
        if isinstance(plan, Agent):
            return (head,) if isinstance(head, str) and head in self.limits and head not in OWN_NAMES else ()
        if isinstance(plan, Command):
            return ("command",)
        return () if is_async(t.cast("Call[t.Any]", plan).fn) else ("sync",)

    def count(self, address: str) -> int:
        """Give how many items a map has when nobody knows them."""
        return int(self.items.of(address, ()))

    def drawn(self, source: Draw) -> list[StandIn]:
        """Give the items of a map over a function, which is not called: it may do anything."""
        return StandIn(f"{source.address or 'the plan'}: item").listed(self.count(source.address))

    def play(self, work: LeafWork) -> Play:
        """Say what one attempt of a leaf does."""
        if work.attempt > self.most_attempts:
            said = f"{_leaf(work.address)} has been tried {self.most_attempts:,} times, and fails on"
            raise PlanError(f"the simulation never ends: {said}; say how often: .retry(attempts=...)")
        names = names_of(work.plan, work.head)
        seconds = seconds_of(self.seconds.of(work.address, names), work, self.seed)
        end = self._end(work, names, seconds)
        thread = isinstance(work.plan, Call) and not is_async(work.plan.fn)
        return Play(seconds, end, after_cut=Stopped(abandoned=thread), thread=thread)

    def _end(self, work: LeafWork, names: tuple[str, ...], seconds: float) -> JobEnd:
        said = self.fails.of(work.address, names)
        error = failure_of(said, work, self.seed)
        if error is not None and isinstance(work.plan, Command) and not isinstance(said, list | tuple):
            return _red(work, work.plan, seconds)
        if error is not None:
            return Raised(error)
        value = self.values.of(work.address, names)
        if value is not NOTHING:
            return _given(work, value)
        stand_in = StandIn(work.address or "the plan")
        if isinstance(work.plan, Command):
            return Returned(SimulatedResult(stdout=stand_in.stdout, seconds=seconds))
        return Returned(stand_in)


def ask(work: Decide) -> JobEnd:
    """Ask a condition of what is known; where it hangs on what nobody knows it counts as met.

    One that waits counts as met too: it may ask anybody.
    """
    in_part = holds_unknown(work.value)
    if is_async(work.condition) or (in_part and not is_known_in_part(work.value)):
        return Returned(True)
    end = asked(work)
    said = end.value if isinstance(end, Returned) else None
    if inspect.iscoroutine(said):
        said.close()
        return Returned(True)
    return Returned(True) if in_part and not isinstance(said, bool) else end


def _red(work: LeafWork, plan: Command, seconds: float) -> JobEnd:
    """A command that fails exits with 1, which is data unless it says ``check=True``."""
    result = CommandResult(exit_code=1, stderr="failed, as simulated", seconds=seconds)
    line = work.head if isinstance(work.head, str) else " ".join(work.head)
    return Raised(CommandFailed(result, clean(redact(line)))) if plan.check else Returned(result)


def _given(work: LeafWork, value: t.Any) -> JobEnd:
    """Give a value that was given, or what a function gives that is called like the leaf."""
    if not callable(value):
        return Returned(value)
    try:
        found = value(work.head) if isinstance(work.plan, Command) else value(*work.args, **work.kwargs)
    except BaseException as error:  # user code: the failure of the leaf, rule B
        return Raised(meant(error, work.address))
    if inspect.iscoroutine(found):
        found.close()
        said = f"values: what stands for {work.address!r} gave a coroutine, and nobody awaits it here"
        return Raised(TypeError(said))
    return Returned(found)


def _endless(report: Report) -> str:
    stuck = [e.address for e in report if e.state in ("running", "waiting")]
    named = ", ".join(map(_leaf, stuck[:3])) or "the plan"
    more = f" and {len(stuck) - 3:,} more" if len(stuck) > 3 else ""
    take, them, it = ("takes", "it", "it") if len(stuck) < 2 else ("take", "them", "each")
    where = f"{named}{more} {take} forever"
    return f"the simulation never ends: {where}; give {them} finite seconds, or put .timeout(...) around {it}"


def _leaf(address: str) -> str:
    return repr(address) if address else "the plan"


def _value_misfit(said: object) -> str | None:
    if isinstance(said, Plan):
        return "is a plan, expected a value, or a function called like the leaf"
    return f"is {short(said)}, which is async, and nobody awaits it here" if inspect.iscoroutinefunction(said) else None


def _items_misfit(said: object) -> str | None:
    if not isinstance(said, int) or isinstance(said, bool) or said < 0:
        return f"is {short(said)}, expected a whole number of at least 0"
    return f"is {short(said)}, expected at most {MOST_ITEMS:,}" if said > MOST_ITEMS else None


MISFITS: dict[str, t.Callable[[object], str | None]] = {
    "seconds": seconds_misfit,
    "fails": chance_misfit,
    "values": _value_misfit,
    "items": _items_misfit,
}
