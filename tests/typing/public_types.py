"""The types that users rely on: checked by mypy and by pyright, never executed."""

from __future__ import annotations

import typing as t
from collections.abc import AsyncIterator, Iterator

import parallel_dsl as dsl
from parallel_dsl import (
    Agent,
    All,
    Call,
    Command,
    CommandResult,
    Fallback,
    Outcomes,
    Plan,
    Race,
    Results,
    Settled,
    Stage,
    Value,
    arun,
    item,
    last,
    ref,
    run,
    text,
)

i = Value(3)
s = Value("x")
f = Value(0.5)
ints = [Value(1), Value(2)]


def length(of: str, *, least: int = 0) -> int:
    """A function that waits for nothing."""
    return max(least, len(of))


async def fetched(of: str) -> bytes:
    """A function that waits."""
    return of.encode()


def leaves() -> None:
    """A constant has the type of its value, a command a result, a call what its function gives."""
    t.assert_type(i, Value[int])
    t.assert_type(run(i), int)
    t.assert_type(Value(ref.x), Value[t.Any])
    t.assert_type(Value(text("{x}", x=ref.x)), Value[str])
    t.assert_type(run(Command("true")), CommandResult)
    t.assert_type(Call(length, "x"), Call[int])
    t.assert_type(Call(length, ref.x, least=ref.y), Call[int])
    t.assert_type(Call(fetched, ref.x), Call[bytes])
    t.assert_type(run(Call(lambda: fetched("x"))), bytes)
    t.assert_type(run(Call(int, "3")), int)
    t.assert_type(Call(len, [1]), Call[int])


def agents() -> None:
    """What an agent gives is not known, unless it is said."""
    t.assert_type(Agent("a"), Agent[t.Any])
    t.assert_type(run(Agent("a", "do", files=[ref.x])), t.Any)
    t.assert_type(run(Agent[str]("a")), str)
    said: Agent[str] = Agent("a")
    t.assert_type(run(said), str)
    t.assert_type(All(said, Agent("b")), All[tuple[str, t.Any]])


def tuples() -> None:
    """`All` and `Stage` give each of six children its own type, and more of them one type."""
    x, y = run(All(i, s))
    t.assert_type(x, int)
    t.assert_type(y, str)
    t.assert_type(All(), All[tuple[()]])
    t.assert_type(All(i), All[tuple[int]])
    t.assert_type(All(i, s, f, i, s, f), All[tuple[int, str, float, int, str, float]])
    t.assert_type(All(i, i, i, i, i, i, i), All[tuple[int, ...]])
    t.assert_type(All(*ints), All[tuple[int, ...]])
    t.assert_type(All(ints), All[tuple[int, ...]])
    t.assert_type(All(Call(length, w) for w in "ab"), All[tuple[int, ...]])
    t.assert_type(run(Stage(i, Stage(s, f))), tuple[int, tuple[str, float]])
    t.assert_type(Stage(*ints), Stage[tuple[int, ...]])
    t.assert_type(Stage(ints), Stage[tuple[int, ...]])


def names() -> None:
    """Named children give `Results`, whose items are not typed: `check` knows their names."""
    named = {"x": i, "y": s}
    t.assert_type(All(x=i, y=s), All[Results])
    t.assert_type(All(a=i, self=s), All[Results])
    t.assert_type(All({"3.11": i, "3.12": s}), All[Results])
    t.assert_type(All(named), All[Results])
    t.assert_type(All(**named), All[Results])
    t.assert_type(Stage(x=i, y=s), Stage[Results])
    t.assert_type(Stage(**named), Stage[Results])
    out = run(All(x=i, y=s))
    t.assert_type(out.x, t.Any)
    t.assert_type(out["x"], t.Any)
    t.assert_type(list(out), list[t.Any])
    t.assert_type(dict(out), dict[t.Any, t.Any])


def outcomes() -> None:
    """`Settled` gives outcomes; what those hold that succeeded has a type, unless they have names."""
    t.assert_type(Settled(i, i), Settled[Outcomes[int]])
    t.assert_type(Settled(i, s), Settled[Outcomes[int | str]])
    t.assert_type(Settled(ints), Settled[Outcomes[int]])
    t.assert_type(Settled(*ints), Settled[Outcomes[int]])
    t.assert_type(Settled(x=i, y=s), Settled[Outcomes])
    out = run(Settled(ints).retry(3).limit(2))
    t.assert_type(out.successes, Results[int])
    t.assert_type(list(out.successes), list[int])
    t.assert_type(out.successes[0], int)
    t.assert_type(out.failures, tuple[dsl.Failed, ...])
    t.assert_type(out[0], t.Any)
    t.assert_type(run(Settled(x=i)).x.value, t.Any)


def one_of() -> None:
    """Who gives one child's value gives any of their types."""
    t.assert_type(run(dsl.Any(i, s)), int | str)
    t.assert_type(dsl.Any(i, s, f, i, s, Command("true")), dsl.Any[int | str | float | CommandResult])
    t.assert_type(run(dsl.Any(*ints)), int)
    t.assert_type(run(dsl.Any(ints)), int)
    t.assert_type(run(dsl.Any({"a": i, "b": i})), int)
    t.assert_type(run(dsl.Any(x=i, y=i)), int)
    t.assert_type(run(Race(i, s)), int | str)
    t.assert_type(run(Race(x=i, y=i)), int)
    t.assert_type(run(Fallback(i, s)), int | str)
    t.assert_type(run(Fallback(ints)), int)


def fresh() -> Iterator[int]:
    """Items that are made as they are needed."""
    yield 1


async def awaited_items() -> AsyncIterator[int]:
    """Items that are waited for."""
    yield 1


async def listed() -> list[int]:
    """Items that come all at once."""
    return [1]


def maps() -> None:
    """One template for all items: its type, as often as there are items; a mapping's keys are names."""
    each = Call(length, item)
    t.assert_type(All.map(each, over=["a"]), All[tuple[int, ...]])
    t.assert_type(All.map(each, over=("a", 1)), All[tuple[int, ...]])
    t.assert_type(All.map(each, over=range(3)), All[tuple[int, ...]])
    t.assert_type(All.map(each, over=ref.found.files), All[tuple[int, ...]])
    t.assert_type(All.map(each, over=fresh), All[tuple[int, ...]])
    t.assert_type(All.map(each, over=awaited_items), All[tuple[int, ...]])
    t.assert_type(All.map(each, over=listed), All[tuple[int, ...]])
    t.assert_type(All.map(each, over={"a": 1}), All[Results])
    t.assert_type(Stage.map(each, over=["a"]), Stage[tuple[int, ...]])
    t.assert_type(Stage.map(each, over={"a": 1}), Stage[Results])
    t.assert_type(Settled.map(each, over=["a"]), Settled[Outcomes[int]])
    t.assert_type(Settled.map(each, over={"a": 1}), Settled[Outcomes[int]])
    t.assert_type(dsl.Any.map(each, over=["a"]), dsl.Any[int])
    t.assert_type(Race.map(each, over={"a": 1}), Race[int])
    t.assert_type(Fallback.map(each, over=ref.models), Fallback[int])


async def approved(of: str) -> bool:
    """A condition that waits."""
    return bool(of)


def suffixes(kept: list[int]) -> None:
    """Suffixes and wrappers keep the type; one child's result is not known, and a drain counts."""
    t.assert_type(run(Command("true").retry(3).timeout(5).limit(2)), CommandResult)
    t.assert_type(run(s.expect(lambda v: v.isupper()).given(x=1).uses("gpu")), str)
    t.assert_type(run(All(i, s).batch(1)), tuple[int, str])
    t.assert_type(run(All(i, s).limit(children=1).expect(lambda v: v[0] > 1, "more")), tuple[int, str])
    t.assert_type(run(s.expect(last.ok)), str)
    t.assert_type(run(s.expect(approved, "a person must say so")), str)
    t.assert_type(All(x=i).pick("x"), Plan[t.Any])
    t.assert_type(run(All(ints).drain(kept.extend)), int)
    t.assert_type(dsl.Batch(All(i, s), 1), dsl.Batch[tuple[int, str]])
    t.assert_type(dsl.Limit(i, 1), dsl.Limit[int])
    t.assert_type(dsl.Retry(i, 5, delay=1, on=(OSError, ValueError)), dsl.Retry[int])
    t.assert_type(dsl.Timeout(i, 0.5), dsl.Timeout[int])
    t.assert_type(dsl.Expect(s, lambda v: v.isupper()), dsl.Expect[str])
    t.assert_type(dsl.Given(i, x=1), dsl.Given[int])
    t.assert_type(dsl.Uses(i, "gpu"), dsl.Uses[int])
    t.assert_type(dsl.Pick(All(i), 0), dsl.Pick[t.Any])
    t.assert_type(run(dsl.Drain(All(ints), kept.extend)), int)


def retries() -> None:
    """The options of a retry are known by name and type."""
    t.assert_type(i.retry(None, delay=0.1, factor=3, max_delay=None, jitter=False), Plan[int])
    t.assert_type(i.retry(attempts=5, jitter=lambda attempt: 1 / attempt, on=OSError), Plan[int])
    t.assert_type(i.retry(on=lambda error: bool(error.args), max_elapsed=60), Plan[int])


async def awaited() -> None:
    """`arun` gives what `run` gives."""
    t.assert_type(await arun(i), int)
    x, y = await arun(All(i, s))
    t.assert_type((x, y), tuple[int, str])


def covariance(plan: Plan[int], agent: Agent[str]) -> Plan[object]:
    """A plan of an int is a plan of an object; one of any type fits anywhere."""
    unknown: Plan[int] = Agent("a")
    mixed: list[Plan] = [unknown, plan, agent, Command("true")]
    t.assert_type(run(All(mixed)), tuple[t.Any, ...])
    return plan


def options(record: dict[str, int]) -> None:
    """The options of a run have types; fakes and agents are what they are."""
    t.assert_type(
        run(
            i,
            agents={"a": fetched, "*": length},
            limit=8,
            limits={"gpu": 1},
            fakes={"a.*": 3},
            watch=lambda event: record.update(last=event.attempt),
            seed=1,
        ),
        int,
    )


def simulations() -> None:
    """Seconds, chances and values by key take what they are documented to take."""
    t.assert_type(dsl.simulate(i, 3, limit=2, seed=1), dsl.Report)
    t.assert_type(dsl.simulate(i, (1, 5.5), fails=(0.1, OSError), items=3), dsl.Report)
    t.assert_type(dsl.simulate(i, {"a": 1, "b.*": (1, 2)}, fails={"a": (0.5, OSError("x")), "b": 0.1}), dsl.Report)
    t.assert_type(dsl.simulate(i, lambda work: len(work.args), fails=lambda work: work.attempt < 2), dsl.Report)
    t.assert_type(dsl.simulate(i, values={"a": 3, "b": length}, items={"a": 3}, limits={"gpu": 1}), dsl.Report)
    found = dsl.best_limit(i, {"a": 2.5}, tried=[1, 2])
    t.assert_type(found, dsl.BestLimit)
    t.assert_type(found.knee, int)
    t.assert_type([row.seconds for row in found], list[float])


def reports() -> None:
    """A report and its entries have types."""
    report = dsl.last_report()
    t.assert_type(report, dsl.Report)
    t.assert_type(report.counts, dict[str, int])
    t.assert_type(dsl.check(i), list[dsl.Finding])
