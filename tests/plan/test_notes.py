"""Each note of check has plans that fire it, word for word, and near misses that do not."""

from __future__ import annotations

import asyncio
import functools
import itertools
import time
import typing as t
from collections.abc import AsyncIterator, Iterator

import pytest

import parallel_dsl as dsl
from parallel_dsl import (
    Agent,
    All,
    Any,
    Call,
    Command,
    Fallback,
    Race,
    Settled,
    Stage,
    Value,
    check,
    item,
    last,
    ref,
    text,
)

a, b = Agent("a", "x"), Agent("b", "y")
SECRET = "sk-abcdef1234567890"


def some() -> Iterator[int]:
    yield 1


def forever() -> Iterator[int]:
    while True:
        yield 1


async def polled() -> AsyncIterator[int]:
    while True:
        yield await asyncio.sleep(1, 1)


def until() -> Iterator[int]:
    while True:
        yield 1
        if good(1):
            break


def failing() -> Iterator[int]:
    for _ in range(3):
        yield 1
    raise ValueError


async def delegating() -> AsyncIterator[int]:
    while True:
        async for number in polled():
            yield number
        if good(1):
            return


def save(results: list[t.Any]) -> None: ...


def fn(*args: t.Any, **options: t.Any) -> None: ...


def good(value: t.Any) -> bool:
    return bool(value)


Row = tuple[dsl.Plan[t.Any], str]

AGAIN = "repeats finished work: all of it runs again; put the retry on the leaves, or around a Settled"
REPEATS: list[Row] = [
    (All(a, b).retry(), f"a retry around All {AGAIN}"),
    (Stage(x=All(a, b).limit(1).timeout(9).retry()), f"x: a retry around All {AGAIN}"),
    (Stage(Call(fn), b).pick(-1).retry(2), f"a retry around Stage {AGAIN}"),
    (Stage(y=a, x=All.map(a, over=ref.y).batch(2).retry()), f"x: a retry around All {AGAIN}"),
    (All(Stage(a, b)).retry(), f"a retry around All {AGAIN}"),
    (Any(Stage(a, b), a).retry(), f"a retry around Any {AGAIN}"),
    (All(Settled(a, b), a).retry(), f"a retry around All {AGAIN}"),
    (Race(a, Settled(a, b)).retry(), f"a retry around Race {AGAIN}"),
    (All(Settled(a, b)).timeout(5).retry(), f"a retry around All {AGAIN}"),
    (All(a, b).retry(1).retry(), f"a retry around All {AGAIN}"),
    (All(a, b).retry().retry(), f"a retry around All {AGAIN}"),
    (
        All.map(a, over=[1, 2]).drain(save).retry(),
        "a retry around .drain saves again what was saved before; put the retry on the leaves, inside the drain",
    ),
    (
        Settled.map(a, over=[1, 2]).retry().drain(save),
        "the .retry inside .drain holds all results back: they are saved at its end, in one list; "
        "put the retry into the template: Settled.map(template.retry(...), over=...)",
    ),
    (
        All.map(a, over=[1, 2]).timeout(5).limit(1).drain(save),
        "the .timeout inside .drain holds all results back: they are saved at its end, in one list; "
        "put the timeout into the template: All.map(template.timeout(...), over=...)",
    ),
]
NO_REPEATS = [
    Settled(a, b).retry(),
    Settled(a, b).limit(1).timeout(9).retry(),
    a.retry(),
    All(a).retry(),
    All(a, Value(1)).retry(),
    All(a, b).retry(1),
    All.map(a, over=[1]).retry(),
    All(a.retry(), b.retry()),
    Any(a, b).retry(),
    Race(a, b).retry(),
    Fallback(a, b).retry(),
    Any(a, b).timeout(5).retry(),
    Race(Settled(a, b), Value(1)).retry(),
    Any(Stage(a, b), Value(1)).retry(),
    Stage(a, Settled(a, b)).retry(),
    All(Settled(a, b), Value(1)).retry(),
    Stage(draft=a, judge=b).expect(last.judge).retry(),
    a.expect(good).retry(),
    All.map(a.retry(), over=[1, 2]).drain(save),
    All(a, b).timeout(5).drain(save),
]

LATER = "up to 1,000 of its children are under way at once"
BOTH = "say .limit(n), and .drain(save) to let results go"
SOURCES: list[Row] = [
    (All.map(a, over=some), f"over=some has an end that is not known: {LATER} and its results pile up; {BOTH}"),
    (Settled.map(a, over=until), f"over=until has an end that is not known: {LATER} and its results pile up; {BOTH}"),
    (Stage(x=Any.map(a, over=some)), f"x: over=some has an end that is not known: {LATER}; say .limit(n)"),
    (
        All.map(a.limit(1), over=some),
        f"over=some has an end that is not known: {LATER} and its results pile up; {BOTH}",
    ),
    (All.map(a, over=itertools.count), f"over=count never ends: {LATER} and its results pile up; {BOTH}"),
    (
        All.map(a, over=itertools.count).limit(4),
        "over=count never ends: its results pile up; say .drain(save) to let results go",
    ),
    (
        Settled.map(a, over=polled).batch(4),
        "over=polled never ends: its results pile up; say .drain(save) to let results go",
    ),
    (Stage.map(a, over=forever), "over=forever never ends: its results pile up; say .drain(save) to let results go"),
    (
        All.map(a, over=functools.partial(itertools.repeat, 1)).limit(1),
        "over=repeat never ends: its results pile up; say .drain(save) to let results go",
    ),
    (Race.map(a, over=forever), f"over=forever never ends: {LATER}; say .limit(n)"),
]
NO_SOURCES = [
    All.map(a, over=some).limit(4),
    All.map(a, over=some).batch(4),
    All.map(a, over=some).limit(children=4),
    All.map(a, over=some).drain(save),
    All.map(a, over=forever).limit(2).drain(save),
    All.map(a.uses("gpu"), over=some),
    All.map(a, over=some).uses("gpu"),
    Stage(All(All.map(a, over=some), b)).limit(4),
    All.map(a, over=[1, 2, 3]),
    All.map(a, over=[1, 2].__iter__),
    All.map(a, over=functools.partial(range, 3)),
    All.map(a, over=functools.partial(itertools.repeat, 1, 3)),
    All.map(a, over=dict),
    Stage.map(a, over=some),
    Stage.map(a, over=failing),
    Stage.map(a, over=delegating),
    Stage.map(a, over=lambda: itertools.count()),
    Fallback.map(a, over=forever),
    Any.map(a, over=forever).limit(3),
    Settled.map(a, over=forever).limit(3).timeout(60),
]

fixes = Settled(bugs=a, perf=b)
MAPPED = "maps outcomes, those of failed children too, not the values themselves"
OUTCOMES: list[Row] = [
    (
        Stage(fixes=fixes, y=Agent("f", ref.fixes.bugs)),
        "y: ref.fixes.bugs is an outcome, not the value itself; say ref.fixes.bugs.value, or ref.fixes.successes.bugs",
    ),
    (
        Stage(x=All(fixes=fixes.retry()), y=Call(fn, [ref.x.fixes.bugs])),
        "y: ref.x.fixes.bugs is an outcome, not the value itself; "
        "say ref.x.fixes.bugs.value, or ref.x.fixes.successes.bugs",
    ),
    (
        Stage(fixes=fixes, y=Agent("f", text("{x}", x=ref.fixes.bugs.files))),
        "y: ref.fixes.bugs is an outcome, not the value itself; "
        "say ref.fixes.bugs.value.files, or ref.fixes.successes.bugs.files",
    ),
    (
        Stage(Settled(a, b), Agent("f", ref[0][1])),
        "[1]: ref[0][1] is an outcome, not the value itself; say ref[0][1].value",
    ),
    (
        Stage(x=Settled.map(a, over=[1, 2]), y=Agent("f", ref.x[0])),
        "y: ref.x[0] is an outcome, not the value itself; say ref.x[0].value",
    ),
    (
        Stage(x=Settled(bugs=a, perf=Call(fn)).pick("bugs"), y=Agent("f", ref.x)),
        "y: ref.x is an outcome, not the value itself; say ref.x.value",
    ),
    (
        Stage(fixes=fixes, y=All.map(Agent("f", item), over=ref.fixes)),
        f"y: over=ref.fixes {MAPPED}; say over=ref.fixes.successes, or item.value",
    ),
    (
        Stage(x=All(p=Settled.map(a, over=[1]).limit(2)), y=All.map(Stage(b, Call(fn, item.files)), over=ref.x.p)),
        f"y: over=ref.x.p {MAPPED}; say over=ref.x.p.successes, or item.value",
    ),
]
NO_OUTCOMES = [
    Stage(fixes=fixes, y=All.map(Agent("f", item), over=ref.fixes.successes)),
    Stage(fixes=fixes, y=All.map(Agent("f", item), over=ref.fixes.failures)),
    Stage(fixes=fixes, y=All.map(Stage(Agent("f", item.value), Agent("g", item)), over=ref.fixes)),
    Stage(fixes=fixes, y=All.map(Call(fn, text("{x}", x=item.error)), over=ref.fixes)),
    Stage(x=All(p=a), y=All.map(Agent("f", item), over=ref.x)),
    Stage(x=Settled(p=a).pick("p"), y=All.map(Agent("f", item), over=ref.x.value)),
    Stage(fixes=fixes, y=Agent("f", [ref.fixes.successes.bugs, ref.fixes.failures, ref.fixes.successes])),
    Stage(fixes=fixes, y=Agent("f", [ref.fixes.bugs.value.files, ref.fixes.bugs.ok, ref.fixes.perf.errors])),
    Stage(fixes=fixes, y=Agent("f", ref.fixes)),
    Stage(fixes=fixes, y=Agent("f", ref.x.value).given(x=ref.fixes.bugs)),
    Stage(x=All(successes=a, bugs=b), y=Agent("f", [ref.x.successes, ref.x.bugs])),
    Stage(x=Settled(p=All(q=a)), y=Agent("f", ref.x.p.value.q)),
    Stage(x=Settled(p=a), y=b.expect(ref.x.p.ok)),
    Stage(x=Settled.map(a, over=[1]), y=Agent("f", [ref.x.successes, ref.x[0].value])),
    Stage(x=Any(Settled(p=a), b), y=Agent("f", ref.x.p)),
    Stage(x=Stage(p=Settled(q=Call(fn)), r=b).pick("r"), y=Agent("f", ref.x.q)),
]

HIDDEN: list[Row] = [
    (
        Stage(scan=a, inner=Stage(scan=b, fix=Agent("f", ref.scan))),
        "inner.fix: ref.scan is inner.scan, which hides scan; if the other one is meant, rename one of the two",
    ),
    (
        Stage(scan=a, inner=All(x=Stage(scan=b, fix=Agent("f", ref.scan.files), more=Agent("f", ref.scan)))),
        "inner.x.fix: ref.scan is inner.x.scan, which hides scan; if the other one is meant, rename one of the two",
    ),
    (
        Stage(scan=b, fix=Agent("f", ref.scan)).given(scan=3),
        "fix: ref.scan is scan, which hides the scan of .given; if the other one is meant, rename one of the two",
    ),
]
NOT_HIDDEN = [
    Stage(scan=Stage(scan=b, fix=Agent("f", ref.scan))),
    Stage(inner=Stage(scan=b, fix=Agent("f", ref.scan)), scan=a),
    Stage(scan=a, inner=Stage(scan=Agent("f", ref.scan), more=b)),
    Stage(scan=a, more=Stage(scan=a, inner=Stage(x=a, scan=Agent("f", 1), y=Agent("f", ref.x)))),
    All(scan=a, inner=Stage(scan=b, fix=Agent("f", ref.scan))),
    Stage(scan=a, inner=Stage(scan=b, fix=Agent("f", 1)), last=Agent("f", ref.scan)),
    Stage(scan=a, inner=Agent("f", ref.scan).given(scan=ref.scan)),
]

NOBODY = "nobody gets the result of this agent; "
NOBODY += "name it with ref, or leave the agent away; for its effect alone all is well"
UNUSED: list[Row] = [
    (Stage(draft=a, polish=b).pick("polish"), f"draft: {NOBODY}"),
    (Stage(draft=a.retry(), polish=b).limit(3).pick(-1), f"draft: {NOBODY}"),
    (All(x=a, y=b).pick("y"), f"x: {NOBODY}"),
    (Stage(x=All(p=a, q=b), y=Agent("f", ref.x.p)).pick("y"), f"x.q: {NOBODY}"),
    (Stage(x=All(p=a, q=b), y=Agent("f", 1)).pick("y"), f"x: {NOBODY}"),
    (Stage(x=Stage(p=a, q=Agent("f", ref.p)), y=b).pick("y"), f"x.q: {NOBODY}"),
    (Stage(x=Stage(p=a, q=Agent("f", ref.p)).pick("q"), y=b).pick("y"), f"x.q: {NOBODY}"),
    (Stage(x=Stage(p=Call(fn), q=a).pick("q"), y=b).pick("y"), f"x.q: {NOBODY}"),
    (Stage(u=Stage(v=a, w=b).pick("w")), f"u.v: {NOBODY}"),
]
NOT_UNUSED = [
    Stage(draft=a, polish=Agent("p", ref.draft)).pick("polish"),
    Stage(a, Agent("p", ref[-1])).pick(-1),
    Stage(draft=a, polish=b),
    Stage(test=Command("pytest"), told=Call(fn), polish=b).pick("polish"),
    Stage(gate=a.expect(good), polish=b).pick("polish"),
    Stage(draft=a, polish=b).expect(good).pick("polish"),
    Stage(rows=All.map(a, over=[1]).drain(save), polish=b).pick("polish"),
    Stage(x=All(p=a, q=b), y=Agent("f", ref.x)).pick("y"),
    Stage(x=All(p=a), y=Agent("f", ref.x.p)).pick("y"),
    Stage(x=a, y=b.expect(ref.x.ok)).pick("y"),
    Stage(x=a, y=All.map(Agent("f", item), over=ref.x.files)).pick("y"),
    Stage(x=a, y=Agent("f", ref.z).given(z=ref.x)).pick("y"),
]

KEY = "looks like a key, and a plan is shown and saved as it is"
OUT = "keep it out of the plan: let the function that needs it read it from the environment"
OUT_OF_COMMAND = "keep it out of the plan: set it in the environment of the run, which a command inherits"
KEYS: list[Row] = [
    (Agent("f", "x", api_key="abc"), f"api_key= {KEY}; {OUT}"),
    (Agent("f", "x", openaiApiKey="abc"), f"openaiApiKey= {KEY}; {OUT}"),
    (Agent("f", f"use {SECRET} for it"), f"the task {KEY}; {OUT}"),
    (Call(fn, SECRET, x="ghp_abcdef123456"), f"argument 0, x= {KEY.replace('looks', 'look')}; {OUT}"),
    (Agent("f", "x", headers={"Authorization": "Basic abc"}), f"headers['Authorization'] {KEY}; {OUT}"),
    (Agent("f", text("{x} " + SECRET, x=1)), f"the task {KEY}; {OUT}"),
    (Agent("f", text("{x}", x=[SECRET])), f"the task['x'] {KEY}; {OUT}"),
    (Agent("f", {SECRET: SECRET}), f"the task['***'] {KEY}; {OUT}"),
    (Command("curl --token=abc x"), f"--token {KEY}; {OUT_OF_COMMAND}"),
    (Command(["curl", "--token", "abc"]), f"--token {KEY}; {OUT_OF_COMMAND}"),
    (Command("curl --api-key {api_key}", api_key="abc"), f"api_key= {KEY}; {OUT_OF_COMMAND}"),
    (Command(["curl", text("{x}", x=SECRET)]), f"an argument['x'] {KEY}; {OUT_OF_COMMAND}"),
    (Command("x", env={"GITHUB_TOKEN": "abc"}), f"env['GITHUB_TOKEN'] {KEY}; {OUT_OF_COMMAND}"),
    (Command("API_KEY=abc curl x | cat", shell=True), f"API_KEY= {KEY}; {OUT_OF_COMMAND}"),
    (Command("psql postgres://me:hunter2@host/db"), f"an argument {KEY}; {OUT_OF_COMMAND}"),
    (Command(["curl", "-H", "Authorization: Bearer abcabc"]), f"the Authorization {KEY}; {OUT_OF_COMMAND}"),
    (Command(["curl", "-H", "X-Api-Key: abc"]), f"the X-Api-Key {KEY}; {OUT_OF_COMMAND}"),
    (Command("curl -H 'Authorization: Basic abcabc' x | y", shell=True), f"the Authorization {KEY}; {OUT_OF_COMMAND}"),
    (Command(["curl", "-ume:hunter2", "https://me:hunter2@host"]), f"an argument {KEY}; {OUT_OF_COMMAND}"),
    (Command(["curl", f"--{SECRET}", SECRET]), f"an argument, *** {KEY.replace('looks', 'look')}; {OUT_OF_COMMAND}"),
    (Command("psql", env={"PGPASSWORD": "abc"}), f"env['PGPASSWORD'] {KEY}; {OUT_OF_COMMAND}"),
    (Agent("f", "x", openai_key="abc"), f"openai_key= {KEY}; {OUT}"),
    (Agent("f", "x", maps="AIzaSyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY"), f"maps= {KEY}; {OUT}"),
    (Agent("f", ref.password).given(password="hunter2"), f"password= {KEY}; {OUT}"),
    (Value({"secret": "abc"}), f"the value['secret'] {KEY}; {OUT}"),
]
NO_KEYS = [
    Agent("f", "x", max_tokens=100, token_count="100", tokenizer="gpt2", stop_token="</s>", page_token="abc"),
    Agent("f", "what is a token, and a secret: is it basic arithmetic?"),
    Agent("f", "x", api_key="", token="$TOKEN", secret="<your secret>", password="***", access_key="MY_ACCESS_KEY"),
    Agent("f", "x", token_url="https://host/token", password_file="/run/x", secrets_found=3, key="abc", keyword="x"),
    Stage(x=a, y=Agent("f", "x", api_key=ref.x, token=text("{x}", x=ref.x))),
    Command("curl --max-tokens=3 --token $TOKEN x | cat", shell=True),
    Stage(x=a, y=Agent("f", "x", headers={"Authorization": text("Bearer {x}", x=ref.x)})),
    Agent("f", "x", headers={"Authorization": "Bearer $TOKEN", "X-Api-Key": "{key}"}),
    Agent("f", "risk-assessment of sk-learn-pipelines and of task-force-10", primary_key="id", idempotency_key="x-1"),
    Command("curl -H 'Authorization: Bearer $TOKEN' -H 'Accept: json' x | cat", shell=True),
    Command(["curl", "-H", "Content-Type: text/plain", "-d", "note: the token is missing"]),
    Command(["git", "log", "--token-file", "x", "--no-password", "--help"]),
]

PLAIN = "the task is a plain str; say text(..., "
BRACES: list[Row] = [
    (
        All.map(Agent("a", "review {file}", file=item), over=[1]),
        f"*: {{file}} in the task is not filled in, also though file= is given: {PLAIN}file=...)",
    ),
    (Stage(x=a, y=Agent("f", "fix {x} {z}")), f"y: {{x}} in the task is not filled in: {PLAIN}x=ref.x)"),
    (All.map(Agent("a", "see {item}"), over=[1]), f"*: {{item}} in the task is not filled in: {PLAIN}item=item)"),
]
NO_BRACES = [
    Agent("a", text("review {file}", file=3)),
    Agent("a", 'give {"ok": true} for {file}', path=3),
    Agent("a", "the set {1, 2}", file=3),
    Stage(y=Agent("f", "fix {x}"), x=a),
    All(x=a, y=Agent("f", "fix {x}")),
    Agent("a", "see {item}"),
    Call(fn, "review {file}", file=3),
]

FIRED = [*REPEATS, *SOURCES, *OUTCOMES, *HIDDEN, *UNUSED, *KEYS, *BRACES]
MISSED = [*NO_REPEATS, *NO_SOURCES, *NO_OUTCOMES, *NOT_HIDDEN, *NOT_UNUSED, *NO_KEYS, *NO_BRACES]


def notes(plan: dsl.Plan[t.Any]) -> list[str]:
    return [str(f).removeprefix("note: ") for f in check(plan) if f.level == "note"]


@pytest.mark.parametrize(("plan", "said"), FIRED, ids=[said for _, said in FIRED])
def test_a_note_says_what_and_what_to_try(plan: dsl.Plan[t.Any], said: str) -> None:
    """A plan that does what its author hardly wants has one note, with the place and the cure."""
    assert notes(plan) == [said]


@pytest.mark.parametrize("plan", MISSED, ids=repr)
def test_a_near_miss_has_no_note(plan: dsl.Plan[t.Any]) -> None:
    """A plan that only looks like such a one has no note, and no error."""
    assert check(plan) == []


def test_errors_come_first_and_notes_keep_no_run_from_starting() -> None:
    """A plan with notes is run as it is; check tells errors before notes."""
    noted = All(a, b).retry()
    assert dsl.run(noted, agents={"*": lambda task: task}) == ("x", "y")
    found = check(Stage(x=noted, y=Agent("f", ref.z)))
    assert [(f.address, f.level) for f in found] == [("y", "error"), ("x", "note")]


@pytest.mark.parametrize(("plan", "said"), KEYS, ids=[said for _, said in KEYS])
def test_a_note_never_repeats_the_secret(plan: dsl.Plan[t.Any], said: str) -> None:
    """What looks like a key is in no part of any note."""
    (found,) = check(plan)
    shown = repr(found)
    assert not any(secret in shown for secret in (SECRET, "abc", "hunter2"))


def test_what_a_source_is_compared_with_does_not_disturb() -> None:
    """A source may be any callable: one that answers every comparison and every question is one like others."""

    class Odd:
        def __eq__(self, other: object) -> bool:
            return True

        def __getattr__(self, name: str) -> t.Any:
            return "x\ny" if name == "__name__" else None

        __hash__ = object.__hash__

        def __call__(self) -> Iterator[int]:
            return iter([1])

    (found,) = notes(All.map(a, over=Odd()))
    assert "has an end that is not known" in found
    assert "\n" not in found


def test_a_function_that_wraps_itself_is_looked_at() -> None:
    """A loop of ``__wrapped__`` tells nothing of a source, a leaf or a save, and breaks no check."""

    def looped(*args: object) -> list[int]:
        return [1]

    looped.__wrapped__ = looped  # type: ignore[attr-defined]
    for plan in (All.map(Call(looped, item), over=looped).limit(3), Stage.map(a, over=looped).drain(looped)):
        assert check(plan) == []


def test_notes_stop_where_parameters_are_endless() -> None:
    """Of a huge parameter a part is looked at, and the note lists a few names."""
    names = {f"token{'x' * n}_token": "abc" for n in range(10)}
    assert notes(Agent("f", "x", **names))[0].startswith("token_token=, tokenx_token=, tokenxx_token=, ... look like")
    assert notes(Agent("f", "y " * 5_000_000 + SECRET, data=[SECRET[:3]] * 100_000)) == []


DEEP = 5_000


def deep(wrap: t.Callable[[dsl.Plan[t.Any], int], dsl.Plan[t.Any]], levels: int = DEEP) -> dsl.Plan[t.Any]:
    plan: dsl.Plan[t.Any] = a
    for level in range(levels):
        plan = wrap(plan, level)
    return plan


DEEPLY: dict[str, t.Callable[[dsl.Plan[t.Any], int], dsl.Plan[t.Any]]] = {
    "retries": lambda plan, level: All(plan).retry(2),
    "wasting retries": lambda plan, level: All(plan, b).retry(2),
    "wrappers": lambda plan, level: plan.retry(2).timeout(9) if level else All(plan, b),
    "picks": lambda plan, level: Stage(x=b, y=plan).pick("y"),
    "picked away": lambda plan, level: Stage(x=plan, y=b).pick("y"),
    "hidden": lambda plan, level: Stage(p=b, q=plan, r=Agent("f", ref.p)),
    "far names": lambda plan, level: Stage({f"p{level}": b, "q": plan, "r": Agent("f", ref[f"p{level}"])}),
    "settled": lambda plan, level: Stage(p=Settled(z=b), q=plan, r=Agent("f", ref.p.z)),
    "sources": lambda plan, level: All.map(plan, over=some),
}


@pytest.mark.parametrize("wrap", DEEPLY.values(), ids=DEEPLY)
def test_notes_are_linear_in_depth(wrap: t.Callable[[dsl.Plan[t.Any], int], dsl.Plan[t.Any]]) -> None:
    """5,000 levels take about five times as long as 1,000, not 25 times, and no recursion."""
    small, large = deep(wrap, DEEP // 5), deep(wrap)
    first = min(_seconds(small) for _ in range(2))
    assert _seconds(large) < 15 * first + 0.2


def _seconds(plan: dsl.Plan[t.Any]) -> float:
    began = time.process_time()
    check(plan)
    return time.process_time() - began
