"""Which references a node uses, and where each of them leads."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator

from ._base import Plan
from ._commands import Command
from ._freeze import Frozen, refs_in
from ._groups import Group
from ._leaves import Agent, Call, Value
from ._lookup import Led, Lookup, Place
from ._refs import Name, Ref, Text
from ._sight import Sight
from ._walk import Node
from ._wrappers import Expect, Given

HOLD_REFS = (Ref, Text, Frozen)


def uses(node: Node, sight: Sight, lookup: Lookup) -> Iterator[tuple[Ref, Led]]:
    """Give every reference of a node and where it leads; of `item` and `last` only what is wrong."""
    for ref in refs_of(node.plan):
        for led in lookup.of(ref, node, sight):
            yield ref, led


def sources(ref: Ref, place: Place, lookup: Lookup) -> Iterator[tuple[Ref, Place]]:
    """Give the nodes that a place stands for: behind a name of `.given` those that its value names, each once."""
    stack = [(ref, place)]
    seen: set[tuple[int, str]] = set()
    while stack:
        ref, place = stack.pop()
        if place.node is None:
            yield ref, place
            continue
        name = t.cast("str", t.cast("Name", ref._steps[0]).name)
        if (id(place.node), name) in seen:  # names given by names given twice would double at each level
            continue
        seen.add((id(place.node), name))
        value = t.cast("Given[t.Any]", place.plan).values[name]
        sight = lookup.sights.seen_from(place.node)
        behind = [(r, led) for r in refs_in(value) for led in lookup.of(r, place.node, sight)]
        stack += [(r, led) for r, led in reversed(behind) if isinstance(led, Place)]


def refs_of(plan: Plan[t.Any]) -> Iterator[Ref]:
    """Give the references that a plan itself uses, not those of what is inside it."""
    for value in parameters(plan):  # most hold none
        if type(value) in HOLD_REFS:
            yield from refs_in(value)
    if isinstance(plan, Expect) and isinstance(plan.condition, Ref):
        yield from (ref for ref in refs_in(plan.condition) if ref._root != "last")


def parameters(plan: Plan[t.Any]) -> list[t.Any]:
    """Give the values of a plan in which references are found."""
    if isinstance(plan, Agent):
        return [plan.kind, plan.task, *plan.params.pairs.values()]
    if isinstance(plan, Call):
        return [*plan.args, *plan.kwargs.pairs.values()]
    if isinstance(plan, Command):
        return [*(plan.params.values() if plan.shell else plan.argv), plan.cwd, plan.env, plan.stdin]
    if isinstance(plan, Value):
        return [plan.value]
    if isinstance(plan, Given):
        return [*plan.values.values()]
    return [plan.over] if isinstance(plan, Group) and plan.template is not None else []
