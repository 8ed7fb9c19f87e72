"""A plan of many agents is a value: compose it, look at it, check it, run it, test it."""

from __future__ import annotations

import typing as t

from ._api import arun as arun
from ._api import last_report as last_report
from ._api import run as run
from .errors import CommandFailed as CommandFailed
from .errors import CommandNotStarted as CommandNotStarted
from .errors import Finding as Finding
from .errors import LeafExited as LeafExited
from .errors import NoCandidates as NoCandidates
from .errors import NoneSucceeded as NoneSucceeded
from .errors import PlanCancelled as PlanCancelled
from .errors import PlanError as PlanError
from .errors import PlanTimeout as PlanTimeout
from .errors import RefError as RefError
from .errors import Rejected as Rejected
from .errors import SimulatedFailure as SimulatedFailure
from .events import Event as Event
from .plan import Agent as Agent
from .plan import All as All
from .plan import Any as Any
from .plan import Batch as Batch
from .plan import Call as Call
from .plan import Command as Command
from .plan import Drain as Drain
from .plan import Expect as Expect
from .plan import Fallback as Fallback
from .plan import Given as Given
from .plan import Limit as Limit
from .plan import Pick as Pick
from .plan import Plan as Plan
from .plan import Race as Race
from .plan import Retry as Retry
from .plan import Settled as Settled
from .plan import Stage as Stage
from .plan import Timeout as Timeout
from .plan import Uses as Uses
from .plan import Value as Value
from .plan import check as check
from .plan import item as item
from .plan import last as last
from .plan import ref as ref
from .plan import text as text
from .report import Report as Report
from .report import report_of as report_of
from .results import CommandResult as CommandResult
from .results import Failed as Failed
from .results import Outcomes as Outcomes
from .results import Results as Results
from .results import Succeeded as Succeeded
from .runtime import current_leaf as current_leaf

if t.TYPE_CHECKING:
    from .display import to_gantt as to_gantt
    from .display import to_html as to_html
    from .graph import Measures as Measures
    from .graph import measures as measures
    from .graph import to_dot as to_dot
    from .graph import to_mermaid as to_mermaid
    from .graph import to_networkx as to_networkx
    from .graph import to_svg as to_svg
    from .graph import to_text as to_text
    from .machine.best import BestLimit as BestLimit
    from .machine.best import best_limit as best_limit
    from .machine.playing import simulate as simulate

# These load on first use: a run that shows nothing should not wait for them.
_LATE = {
    "display": ("to_gantt", "to_html"),
    "graph": ("Measures", "measures", "to_dot", "to_mermaid", "to_networkx", "to_svg", "to_text"),
    "machine.best": ("BestLimit", "best_limit"),
    "machine.playing": ("simulate",),
}


def __getattr__(name: str) -> t.Any:
    room = next((room for room, names in _LATE.items() if name in names), None)
    if room is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    found = globals()[name] = getattr(importlib.import_module(f".{room}", __name__), name)
    return found


def __dir__() -> list[str]:
    return sorted(__all__)


__all__ = [
    "Agent",
    "All",
    "Any",
    "Batch",
    "BestLimit",
    "Call",
    "Command",
    "CommandFailed",
    "CommandNotStarted",
    "CommandResult",
    "Drain",
    "Event",
    "Expect",
    "Failed",
    "Fallback",
    "Finding",
    "Given",
    "LeafExited",
    "Limit",
    "Measures",
    "NoCandidates",
    "NoneSucceeded",
    "Outcomes",
    "Pick",
    "Plan",
    "PlanCancelled",
    "PlanError",
    "PlanTimeout",
    "Race",
    "RefError",
    "Rejected",
    "Report",
    "Results",
    "Retry",
    "Settled",
    "SimulatedFailure",
    "Stage",
    "Succeeded",
    "Timeout",
    "Uses",
    "Value",
    "arun",
    "best_limit",
    "check",
    "current_leaf",
    "item",
    "last",
    "last_report",
    "measures",
    "ref",
    "report_of",
    "run",
    "simulate",
    "text",
    "to_dot",
    "to_gantt",
    "to_html",
    "to_mermaid",
    "to_networkx",
    "to_svg",
    "to_text",
]
