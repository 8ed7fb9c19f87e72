"""Commands for real: nothing outlives its leaf, output is bounded, errors are typed."""

from __future__ import annotations

import contextlib
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time
import typing as t
import uuid

import pytest
import trio

import parallel_dsl as dsl
from parallel_dsl import Command
from parallel_dsl.processes import run_command
from parallel_dsl.processes._group import Session, end

pytestmark = pytest.mark.real


def survivors(mark: str) -> list[str]:
    """Give the processes whose environment has the mark, seen from outside."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit() or entry.name == str(os.getpid()):
            continue
        try:
            marked = mark.encode() in (entry / "environ").read_bytes()
            state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if marked and state not in "ZX":
            found.append(entry.name)
    return found


TREES = {
    "plain": "sleep 30",
    "background child": "sleep 30 & sleep 30",
    "pipeline": "sleep 30 | sleep 30",
    "shells": "sh -c 'sh -c \"sleep 30; true\"; true'; true",
    "obeys TERM": "trap 'exit 3' TERM; sleep 30 & wait",
    "timeout takes a group of its own": "timeout 30 sleep 29; true",
    "job control gives each a group": "set -m; sleep 30 & sleep 30 & wait",
}


@pytest.mark.parametrize("shape", TREES)
def test_a_cut_command_leaves_nothing(shape: str) -> None:
    """A deadline ends the whole group of a command, and the leaf is cut whatever its exit code."""
    mark = uuid.uuid4().hex
    began = time.monotonic()
    with pytest.raises(dsl.PlanTimeout):
        dsl.run(Command(TREES[shape], shell=True, env={"MARK": mark}).timeout(0.3))
    assert time.monotonic() - began < 2
    assert survivors(mark) == []


def test_who_ignores_term_is_killed_after_the_grace() -> None:
    """TERM, two seconds, KILL."""
    mark = uuid.uuid4().hex
    began = time.monotonic()
    with pytest.raises(dsl.PlanTimeout):
        dsl.run(Command("trap '' TERM; sleep 30 & sleep 30", shell=True, env={"MARK": mark}).timeout(0.2))
    assert 2 <= time.monotonic() - began < 8
    assert survivors(mark) == []


@pytest.mark.parametrize(
    "plan",
    [
        lambda c: dsl.Race(c, dsl.Command("true", check=True)),
        lambda c: dsl.Settled(dsl.All(c, dsl.Command("false", check=True))),
        lambda c: dsl.Any(c, dsl.Value(1)),
    ],
)
def test_losers_and_siblings_leave_nothing(plan: t.Callable[[t.Any], dsl.Plan[t.Any]]) -> None:
    """A race lost or a sibling's failure ends the command's group too."""
    mark = uuid.uuid4().hex
    dsl.run(plan(Command("sleep 30 & sleep 30", shell=True, env={"MARK": mark}, check=True)))
    assert survivors(mark) == []


def test_a_background_child_that_holds_a_pipe_does_not_hang() -> None:
    """Half a second after the leader's end the leaf has ended, and the child with it."""
    mark = uuid.uuid4().hex
    began = time.monotonic()
    result = dsl.run(Command("sleep 30 & echo done", shell=True, env={"MARK": mark}))
    assert (result.exit_code, result.stdout) == (0, "done\n")
    assert 0.4 < time.monotonic() - began < 5
    assert survivors(mark) == []


def test_output_is_kept_in_part_and_counted() -> None:
    """Head and tail of 512 KiB are kept of what is longer, a line without end included."""
    code = "import sys; sys.stdout.write('a' * 2_000_000 + 'z'); sys.stderr.write('e')"
    result = dsl.run(Command([sys.executable, "-c", code]))
    assert (result.stdout_bytes, result.stderr_bytes, result.truncated) == (2_000_001, 1, True)
    assert len(result.stdout) < 1_100_000
    assert result.stdout.startswith("aaa")
    assert result.stdout.endswith("az")


def test_stdin_is_fed_or_empty() -> None:
    """Input is fed, a command that ignores it does not fail, and without input there is none."""
    assert dsl.run(Command("wc -c", stdin="x" * 3_000_000)).stdout.strip() == "3000000"
    assert dsl.run(Command("true", stdin=b"x" * 5_000_000)).ok
    assert dsl.run(Command("cat")).stdout == ""


def test_exit_codes_are_data_unless_check_is_true() -> None:
    """A red command has a result; with check=True it is CommandFailed, with the result."""
    assert dsl.run(Command("false")).exit_code == 1
    with pytest.raises(dsl.CommandFailed, match="exit code 3: no good") as caught:
        dsl.run(Command("echo no good >&2; exit 3", shell=True, check=True))
    assert caught.value.result.exit_code == 3
    assert dsl.run(Command("kill -9 $$", shell=True)).exit_code == -9


def test_what_cannot_be_started_is_told(tmp_path: pathlib.Path) -> None:
    """A missing program, a file that is no program, a bad folder and a NUL are typed errors."""
    (tmp_path / "file").write_text("x")
    cases = [
        (Command("nmp-is-not-here x"), "nmp-is-not-here: no such program"),
        (Command([str(tmp_path / "file")]), "is not executable"),
        (Command("ls", cwd=tmp_path / "nowhere"), "does not exist"),
        (Command("ls", cwd=tmp_path / "file"), "is not a folder"),
        (Command(["ls", "a\0b"]), "NUL character"),
    ]
    for plan, said in cases:
        with pytest.raises(dsl.CommandNotStarted, match=said):
            dsl.run(plan)


def test_errors_hide_secrets() -> None:
    """Tokens in arguments do not reach the text of errors."""
    with pytest.raises(dsl.CommandFailed) as caught:
        dsl.run(Command(["sh", "-c", "exit 1", "--token=abc123secret"], check=True))
    assert "abc123secret" not in str(caught.value)


def children() -> set[str]:
    """Give the children of this process, those that nobody has waited for too; a browser of other tests is one."""
    found: set[str] = set()
    for task in pathlib.Path("/proc/self/task").glob("*/children"):
        with contextlib.suppress(OSError):  # the thread has ended since
            found |= set(task.read_text().split())
    return found


def test_descriptors_come_back() -> None:
    """Two hundred commands leave no descriptor open and no child unreaped."""
    dsl.run(Command("true"))
    before, family = len(os.listdir("/proc/self/fd")), children()
    dsl.run(dsl.All([Command("true") for _ in range(200)]).limit(20))
    assert len(os.listdir("/proc/self/fd")) <= before
    assert children() <= family


def test_a_cancel_while_commands_start_leaves_nothing() -> None:
    """Cut at any early moment, no command of a wide plan survives."""
    for hundredth in range(0, 10, 2):
        mark = uuid.uuid4().hex

        async def main(mark: str = mark, seconds: float = hundredth / 100) -> None:
            with trio.move_on_after(seconds):
                await dsl.arun(dsl.All([Command("sleep 20", env={"MARK": mark}) for _ in range(12)]))

        trio.run(main)
        assert survivors(mark) == []


def cut(line: str, after: float = 0.2, **options: t.Any) -> bool:
    """Cancel a command, and tell whether it was."""

    async def main() -> bool:
        with trio.move_on_after(after) as scope:
            await run_command(line, shell=True, **options)
        return scope.cancelled_caught

    return trio.run(main)


def test_a_cancel_counts_whatever_the_exit_code() -> None:
    """A command that was told to die and then exits with 0 is cancelled, not done."""
    assert cut("trap 'exit 0' TERM; sleep 30 & wait")


def test_output_is_drained_while_a_command_winds_up(tmp_path: pathlib.Path) -> None:
    """A command that prints more than a pipe holds after TERM is not blocked, so it ends by itself, in time."""
    began = time.monotonic()
    assert cut("trap 'head -c 1000000 /dev/zero; touch done; exit' TERM; sleep 30 & wait", cwd=tmp_path)
    assert (tmp_path / "done").exists()
    assert time.monotonic() - began < 1.5


def test_the_grace_is_kept_and_not_longer() -> None:
    """Who ignores TERM ends with the grace, and its background children too."""
    mark = uuid.uuid4().hex
    began = time.monotonic()
    assert cut("trap '' TERM; sleep 30 & sleep 30", grace_seconds=0.3, env={"MARK": mark})
    assert 0.5 <= time.monotonic() - began < 1.5
    assert survivors(mark) == []


def test_a_cancel_while_a_pipe_is_held_ends_the_holder() -> None:
    """A cancel that comes after the leader's end, while readers linger, still leaves nothing."""
    mark = uuid.uuid4().hex
    assert cut("sleep 30 & exit 0", env={"MARK": mark})
    assert survivors(mark) == []


def test_a_normal_end_leaves_nothing_that_closed_its_pipes() -> None:
    """Who goes on in the background without a pipe is ended at once, in whatever group."""
    mark = uuid.uuid4().hex
    began = time.monotonic()
    line = "sleep 30 >/dev/null 2>&1 & timeout 30 sleep 29 >/dev/null 2>&1 & sleep 0.05; echo done"
    result = trio.run(lambda: run_command(line, shell=True, env={"MARK": mark}))
    assert (result.stdout, result.exit_code) == ("done\n", 0)
    assert time.monotonic() - began < 0.5
    assert survivors(mark) == []


def test_who_holds_a_pipe_from_another_session_does_not_hang() -> None:
    """A process that left the session is not ours to end (the spawner's work), but nobody waits for it."""
    began = time.monotonic()
    result = trio.run(lambda: run_command("setsid sleep 2 & echo done", shell=True))
    assert result.stdout == "done\n"
    assert time.monotonic() - began < 1.5


def test_a_busy_loop_loses_no_output() -> None:
    """What is in the pipes when the readers' time is over is read, though they had no turn."""

    async def main() -> int:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(hog)
            result = await run_command("sleep 0.2; sleep 0.5 & sleep 0.1; exec head -c 60000 /dev/zero", shell=True)
            nursery.cancel_scope.cancel()
        return result.stdout_bytes

    async def hog() -> None:
        await trio.sleep(0.25)
        time.sleep(0.8)  # noqa: ASYNC251 - user code that blocks the loop

    assert trio.run(main) == 60000


def test_who_is_cancelled_already_starts_nothing() -> None:
    """In a scope that is cancelled no start is even tried: this one would be refused."""
    assert cut("true", after=0, cwd="/no/such/folder")


@pytest.mark.parametrize("in_thread", [False, True])
def test_ignored_signals_are_not_inherited(in_thread: bool) -> None:
    """What this process ignores (nohup, an idle notebook kernel) a command does not, from whatever thread."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
    before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    masks: list[int] = []

    def look() -> None:
        result = trio.run(lambda: run_command(["grep", "SigIgn", "/proc/self/status"]))
        masks.append(int(result.stdout.split()[1], 16))

    try:
        thread = threading.Thread(target=look)
        (thread.start if in_thread else look)()
        if in_thread:
            thread.join()
        assert all(signal.getsignal(number) is signal.SIG_IGN for number in numbers)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert [n for n in numbers if masks[0] >> (n - 1) & 1] == []


def test_a_lost_exit_code_is_no_success() -> None:
    """Where somebody else reaps the command the leaf fails: it is not known to have ended well."""
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        with pytest.raises(ChildProcessError, match="exit code is lost"):
            trio.run(lambda: run_command(["false"]))
    finally:
        signal.signal(signal.SIGCHLD, before)


def test_a_number_that_is_not_ours_is_never_signalled() -> None:
    """A session whose leader is no child of ours is left alone: its number may be a stranger's."""
    line = ["sh", "-c", "setsid sleep 20 >/dev/null 2>&1 & echo $!"]
    stranger = int(subprocess.run(line, capture_output=True, check=True).stdout)
    time.sleep(0.05)
    try:
        for grace_seconds in (0, 0.1):
            trio.run(end, Session(stranger), grace_seconds)
        assert b"sleep" in pathlib.Path(f"/proc/{stranger}/cmdline").read_bytes()
    finally:
        os.kill(stranger, signal.SIGKILL)


def test_input_of_a_wrong_kind_is_refused() -> None:
    """What cannot be fed is told before anything starts."""
    for stdin, said in [(3, "stdin is of type int"), ("\ud800", "cannot be encoded")]:
        with pytest.raises(dsl.CommandNotStarted, match=said):
            trio.run(lambda stdin=stdin: run_command(["cat"], stdin=stdin))  # type: ignore[misc]


def test_without_descriptors_it_fails_cleanly() -> None:
    """Whether a command starts or is refused when descriptors run out, none is lost and no child stays."""
    import resource

    family = children()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    endings: set[str] = set()

    async def main() -> None:
        taken: list[int] = []
        before = len(os.listdir("/proc/self/fd"))
        resource.setrlimit(resource.RLIMIT_NOFILE, (before + 40, hard))
        try:
            for spare in range(16):
                taken += fill_up()
                for _ in range(spare):
                    os.close(taken.pop())
                try:
                    endings.add(str((await run_command(["cat"], stdin="x")).stdout))
                except dsl.CommandNotStarted as error:
                    endings.add(error.message)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            for descriptor in taken:
                os.close(descriptor)
        assert len(os.listdir("/proc/self/fd")) == before

    trio.run(main)
    assert endings == {"x", "cat: cannot be started: too many open files"}
    assert children() <= family


def fill_up() -> list[int]:
    taken = []
    while True:
        try:
            taken.append(os.open(os.devnull, os.O_RDONLY))
        except OSError:
            return taken
