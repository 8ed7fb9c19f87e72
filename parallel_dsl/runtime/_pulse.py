"""A leaf that blocks the loop is seen from another thread and named; the loop and the leaves do nothing for it.

Whoever watches a run looks now and then at the stack of the loop's thread. It says nothing of an idle loop. Where a
leaf is caught at work, the loop is asked for a sign; the same leaf, still there a second later and no sign given,
holds the loop.
"""

from __future__ import annotations

import contextlib
import contextvars
import os
import sys
import threading
import time
import typing as t

import trio

from ._workers import Job, Workers

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from ._driver import Driver

LATE_SECONDS = 1.0
LEAST_LOOKS = 4  # of a process that was stopped and goes on, one look says nothing
LOOK_SECONDS = 0.2
MOST_TOLD = 10
_STEPS = Workers._one.__code__

_lock = threading.Lock()
_unwatched: list[Pulse] = []
_thread: threading.Thread | None = None


class Pulse:
    """Look after the loop of one run; made in the loop's thread.

    Attributes:
        told: One line for each leaf that was found blocking the loop.
    """

    def __init__(self, driver: Driver) -> None:
        self.told: list[str] = []
        self._driver = driver
        self._loop = threading.get_ident()
        self._token = trio.lowlevel.current_trio_token()
        self._context = contextvars.copy_context()  # the line belongs to the cell that the run belongs to
        self._suspect: Job | None = None
        self._signs: list[bool] = []
        self._since = 0.0
        self._looks = 0

    def look(self) -> None:
        """Look once, from another thread than the loop's; say so if a leaf blocks the loop."""
        job = self._at_work()
        if job is None or job is not self._suspect or self._signs:
            self._begin(job)
            return
        self._looks += 1
        if self._looks >= LEAST_LOOKS and time.monotonic() - self._since >= LATE_SECONDS:
            self._tell(f"a leaf has blocked the loop for {LATE_SECONDS:.0f} s: {job.work.address or '(the plan)'}")

    def _at_work(self) -> Job | None:
        """Give the job that the loop's thread is stepping at this moment, if it is one of this run."""
        frame = sys._current_frames().get(self._loop)
        while frame is not None:
            if frame.f_code is _STEPS:
                names = frame.f_locals
                return names.get("job") if names["self"] is self._driver.workers else None
            frame = frame.f_back
        return None

    def _begin(self, job: Job | None) -> None:
        self._suspect, self._signs, self._looks, self._since = job, [], 1, time.monotonic()
        if job is not None:
            with contextlib.suppress(trio.RunFinishedError):
                self._token.run_sync_soon(self._signs.append, True)

    def _tell(self, line: str) -> None:
        if line in self.told or len(self.told) >= MOST_TOLD:
            return
        self.told.append(line)
        if len(self.told) == 1:  # on the screen once a run; the report has them all
            self._context.run(_say, line)


def _say(line: str) -> None:
    with contextlib.suppress(OSError, ValueError):  # a closed stream must not end the run
        if t.cast("object", sys.stderr) is not None:  # as under pythonw
            print(line, file=sys.stderr, flush=True)


@contextlib.contextmanager
def looked_after(pulse: Pulse) -> Iterator[None]:
    """Look after a run that nobody else watches; one thread does it for all, and ends when there is none."""
    global _thread
    with _lock:
        _unwatched.append(pulse)
        if _thread is None or not _thread.is_alive():  # it does not live on in a forked child
            _thread = threading.Thread(target=_look_at_all, name="parallel_dsl pulse", daemon=True)
            _thread.start()
    try:
        yield
    finally:
        with _lock:
            _unwatched.remove(pulse)


def _renew() -> None:
    """Begin anew in a forked child: who holds the lock may not be there, and the parent's runs are not its own."""
    global _lock, _thread
    _lock, _thread = threading.Lock(), None
    _unwatched.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew)


def _look_at_all() -> None:
    global _thread
    while True:
        time.sleep(LOOK_SECONDS)
        with _lock:
            if not _unwatched:
                _thread = None
                return
            pulses = list(_unwatched)
        for pulse in pulses:
            pulse.look()
