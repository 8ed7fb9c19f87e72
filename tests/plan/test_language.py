"""The language: values, reprs, addresses, references, and what each likely mistake is told."""

from __future__ import annotations

import copy
import pickle
import random
import typing as t

import pytest
import random_plans
from random_plans import random_plan

import parallel_dsl as dsl
from parallel_dsl import (
    Agent,
    All,
    Any,
    Batch,
    Call,
    Command,
    Expect,
    Fallback,
    Given,
    Limit,
    Pick,
    Race,
    Retry,
    Settled,
    Stage,
    Timeout,
    Uses,
    Value,
    check,
    item,
    last,
    ref,
    text,
)
from parallel_dsl.plan import Keys, fill, join, walk

NAMES = {**vars(dsl), **vars(random_plans)}
a, b = Agent("a", "x"), Agent("b")


@pytest.mark.parametrize("number", range(200))
def test_a_repr_is_the_code_that_builds_the_plan(number: int) -> None:
    """eval(repr(p)) == p over random plans, with equal hash and equal pickle."""
    plan = random_plan(random.Random(number), ties=True)
    again = eval(repr(plan), NAMES)
    assert repr(again) == repr(plan)
    back = pickle.loads(pickle.dumps(plan))
    assert repr(back) == repr(plan)
    assert copy.deepcopy(plan) == plan
    assert hash(copy.copy(plan)) == hash(plan)


PLAIN: list[dsl.Plan[t.Any]] = [
    a,
    All(a, b),
    All(x=a, y=b),
    Settled({"3.11-unit": a, "class": b}),
    All({}),
    All(),
    Any(a, b).retry(5, delay=1, on=(ValueError,)),
    Race(a).timeout(float("inf")),
    Stage(a, Agent(ref[-1].kind, text("see {f}", f=ref[0]))).pick(-1),
    Fallback(a, b).uses("gpu").limit(3),
    All.map(Agent("r", file=item.x), over=[{"x": 1}, {"x": 2}]).batch(2),
    Settled.map(Agent("r", item), over=ref.scan.files).limit(children=2),
    Command("npm test {f}", f=ref.a, check=True, cwd="x", env={"A": "1"}),
    Command(["pytest", ref.scan.file], stdin="x"),
    Command("a | b", shell=True),
    Value({"a": [1, (2,)], "b": {3}}),
    a.expect(last.ok, "fine").given(x=ref.y[ref.z]),
    Call(len, [1]),
]


@pytest.mark.parametrize("plan", PLAIN, ids=repr)
def test_round_trips(plan: dsl.Plan[t.Any]) -> None:
    """Code, pickle and copy give an equal plan with the same hash."""
    for again in (eval(repr(plan), NAMES), pickle.loads(pickle.dumps(plan)), copy.deepcopy(plan)):
        assert again == plan
        assert hash(again) == hash(plan)
        assert repr(again) == repr(plan)


PAIRS = [
    (Batch(All(a), 2), All(a).batch(2)),
    (Limit(a, 8), a.limit(8)),
    (Retry(a, attempts=3), a.retry()),
    (Timeout(a, 5), a.timeout(5)),
    (Expect(a, last.ok, "why"), a.expect(last.ok, "why")),
    (Given(a, x=1), a.given(x=1)),
    (Uses(a, "gpu"), a.uses("gpu")),
    (Pick(All(x=a), "x"), All(x=a).pick("x")),
]


@pytest.mark.parametrize(("built", "said"), PAIRS, ids=lambda p: repr(p))
def test_class_and_suffix_are_the_same_value(built: t.Any, said: t.Any) -> None:
    """A wrapper as a class equals its suffix, with the same repr."""
    assert built == said
    assert repr(built) == repr(said)


def test_equality_goes_by_value_and_type() -> None:
    """True is not 1, a list is not a tuple, an opaque parameter equals itself only."""
    thing = object()
    assert Value(1) != Value(True)
    assert Value(1.0) != Value(1)
    assert Value([1]) != Value((1,))
    assert Agent("x", p=thing) == Agent("x", p=thing)
    assert Agent("x", p=object()) != Agent("x", p=thing)
    assert All(a, b) != Settled(a, b)
    assert a.timeout(5).retry(3) != a.retry(3).timeout(5)
    assert a != 3


def test_parameters_are_frozen_and_given_out_fresh() -> None:
    """Changing a container after building changes no plan, and no attempt sees another's changes."""
    files = ["x"]
    plan = Agent("a", files=files)
    files.append("y")
    assert plan == Agent("a", files=["x"])
    first, second = (fill(plan.params["files"], lambda root, name: None) for _ in range(2))
    assert first == second == ["x"]
    assert first is not second


def test_a_plan_stands_in_two_places() -> None:
    """The same object in two places runs twice, and a plan runs twice with the same result."""
    calls: list[int] = []
    leaf = Call(lambda: calls.append(1))
    plan = All(leaf, leaf)
    assert dsl.run(plan) == dsl.run(plan) == (None, None)
    assert len(calls) == 4


def test_addresses_are_injective() -> None:
    """Position 0 is not the name "0", and odd names are quoted."""
    names = ["0", "a.b", "a", "a[0]", 'q"', "ä", "", "😀", "\ud83d\ude00", "\n", "\\n", "\\"]
    made = [join("x", n) for n in names] + [join("x", 0), join(join("x", "a"), "b")]
    assert len(set(made)) == len(made)
    plan = Stage(a=All(b, b), c=All.map(b, over=[1]))
    assert [n.address for n in walk(plan)] == ["", "a", "a[0]", "a[1]", "c", "c.*"]


@pytest.mark.parametrize(
    ("pattern", "address", "fits"),
    [("a.*", "a.b", True), ("a.*", "a[3]", True), ("a.*", "a.b.c", False), ("*", "", False), ("a[1]", "a[1]", True)],
)
def test_patterns(pattern: str, address: str, *, fits: bool) -> None:
    """A star is one step, positions included."""
    assert Keys([pattern]).of(address) == (pattern if fits else None)


async def _agent(task: str) -> str:
    return task


MISTAKES: list[tuple[t.Callable[[], t.Any], str]] = [
    (lambda: All("npm test"), r"All\[0\]: got the string 'npm test', expected a plan; did you mean Command"),  # type: ignore[arg-type]
    (lambda: All(x="npm"), r"All\(x=...\): got the string 'npm'"),  # type: ignore[call-overload]
    (lambda: All(a, print), r"All\[1\]: got the function print, expected a plan; did you mean Call\(print, ...\)"),  # type: ignore[call-overload]
    (lambda: All(a, x=b), "1 positional and 1 named children"),  # type: ignore[call-overload]
    (lambda: All(a, _agent("x")), "got a coroutine, expected a plan; pass the function"),  # type: ignore[call-overload]
    (lambda: All(_agent), "did you mean Call"),  # type: ignore[call-overload]
    (lambda: All(Agent), r"did you mean Agent\(...\)"),  # type: ignore[call-overload]
    (lambda: All({a, b}), "a set, which has no order"),
    (lambda: All(ref.x), "try All.map"),  # type: ignore[call-overload]
    (lambda: All(a).map(b, over=[1]), "try All.map"),
    (lambda: Any(), r"Any\(\) has no candidates"),
    (lambda: Race([]), r"Race\(\) has no candidates"),
    (lambda: Agent(t.cast("t.Any", print)), r"did you mean Call\(print, ...\)"),
    (lambda: Agent("x", a), "got a plan as a parameter"),
    (lambda: Agent("x", p=[{"k": a}]), "p: got a plan as a parameter"),
    (lambda: Agent("x", _agent("t")), "got a coroutine"),
    (lambda: Call(t.cast("t.Any", _agent("t"))), "pass the function"),
    (lambda: Call(t.cast("t.Any", 3)), "expected a function"),
    (lambda: a.retry(retries=2), "retries=2; attempts= counts the first: attempts=3"),  # type: ignore[call-arg]
    (lambda: a.retry(max_retries=1), "attempts=2"),  # type: ignore[call-arg]
    (lambda: a.retry(0), "attempts is 0, expected a whole number of at least 1"),
    (lambda: a.retry(delya=1), "unknown option delya=; did you mean 'delay'"),  # type: ignore[call-arg]
    (lambda: a.timeout(0), "seconds is 0, expected a number above 0"),
    (lambda: a.timeout(float("nan")), "seconds is nan"),
    (lambda: a.batch(2), "there is no group inside, found Agent"),
    (lambda: a.limit(children=2), "there is no group inside"),
    (lambda: a.limit(), "says nothing"),
    (lambda: a.limit(0), "leaves is 0"),
    (lambda: a.expect(True), "the constant True"),  # type: ignore[arg-type]
    (lambda: a.uses(""), "expected a name"),
    (lambda: All(x=a).pick("y"), "no such child; there are x"),
    (lambda: Command("npm test && echo"), "'&&' is shell syntax, and no shell runs this"),
    (lambda: Command("ls *.py"), "shell syntax"),
    (lambda: Command(""), "is empty"),
    (lambda: Command("echo 'x"), "cannot be split"),
    (lambda: Command("ls", chekc=True), "unknown option chekc="),
    (lambda: Command([]), "expected a string or a list"),
    (lambda: Command("ls", env=t.cast("t.Any", 3)), "env is an int, expected a mapping or a ref"),
    (lambda: Command(["ls"], shell=True), "a list is never given to a shell"),
    (lambda: All.map(b, over="abc"), "over= is a str"),  # type: ignore[call-overload]
    (lambda: All.map(b, over={1, 2}), "over= is a set"),  # type: ignore[call-overload]
    (lambda: All.map(b, over=(x for x in [1])), "a generator, which runs once only"),  # type: ignore[call-overload]
    (lambda: Any.map(b, over=[]), "over= is empty"),
    (lambda: text("{x}", y=1), r"{y} is not in the template"),
    (lambda: Agent("x", ref), "ref names nothing"),
]


@pytest.mark.parametrize(("build", "said"), MISTAKES, ids=[said for _, said in MISTAKES])
def test_mistakes_are_told_when_built(build: t.Callable[[], t.Any], said: str) -> None:
    """A likely mistake gets one line with what was found and what to try."""
    with pytest.raises(dsl.PlanError, match=said) as caught:
        build()
    assert "\n" not in str(caught.value)


def test_a_used_up_generator_is_refused() -> None:
    """A generator that has been read already gives no children, and is refused."""
    plans = (p for p in (a, b))
    assert len(All(plans).children) == 2
    with pytest.raises(dsl.PlanError, match="used up"):
        All(plans)


REF_MISTAKES: list[tuple[t.Callable[[], t.Any], str]] = [
    (lambda: f"{ref.a}", "f-string around ref.a"),
    (lambda: str(ref.a), "is no text"),
    (lambda: bool(ref.a), "has no truth value"),
    (lambda: list(ref.a), "cannot be iterated"),  # type: ignore[call-overload]
    (lambda: ref.a == 3, "cannot be compared"),
    (lambda: ref.a < 3, "cannot be compared"),
    (lambda: ref.a(), "cannot be called"),
    (lambda: len(ref.a), "has no length"),
    (lambda: bool(a), "a plan has no truth value"),
    (lambda: list(a), "a plan cannot be iterated"),  # type: ignore[call-overload]
]


@pytest.mark.parametrize(("use", "said"), REF_MISTAKES, ids=[said for _, said in REF_MISTAKES])
def test_references_and_plans_are_no_values_yet(use: t.Callable[[], t.Any], said: str) -> None:
    """Using a reference or a plan like its value says so."""
    with pytest.raises(TypeError, match=said):
        use()


def test_private_names_are_no_references() -> None:
    """Names with an underscore are not steps, so that copy and pickle do not take a ref for theirs."""
    with pytest.raises(AttributeError):
        ref.a._b  # noqa: B018 - the access is the test
    assert repr(pickle.loads(pickle.dumps(ref.a["_b"][ref[0]].c))) == "ref.a['_b'][ref[0]].c"


CHECKED: list[tuple[dsl.Plan[t.Any], str]] = [
    (Stage(scan=a, fix=Agent("f", ref.scna)), "fix: ref.scna: no such name around here; did you mean 'scan'?"),
    (Stage(x=Agent("f", ref.y), y=a), "x: ref.y: comes later, it is not finished by then; put it before"),
    (All(x=a, y=Agent("f", ref.x)), "y: ref.x: runs beside this in All, so it is not finished by then; use a Stage"),
    (
        Stage(b=a, fixes=All(b=a, p=Agent("f", ref.b))),
        "fixes.p: ref.b: runs beside this in All, so it is not finished by then; use a Stage",
    ),
    (
        Stage(x=Fallback(a=a, b=Agent("f", ref.a))),
        "x.b: ref.a: a candidate of Fallback cannot be named; name the group itself",
    ),
    (Stage(x=All(bugs=a), y=Agent("f", ref.x.bug)), "y: ref.x.bug: All has no child 'bug'; did you mean 'bugs'?"),
    (Stage(x=Settled(p=a), y=Agent("f", ref.x.succeses)), "did you mean 'successes'?"),
    (Stage(x=a, y=Agent("f", ref[0])), "y: ref[0]: the nearest Stage has names; there are x, y"),
    (Stage(a, Agent("f", ref[-2])), "[1]: ref[-2]: there is no such stage before; this is stage 1"),
    (Agent("f", ref[0]), "ref[0]: there is no Stage around it"),
    (Agent("f", item.x), "item.x stands outside of a .map template"),
    (All.map(Agent("f", last), over=[1]), "*: last stands outside of a Stage.map template or .expect"),
    (Any(Command("x"), a), "[0]: a Command under Any without check="),
    (Command("x").retry(), "a Command under Retry without check="),
    (Call(len, 1, 2), "len(obj, /): too many positional arguments"),
]


@pytest.mark.parametrize(("plan", "said"), CHECKED, ids=[said for _, said in CHECKED])
def test_check_finds_what_is_wrong(plan: dsl.Plan[t.Any], said: str) -> None:
    """A finding names the place, what was found, and the cure."""
    (found,) = check(plan)
    assert said in str(found)
    with pytest.raises(dsl.PlanError):
        dsl.run(plan, agents={"*": _agent})


GOOD: list[dsl.Plan[t.Any]] = [
    Stage(a, Agent("f", ref[0]), Agent("f", ref[-1])),
    Stage(x=Settled(p=a), y=Agent("f", [ref.x.successes, {"k": ref.x.p.value}])),
    Stage(x=a, y=All(x=Agent("f", ref.x), z=b)),
    Agent("f", ref.file).given(file=3),
    Stage.map(Agent("f", item, context=last), over=[1, 2]),
    All.map(All.map(Agent("f", item.x), over=item.inner), over=[{"inner": []}]),
    Any(Command("x", check=True), Command("y", check=False)),
]


@pytest.mark.parametrize("plan", GOOD, ids=repr)
def test_check_finds_nothing_wrong(plan: dsl.Plan[t.Any]) -> None:
    """A plan that is right has no findings."""
    assert check(plan) == []


def test_references_are_followed_by_one_rule() -> None:
    """Names on results, keys on mappings, items by index, public attributes; failures say what was there."""
    values = {"a": {"keys": 1, "b": [10, 20]}, "t": "some text", "c": dsl.CommandResult(exit_code=3)}

    def run(**params: t.Any) -> t.Any:
        plan = Stage(d=Value(values), out=Call(lambda **kw: kw, **params))
        return dsl.run(plan).out

    out = run(x=ref.d.a["keys"], y=ref.d.a.b[-1], z=ref.d.c.exit_code, w=text("{n}!", n=ref.d.t))
    assert out == {"x": 1, "y": 20, "z": 3, "w": "some text!"}
    for bad, said in [
        (ref.d.t.x, "the text 'some text', which has no 'x'"),
        (ref.d.a.bb, "no item 'bb'; did you mean 'b'"),
        (ref.d.c.exit_cod, "did you mean 'exit_code'"),
        (ref.d.a.b[9], "no item 9"),
    ]:
        with pytest.raises(dsl.RefError, match=said) as caught:
            run(x=bad)
        assert caught.value.address == "out"


def test_a_value_is_always_one_argument() -> None:
    """Filled-in values are never split and never shell syntax."""
    nasty = "a b; rm -rf $HOME"
    plan: dsl.Plan[t.Any] = Command("echo {x} --f={x}", x=nasty)
    assert dsl.run(plan, fakes={"": lambda argv: argv}) == ["echo", nasty, f"--f={nasty}"]
    shell = Command("printf '%s|' {x} && true", x=nasty, shell=True)
    assert dsl.run(shell).stdout == f"{nasty}|"


def test_results_are_a_class_of_their_own() -> None:
    """Iterates over values; names, keys and positions reach them; dict and ** work; frozen."""
    out = dsl.run(All(count=Value(1), keys=Value(2)))
    assert list(out) == [1, 2]
    assert (out.count, out["keys"], out[0], dict(out), {**out}) == (
        1,
        2,
        1,
        {"count": 1, "keys": 2},
        {"count": 1, "keys": 2},
    )
    assert out == (1, 2)
    assert pickle.loads(pickle.dumps(out)) == out
    with pytest.raises(AttributeError, match="frozen"):
        out.count = 3


def test_conditions_give_exactly_true_or_false() -> None:
    """A rejected value is kept in the error; a condition that gives no bool is a TypeError."""
    assert dsl.run(Value(3).expect(lambda v: v > 2)) == 3
    with pytest.raises(dsl.Rejected, match="big") as caught:
        dsl.run(Value(1).expect(lambda v: v > 2, "big"))
    assert caught.value.value == 1
    with pytest.raises(TypeError, match="gave int, expected True or False"):
        dsl.run(Value(1).expect(lambda v: v))  # type: ignore[arg-type, return-value]
    assert dsl.run(Value({"ok": True}).expect(last.ok)) == {"ok": True}


def test_maps_take_lists_mappings_and_refs() -> None:
    """A mapping's keys name the children; a ref may give a list, a mapping or results."""
    double = Call(lambda x: 2 * x, item)
    assert dsl.run(All.map(double, over=[1, 2])) == (2, 4)
    assert dict(dsl.run(All.map(double, over={"a": 1}))) == {"a": 2}
    plan = Stage(d=All(x=Value(1), y=Value(2)), m=All.map(double, over=ref.d))
    assert dict(dsl.run(plan).m) == {"x": 2, "y": 4}
    with pytest.raises(dsl.NoCandidates):
        dsl.run(Stage(d=Value([]), m=Any.map(double, over=ref.d)))
    with pytest.raises(TypeError, match="over= is a str"):
        dsl.run(Stage(d=Value("abc"), m=All.map(double, over=ref.d)))
    add = Call(lambda x, y: (x, y), item, last)
    assert dsl.run(Stage.map(add, over=[1, 2])) == ((1, None), (2, (1, None)))
