"""Where a plan runs: the caller's thread in scripts, the caller's nursery in trio, else a thread of its own."""

from __future__ import annotations

import contextvars
import signal
import sys
import threading
import typing as t

import trio

from ..report import attach_report
from ._leaf import in_leaf
from ._session import Ended, Session

if t.TYPE_CHECKING:
    from types import FrameType

ADVICE_TRIO = "run() inside trio would block its loop; try: await arun(plan)"
ADVICE_LEAF = "run() inside a leaf would be a run within a run; put the inner plan into the outer one, or await arun"


def blocking(session: Session) -> t.Any:
    """Run to the end and give the value; Ctrl-C cuts the plan, waits for its end, and leaves bare.

    Raises:
        RuntimeError: The caller is a trio task or a leaf.
    """
    if trio.lowlevel.in_trio_task():
        raise RuntimeError(ADVICE_LEAF if in_leaf() else ADVICE_TRIO)
    if in_leaf():
        raise RuntimeError(ADVICE_LEAF)
    with Interrupts(session) as interrupts:
        ended = _in_thread_and_wait(session) if _asyncio_runs() else trio.run(session.drive)
        if interrupts.seen:
            raise _with_report(KeyboardInterrupt(), ended)
        return ended.give()


async def awaiting(session: Session) -> t.Any:
    """Run to the end in the caller's trio run, or beside the caller's asyncio loop."""
    if trio.lowlevel.in_trio_task():
        return (await session.drive()).give()
    if _asyncio_runs():
        return (await _beside_asyncio(session)).give()
    raise RuntimeError("arun() needs a running trio or asyncio loop; in plain code try run(plan)")


class Interrupts:
    """Turn Ctrl-C into a cut of the plan; a second one, if a leaf blocks the loop, raises at once.

    Only in the main thread, and only where Python's own handler stands: another one is the host's.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.seen = 0
        self._mine = False

    def __enter__(self) -> t.Self:
        self._mine = (
            threading.current_thread() is threading.main_thread()
            and signal.getsignal(signal.SIGINT) is signal.default_int_handler
        )
        if self._mine:
            signal.signal(signal.SIGINT, self._interrupted)
        return self

    def _interrupted(self, number: int, frame: FrameType | None) -> None:
        self.seen += 1
        self.session.cancel("interrupted")
        if self.seen > 1:
            raise KeyboardInterrupt

    def __exit__(self, *_: object) -> None:
        if self._mine:
            signal.signal(signal.SIGINT, signal.default_int_handler)


def _with_report(error: BaseException, ended: Ended) -> BaseException:
    attach_report(error, ended.report)
    return error


def _asyncio_runs() -> bool:
    asyncio = sys.modules.get("asyncio")
    return asyncio is not None and asyncio._get_running_loop() is not None


class _Thread:
    """A run of trio in a thread of its own; *over* is called there when it has ended."""

    def __init__(self, session: Session, over: t.Callable[[], None]) -> None:
        self.ended: Ended | None = None
        self.error: BaseException | None = None
        self.session = session
        context = contextvars.copy_context()
        work = threading.Thread(target=context.run, args=(self._run, over), name="parallel_dsl run", daemon=True)
        work.start()

    def _run(self, over: t.Callable[[], None]) -> None:
        try:
            self.ended = trio.run(self.session.drive)
        except BaseException as error:  # a defect of ours: it goes to the caller, who raises it
            self.error = error
        finally:
            over()

    def result(self) -> Ended:
        if self.error is not None:
            raise self.error
        assert self.ended is not None
        return self.ended


def _in_thread_and_wait(session: Session) -> Ended:
    done = threading.Event()
    thread = _Thread(session, done.set)
    try:
        done.wait()
    finally:  # the host's own handler may raise here: cut the plan, and wait for its end
        if not done.is_set():
            session.cancel("interrupted")
            done.wait()
    return thread.result()


async def _beside_asyncio(session: Session) -> Ended:
    """Await the thread; a cancellation of the caller cuts the plan, waits for its end, and goes on."""
    import asyncio

    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()

    def over() -> None:
        loop.call_soon_threadsafe(lambda: None if done.done() else done.set_result(None))

    thread = _Thread(session, over)
    cancelled: asyncio.CancelledError | None = None
    while not done.done():
        try:
            await asyncio.shield(done)
        except asyncio.CancelledError as error:
            cancelled = cancelled or error
            session.cancel("the caller was cancelled")
    ended = thread.result()
    if cancelled is not None:
        attach_report(cancelled, ended.report)
        raise cancelled
    return ended
