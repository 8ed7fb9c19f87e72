"""A plan runs in a thread of its own, and the caller watches it: blocking, or awaiting beside asyncio."""

from __future__ import annotations

import atexit
import contextvars
import os
import sys
import threading
import time
import typing as t

import trio

from ..report import Report, attach_report
from ._interrupts import Interrupts, told
from ._session import Ended, Session

if t.TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

SLICE = 0.1  # seconds; a wait without an end would not hear interrupts
BEGIN_SECONDS = 1.0
EXIT_SECONDS = 3.0  # a command is killed after two
_live: set[PlanThread] = set()


class PlanThread:
    """A run of trio in a thread of its own; what its leaves print goes where the caller's prints go.

    Args:
        session: The run.
        over: Called in that thread when the run has ended.
    """

    def __init__(self, session: Session, over: Callable[[], None] = lambda: None) -> None:
        self.session = session
        self.begun, self.done = threading.Event(), threading.Event()
        self._over = over
        self._ended: Ended | None = None
        self._error: BaseException | None = None
        session.watched = True

    def start(self) -> None:
        """Start it; a signal handler may raise here, before or after the thread has begun."""
        context = contextvars.copy_context()
        thread = threading.Thread(target=context.run, args=(self._run, _pin()), name="parallel_dsl run", daemon=True)
        thread.start()

    def _run(self, pin: Callable[[], object]) -> None:
        _live.add(self)
        self.begun.set()
        try:
            pin()
            self._ended = trio.run(self.session.drive)
        except BaseException as error:  # a defect of ours: it is raised in the caller's thread
            self._error = error
        finally:
            _live.discard(self)
            self.done.set()
            self._over()

    def result(self) -> Ended:
        """Give how the run has ended."""
        if self._error is not None:
            raise self._error
        assert self._ended is not None
        return self._ended


def _pin() -> Callable[[], object]:
    """Give what ties another thread's prints to the cell of this one, where there are cells.

    The copied context does it in all kernels that we know, ``set_thread_parent`` in those that will part from it.
    """
    ipython: t.Any = sys.modules.get("IPython")
    shell: t.Any = ipython.get_ipython() if hasattr(ipython, "get_ipython") else None
    if not hasattr(shell, "set_thread_parent"):
        return lambda: None
    parent = shell.get_parent()
    return lambda: shell.set_thread_parent(parent)


def block_beside(session: Session) -> Ended:
    """Block until the run in its own thread has ended.

    An exception that a signal handler of the host raises here cuts the plan, and goes on when it has ended.
    """
    thread = PlanThread(session)
    cancels = _cancels()  # before the first leaf can do anything
    try:
        thread.start()
        _watch(thread, cancels)
    except BaseException as error:
        first = not session.cut  # a second interrupt stops the waiting
        session.cancel("interrupted")
        if first and thread.begun.wait(BEGIN_SECONDS):
            _watch(thread, cancels)
            _with_report(error, thread.result().report)
        raise
    return thread.result()


def _with_report(error: BaseException, report: Report) -> None:
    if isinstance(error, KeyboardInterrupt):
        told(error, report)
    else:  # its traceback tells more than two lines
        attach_report(error, report)


def _watch(thread: PlanThread, cancels: int) -> None:
    """Wait in slices.

    asyncio's own SIGINT handler only asks the task for a cancellation, which a blocked loop cannot deliver.
    """
    while not thread.done.wait(SLICE):
        thread.session.look()
        if not thread.session.cut and _cancels() > cancels:
            raise KeyboardInterrupt


def _cancels() -> int:
    """Give how often the task of asyncio that blocks here was asked to be cancelled."""
    loaded = sys.modules.get("asyncio")
    task = None if loaded is None else t.cast("asyncio.Task[t.Any] | None", loaded.current_task())
    return 0 if task is None else task.cancelling()


async def await_beside(session: Session) -> Ended:
    """Await the end of the run in its own thread, from asyncio.

    A cancellation of the caller cuts the plan, waits for its end, and goes on: the same instance.
    """
    import asyncio

    loop = asyncio.get_running_loop()
    task = t.cast("asyncio.Task[t.Any]", asyncio.current_task())
    over: asyncio.Future[None] = loop.create_future()
    cancelled: asyncio.CancelledError | None = None

    def end() -> None:
        if not over.done():
            over.set_result(None)

    def tell() -> None:
        if not loop.is_closed():  # nobody waits any more: a second interrupt tore through the loop
            loop.call_soon_threadsafe(end)

    def cut() -> None:
        session.cancel("interrupted")
        if not loop.is_closed():
            loop.call_soon_threadsafe(task.cancel)

    thread = PlanThread(session, tell)
    try:
        with Interrupts(cut):
            thread.start()
            while not over.done():
                try:
                    await asyncio.wait([over], timeout=SLICE)
                except asyncio.CancelledError as error:
                    cancelled = cancelled or error
                    session.cancel("the caller was cancelled")
                session.look()
    finally:
        if not thread.done.is_set():  # the coroutine is closed
            session.cancel("the caller has gone")
    if cancelled is not None:
        raise told(cancelled, thread.result().report)
    return thread.result()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_live.clear)


@atexit.register
def _end_all() -> None:
    """Cut the runs that nobody waits for any more, so that no command outlives the program."""
    threads = list(_live)
    for thread in threads:
        thread.session.cancel("the program ends")
    until = time.monotonic() + EXIT_SECONDS
    for thread in threads:
        thread.done.wait(max(0.0, until - time.monotonic()))
