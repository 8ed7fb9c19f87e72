"""Commands for real: nothing outlives its leaf, output is bounded, errors are typed."""

from __future__ import annotations

import os
import pathlib
import sys
import time
import typing as t
import uuid

import pytest
import trio

import parallel_dsl as dsl
from parallel_dsl import Command

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


def test_descriptors_come_back() -> None:
    """Two hundred commands leave no descriptor open and no child unreaped."""
    dsl.run(Command("true"))
    before = len(os.listdir("/proc/self/fd"))
    dsl.run(dsl.All([Command("true") for _ in range(200)]).limit(20))
    assert len(os.listdir("/proc/self/fd")) <= before
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_a_cancel_while_commands_start_leaves_nothing() -> None:
    """Cut at any early moment, no command of a wide plan survives."""
    for hundredth in range(0, 10, 2):
        mark = uuid.uuid4().hex

        async def main(mark: str = mark, seconds: float = hundredth / 100) -> None:
            with trio.move_on_after(seconds):
                await dsl.arun(dsl.All([Command("sleep 20", env={"MARK": mark}) for _ in range(12)]))

        trio.run(main)
        assert survivors(mark) == []
