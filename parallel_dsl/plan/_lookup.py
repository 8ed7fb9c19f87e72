"""Every reference is looked up as it will be when the plan runs: where it leads, or why nowhere, with a cure."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator, Mapping

import attrs

from ..errors import Finding
from ..results import CommandResult
from ..wording import did_you_mean
from ._address import join
from ._base import Plan
from ._commands import Command
from ._group_kinds import All, Any, Fallback, Race, Settled, Stage
from ._groups import Group
from ._refs import Attribute, Name, Ref, Step
from ._shapers import Drain, Pick
from ._sight import Scope, Sight, Sights
from ._walk import Node
from ._wrappers import Given, Wrapper

MOST_HINTS = 10  # to look for similar names costs time for every name in sight
MOST_NAMES = 12
OWN = "this stands in the child of that name; name an earlier one"
SORTED = ("successes", "failures")
RESULT = dict.fromkeys([*attrs.fields_dict(CommandResult), "ok", "lines"])


@attrs.frozen(eq=False)
class Place:
    """Where a reference leads: the node that it names, as deep as the plan tells, and the steps that are left.

    Args:
        address: Of the node.
        plan: The node; a `Given` if the name is one of its values.
        rest: The steps into the value of the node; of a `Given` all but the first.
        node: Of a `Given` where it stands.
    """

    address: str
    plan: Plan[t.Any]
    rest: tuple[Step, ...]
    node: Node | None = None


Led = Finding | Place


class Lookup:
    """The look-up of references in one plan.

    Args:
        sights: What each node sees.
    """

    def __init__(self, sights: Sights) -> None:
        self.sights = sights
        self.hints = 0

    def of(self, ref: Ref, node: Node, sight: Sight) -> Iterator[Led]:
        """Give where a reference of a node leads, or what is wrong with it; of `item` and `last` no place."""
        if ref._root != "ref":
            yield from _around(ref, node, sight)
            return
        name = t.cast("Name", ref._steps[0]).name
        yield from self._named(ref, name, node, sight) if isinstance(name, str) else self._numbered(
            ref, name, node, sight
        )

    def _named(self, ref: Ref, name: str, node: Node, sight: Sight) -> Iterator[Led]:
        """The nearest child of that name outside one's own branch counts, also when it is not finished by then."""
        scope = sight.scope
        while scope is not None:
            index = scope.names.get(name)
            if index is not None and isinstance(scope.node.plan, Given):
                yield Place(scope.node.address, scope.node.plan, ref._steps[1:], scope.node)
                return
            if index is not None and index != scope.own:
                yield from self._child(ref, scope.node, index, scope.own, node)
                return
            scope = scope.outer
        yield _error(node, f"{_first(ref)}: no such name around here", self._name_meant(name, sight.scope))

    def _name_meant(self, name: str, scope: Scope | None) -> str:
        self.hints += 1
        if self.hints > MOST_HINTS:
            return ""
        seen: list[str] = []
        own = False
        while scope is not None:
            if scope.names.get(name) == scope.own:
                own = True
            seen += [n for n, i in scope.names.items() if i != scope.own or isinstance(scope.node.plan, Given)]
            plan = scope.node.plan
            if isinstance(plan, Stage) and (deeper := self._one_deeper(name, plan, scope.own)):
                return deeper
            scope = scope.outer
        return did_you_mean(name, seen).removeprefix("; ") or (OWN if own else _listed(seen))

    def _one_deeper(self, name: str, stage: Stage[t.Any], before: int) -> str:
        """Give advice if an earlier group has a child of that name."""
        for own, child in zip(stage.names or (), stage.children[:before], strict=False):
            shape = _shape(child)
            if isinstance(shape, Group) and name in self.sights.positions(shape):
                return f"did you mean {Ref('ref', (Name(own), Attribute(name)))!r}?"
        return ""

    def _numbered(self, ref: Ref, number: int, node: Node, sight: Sight) -> Iterator[Led]:
        if sight.stage is None:
            advice = "numbers name the children of the nearest Stage"
            yield _error(node, f"{_first(ref)}: there is no Stage around it", advice)
            return
        around, own = sight.stage
        stage = t.cast("Stage[t.Any]", around.plan)
        if stage.names is not None:
            yield _error(node, f"{_first(ref)}: the nearest Stage has names", _listed(list(stage.names)))
        elif stage.template is None:
            index = number if number >= 0 else own + number
            if 0 <= index < len(stage.children):
                yield from self._child(ref, around, index, own, node)
            else:
                yield _error(node, f"{_first(ref)}: there is no such stage before", f"this is stage {own}")

    def _child(self, ref: Ref, around: Node, index: int, own: int, node: Node) -> Iterator[Led]:
        group = t.cast("Group[t.Any]", around.plan)
        kind = type(group).__name__
        if isinstance(group, Any | Race | Fallback):
            yield _error(node, f"{_first(ref)}: a candidate of {kind} cannot be named", "name the group itself")
        elif not isinstance(group, Stage):
            what = f"{_first(ref)}: runs beside this in {kind}, so it is not finished by then"
            yield _error(node, what, "use a Stage")
        elif index >= own:
            yield _error(node, f"{_first(ref)}: comes later, it is not finished by then", "put it before")
        else:
            yield from self._path(ref, child_address(around.address, group, index), group.children[index], node)

    def _path(self, ref: Ref, address: str, plan: Plan[t.Any], node: Node) -> Iterator[Led]:
        """Follow the steps as far as the plan tells the shape of the value.

        Into a `Settled` the child is followed, and no further: its outcome is a value of its own.
        """
        rest = ref._steps[1:]
        while rest:
            shape, key = _shape(plan), key_of(rest[0])
            if shape is None or key is None:
                break
            if isinstance(shape, Command):
                if key not in RESULT:
                    hint = did_you_mean(str(key), RESULT).removeprefix("; ") or _listed(RESULT)
                    yield _error(node, f"{ref!r}: a CommandResult has no {key!r}", hint)
                    return
                break
            group = t.cast("Group[t.Any]", shape)
            names = self.sights.positions(group)
            if (wrong := _no_step(ref, group, names, key)) is not None:
                yield _error(node, *wrong)
                return
            if key in SORTED and isinstance(group, Settled) and key not in names:
                if len(rest) == 1 or (key := key_of(rest[1])) not in names:
                    break
                rest = rest[1:]
            index = names[key] if isinstance(key, str) else key % len(group.children)
            address, plan, rest = child_address(address, group, index), group.children[index], rest[1:]
            if isinstance(group, Settled):
                break
        yield Place(address, plan, rest)


def key_of(step: Step) -> str | int | None:
    """Give the name or position that a step takes, None if it is not known before the plan runs."""
    key = step.name if isinstance(step, Attribute | Name) else step.key
    return key if isinstance(key, str | int) and not isinstance(key, bool) else None


def child_address(address: str, group: Group[t.Any], index: int) -> str:
    """Give the address of a child of a group."""
    return join(address, index if group.names is None else group.names[index])


def _no_step(ref: Ref, group: Group[t.Any], names: Mapping[str, int], key: str | int) -> tuple[str, str] | None:
    """Give what is wrong with a step into the results of a group, and advice; None if nothing is."""
    if isinstance(key, int):
        found = -len(group.children) <= key < len(group.children)
        return None if found else (f"{ref!r}: there are {len(group.children)} children", "count from 0")
    extra = SORTED if isinstance(group, Settled) else ()
    if key in names or key in extra:
        return None
    hint = did_you_mean(key, [*names, *extra]).removeprefix("; ") or _reached(group, names)
    return f"{ref!r}: {type(group).__name__} has no child {key!r}", hint


def _around(ref: Ref, node: Node, sight: Sight) -> Iterator[Finding]:
    if ref._root == "item" and not sight.mapped:
        advice = "it has a value only there: All.map(template, over=[...])"
        yield _error(node, f"{ref!r} stands outside of a .map template", advice)
    elif ref._root == "last" and not sight.staged:
        what = f"{ref!r} stands outside of a Stage.map template or .expect"
        yield _error(node, what, "it has a value only there; for the stage before say ref[-1], or ref.name")


def _error(node: Node, what: str, advice: str = "") -> Finding:
    return Finding(node.address, "error", what, advice)


def _listed(names: t.Collection[str]) -> str:
    """Say which names there are, the first few."""
    known = list(dict.fromkeys(names))
    more = f" and {len(known) - MOST_NAMES} more" if len(known) > MOST_NAMES else ""
    return f"there are {', '.join(known[:MOST_NAMES])}{more}" if known else "there are no names around it"


def _first(ref: Ref) -> str:
    return repr(Ref("ref", ref._steps[:1]))


def _shape(plan: Plan[t.Any]) -> Plan[t.Any] | None:
    """Give the plan that tells the shape of the value, if one does: wrappers keep it, but for `Pick`."""
    while isinstance(plan, Wrapper):
        if isinstance(plan, Pick | Drain):
            return None
        plan = plan.inner
    told = isinstance(plan, Command) or (isinstance(plan, All | Stage | Settled) and plan.template is None)
    return plan if told else None


def _reached(group: Group[t.Any], names: Mapping[str, int]) -> str:
    if names or not group.children:
        return _listed(names)
    return f"its children have positions, 0 to {len(group.children) - 1}"
