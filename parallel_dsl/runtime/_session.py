"""One run of a plan: checked before anything starts, driven, and reported, whatever way it ends."""

from __future__ import annotations

import contextlib
import os
import pathlib
import typing as t

import attrs
import trio

from ..agents import Registry
from ..errors import PlanCancelled
from ..events import Event
from ..machine import OWN_NAMES, Cut, Dead, Done, Fail, Machine
from ..plan import Plan
from ..report import Fold, Report, attach_report, saved_lines
from ..results import Failed
from ..wording import ends
from ._boundary import add_note
from ._driver import Driver
from ._interrupts import interrupt
from ._options import Options, refuse
from ._pulse import Pulse, looked_after
from ._watch import Watchers

LAST: list[Report] = []  # the report of the run that ended last, for interactive use


class Session:
    """A checked plan with what it is run with.

    Raises:
        PlanError: `check` finds errors; all of them are told at once.
    """

    def __init__(self, plan: Plan[t.Any], options: Options) -> None:
        self.plan, self.options = plan, options
        self.capacities = refuse(plan, options)
        self.run_id = os.urandom(8).hex()
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
        """Run to the end under trio, in the caller's task and clock; one that is cancelled already starts nothing."""
        await trio.lowlevel.checkpoint_if_cancelled()
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
            warnings = [*watchers.close(), *pulse.told, *driver.warnings()]
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
            plan=self.plan,
            usage={address: dict(amounts) for address, amounts in list(driver.jobs.usage.items())},
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
            with contextlib.suppress(Exception):  # a hostile error goes out as it is
                begin_at_leaf(error)
            noted(error, self.outcome.address, self.outcome.attempt)
            for line in saved_lines(self.report)[:10]:
                add_note(error, line)
        elif isinstance(self.outcome, Dead):
            error = self.outcome.error
        attach_report(error, self.report)
        try:
            raise error
        finally:
            del error, self


TRIO = pathlib.Path(trio.__file__).parent
# what stands between a leaf and its caller: this library, and trio's way into a thread
BETWEEN = (str(pathlib.Path(__file__).parent.parent), str(TRIO), str(TRIO.with_name("outcome")))
MOST_PRINTED = 15  # errors of a group that Python prints


def begin_at_leaf(error: BaseException) -> None:
    """Let tracebacks begin where the leaf does: how this library called it says nothing."""
    for each in (error, *(error.exceptions[:MOST_PRINTED] if isinstance(error, BaseExceptionGroup) else ())):
        frames = each.__traceback__
        while frames is not None and frames.tb_frame.f_code.co_filename.startswith(BETWEEN):
            frames = frames.tb_next
        if frames is not None:
            each.with_traceback(frames)  # past a __setattr__ of its own


def noted(error: BaseException, address: str, attempt: int) -> None:
    """Say once on an error where it comes from."""
    if not address:
        return
    where = f"in {ends(address)}"
    add_note(error, f"{where}, attempt {attempt}" if attempt else where)


