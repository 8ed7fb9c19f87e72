"""A plan and what became of it, looked at once for any picture of text."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

import attrs

from ..errors import PlanError
from ..plan import Plan
from ..report import Report
from ..wording import short
from ._outline import Outline, Part, outline
from ._said import became
from ._seats import Folded, Room, fold
from ._standing import RANK, Standing, standings


@attrs.frozen(eq=False)
class Seen:
    """A plan and what became of it.

    Args:
        outline: Of the plan.
        report: Of a run, or nothing.
        standings: What became of each part, by address; empty without a report.
    """

    outline: Outline
    report: Report | None
    standings: Mapping[str, Standing]

    def fold(self, room: Room) -> Folded:
        """Give what fits in the room: with a report also what went wrong."""
        return fold(self.outline, room, None if self.report is None else self._rank)

    def _rank(self, part: Part) -> int:
        return min(0, RANK[self.standings[part.address].state] - RANK["waiting"])

    def became(self, part: Part | None) -> str:
        """Tell what became of a part; nothing without a report."""
        if part is None or self.report is None:
            return ""
        return became(part, self.standings[part.address], self.report)


def is_plan(value: object) -> bool:
    """Tell whether a value is a plan: for rooms that draw plans and know nothing else of them."""
    return isinstance(value, Plan)


def see(plan: Plan[t.Any], report: Report | None, said: str) -> Seen:
    """Look at a plan and a report; *said* begins the message if one of them is none."""
    drawn = outline(plan, said)
    if report is None:
        return Seen(drawn, None, {})
    if not isinstance(report, Report):
        raise PlanError(f"{said}: report is {short(report)}, expected a Report; try last_report()")
    return Seen(drawn, report, standings(drawn, report))
