"""What is likely to go wrong when a plan is written is told at once, or works as it was meant."""

from __future__ import annotations

import pathlib
import shlex
import subprocess
import typing as t

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import parallel_dsl as dsl
from parallel_dsl import Agent, All, Call, Command, PlanError, RefError, Settled, Stage, Value, check, last, ref
from parallel_dsl.plan import command_line, fill

a = Agent("a")
odd = t.cast("t.Any", 3)
itself: list[t.Any] = []
itself.append(itself)

MISTAKES: list[tuple[t.Callable[[], t.Any], str]] = [
    (lambda: Value(itself), "containers more than 100 deep, or inside themselves"),
    (lambda: Agent("x", {ref.a: 1}), "ref.a is the key of a dict, and keys are not filled in"),
    (lambda: Agent("x", {a: 1}), "is the key of a dict"),
    (lambda: All.map(a, [1]), r"1 more positional, expected the items as a keyword: All.map\(template, over="),  # type: ignore[call-overload]
    (lambda: All.map(a), "got no over="),  # type: ignore[call-overload]
    (lambda: Call(t.cast("t.Any", "npm test")), r"did you mean Command\('npm test'\)"),
    (lambda: Call(t.cast("t.Any", None)), "pass it without calling it"),
    (lambda: a.retry(t.cast("t.Any", float("inf"))), "for no end say attempts=None"),
    (lambda: a.expect(len, odd), "the reason is 3, expected a str"),  # type: ignore[arg-type]
    (lambda: All(a).pick(5), r"pick\(5\): the positions are 0 to 0"),
    (lambda: Command(t.cast("t.Any", ref.x)), r"did you mean Command\(\[ref.x\]\)"),
    (lambda: Command(t.cast("t.Any", pathlib.PurePosixPath("/bin/ls"))), "did you mean Command"),
    (lambda: Command("ls", check=odd), "check is an int, expected True or False"),
    (lambda: Command("ls", shell=t.cast("t.Any", "bash")), "shell is a str, expected True or False"),
    (lambda: Command("ls", cwd=odd), "cwd is an int, expected a path or a ref"),
    (lambda: Command("ls", stdin=odd), "stdin is an int, expected text, bytes or a ref"),
    (lambda: Command("ls", env=t.cast("t.Any", {1: "x"})), "env has the name 1, expected a str"),
    (lambda: Command(" ", shell=True), "is empty"),
]


@pytest.mark.parametrize(("build", "said"), MISTAKES, ids=[said for _, said in MISTAKES])
def test_mistakes_are_told(build: t.Callable[[], t.Any], said: str) -> None:
    """One line says what was found and what to try."""
    with pytest.raises(PlanError, match=said) as caught:
        build()
    assert "\n" not in str(caught.value)


def test_no_name_is_taken() -> None:
    """Children, given names and values of a command may be called like our own parameters."""
    assert t.cast("t.Any", All)(self=a).names == ("self",)
    assert list(t.cast("t.Any", a.given)(self=1, inner=2).values) == ["self", "inner"]
    assert Command("x {line} {self}", line=1, self=2).argv[1:] != ()
    assert Agent("k", self=1, kind=2).params == {"self": 1, "kind": 2}


IN_QUOTES = [
    "echo '{x}'",
    'echo "{x}"',
    "echo `echo {x}`",
    "echo \\{x}",
    "echo # {x}",
    "cat <<E\n{x}\nE",
    'echo "$(echo {x})"',
    'echo "$(echo "{x}")"',
    'echo "${y:-"{x}"}"',
    "echo $'a\\'{x}'",
]


@pytest.mark.parametrize("line", IN_QUOTES)
def test_a_value_is_refused_where_quoting_would_not_protect(line: str) -> None:
    """In quotes, backquotes, comments and here-documents a quoted value would become shell syntax."""
    with pytest.raises(PlanError, match="is quoted when it is filled in"):
        Command(line, x=ref.a, shell=True)


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20))
def test_a_shell_gets_each_value_as_one_argument(value: str) -> None:
    """Whatever the value is, the program sees exactly it, beside quotes and operators that are our own."""
    plan = Command("printf %s {x} && printf '%s' \"|\" # done", x=ref.a, shell=True)
    line = command_line(plan, lambda part: fill(part, lambda root, name: value))
    assert isinstance(line, str)
    assert shlex.quote(value) in line
    assert subprocess.run(["/bin/sh", "-c", line], capture_output=True, check=True).stdout == f"{value}|".encode()


@pytest.mark.parametrize("value", [None, ["x"], {"a": 1}, ("x",)])
def test_an_argument_is_text_a_number_or_a_path(value: t.Any) -> None:
    """A list or nothing is not silently turned into text."""
    plan = Command(["run", ref.a])
    with pytest.raises(RefError, match="expected text, a number or a path"):
        command_line(plan, lambda part: fill(part, lambda root, name: value))


def test_paths_bytes_and_numbers_are_arguments() -> None:
    """What has one clear spelling is given as that."""
    for value, said in [(pathlib.PurePosixPath("a b"), "a b"), (b"x", "x"), (3, "3")]:
        assert command_line(Command(["run", t.cast("t.Any", value)]), lambda part: part) == ["run", said]


CHECKED: list[tuple[dsl.Plan[t.Any], str]] = [
    (Stage(x=All(bugs=a), y=Agent("f", ref.bugs)), "y: ref.bugs: no such name around here; did you mean ref.x.bugs?"),
    (Stage(x=All(a, a), y=Agent("f", ref.x.foo)), "All has no child 'foo'; its children have positions, 0 to 1"),
    (Stage(x=Settled(a, a), y=Agent("f", ref.x[5])), "ref.x[5]: there are 2 children"),
    (
        Stage(x=Command("l"), y=Agent("f", ref.x.exit_cod)),
        "a CommandResult has no 'exit_cod'; did you mean 'exit_code'?",
    ),
    (a.expect(ref.nope.ok), "ref.nope: no such name around here"),
    (Agent("f", ref.x).given(x=ref.x), "ref.x: no such name around here"),
    (Command("x {f}", f=ref.q), "ref.q: no such name around here"),
    (All.map(a, over=ref.q), "ref.q: no such name around here"),
]


@pytest.mark.parametrize(("plan", "said"), CHECKED, ids=[said for _, said in CHECKED])
def test_check_says_each_thing_once(plan: dsl.Plan[t.Any], said: str) -> None:
    """One mistake is one finding, with its cure."""
    (found,) = check(plan)
    assert said in str(found)


def test_check_knows_what_a_command_gives() -> None:
    """All names of a result, and the names of outcomes, are right."""
    names = ["exit_code", "stdout", "stderr", "seconds", "truncated", "ok", "lines"]
    assert check(Stage(x=Command("l").timeout(3), y=Agent("f", [ref.x[n] for n in names]))) == []
    assert check(Stage(x=Settled(p=a), y=Agent("f", [ref.x.successes.p, ref.x.p.value]))) == []
    assert check(Stage(x=Command("l").expect(last.ok), y=Agent("f", ref.x.stdout))) == []


def test_agents_and_limits_are_judged_when_given() -> None:
    """Kinds, parameters and resources are compared with what the run has, and only then."""

    async def debug(task: str, *, files: tuple[str, ...] = ()) -> None: ...

    def said(plan: dsl.Plan[t.Any], **options: t.Any) -> str:
        return "|".join(map(str, check(plan, **options)))

    assert "did you mean 'debugger'" in said(Agent("debuger", "x"), agents={"debugger": debug})
    assert "did you mean 'files'" in said(Agent("debugger", "x", file=1), agents={"debugger": debug})
    assert said(Agent("other", "x"), agents={"*": debug}) == ""
    assert "did you mean 'gpu'" in said(a.uses("gpuu"), limits={"gpu": 1})
    assert said(a.uses("gpu")) == ""
