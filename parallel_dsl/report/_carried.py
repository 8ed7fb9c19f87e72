"""How an error leads to the report of its run."""

from __future__ import annotations

from collections import deque

from ..wording import short
from ._report import Report

ATTRIBUTE = "_parallel_dsl_report"


def attach_report(error: BaseException, report: Report) -> None:
    """Let an error carry the report of its run, if it can; never raises.

    Example:
        >>> error = ValueError("no")
        >>> attach_report(error, Report.of([]))
        >>> len(report_of(error))
        0
    """
    try:
        object.__setattr__(error, ATTRIBUTE, report)  # past its own __setattr__: errors may be frozen
    except Exception:  # it cannot carry anything: the error itself matters more, `last_report` has the report
        return


def report_of(error: BaseException) -> Report:
    """Give the report of the run that an error came out of.

    Looks at the error, its causes and contexts and the members of a group, nearest first.

    Args:
        error: What a run raised, or an error that was raised from it.

    Raises:
        LookupError: No run has raised this error.

    Example:
        >>> from parallel_dsl import Call, run
        >>> try:
        ...     run(Call(int, "x"))
        ... except ValueError as error:
        ...     report_of(error).counts["failed"]
        1
    """
    seen: set[int] = set()
    line: deque[BaseException | None] = deque([error])
    while line:
        each = line.popleft()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        found = _carried(each)
        if isinstance(found, Report):
            return found
        line += each.__cause__, each.__context__
        if isinstance(each, BaseExceptionGroup):
            line += each.exceptions
    raise LookupError(f"{short(error)} came out of no run; try last_report()")


def _carried(error: BaseException) -> object:
    try:
        return object.__getattribute__(error, ATTRIBUTE)  # past its own __getattr__, which may do anything
    except AttributeError:
        return None
