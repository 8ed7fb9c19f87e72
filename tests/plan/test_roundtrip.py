"""A plan survives its own repr, a pickle and a copy, for any parameters and at any depth."""

from __future__ import annotations

import copy
import enum
import math
import pickle
import typing as t

from hypothesis import given, settings
from hypothesis import strategies as st

import parallel_dsl as dsl
from parallel_dsl import Agent, All, Call, Command, Settled, Stage, Value, item, last, ref, text
from parallel_dsl.plan import Plan, fill, group_of, settled_of


class Colour(enum.Enum):
    """Stand for an enum of the user."""

    RED = 1


def items() -> list[int]:
    return [1]


def good(value: object) -> bool:
    return True


NAMES = {**vars(dsl), "Colour": Colour, "items": items, "good": good}
words = st.text(st.characters(codec="utf-8"), max_size=6)
names = st.sampled_from(["a", "b2", "limit", "self", "inner", "children", "class", "odd name", "", "0", "é", "ª", "_x"])
references = st.builds(
    lambda name, steps: [r := ref[name], *[r := r[s] for s in steps]][-1],
    names,
    st.lists(st.one_of(names, st.integers(-2, 2)), max_size=3),
)
plain = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-9, 9),
    st.floats(),
    words,
    st.binary(max_size=4),
    st.just(Colour.RED),
    references,
    st.sampled_from([item, item.x["y"], last, last[0], ref.a[ref.b.c][item]]),
    st.builds(lambda x: text("{x}: {y}", x=x), references),
)
containers = st.recursive(
    plain,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(words, inner, max_size=3),
    ),
    max_leaves=6,
)
leaves = st.one_of(
    st.builds(
        lambda task, params: Agent("kind", task, **params), containers, st.dictionaries(names, containers, max_size=2)
    ),
    st.builds(Value, containers),
    st.builds(lambda args: Call(len, *args), st.lists(containers, max_size=2)),
    st.builds(lambda value: Command("run {x} {self}", x=value, self=1, check=True), references),
    st.builds(lambda value: Command(["run", value, "-v"], cwd=value, stdin="x"), references),
    st.builds(lambda value: Command("a | b {x}", x=value, shell=True, env={"A": value}), references),
    st.builds(lambda kind: Agent(kind, text("see {f}", f=item)), references),
)


def _around(inner: st.SearchStrategy[Plan[t.Any]]) -> st.SearchStrategy[Plan[t.Any]]:
    kinds = st.sampled_from([All, Settled, Stage, dsl.Any, dsl.Race, dsl.Fallback])
    return st.one_of(
        st.builds(lambda kind, plans: kind(plans), kinds, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda kind, plans: kind(plans), kinds, st.dictionaries(names, inner, min_size=1, max_size=3)),
        st.builds(
            lambda kind, plan, items: kind.map(plan, over=items),
            kinds,
            inner,
            st.one_of(
                st.lists(containers, min_size=1, max_size=2),
                st.dictionaries(words, containers, min_size=1, max_size=2),
                references,
                st.just(items),
            ),
        ),
        inner.map(lambda p: All(p, p).batch(2).limit(children=3).drain(print)),
        inner.map(lambda p: Stage(a=p, b=p).limit(4, children=1).pick("b").expect(last.ok, "good")),
        inner.map(lambda p: p.expect(good).retry(on=OSError, jitter=False, max_elapsed=3)),
        inner.map(lambda p: p.retry(5, delay=1.5, max_delay=math.inf, on=(ValueError, OSError))),
        inner.map(lambda p: p.timeout(math.inf).limit(2).uses("gpu")),
        st.builds(
            lambda p, values: p.given(**values), inner, st.dictionaries(names, containers, min_size=1, max_size=2)
        ),
    )


plans = st.recursive(leaves, _around, max_leaves=6)


@settings(max_examples=100, deadline=None)
@given(plans)
def test_code_pickle_and_copy_give_an_equal_plan(plan: Plan[t.Any]) -> None:
    """eval(repr(p)) == p, with the same hash and repr; so for a pickle and a deep copy."""
    for again in (eval(repr(plan), NAMES), pickle.loads(pickle.dumps(plan)), copy.deepcopy(plan)):
        assert again == plan
        assert hash(again) == hash(plan)
        assert repr(again) == repr(plan)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(st.booleans(), st.integers(0, 1), st.sampled_from([0.0, 1.0, -0.0])), max_size=4), st.data())
def test_equal_means_same_types(values: list[t.Any], data: st.DataObject) -> None:
    """Numbers of another type are another value, wherever they stand."""
    other = data.draw(st.permutations(values))
    same = [(type(x), repr(x)) for x in values] == [(type(x), repr(x)) for x in other]
    assert (Value(values) == Value(other)) is same
    assert (Agent("k", p=values) == Agent("k", p=other)) is same


def test_shared_parts_cost_once() -> None:
    """Forty levels of a plan that stands in two places are 40 plans to compare, not two to the 40th."""
    plan: Plan[t.Any] = Value(1)
    for _ in range(40):
        plan = All(plan, plan)
    back = pickle.loads(pickle.dumps(plan))
    assert back == plan
    assert hash(back) == hash(plan)


def test_what_is_looked_for_through_wrappers() -> None:
    """A group is found through all wrappers, a `Settled` through those that keep its shape."""
    inner = Settled(Value(1))
    kept = inner.batch(1).limit(2).uses("x").given(a=1).timeout(3).retry(2)
    assert group_of(kept) is inner
    assert settled_of(kept) is inner
    assert group_of(inner.pick(0)) is inner
    assert settled_of(inner.pick(0)) is None
    assert settled_of(inner.expect(lambda v: len(v) == 1)) is None
    assert group_of(Value(1)) is None


def test_bound_methods_are_equal_by_object_and_function() -> None:
    """A method is a new object each time it is asked for; the plan goes by what it is bound to."""

    class Bot:
        def ask(self) -> int:
            return 1

    one, two = Bot(), Bot()
    assert Call(one.ask) == Call(one.ask)
    assert hash(Call(one.ask)) == hash(Call(one.ask))
    assert Call(one.ask) != Call(two.ask)


def test_references_are_filled_where_they_stand() -> None:
    """Lists, tuples, dicts, texts and keys of references are filled, everything else is left alone."""
    thing = object()
    values = [ref.a, (ref.b, {"k": text("<{x}>", x=ref.a)}), item["n"], thing]
    (kept,) = Call(print, values).args
    given_out = fill(kept, lambda root, name: {"n": 3} if root == "item" else name)
    assert given_out == ["a", ("b", {"k": "<a>"}), 3, thing]
    assert given_out[3] is thing
