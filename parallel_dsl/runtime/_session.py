"""One run of a plan: checked before anything starts, driven, and reported, whatever way it ends."""

from __future__ import annotations

import contextlib
import math
import secrets
import typing as t
from collections.abc import Callable, Mapping, Sequence

import attrs
import trio

from ..agents import Registry
from ..errors import Finding, PlanCancelled, PlanError
from ..events import Event
from ..machine import Cut, Dead, Done, Fail, Machine
from ..plan import Agent, Leaf, Plan, Uses, check, matches, walk
from ..report import Fold, Report, attach_report
from ..results import Failed
from ..wording import did_you_mean
from ._driver import Driver
from ._interrupts import interrupt
from ._pulse import Pulse, looked_after
from ._watch import Watchers

MOST_LEAVES = 1_000
MOST_SYNC = 64
MOST_COMMANDS = 64
OWN_NAMES = ("sync", "command")

LAST: list[Report] = []  # the report of the run that ended last, for interactive use


@attrs.frozen(kw_only=True)
class Options:
    """What a run is given beside its plan."""

    agents: Mapping[str, t.Any] = attrs.field(factory=dict)
    limit: float = MOST_LEAVES
    limits: Mapping[str, float] = attrs.field(factory=dict)
    fakes: Mapping[str, t.Any] = attrs.field(factory=dict)
    watch: Sequence[Callable[[Event], object]] = ()
    seed: int = 0


def options(
    agents: Mapping[str, t.Any] | None,
    limit: float | None,
    limits: Mapping[str, float] | None,
    fakes: Mapping[str, t.Any] | None,
    watch: Sequence[Callable[[Event], object]] | Callable[[Event], object],
    seed: int | None,
) -> Options:
    """Give the options of a run, refusing what cannot be meant."""
    for name, given in {"agents": agents, "limits": limits, "fakes": fakes}.items():
        if given is not None and not isinstance(given, Mapping):
            raise PlanError(f"{name} is a {type(given).__name__}, expected a mapping: run(..., {name}={{...}})")
    for name, size in {"limit": limit, **(limits or {})}.items():
        if size is not None and not _is_size(size):
            raise PlanError(f"limits: {name} is {size!r}, expected a whole number of at least 1, or math.inf")
    watchers = (watch,) if callable(watch) else tuple(watch)
    for watcher in watchers:
        if not callable(watcher):
            raise PlanError(f"watch: {watcher!r} is not callable, expected functions that take an event")
    return Options(
        agents=dict(agents or {}),
        limit=MOST_LEAVES if limit is None else limit,
        limits=dict(limits or {}),
        fakes=dict(fakes or {}),
        watch=watchers,
        seed=secrets.randbelow(2**32) if seed is None else seed,
    )


def _is_size(size: object) -> bool:
    if size == math.inf:
        return True
    return isinstance(size, int) and not isinstance(size, bool) and size >= 1


class Session:
    """A checked plan with what it is run with.

    Raises:
        PlanError: `check` finds errors; all of them are told at once.
    """

    def __init__(self, plan: Plan[t.Any], options: Options) -> None:
        if not isinstance(plan, Plan):
            raise PlanError(f"run got a {type(plan).__name__}, expected a plan; try Value(...) or Call(fn)")
        self.plan, self.options = plan, options
        self.capacities = refuse(plan, options)
        self.run_id = secrets.token_hex(8)
        self.cut = ""  # why, once it has been cut from outside
        self.watched = False  # whether somebody else calls `look`
        self._driver: Driver | None = None
        self._pulse: Pulse | None = None

    def cancel(self, reason: str) -> None:
        """Cut the run: before its start, while it runs, after its end; from any thread or signal handler."""
        self.cut = self.cut or reason
        if self._driver is not None:
            self._driver.cancel(reason)

    def look(self) -> None:
        """Look whether a leaf blocks the loop; from the thread that watches the run."""
        if self._pulse is not None:
            self._pulse.look()

    async def drive(self) -> Ended:
        """Run to the end under trio, in the caller's task and clock."""
        o = self.options
        registry = Registry(o.agents, o.fakes, frozenset(o.limits) - set(OWN_NAMES))
        machine = Machine(
            self.plan, capacities=self.capacities, limit=o.limit, needs=registry.needs, seed=o.seed
        )
        began = trio.current_time()
        fold, watchers = Fold(), Watchers(o.watch)

        def hear(events: list[Event]) -> None:
            fold.add_all(events)
            watchers.tell(events)

        driver = Driver(machine, registry, hear, self.run_id)
        self._driver = driver
        if self.cut:  # looked at after the driver was set: a cancel from another thread is not lost
            driver.cancel(self.cut)
        pulse = self._pulse = Pulse(driver)
        try:
            with contextlib.nullcontext() if self.watched or driver.virtual else looked_after(pulse):
                await driver.drive()
        finally:
            self._pulse = None
            warnings = [*watchers.close(), *pulse.told]
            ended = self._ended(machine, driver, fold, warnings, trio.current_time() - began)
            LAST[:] = [ended.report]
        if driver.interrupted:
            raise interrupt(ended.report)
        if driver.cut_by_caller:
            await trio.lowlevel.checkpoint_if_cancelled()
        return ended

    def _ended(
        self, machine: Machine, driver: Driver, fold: Fold, warnings: list[str], seconds: float
    ) -> Ended:
        outcome = machine.outcome
        failure = Failed(outcome.error, outcome.errors) if isinstance(outcome, Fail) else None
        report = fold.report(
            began=0.0,
            ended=seconds,
            seed=self.options.seed,
            run_id=self.run_id,
            warnings=tuple(warnings),
            failure=failure,
            usage=driver.jobs.usage,
        )
        return Ended(outcome, report)


@attrs.frozen
class Ended:
    """How a run has ended, with its report."""

    outcome: Done | Fail | Cut | Dead | None
    report: Report

    def give(self) -> t.Any:
        """Give the value, or raise the decisive error itself: bare, with one note and the report."""
        if isinstance(self.outcome, Done):
            return self.outcome.value
        error: BaseException = PlanCancelled()
        if isinstance(self.outcome, Fail):
            error = self.outcome.error
            noted(error, self.outcome.address, self.outcome.attempt)
            for address, count in self.report.saved.items():
                said = f"the drain at {address}" if address else "the drain"
                add_note(error, f"{said} had saved {count} result{'' if count == 1 else 's'}")
        elif isinstance(self.outcome, Dead):
            error = self.outcome.error
        attach_report(error, self.report)
        try:
            raise error
        finally:
            del error, self


def noted(error: BaseException, address: str, attempt: int) -> None:
    """Say once on an error where it comes from."""
    if not address:
        return
    add_note(error, f"in {address}, attempt {attempt}" if attempt else f"in {address}")


def add_note(error: BaseException, note: str) -> None:
    """Add a note, once: an error object may go out of many runs."""
    if note not in getattr(error, "__notes__", ()):
        error.add_note(note)


def refuse(plan: Plan[t.Any], options: Options) -> dict[str, float]:
    """Give the seats of every resource, or raise all findings that keep the run from starting."""
    errors = [f for f in check(plan, options.agents, options.limits, options.fakes) if f.level == "error"]
    errors += [*_limit_findings(plan, options), *_fake_findings(plan, options.fakes)]
    if errors:
        raise PlanError(errors)
    return {**default_capacities(), **options.limits}


def _limit_findings(plan: Plan[t.Any], options: Options) -> list[Finding]:
    """Names of `limits` are the two words, agent kinds and resources: unknown ones and clashes are errors."""
    resources, kinds = set[str](), set(options.agents) - {"*"}
    for node in walk(plan):
        if isinstance(node.plan, Uses):
            resources.add(node.plan.resource)
        elif isinstance(node.plan, Agent) and isinstance(node.plan.kind, str):
            kinds.add(node.plan.kind)
    found = [
        Finding("", "error", f"{name!r} names both {a} and {b}", "rename one: limits= has one namespace")
        for name, a, b in [
            *((n, "a resource", "an agent kind") for n in resources & kinds),
            *((n, "a resource", "a word of limits=") for n in resources & set(OWN_NAMES)),
            *((n, "an agent kind", "a word of limits=") for n in kinds & set(OWN_NAMES)),
        ]
    ]
    known = {*OWN_NAMES, *resources, *kinds}
    for name in options.limits:
        if name not in known:
            hint = did_you_mean(name, sorted(known)).removeprefix("; ")
            advice = hint or f"known here: {', '.join(sorted(known))}"
            found.append(Finding("", "error", f"limits: nothing is called {name!r}", advice))
    return found


def _fake_findings(plan: Plan[t.Any], fakes: Mapping[str, t.Any]) -> list[Finding]:
    """A fake that stands in for nothing is a typo, and the real leaf would run."""
    if not fakes:
        return []
    leaves = {node.address for node in walk(plan) if isinstance(node.plan, Leaf)}
    found = []
    for said in fakes:
        if said not in leaves and not any(matches(said, a) or matches(a, said) for a in leaves):
            advice = did_you_mean(said, leaves).removeprefix("; ") or f"leaves here: {', '.join(sorted(leaves)[:8])}"
            found.append(Finding("", "error", f"fakes: no leaf has the address {said!r}", advice))
    return found


def default_capacities() -> dict[str, float]:
    """Give the seats that hold if nothing is said (rule 13)."""
    return {"sync": MOST_SYNC, "command": max(1, min(MOST_COMMANDS, _open_files() // 8))}


def _open_files() -> int:
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return MOST_COMMANDS * 8
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return MOST_COMMANDS * 8 if soft < 0 else soft
