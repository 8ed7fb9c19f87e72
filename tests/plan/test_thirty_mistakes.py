"""The likeliest mistakes of a new user: each is one line with the place, what was found, and the cure."""

from __future__ import annotations

import copy
import datetime as dt
import pickle
import typing as t

import pytest
import trio

import parallel_dsl
from parallel_dsl import PlanError, item, last
from parallel_dsl.plan import Plan

dsl: t.Any = parallel_dsl  # each line is wrong on purpose, and a type checker would say so
ref: t.Any = parallel_dsl.ref
a: t.Any = dsl.Agent("a")
b: t.Any = dsl.Agent("b")
All, Agent, Call, Command = dsl.All, dsl.Agent, dsl.Call, dsl.Command
Stage, Value, run = dsl.Stage, dsl.Value, dsl.run


async def fetch() -> int:
    return 1


def debug(task: str, *, files: tuple[str, ...] = ()) -> str:
    return task


P, T, A, R = PlanError, TypeError, AttributeError, RuntimeError
Rows = list[tuple[type[Exception], str, t.Callable[[], t.Any], str]]


class Client:
    """An object that cannot be called."""


def used_twice() -> None:
    plans = (p for p in [a, b])
    All(plans)
    All(plans)


async def awaited() -> None:
    await a


async def run_in_trio() -> None:
    run(Value(1))


def run_in_leaf() -> None:
    run(Value(1))


def arun_in_plain_code() -> None:
    dsl.arun(Value(1)).send(None)


def set_attribute(plan: t.Any, name: str, value: object) -> None:
    setattr(plan, name, value)


AGENTS: Rows = [
    (P, "wrong word order", lambda: run(Agent("do this task", "debugger"), agents={"debugger": debug}),
     "no agent for kind 'do this task'; did you mean Agent('debugger', 'do this task')?"),
    (P, "agents forgotten", lambda: run(Stage(x=Agent("debugger", "find it"))),
     "x: no agent for kind 'debugger'; say run(plan, agents={'debugger': function})"),
    (P, "another agent only", lambda: run(Stage(x=Agent("writer", "t")), agents={"debugger": debug}),
     "x: no agent for kind 'writer'; say run(plan, agents={'writer': function})"),
    (P, "typo in a kind", lambda: run(Stage(x=Agent("debuger", "t")), agents={"debugger": debug}),
     "x: no agent for kind 'debuger'; did you mean 'debugger'?"),
    (P, "agents is a list", lambda: run(a, agents=[debug]),
     "agents is a list, expected a mapping; did you mean agents={'debug': debug}?"),
    (P, "agents is a function", lambda: run(a, agents=debug),
     "agents is a function, expected a mapping; did you mean agents={'debug': debug}?"),
    (P, "an agent is a str", lambda: run(Stage(x=a), agents={"a": "gpt-4"}),
     "x: the agent for 'a' is 'gpt-4'; expected a function, or an object with __call__"),
    (P, "an agent is None", lambda: run(Stage(x=a), agents={"a": None}),
     "x: the agent for 'a' is None; expected a function, or an object with __call__"),
    (P, "an agent is an object", lambda: run(Stage(x=a), agents={"a": Client()}),
     "x: the agent for 'a' is a Client; expected a function, or an object with __call__"),
    (P, "an agent is a plan", lambda: run(Stage(x=a), agents={"a": b}),
     "x: the agent for 'a' is a plan, Agent(...); expected a function; put the plan in place of the Agent"),
    (P, "an agent is a coroutine", lambda: run(Stage(x=a), agents={"a": fetch()}),
     "x: the agent for 'a' is a coroutine; expected a function; pass it without calling it: fetch"),
    (P, "an agent is a class", lambda: run(Stage(x=Agent("a", "t")), agents={"a": Client}),
     "x: Client(): too many positional arguments; an agent is called with its task; did you mean an object of the "
     "class: Client(...)?"),
    (P, "an agent of no use", lambda: run(Value(1), agents={"a": "gpt-4"}),
     "agents: 'a' is 'gpt-4'; expected a function, or an object with __call__"),
    (P, "a kind is a number", lambda: run(Value(1), agents={1: debug}),
     "agents has the key 1, expected a str: the name of a kind"),
    (P, "typo in a parameter", lambda: run(Stage(x=Agent("a", "t", file="x")), agents={"a": debug}),
     "x: debug(task, *, files=()): got an unexpected keyword argument 'file'; did you mean 'files'?"),
    (P, "no task", lambda: run(Stage(x=Agent("a")), agents={"a": debug}),
     "x: debug(task, *, files=()): missing a required argument: 'task'; an agent is called with its task; did you "
     "mean Agent('a', 'what to do')?"),
    (P, "an agent without task", lambda: run(Stage(x=Agent("a", "t")), agents={"a": fetch}),
     "x: fetch(): too many positional arguments; an agent is called with its task; let it take one"),
    (P, "Agent of a function", lambda: Agent(debug, "t"),
     "Agent got the function debug, expected a kind; did you mean Call(debug, ...)?"),
    (P, "Agent of a plan", lambda: Agent(a), "Agent got the plan Agent('a'), expected a kind; a plan is used as it is"),
    (T, "Agent of nothing", lambda: Agent(),
     "Agent: missing a required argument: 'kind'; it takes kind, task, and more as name=value"),
    (T, "Agent of three", lambda: Agent("a", "b", "c"),
     "Agent: too many positional arguments; it takes kind, task, and more as name=value"),
    (P, "Call without argument", lambda: run(Stage(x=Call(debug))),
     "x: debug(task, *, files=()): missing a required argument: 'task'; did you mean Call(debug, ..., task=...)?"),
]

REFS: Rows = [
    (P, "typo in a ref", lambda: run(Stage(scan=Value(1), fix=Call(print, ref.scna))),
     "fix: ref.scna: no such name around here; did you mean 'scan'?"),
    (P, "ref to a later child", lambda: run(Stage(x=Call(print, ref.y), y=Value(1))),
     "x: ref.y: comes later, it is not finished by then; put it before"),
    (P, "ref to a parallel child", lambda: run(All(x=Call(print, ref.y), y=Value(1))),
     "x: ref.y: runs beside this in All, so it is not finished by then; use a Stage"),
    (P, "ref to itself", lambda: run(Stage(x=Call(print, ref.x), y=Value(1))),
     "x: ref.x: no such name around here; this stands in the child of that name; name an earlier one"),
    (P, "ref alone", lambda: Call(print, ref), "Call(print): argument 0: ref names nothing, expected ref.name"),
    (P, "item outside of a map", lambda: run(Stage(x=Call(print, item))),
     "x: item stands outside of a .map template; it has a value only there: All.map(template, over=[...])"),
    (P, "last outside", lambda: run(Stage(x=Call(print, last))),
     "x: last stands outside of a Stage.map template or .expect; it has a value only there; for the stage before "
     "say ref[-1], or ref.name"),
    (T, "f-string", lambda: f"fix {ref.x}",
     "f-string around ref.x: its value is not there yet; try text('... {x}', x=ref.x)"),
    (T, "format", lambda: "fix {}".format(ref.x),  # noqa: UP032 - the mistake
     "f-string around ref.x: its value is not there yet; try text('... {x}', x=ref.x)"),
    (T, "percent", lambda: "fix %s" % ref.x,  # noqa: UP031 - the mistake
     "ref.x is no text while the plan is built; try text('... {x}', x=ref.x)"),
    (T, "text before", lambda: "fix " + ref.x,
     "'fix ' + ref.x: the value of ref.x is not there yet; try text('fix {x}', x=ref.x)"),
    (T, "text after", lambda: ref.x + " fix",
     "ref.x + ' fix': the value of ref.x is not there yet; try text('{x} fix', x=ref.x)"),
    (T, "sum of refs", lambda: ref.x + 1, "ref.x + 1: the value of ref.x is not there yet; try Call(function, ref.x)"),
    (T, "minus", lambda: -ref.x, "-ref.x: the value of ref.x is not there yet; try Call(function, ref.x)"),
    (T, "as number", lambda: int(ref.x), "int(ref.x): the value of ref.x is not there yet; try Call(function, ref.x)"),
    (T, "or", lambda: ref.x | ref.y, "ref.x | ref.y: the value of ref.x is not there yet; try Call(function, ref.x)"),
    (T, "not", lambda: not ref.x, "ref.x has no truth value while the plan is built; try .expect or a function"),
    (T, "in", lambda: 3 in ref.x, "ref.x holds nothing while the plan is built; try a function of the value"),
    (T, "len", lambda: len(ref.x), "ref.x has no length while the plan is built; try Call(len, ref.x)"),
    (T, "equals", lambda: a.expect(ref.x == 3),
     "ref.x == 3: ref.x cannot be compared while the plan is built; try a function of the value, as in "
     ".expect(lambda value: value == 3)"),
    (T, "greater", lambda: a.expect(last.score > 3),
     "last.score > 3: last.score cannot be compared while the plan is built; try a function of the value, as in "
     ".expect(lambda value: value > 3)"),
    (A, "private", lambda: ref.x._y, "ref.x._y: names that begin with _ are no steps; try ['_y']"),
    (T, "text by position", lambda: dsl.text("{x}", 1),
     "text: too many positional arguments; it takes template, and more as name=value"),
    (P, "ref as a child", lambda: All(a, ref.x),
     "All[1]: got the reference ref.x, expected a plan; did you mean Value(ref.x)?"),
]

CHILDREN: Rows = [
    (P, "a string", lambda: All("npm test", a),
     "All[0]: got the string 'npm test', expected a plan; did you mean Command('npm test')?"),
    (P, "a function", lambda: All(a, print),
     "All[1]: got the function print, expected a plan; did you mean Call(print, ...)?"),
    (P, "a lambda", lambda: All(a, lambda: 1),
     "All[1]: got a lambda, expected a plan; did you mean Call(lambda: ...)?"),
    (P, "a class of plans", lambda: All(Agent),
     "All[0]: got the class Agent, expected a plan; did you mean Agent(...)?"),
    (P, "another class", lambda: All(a, int),
     "All[1]: got the class int, expected a plan; did you mean Call(int, ...)?"),
    (P, "a list beside", lambda: All([a, b], a), "All[0]: got a list, expected a plan; did you mean All([...])?"),
    (P, "a mapping beside", lambda: All(a, {"x": b}), "All[1]: got a dict, expected a plan; did you mean All({...})?"),
    (P, "a generator beside", lambda: All(a, (p for p in [b])),
     "All[1]: got a generator, expected a plan; did you mean All([...])?"),
    (P, "a coroutine", lambda: All(a, fetch()),
     "All[1]: got a coroutine, expected a plan; pass the function: Call(fetch, ...)"),
    (P, "None", lambda: All(a, None),
     "All[1]: got None, expected a plan; did the function that builds it forget its return?"),
    (P, "a number", lambda: All(a, 3), "All[1]: got 3, expected a plan; did you mean Value(3)?"),
    (P, "a set", lambda: All({a, b}), "All got a set, which has no order; try a list"),
    (P, "a generator twice", lambda: used_twice(),
     "All got a generator that has been used up already; make a list of it first"),
    (P, "name and position", lambda: All(a, x=b),
     "All got 1 positional and 1 named children, expected one kind; name them all, or none"),
    (P, "limit as a child", lambda: All(a, b, limit=3),
     "All(limit=3): options are suffixes; did you mean All(...).limit(3)?"),
    (P, "timeout as a child", lambda: All(a, b, timeout=5),
     "All(timeout=5): options are suffixes; did you mean All(...).timeout(5)?"),
    (P, "timeout beside names", lambda: All(x=a, timeout=5),
     "All(timeout=5): options are suffixes; did you mean All(...).timeout(5)?"),
    (P, "retries as a child", lambda: All([a, b], retries=2),
     "All(retries=2): options are suffixes; did you mean All(...).retry(attempts=3)?"),
    (P, "return_exceptions", lambda: All(a, b, return_exceptions=True),
     "All(return_exceptions=True): each outcome is kept by another group; did you mean Settled(...)?"),
    (P, "agents as a child", lambda: All(a, agents={"a": debug}),
     "All(agents=...): this belongs to the run; did you mean run(plan, agents=...)?"),
    (P, "over as a child", lambda: All(a, over=[1]),
     "All(over=[1]): items are mapped; did you mean All.map(template, over=[1])?"),
    (P, "no candidates", lambda: dsl.Any(), "Any() has no candidates, expected at least one"),
]

MAPS: Rows = [
    (P, "over forgotten", lambda: All.map(a),
     "All.map: got no over=, expected the items as a keyword: All.map(template, over=[...])"),
    (P, "over by position", lambda: All.map(a, [1]),
     "All.map: got 1 more positional, expected the items as a keyword: All.map(template, over=[...])"),
    (P, "over by another name", lambda: All.map(a, items=[1]),
     "All.map got an unknown option items=; the items are over=: All.map(template, over=[...])"),
    (P, "no template", lambda: All.map(over=[1]), "All.map: got no template, expected All.map(template, over=[...])"),
    (P, "a function as template", lambda: All.map(print, over=[1]),
     "All.map: template: got the function print, expected a plan; did you mean Call(print, ...)?"),
    (P, "a set of items", lambda: All.map(a, over={1, 2}),
     "All.map: over= is a set, expected a list, a tuple, a mapping, a ref or a function; a set has no order, "
     "did you mean over=sorted(...)?"),
    (P, "a generator of items", lambda: All.map(a, over=(x for x in [1])),
     "All.map: over= is a generator, which runs once only; pass a list, or the function itself"),
    (P, "a string of items", lambda: All.map(a, over="abc"),
     "All.map: over= is a str, expected a list, a tuple, a mapping, a ref or a function; did you mean over=['abc']?"),
    (P, "an iterator of items", lambda: All.map(a, over=enumerate([1])),
     "All.map: over= is an enumerate, which runs once only; pass a list, or the function itself"),
    (P, "a number of items", lambda: All.map(a, over=3),
     "All.map: over= is an int, expected a list, a tuple, a mapping, a ref or a function; did you mean over=range(3)?"),
    (P, "a plan of items", lambda: All.map(a, over=b),
     "All.map: over= is a plan; put it before in a Stage, and name it with ref"),
    (P, "map on a group", lambda: All(a).map(b, over=[1]),
     "All(...).map: map builds a group of its own; try All.map(template, over=...)"),
]

LEAVES: Rows = [
    (P, "shell syntax", lambda: Command("npm test | tee log"),
     "Command('npm test | tee log'): '|' is shell syntax, and no shell runs this; quote it, or say shell=True"),
    (P, "a pipe in a list", lambda: Command(["ls", "|", "wc"]),
     "Command([...]): '|' is shell syntax, and no shell runs this; pass a string with shell=True, or quote it in "
     "one: Command(\"... '|' ...\")"),
    (T, "two strings", lambda: Command("npm", "test"),
     "Command: too many positional arguments; did you mean Command('npm test')?"),
    (P, "a command of a function", lambda: Command(print),
     "Command got the function print, expected a string or a list; did you mean Call(print, ...)?"),
    (P, "a coroutine called", lambda: Call(fetch()),
     "Call got a coroutine, expected a function; pass the function: Call(fetch, ...)"),
    (P, "a function called too early", lambda: Call(None),
     "Call got None, expected a function; pass it without calling it: Call(fn, ...)"),
    (P, "a string called", lambda: Call("npm test"),
     "Call got the string 'npm test', expected a function; did you mean Command('npm test')?"),
    (P, "a plan called", lambda: Call(a), "Call got the plan Agent('a'), expected a function; a plan is used as it is"),
    (P, "a plan as an argument", lambda: Call(print, a),
     "Call(print): argument 0: got a plan as a parameter; put it before in a Stage, and name it with ref"),
    (P, "a plan as a task", lambda: Agent("x", a),
     "Agent('x'): task: got a plan as a parameter; put it before in a Stage, and name it with ref"),
    (P, "a plan as a parameter", lambda: Agent("x", "t", context=a),
     "Agent('x'): context: got a plan as a parameter; put it before in a Stage, and name it with ref"),
]

SUFFIXES: Rows = [
    (P, "retries", lambda: a.retry(retries=2), "retry got retries=2; attempts= counts the first: attempts=3"),
    (P, "max_retries", lambda: a.retry(max_retries=2),
     "retry got max_retries=2; attempts= counts the first: attempts=3"),
    (P, "times", lambda: a.retry(times=2), "retry got times=2; attempts= counts the first: attempts=3"),
    (P, "backoff", lambda: a.retry(backoff=2), "retry got an unknown option backoff=; did you mean 'factor'?"),
    (P, "unknown option of retry", lambda: a.retry(3, delays=1),
     "retry got an unknown option delays=; did you mean 'delay'?"),
    (T, "retry by position", lambda: a.retry(3, 5),
     "retry: too many positional arguments; it takes attempts, and by name delay, factor, max_delay, jitter, on, "
     "max_elapsed"),
    (P, "on is a string", lambda: a.retry(on="ValueError"),
     "retry: on is 'ValueError', expected a class of exceptions, a tuple of them, or a function; did you mean "
     "on=ValueError?"),
    (P, "on is an error", lambda: a.retry(on=ValueError("x")),
     "retry: on is ValueError('x'), expected a class of exceptions, a tuple of them, or a function; did you mean "
     "on=ValueError?"),
    (P, "on is a list", lambda: a.retry(on=[ValueError, OSError]),
     "retry: on is [<class 'ValueError'>, <class 'OSError'>], expected a class of exceptions, a tuple of them, or "
     "a function; did you mean on=(ValueError, OSError)?"),
    (P, "on is Ctrl-C", lambda: a.retry(on=KeyboardInterrupt),
     "retry: on is <class 'KeyboardInterrupt'>, expected a class of exceptions, a tuple of them, or a function; "
     "what is no Exception is never retried"),
    (P, "timeout 0", lambda: a.timeout(0),
     "timeout: seconds is 0, expected a number above 0; for no deadline leave it away"),
    (P, "timeout below 0", lambda: a.timeout(-1),
     "timeout: seconds is -1, expected a number above 0; for no deadline leave it away"),
    (P, "timeout with unit", lambda: a.timeout("5s"),
     "timeout: seconds is '5s', expected a number above 0; did you mean timeout(5)?"),
    (P, "timeout None", lambda: a.timeout(None),
     "timeout: seconds is None, expected a number above 0; for no deadline leave it away"),
    (P, "timeout timedelta", lambda: a.timeout(dt.timedelta(minutes=1)),
     "timeout: seconds is datetime.timedelta(seconds=60), expected a number above 0; did you mean timeout(60)?"),
    (T, "unknown option of timeout", lambda: a.timeout(second=1),
     "timeout got an unknown option second=; did you mean 'seconds'?"),
    (P, "limit 0", lambda: a.limit(0), "limit: leaves is 0, expected a whole number of at least 1"),
    (P, "limit of nothing", lambda: a.limit(), "limit() says nothing, expected a number of leaves, or children="),
    (T, "unknown option of limit", lambda: a.limit(leafs=1),
     "limit got an unknown option leafs=; did you mean 'leaves'?"),
    (P, "limit of children of a leaf", lambda: a.limit(children=2),
     "limit(children=): there is no group inside, found Agent; put it around All, Settled, ..."),
    (P, "batch of a leaf", lambda: a.batch(2),
     "batch: there is no group inside, found Agent; put it around All, Settled, ..."),
    (P, "expect True", lambda: a.expect(True),
     "expect: the condition is the constant True, expected a ref or a function; try .expect(last.ok) or "
     ".expect(lambda value: ...)"),
    (P, "expect a string", lambda: a.expect("good"),
     "expect: the condition is the constant 'good', expected a ref or a function; try .expect(last.ok) or "
     ".expect(lambda value: ...)"),
    (T, "uses by name", lambda: a.uses(gpu=1),
     "uses got an unknown option gpu=; did you mean .uses('gpu') with run(plan, limits={'gpu': ...})?"),
    (T, "given a mapping", lambda: a.given({"x": 1}), "given: too many positional arguments; it takes name=value"),
    (P, "pick a wrong name", lambda: All(bugs=a).pick("bug"), "pick('bug'): no such child; did you mean 'bugs'?"),
    (P, "pick a wrong position", lambda: All(a, b).pick(2), "pick(2): the positions are 0 to 1"),
]

RUNS: Rows = [
    (T, "unknown option of run", lambda: run(a, agent={"a": debug}),
     "run got an unknown option agent=; did you mean 'agents'?"),
    (T, "timeout of run", lambda: run(a, timeout=5),
     "run got an unknown option timeout=; did you mean run(plan.timeout(5))?"),
    (T, "concurrency of run", lambda: run(a, concurrency=5),
     "run got an unknown option concurrency=; did you mean 'limit'?"),
    (T, "agents by position", lambda: run(a, {"a": debug}),
     "run: too many positional arguments; did you mean run(plan, agents={...})?"),
    (T, "two plans", lambda: run(a, b), "run: too many positional arguments; did you mean run(All(...))?"),
    (T, "no plan", lambda: run(),
     "run: missing a required argument: 'plan'; it takes plan, and by name agents, limit, limits, fakes, watch, "
     "show, seed"),
    (P, "run a function", lambda: run(debug),
     "run: got the function debug, expected a plan; did you mean Call(debug, ...)?"),
    (P, "run a command", lambda: run("npm test"),
     "run: got the string 'npm test', expected a plan; did you mean Command('npm test')?"),
    (P, "run a list", lambda: run([a, b]), "run: got a list, expected a plan; did you mean All([...])?"),
    (P, "run a class", lambda: run(All), "run: got the class All, expected a plan; did you mean All(...)?"),
    (P, "run None", lambda: run(None),
     "run: got None, expected a plan; did the function that builds it forget its return?"),
    (P, "run arun", lambda: run(dsl.arun(Value(1))),
     "run: got a coroutine of arun, expected a plan; pass the plan itself"),
    (P, "check a function", lambda: dsl.check(debug),
     "check: got the function debug, expected a plan; did you mean Call(debug, ...)?"),
    (R, "run in trio", lambda: trio.run(run_in_trio), "run() inside trio would block its loop; try: await arun(plan)"),
    (R, "run in a leaf", lambda: run(Call(run_in_leaf)),
     "run() inside a leaf would be a run within a run; put the inner plan into the outer one, or await arun"),
    (R, "run in an async leaf", lambda: run(Call(run_in_trio)),
     "run() inside a leaf would be a run within a run; put the inner plan into the outer one, or await arun"),
    (R, "arun in plain code", lambda: arun_in_plain_code(),
     "arun() needs a running trio or asyncio loop; in plain code try run(plan)"),
    (P, "a limit of 0", lambda: run(a, limit=0),
     "limit is 0, expected a whole number of at least 1, or math.inf for no end"),
    (P, "limits is a number", lambda: run(a, limits=3), "limits is an int, expected a mapping; did you mean limit=3?"),
    (P, "an undeclared resource", lambda: run(Stage(x=Value(1).uses("gpu"))),
     "x: uses('gpu'): no such resource in limits; say run(limits={'gpu': 1})"),
    (P, "a name for two things", lambda: run(Stage(x=Value(1).uses("a")), agents={"a": fetch}, limits={"a": 1}),
     "x: 'a' names both a resource and an agent kind; rename one: limits= has one namespace"),
    (P, "an unknown name in limits", lambda: run(a.uses("gpu"), agents={"a": fetch}, limits={"gpu": 1, "gpus": 1}),
     "limits: nothing is called 'gpus'; did you mean 'gpu'?"),
    (P, "an unknown fake", lambda: run(Stage(x=Value(1)), fakes={"y": 1}),
     "fakes: no leaf has the address 'y'; leaves here: x"),
    (P, "a fake by its last name", lambda: run(Stage(checks=All(lint=Value(1))), fakes={"lint": 1}),
     "fakes: no leaf has the address 'lint'; did you mean 'checks.lint'?"),
    (P, "a fake that is a plan", lambda: run(Stage(x=Value(1)), fakes={"x": a}),
     "fakes: 'x' is a plan; a fake is a value, or a function called like the leaf"),
    (P, "watch is a name", lambda: run(Value(1), watch="log"),
     "watch: 'log' is not callable, expected functions that take an event"),
]

PLANS: Rows = [
    (T, "if", lambda: bool(a),
     "a plan has no truth value; run it first: run(Agent(...)); for `and`, `or` try All(a, b), Any(a, b)"),
    (T, "and", lambda: a and b,
     "a plan has no truth value; run it first: run(Agent(...)); for `and`, `or` try All(a, b), Any(a, b)"),
    (T, "await", lambda: trio.run(awaited), "a plan cannot be awaited; try: await arun(plan)"),
    (T, "iterate", lambda: list(a), "a plan cannot be iterated; run it first: run(Agent(...))"),
    (T, "call", lambda: All(a)(), "All(...) is a plan and cannot be called; did you mean run(All(...))?"),
    (T, "plus", lambda: All(a) + All(b), "All(...) + All(...): plans are not combined by operators; try All(a, b)"),
    (T, "bar", lambda: a | b,
     "Agent(...) | Agent(...): plans are not combined by operators; try Any(a, b), or Fallback(a, b)"),
    (T, "arrows", lambda: a >> b, "Agent(...) >> Agent(...): plans are not combined by operators; try Stage(a, b)"),
    (T, "times n", lambda: a * 3, "Agent(...) * 3: plans are not combined by operators; try All([plan] * n)"),
    (T, "in a list", lambda: [b] + a,  # noqa: RUF005 - the mistake
     "[Agent('b')] + Agent(...): plans are not combined by operators; try All(a, b)"),
    (T, "sum of plans", lambda: sum([a, b]), "0 + Agent(...): plans are not combined by operators; try All(a, b)"),
    (T, "index of a plan", lambda: All(a)[0], "All(...)[0]: a plan has no results yet; try run(plan)[0], or .pick(0)"),
    (A, "result of a child", lambda: Stage(x=a).x,
     "Stage(...).x: a plan has no results yet; try run(plan).x, or ref.x in a later child"),
    (T, "len of a plan", lambda: len(All(a)), "All(...) has no length before it is run; try len(run(plan))"),
    (T, "in a plan", lambda: a in All(a), "All(...) holds nothing yet; try run(plan)"),
    (A, ".run", lambda: a.run(),
     "Agent has no .run; did you mean run(plan)? the suffixes are .batch .drain .expect .given .limit .pick .retry "
     ".timeout .uses"),
    (A, ".retries", lambda: a.retries(3),
     "Agent has no .retries; did you mean .retry(attempts=...)? the suffixes are .batch .drain .expect .given .limit "
     ".pick .retry .timeout .uses"),
    (A, ".timeuot", lambda: a.timeuot(3),
     "Agent has no .timeuot; did you mean .timeout(...)? the suffixes are .batch .drain .expect .given .limit .pick "
     ".retry .timeout .uses"),
    (A, ".map of a leaf", lambda: a.map(over=[1]),
     "Agent has no .map; did you mean All.map(plan, over=[...])? the suffixes are .batch .drain .expect .given .limit "
     ".pick .retry .timeout .uses"),
    (A, ".then", lambda: a.then(b),
     "Agent has no .then; did you mean Stage(a, b)? the suffixes are .batch .drain .expect .given .limit .pick .retry "
     ".timeout .uses"),
    (A, ".foo", lambda: a.foo,
     "Agent has no .foo; the suffixes are .batch .drain .expect .given .limit .pick .retry .timeout .uses"),
    (A, "set an option", lambda: set_attribute(a.timeout(3), "seconds", 5),
     "Timeout.seconds = 5: a plan is frozen; build another one: plan.timeout(seconds=5)"),
    (A, "set a suffix", lambda: set_attribute(All(a), "limit", 3),
     "All.limit = 3: a plan is frozen; build another one: plan.limit(3)"),
    (A, "set a field", lambda: set_attribute(a, "kind", "b"),
     "Agent.kind = 'b': a plan is frozen; build another one: Agent(...)"),
    (A, "delete a field", lambda: delattr(a, "kind"), "Agent.kind: a plan is frozen; build another one without it"),
]

TOLD = [*AGENTS, *REFS, *CHILDREN, *MAPS, *LEAVES, *SUFFIXES, *RUNS, *PLANS]


@pytest.mark.parametrize(("kind", "name", "mistake", "said"), TOLD, ids=[row[1] for row in TOLD])
def test_a_mistake_is_told_in_one_line(
    kind: type[Exception], name: str, mistake: t.Callable[[], t.Any], said: str
) -> None:
    """A mistake raises, before anything starts, one line: the place, what was found, what was expected, the cure."""
    with pytest.raises(kind) as caught:
        mistake()
    assert str(caught.value) == said
    assert type(caught.value) is kind


PROBES = ["_repr_html_", "_ipython_display_", "__array__", "__len_hint__", "__wrapped__", "shape"]


SOME = [a, All(x=a), All.map(a, over=[1]), a.retry(2), Command("ls"), Call(len, [1])]


@pytest.mark.parametrize("plan", SOME, ids=repr)
def test_refusals_do_not_disturb_tools(plan: Plan[t.Any]) -> None:
    """What notebooks, copies, pickles and probes ask of any object is answered as Python does."""
    assert [name for name in PROBES if hasattr(plan, name)] == []
    assert getattr(plan, "nothing", 3) == 3
    for again in (copy.copy(plan), copy.deepcopy(plan), pickle.loads(pickle.dumps(plan))):
        assert again == plan
    assert callable(plan.retry)
    assert {"retry", "timeout"} <= set(dir(plan))


def test_a_thousand_findings_are_a_short_text() -> None:
    """A typo in a loop is told twenty times, and every finding is kept."""
    with pytest.raises(PlanError) as caught:
        run(Stage(**{f"x{i}": Call(print, ref.scna) for i in range(1_000)}))
    assert len(caught.value.findings) == 1_000
    assert str(caught.value).endswith("\nand 980 more: see .findings")
    assert len(str(caught.value)) < 10_000
