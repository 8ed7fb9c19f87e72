"""A session is ended whole: TERM, grace, KILL, and its leader is reaped last, so its number stays ours."""

from __future__ import annotations

import contextlib
import math
import os
import signal
import typing as t

import trio

if t.TYPE_CHECKING:
    import subprocess

SOON, LATER = 0.001, 0.05  # seconds between two looks: at first, and in the end


class Session:
    """The processes of a command: all in the session its leader opened, whatever their groups.

    Groups alone are not enough: ``timeout`` and shells with job control move their children to
    groups of their own. As long as the leader is not reaped, nobody else can get its number; a
    process outside its group is signalled only through a pidfd, once more compared.
    """

    def __init__(self, leader: int) -> None:
        self.leader = leader
        self._known: list[int] = []

    def leader_is_over(self) -> bool:
        """Tell whether the leader has ended, and leave it unreaped.

        Raises:
            ChildProcessError: Somebody else has reaped it.
        """
        return os.waitid(os.P_PID, self.leader, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def is_over(self) -> bool:
        """Tell whether nothing of it runs that we may end; zombies run no more."""
        if not self.leader_is_over():
            return not _may_signal(self.leader)
        # Who ran a moment ago is asked first: as long as one of them does, nobody looks through /proc.
        self._known = [p for p in self._known if self._runs(p)] or [p for p in self._pids() if self._runs(p)]
        return not self._known

    def send(self, number: signal.Signals) -> None:
        """Signal the leader's group at once, and then who has left the group but not the session."""
        self.send_group(number)
        for pid in self._pids():
            self._send_stray(pid, number)

    def send_group(self, number: signal.Signals) -> None:
        """Signal the leader's group: in one go, so that nobody escapes who is forking just now."""
        self.leader_is_over()  # raises when the number may be a stranger's
        with contextlib.suppress(ProcessLookupError, PermissionError):  # gone, or a setuid program's
            os.killpg(self.leader, number)

    def _send_stray(self, pid: int, number: signal.Signals) -> None:
        try:
            if os.getpgid(pid) == self.leader:
                return
            handle = os.pidfd_open(pid)
        except OSError:  # it has ended meanwhile
            return
        try:
            if os.getsid(pid) == self.leader:
                signal.pidfd_send_signal(handle, number)
        except OSError:
            return
        finally:
            os.close(handle)

    def _pids(self) -> list[int]:
        """Give everybody in the session but its leader, zombies included; a look takes 2 us a process."""
        try:
            names = os.listdir("/proc")
        except OSError:  # no procfs, or no descriptor left: then the group is all we can reach
            return []
        return [pid for pid in map(int, filter(str.isdigit, names)) if pid != self.leader and self._has(pid)]

    def _has(self, pid: int) -> bool:
        try:
            return os.getsid(pid) == self.leader
        except OSError:
            return False

    def _runs(self, pid: int) -> bool:
        try:
            with open(f"/proc/{pid}/stat", "rb") as file:
                state, _parent, _group, session = file.read().rpartition(b")")[2].split()[:4]
        except (OSError, ValueError):  # it has ended meanwhile
            return False
        return int(session) == self.leader and state not in (b"Z", b"X") and _may_signal(pid)


def _may_signal(pid: int) -> bool:
    """Tell whether we may end a process; a setuid program (``sudo``) is somebody else's."""
    try:
        os.kill(pid, 0)
    except PermissionError:
        return False
    except ProcessLookupError:  # gone meanwhile: who asks will see that next
        return True
    return True


async def leader_ended(session: Session) -> None:
    """Wait until the leader has ended, and leave it unreaped; no thread takes part."""
    try:
        handle = os.pidfd_open(session.leader)
    except OSError:  # no descriptor left, or an old kernel: then look now and then
        await _until(session.leader_is_over, math.inf)
        return
    try:
        while not session.leader_is_over():
            await trio.lowlevel.wait_readable(handle)
    finally:
        os.close(handle)


async def end(session: Session, grace_seconds: float) -> None:
    """End what is left of a session: TERM if there is grace, then KILL until nothing of it runs.

    To be called shielded. A leader that somebody else has reaped ends it at once: its number may
    be a stranger's by now, so nothing is signalled.
    """
    try:
        if grace_seconds > 0 and not session.is_over():
            session.send(signal.SIGTERM)
            await _until(session.is_over, trio.current_time() + grace_seconds)
        session.send_group(signal.SIGKILL)
        while not session.is_over():
            session.send(signal.SIGKILL)
            await _until(session.is_over, trio.current_time() + LATER)
    except ChildProcessError:
        return


async def _until(done: t.Callable[[], bool], deadline: float) -> None:
    pause = SOON
    while not done() and trio.current_time() < deadline:
        await trio.sleep(pause)  # the kernel tells nobody that a session is empty
        pause = min(pause * 1.5, LATER)


def reap(process: subprocess.Popen[bytes]) -> int:
    """Give the exit code of a leader that has ended, minus the signal's number if one ended it.

    Raises:
        ChildProcessError: Somebody else has taken it; `Popen` would call that a success.
    """
    try:
        ended = os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        process.returncode = 0  # else Popen would go on looking for it
        said = "its exit code is lost; is SIGCHLD ignored, or does something call waitpid(-1)?"
        raise ChildProcessError(said) from None
    if ended is None:  # a setuid program that we may not end
        raise PermissionError(f"process {process.pid} runs on: it may not be signalled by this user")
    return process.wait()
