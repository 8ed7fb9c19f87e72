"""A reference that may mean something else than its author thinks is told of: outcomes, hidden names, braces."""

from __future__ import annotations

import itertools
import typing as t
from collections.abc import Iterator

import attrs

from ..errors import Finding
from ..results import Failed, Succeeded
from ..wording import ends
from ._base import Plan
from ._commands import FIELD
from ._group_kinds import Settled, Stage
from ._groups import Group
from ._leaves import Agent
from ._lookup import SORTED, Lookup, Place, child_address, key_of
from ._refs import Attribute, Name, Ref, Step
from ._shapers import Drain, Pick
from ._sight import Scope, Sight
from ._used import refs_of
from ._walk import Node, walk
from ._wrappers import Given, Wrapper, group_of

MOST_CLIMBED = 1_000_000  # scopes looked into for hidden names, in one plan: they may be thousands of levels deep
MOST_WALKED = 10_000  # nodes of a template that are looked at for what it does with outcomes
MOST_TEXT = 10_000  # characters of a task that are looked at for braces
OUTCOME = frozenset({f.name for kind in (Succeeded, Failed) for f in attrs.fields(kind)} | {"ok"})


class Names:
    """The references of one plan, and the braces that are none."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._settled = False  # whether there was a Settled before: most plans have none, and need no second look-up
        self._asked: set[tuple[int, str]] = set()
        self._climbed = 0

    def see(self, node: Node) -> None:
        """Remember a node; parents and earlier ones come first."""
        self._settled = self._settled or isinstance(node.plan, Settled)

    def of(self, ref: Ref, place: Place, node: Node, sight: Sight) -> Iterator[Finding]:
        """Give what a reference hardly means."""
        if self._settled and not isinstance(node.plan, Given):  # a name given to an outcome may well go on with .value
            yield from self._outcome(ref, place, node, sight)
            yield from _over(ref, place, node)
        name = t.cast("Name", ref._steps[0]).name
        if isinstance(name, str):
            yield from self._hidden(ref, name, place, node, sight)

    def braces(self, node: Node, plan: Agent[t.Any], sight: Sight) -> Iterator[Finding]:
        """Give the ``{names}`` of a task that nobody fills in."""
        if type(plan.task) is not str or "{" not in plan.task:
            return
        for name in dict.fromkeys(FIELD.findall(plan.task[:MOST_TEXT])):
            if name in plan.params.pairs:
                yield _unfilled(node, name, "...", f", also though {name}= is given")
            elif name == "item" and sight.mapped:
                yield _unfilled(node, name, "item")
            elif (scope := next(self._holders(name, sight.scope), None)) is not None and _finished(scope, name):
                yield _unfilled(node, name, f"ref.{name}")

    def _hidden(self, ref: Ref, name: str, place: Place, node: Node, sight: Sight) -> Iterator[Finding]:
        holders = self._holders(name, sight.scope)
        near = next(holders, None)
        # names are given to be safe from those around
        if near is None or isinstance(near.node.plan, Given) or (id(near.node), name) in self._asked:
            return
        self._asked.add((id(near.node), name))
        far = next(holders, None)
        if far is not None and _finished(far, name):
            first = Ref("ref", ref._steps[:1])
            found, other = (ends(a, 60) for a in (_held(near, name), _held(far, name)))
            what = f"{first!r} is {found}, which hides {other}"
            yield Finding(node.address, "note", what, "if the other one is meant, rename one of the two")

    def _holders(self, name: str, scope: Scope | None) -> Iterator[Scope]:
        """Give the scopes that have a name outside one's own branch, the nearest first."""
        while scope is not None and self._climbed < MOST_CLIMBED:
            self._climbed += 1
            index = scope.names.get(name)
            if index is not None and index != scope.own:
                yield scope
            scope = scope.outer

    def _outcome(self, ref: Ref, place: Place, node: Node, sight: Sight) -> Iterator[Finding]:
        steps = ref._steps
        taken = len(steps) - len(place.rest)
        picked = _picked(place)
        if picked is not None:
            taken += picked
        elif not self._of_settled(steps[:taken], node, sight):
            return
        rest = steps[taken:]
        if rest and (key_of(rest[0]) in OUTCOME or key_of(rest[0]) is None):
            return
        base = Ref("ref", steps[:taken])
        meant = Ref("ref", (*base._steps, Attribute("value"), *rest))
        last = steps[taken - 1]
        split = Ref("ref", (*steps[: taken - 1], Attribute("successes"), last, *rest))
        other = f", or {split!r}" if picked is None and isinstance(key_of(last), str) else ""
        yield Finding(node.address, "note", f"{base!r} is an outcome, not the value itself", f"say {meant!r}{other}")

    def _of_settled(self, steps: tuple[Step, ...], node: Node, sight: Sight) -> bool:
        """Tell whether the last of these steps takes an outcome: a child of a `Settled`, not of its successes."""
        if len(steps) < 2:
            return False
        around = next(self._lookup.of(Ref("ref", steps[:-1]), node, sight), None)
        if not isinstance(around, Place) or around.node is not None or around.rest:
            return False
        return _gives(around.plan) is Settled


def _over(ref: Ref, place: Place, node: Node) -> Iterator[Finding]:
    """Tell of a map over all outcomes whose template hardly knows that it gets some."""
    group = node.plan
    if not isinstance(group, Group) or group.template is None or group.over is not ref:
        return
    if place.rest or place.node is not None or _gives(place.plan) is not Settled or _asks_outcomes(group.template):
        return
    meant = Ref("ref", (*ref._steps, Attribute("successes")))
    what = f"over={ref!r} maps outcomes, those of failed children too, not the values themselves"
    yield Finding(node.address, "note", what, f"say over={meant!r}, or item.value")


def _asks_outcomes(template: Plan[t.Any]) -> bool:
    """Tell whether a reference in a template takes from its item what only an outcome has."""
    nodes = itertools.islice(walk(template), MOST_WALKED)
    refs = (ref for node in nodes for ref in refs_of(node.plan) if ref._root == "item" and ref._steps)
    return any(key_of(ref._steps[0]) in OUTCOME for ref in refs)


def _picked(place: Place) -> int | None:
    """Give how many further steps lead to an outcome where the plan tells no place: mapped, or picked."""
    gives = _gives(place.plan)
    group = group_of(place.plan)
    if place.node is not None or not isinstance(group, Settled):
        return None
    if gives is Pick:
        return 0
    mapped = gives is Settled and group.template is not None and bool(place.rest)
    return 1 if mapped and key_of(place.rest[0]) not in (None, *SORTED) else None


def _gives(plan: Plan[t.Any]) -> type | None:
    """Give what decides the value of a plan: a group, or the one `Pick` around it."""
    shaper: type | None = None
    while isinstance(plan, Wrapper):
        if isinstance(plan, Drain) or (isinstance(plan, Pick) and shaper is not None):
            return None
        shaper = Pick if isinstance(plan, Pick) else shaper
        plan = plan.inner
    return shaper or type(plan)


def _finished(scope: Scope, name: str) -> bool:
    """Tell whether what a scope holds has a value by then."""
    plan = scope.node.plan
    return isinstance(plan, Given) or (isinstance(plan, Stage) and scope.names[name] < scope.own)


def _held(scope: Scope, name: str) -> str:
    plan = scope.node.plan
    if not isinstance(plan, Group):
        return f"the {name} of .given"
    return child_address(scope.node.address, plan, scope.names[name])


def _unfilled(node: Node, name: str, value: str, also: str = "") -> Finding:
    name = ends(name, 60)
    what = f"{{{name}}} in the task is not filled in{also}: the task is a plain str"
    return Finding(node.address, "note", what, f"say text(..., {name}={value})")
