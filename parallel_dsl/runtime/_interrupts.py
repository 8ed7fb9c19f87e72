"""An interrupt ends a run that is waited for, is told in two lines, and waits for the end; a second one does not wait.

Python's own SIGINT handler is replaced while a run is waited for in the main thread. Another handler is the
host's (a kernel's while it runs an async cell, asyncio's in `asyncio.run`) and stays: it cancels the caller.
"""

from __future__ import annotations

import signal
import threading
import typing as t

import trio

from ..report import Report, attach_report, saved_lines

if t.TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

KEPT = "what was done is kept: last_report(), or report_of(error)"
TWICE = "no longer waiting for the end of the plan, which has been cut"
_WAITED: list[Interrupts] = []


class Interrupts:
    """Turn Ctrl-C into a cut of one run while it is waited for.

    Args:
        cut: Called at the first Ctrl-C, in the main thread, at any moment.
    """

    def __init__(self, cut: Callable[[], object]) -> None:
        self.cut = cut
        self.seen = 0

    def __enter__(self) -> t.Self:
        if _in_main_thread() and signal.getsignal(signal.SIGINT) in (signal.default_int_handler, _interrupted):
            _WAITED.append(self)
            signal.signal(signal.SIGINT, _interrupted)
        return self

    def __exit__(self, *_: object) -> None:
        if self in _WAITED:
            _WAITED.remove(self)
        if not _WAITED:
            _give_back()


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


def _give_back() -> None:
    """Put Python's handler back; a coroutine may be closed in any thread, then the next run does it."""
    if _in_main_thread() and signal.getsignal(signal.SIGINT) is _interrupted:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _interrupted(number: int, frame: FrameType | None) -> None:
    """Cut what is waited for; if that has been done before, stop waiting."""
    fresh = [each for each in _WAITED if not each.seen]
    for each in _WAITED:
        each.seen += 1
    for each in fresh:
        each.cut()
    if fresh or (_trio_is_at_work() and all(each.seen == 2 for each in _WAITED)):  # the third gets through anywhere
        return
    _WAITED.clear()
    _give_back()
    raise _in_lines(KeyboardInterrupt(TWICE), TWICE)


def _trio_is_at_work() -> bool:
    """Tell whether an exception here would hit trio itself and not a leaf: it waits, or steps a protected task."""
    return trio.lowlevel.in_trio_run() and trio.lowlevel.currently_ki_protected()


Error = t.TypeVar("Error", bound=BaseException)


def told(error: Error, report: Report) -> Error:
    """Let an interrupt carry the report, and be two lines where IPython shows it."""
    attach_report(error, report)
    how = "interrupted" if isinstance(error, KeyboardInterrupt) else "cancelled"
    return _in_lines(error, f"the plan was {how}: {_summary(report)}", KEPT)


def interrupt(report: Report) -> KeyboardInterrupt:
    """Give the interrupt that leaves a run, bare and with its report."""
    return told(KeyboardInterrupt(f"the plan was interrupted: {_summary(report)}"), report)


def _summary(report: Report) -> str:
    counts = ", ".join(f"{number} {state}" for state, number in report.counts.items() if number)
    line = f"{counts or 'nothing had begun'} in {report.wall_seconds:.1f} s"
    return "; ".join([line, *saved_lines(report)])


def _in_lines(error: Error, first: str, *rest: str) -> Error:
    """Set what IPython asks an instance for; a subclass would not do, asyncio compares the exact class."""
    lines = [f"{type(error).__name__}: {first}", *rest]
    error._render_traceback_ = lambda: lines  # type: ignore[attr-defined]
    return error
