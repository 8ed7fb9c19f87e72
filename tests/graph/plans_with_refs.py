"""Random plans to look at: named and positional children, every leaf and wrapper, references that lead somewhere."""

from __future__ import annotations

import random
import typing as t

import parallel_dsl as dsl
from parallel_dsl import Agent, Call, Command, Value, item, last, ref, text
from parallel_dsl.plan import Plan, Ref, group_of

WORDS = ["scan", "fix", "bugs", "perf", "review", "lint", "polish", "a", "summary of all findings", "0", "ü"]
KINDS = ["debugger", "qa-engineer", "performance-engineer", "goap-agent", "w"]


def save(results: list[t.Any]) -> None:
    """Save results nowhere."""


def pictured_plan(r: random.Random, depth: int = 3, seen: tuple[Ref, ...] = ()) -> Plan[t.Any]:
    """Give a random plan; *seen* are references that lead somewhere from where it stands."""
    if depth == 0 or r.random() < 0.2:
        return wrapped(r, leaf(r, seen))
    kind = getattr(dsl, r.choice(["All", "Settled", "Any", "Race", "Stage", "Stage", "Stage", "Fallback"]))
    if r.random() < 0.2:
        return wrapped(r, mapped(r, kind, depth, seen))
    names = r.sample(WORDS, r.randint(1, 4))
    named = r.random() < 0.7
    children: dict[str, Plan[t.Any]] = {}
    for name in names:
        earlier = tuple(reference for n, c in children.items() for reference in _into(ref[n], c))
        inner = seen if named or kind is not dsl.Stage else ()
        inner = tuple(s for s in inner if not named or _first(s) not in names)
        children[name] = pictured_plan(r, depth - 1, (*inner, *(earlier if named and kind is dsl.Stage else ())))
    return wrapped(r, t.cast("Plan[t.Any]", kind(children if named else list(children.values()))))


def _first(reference: Ref) -> object:
    return t.cast("t.Any", reference._steps[0]).name


def _into(start: Ref, plan: Plan[t.Any]) -> list[Ref]:
    """Give references to an earlier child, and into it as far as one step."""
    group = group_of(plan)
    if isinstance(plan, dsl.Pick | dsl.Drain) or not isinstance(group, dsl.All | dsl.Stage) or group.names is None:
        return [start]
    return [start, *(start[name] for name in group.names)] if _whole(plan) else [start]


def _whole(plan: Plan[t.Any]) -> bool:
    """Tell whether no shaper is around the group."""
    inner: t.Any = plan
    while hasattr(inner, "inner"):
        if isinstance(inner, dsl.Pick | dsl.Drain):
            return False
        inner = inner.inner
    return True


def leaf(r: random.Random, seen: tuple[Ref, ...]) -> Plan[t.Any]:
    """Give a leaf that uses none, one or more of what it sees."""
    used = r.sample(seen, min(len(seen), r.choice([0, 1, 1, 2])))
    kind = r.choice(KINDS)
    if not used:
        lint = Command("npm run lint", check=True)
        return r.choice([Agent(kind, "analyze"), Agent(kind), lint, Call(len, "x"), Value(3)])
    made: list[Plan[t.Any]] = [
        Agent(kind, used[0], *(), **{f"p{i}": u for i, u in enumerate(used[1:])}),
        Agent(kind, "fix", context=list(used)),
        Call(max, *used),
        Command(["pytest", "-q", *used], check=True),
        Value({"all": list(used)}),
        Agent(kind, text("look at {x}", x=used[0]), more=used[1:]),
    ]
    return r.choice(made)


def mapped(r: random.Random, kind: t.Any, depth: int, seen: tuple[Ref, ...]) -> Plan[t.Any]:
    """Give a map over known items, or over those that a reference gives."""
    over = r.choice(seen) if seen and r.random() < 0.5 else list(range(r.choice([1, 3, 50, 5_000])))
    template: Plan[t.Any] = Agent(r.choice(KINDS), item)
    if r.random() < 0.4:
        template = dsl.Stage(draft=template, polish=Agent("editor", ref.draft))
    return t.cast("Plan[t.Any]", kind.map(template, over=over))


def wrapped(r: random.Random, plan: Plan[t.Any]) -> Plan[t.Any]:
    """Give a plan with none, one or more wrappers."""
    for _ in range(r.choice([0, 0, 0, 1, 1, 2, 3])):
        group = group_of(plan)
        ways: list[t.Callable[[], Plan[t.Any]]] = [
            lambda p=plan: p.retry(r.randint(2, 5)),  # type: ignore[misc]
            lambda p=plan: p.timeout(r.choice([0.5, 60, 7200])),  # type: ignore[misc]
            lambda p=plan: p.limit(r.randint(1, 9)),  # type: ignore[misc]
            lambda p=plan: p.uses("gpu"),  # type: ignore[misc]
            lambda p=plan: p.expect(last.ok, "a good one"),  # type: ignore[misc]
            lambda p=plan: p.given(x=1),  # type: ignore[misc]
        ]
        if group is not None:
            ways.append(lambda p=plan: p.batch(r.randint(1, 3)))  # type: ignore[misc]
        if isinstance(group, dsl.All | dsl.Stage) and group.template is None and _whole(plan):
            ways += [lambda p=plan: p.pick(-1), lambda p=plan: p.drain(save)]  # type: ignore[misc]
        plan = r.choice(ways)()
    return plan
