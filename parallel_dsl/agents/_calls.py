"""A callable is called where it belongs: async in the loop, sync in a worker thread that may be abandoned."""

from __future__ import annotations

import math
import typing as t

import trio


def clock_jumps() -> bool:
    """Tell whether time is trio's MockClock: it sees neither threads nor processes at work, and jumps over them."""
    return hasattr(trio.lowlevel.current_clock(), "autojump_threshold")


class Thread:
    """One sync call in a worker thread; nobody can stop it, so it may be left behind.

    ``left`` is set, on the loop's side, while its caller has gone and the thread still runs;
    *ended* is then called in the loop when it has come to its end.
    """

    def __init__(self, ended: t.Callable[[], None]) -> None:
        self.ended = ended
        self.running = False
        self.left = False

    async def call(self, fn: t.Callable[[], t.Any], limiter: trio.CapacityLimiter) -> t.Any:
        """Give what *fn* returns or raises.

        Under a clock that jumps (trio's MockClock) it is called in the loop: a jumping clock does not see
        threads, and would strike every deadline while one works (python-trio/trio#456).
        """
        if clock_jumps():
            await trio.lowlevel.checkpoint()
            return fn()
        token = trio.lowlevel.current_trio_token()

        def in_thread() -> tuple[t.Any, BaseException | None]:
            """Give value and error in a tuple: trio refuses awaitables, and cannot hand on frozen errors."""
            try:
                return fn(), None
            except BaseException as error:
                return None, error
            finally:
                self._tell(token)

        await trio.lowlevel.checkpoint_if_cancelled()  # from here on there will be a thread
        self.running = True
        try:
            value, error = await trio.to_thread.run_sync(in_thread, abandon_on_cancel=True, limiter=limiter)
        except BaseException:
            self.left = self.running
            raise
        if error is None:
            return value
        try:
            raise error
        finally:
            del error

    def _tell(self, token: trio.lowlevel.TrioToken) -> None:
        try:
            token.run_sync_soon(self._over)
        except trio.RunFinishedError:  # the run did not wait for this thread, and is over
            return

    def _over(self) -> None:
        self.running = False
        if self.left:
            self.ended()


def unbounded() -> trio.CapacityLimiter:
    """Give a limiter that never makes a thread wait."""
    return trio.CapacityLimiter(math.inf)
