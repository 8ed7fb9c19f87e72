"""What type checkers refuse before anything runs: every line is an error for both, and never executed."""

# pyright: reportUnusedVariable=false, reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownLambdaType=false

from __future__ import annotations

from collections.abc import Iterator

import parallel_dsl as dsl
from parallel_dsl import Agent, All, Call, Command, Fallback, Race, Settled, Stage, Value, arun, ref, run

i = Value(3)
s = Value("x")


async def agent(task: str) -> str:
    """An agent that somebody forgot to wrap."""
    return task


def items() -> Iterator[int]:
    """Items that can be had once."""
    yield 1


def children(mixed: list[object]) -> None:
    """A child is a plan: no text, no function, no class, no coroutine, no reference."""
    All("npm test")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
    All(i, "npm test")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    All(x="npm test")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    All(["npm test"])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
    All({"x": "npm test"})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
    All(mixed)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
    All(ref.x)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    All(*ref.x)  # type: ignore[misc]  # pyright: ignore[reportGeneralTypeIssues, reportUnknownArgumentType]
    All(i, agent)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    All(i, agent("x"))  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    All(i, Agent)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    All(i, x=s)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    Settled(i, "npm test")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    Stage("npm test")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
    Stage(x=3)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    dsl.Any(3)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    Race(i, 3)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    Fallback(x=3)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]


def maps() -> None:
    """Items are a keyword, and no text, set or generator."""
    All.map(i)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    All.map(i, [1])  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    All.map(i, over="abc")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    All.map(i, over={1, 2})  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    All.map(i, over=items())  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    All.map("npm test", over=[1])  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    Settled.map(i, over=3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Stage.map(i, over=3)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    dsl.Any.map(i, over=3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Race.map(i, over=3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Fallback.map(i, over=3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def leaves() -> None:
    """A call takes a function, an agent a name, a command a line."""
    Call(agent("x"))  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    Call("npm test")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    Call(3)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    Agent(agent)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Agent(3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Command(3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Command("true", check="yes")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    _wrong: Value[str] = Value(3)  # type: ignore[arg-type]  # pyright: ignore[reportAssignmentType]


def suffixes() -> None:
    """The words of other libraries, and options out of their type."""
    i.retry(retries=3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    i.retry(delya=3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    i.retry(3, 1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    i.retry(delay="1")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    i.retry(on=KeyboardInterrupt)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    i.retry(attempts="3")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    i.timeout("5")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    i.limit("5")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    i.batch(2.5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    i.uses(3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    i.pick(2.5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    i.expect(True)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    s.expect(len)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    i.expect(lambda v: v.upper() == "X")  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    dsl.Retry("npm test")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    dsl.Retry(i, tries=3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    dsl.Timeout(5)  # type: ignore[arg-type, call-arg]  # pyright: ignore[reportCallIssue]
    All(i).drain(3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


async def running() -> None:
    """Only plans run, with options of these names; a plan gives nothing by itself."""
    run(3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    run("npm test")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    run([i, s])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    run(i, limits=3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    run(i, workers=3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await arun(3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await i  # type: ignore[misc]  # pyright: ignore[reportGeneralTypeIssues]
    _, _ = All(i, s)  # type: ignore[misc]  # pyright: ignore[reportGeneralTypeIssues]
    _, _, _ = run(All(i, s))  # type: ignore[misc]  # pyright: ignore[reportAssignmentType]
    for _ in All(i):  # type: ignore[attr-defined]  # pyright: ignore[reportGeneralTypeIssues]
        pass
    for _ in ref.files:  # type: ignore[misc]  # pyright: ignore[reportGeneralTypeIssues]
        pass
    _text: str = run(i)  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    _out: tuple[int, int] = run(All(i, s))  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    run(dsl.Any(i, s)).upper()  # type: ignore[union-attr]  # pyright: ignore[reportAttributeAccessIssue]
    run(Settled(i)).successes[0].upper()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
