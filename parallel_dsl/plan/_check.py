"""Everything wrong with a plan that can be known before it runs, each with its address and a cure."""

from __future__ import annotations

import inspect
import typing as t
from collections.abc import Iterator, Mapping

import attrs

from ..errors import Finding
from ..results import CommandResult
from ..wording import did_you_mean
from ._address import matches
from ._base import Plan
from ._commands import Command
from ._freeze import refs_in
from ._group_kinds import All, Any, Fallback, Race, Settled, Stage
from ._groups import Group
from ._leaves import NO_TASK, Agent, Call, Value
from ._refs import Attribute, Item, Name, Ref
from ._shapers import Drain, Pick
from ._walk import Node, walk
from ._wrappers import Expect, Given, Retry, Uses, Wrapper

JUDGED = (Any, Race, Fallback, Retry)


def check(
    plan: Plan[t.Any],
    agents: Mapping[str, t.Any] | None = None,
    limits: Mapping[str, float] | None = None,
    fakes: Mapping[str, t.Any] | None = None,
) -> list[Finding]:
    """Find what is wrong with a plan, without running anything.

    Args:
        plan: The plan.
        agents: As for `run`; kinds and parameters are judged when they are given.
        limits: As for `run`; names of resources are judged when they are given.
        fakes: As for `run`; the agents of faked leaves are not judged.

    Example:
        >>> from parallel_dsl.plan import Agent, Stage, ref
        >>> print(*check(Stage(scan=Agent("a"), fix=Agent("b", ref.scna))))
        fix: ref.scna: no such name around here; did you mean 'scan'?
    """
    found: list[Finding] = []
    for node in walk(plan):
        found += _refs(node)
        if isinstance(node.plan, Command):
            found += _unsaid_check(node)
        elif isinstance(node.plan, Agent) and agents is not None:
            if not any(matches(p, node.address) or p == node.address for p in fakes or ()):
                found += _agent(node, node.plan, agents)
        elif isinstance(node.plan, Call):
            found += _fits(node, node.plan.fn, node.plan.args, node.plan.kwargs)
        elif isinstance(node.plan, Uses) and limits is not None and node.plan.resource not in limits:
            name = node.plan.resource
            hint = did_you_mean(name, limits).removeprefix("; ") or f"say run(limits={{{name!r}: 1}})"
            found.append(_error(node, f"uses({name!r}): no such resource in limits", hint))
    return found


def _error(node: Node, what: str, advice: str = "") -> Finding:
    return Finding(node.address, "error", what, advice)


def _unsaid_check(node: Node) -> Iterator[Finding]:
    """A red command would win, or never be repeated: whoever judges must say what counts."""
    if t.cast("Command", node.plan).check is not None:
        return
    around: Node | None = node.parent
    while around is not None:
        if isinstance(around.plan, JUDGED):
            kind = type(around.plan).__name__
            yield _error(node, f"a Command under {kind} without check=", "say check=True if red means failed")
            return
        around = around.parent


def _agent(node: Node, plan: Agent[t.Any], agents: Mapping[str, t.Any]) -> Iterator[Finding]:
    if not isinstance(plan.kind, str):
        return
    fn = agents.get(plan.kind, agents.get("*"))
    if fn is None:
        hint = did_you_mean(plan.kind, agents).removeprefix("; ")
        yield _error(node, f"no agent for kind {plan.kind!r}", hint or f"say run(agents={{{plan.kind!r}: ...}})")
    elif not callable(fn):
        yield _error(node, f"the agent for {plan.kind!r} is a {type(fn).__name__}", "expected a function")
    else:
        yield from _fits(node, fn, () if plan.task is NO_TASK else (plan.task,), plan.params)


def _fits(node: Node, fn: t.Any, args: tuple[t.Any, ...], kwargs: Mapping[str, t.Any]) -> Iterator[Finding]:
    try:
        signature = inspect.signature(fn)
    except (ValueError, TypeError):  # some builtins tell no signature
        return
    try:
        signature.bind(*args, **kwargs)
    except TypeError as error:
        name = getattr(fn, "__name__", type(fn).__name__)
        unknown = [k for k in kwargs if k not in signature.parameters]
        hint = did_you_mean(unknown[0], signature.parameters) if unknown else ""
        yield _error(node, f"{name}{signature}: {error}", hint.removeprefix("; ") or "see what it takes")


def _refs(node: Node) -> Iterator[Finding]:
    """Look every reference of a node up by the rule of the language."""
    plan = node.plan
    for value in _parameters(plan):
        for ref in refs_in(value):
            yield from _looked_up(ref, node)
    if isinstance(plan, Expect) and isinstance(plan.condition, Ref):
        for ref in refs_in(plan.condition):
            if ref._root != "last":
                yield from _looked_up(ref, node)


def _parameters(plan: Plan[t.Any]) -> list[t.Any]:
    if isinstance(plan, Agent):
        return [plan.kind, plan.task, *plan.params.values()]
    if isinstance(plan, Call):
        return [*plan.args, *plan.kwargs.values()]
    if isinstance(plan, Command):
        return [*(plan.params.values() if plan.shell else plan.argv), plan.cwd, plan.env, plan.stdin]
    if isinstance(plan, Value):
        return [plan.value]
    if isinstance(plan, Given):
        return [*plan.values.values()]
    return [plan.over] if isinstance(plan, Group) and plan.template is not None else []


def _looked_up(ref: Ref, node: Node) -> Iterator[Finding]:
    if ref._root != "ref":
        yield from _around(ref, node)
        return
    name = t.cast("Name", ref._steps[0]).name
    yield from _named(ref, name, node) if isinstance(name, str) else _numbered(ref, name, node)


def _around(ref: Ref, node: Node) -> Iterator[Finding]:
    inside: Node | None = node.parent
    while inside is not None:
        mapped = isinstance(inside.plan, Group) and inside.plan.template is not None
        if mapped and (ref._root == "item" or isinstance(inside.plan, Stage)):
            return
        inside = inside.parent
    where = "a .map template" if ref._root == "item" else "a Stage.map template or .expect"
    yield _error(node, f"{ref!r} stands outside of {where}", "it has a value only there")


def _named(ref: Ref, name: str, node: Node) -> Iterator[Finding]:
    """The nearest child of that name outside one's own branch counts, also when it is not finished by then."""
    inside, outer = node, node.parent
    while outer is not None:
        plan = outer.plan
        if isinstance(plan, Given):
            if name in plan.values:
                return
        elif isinstance(plan, Group) and plan.names is not None and name in plan.names:
            index = plan.names.index(name)
            if index != inside.index:
                yield from _child(ref, plan, index, inside.index, node)
                return
        inside, outer = outer, outer.parent
    seen, deeper = _in_sight(name, node)
    hint = deeper or did_you_mean(name, seen).removeprefix("; ") or _listed(seen)
    yield _error(node, f"{_first(ref)}: no such name around here", hint)


def _in_sight(name: str, node: Node) -> tuple[list[str], str]:
    """Give the names that could have been meant, and advice if an earlier group has a child of that name."""
    seen: list[str] = []
    deeper = ""
    inside, outer = node, node.parent
    while outer is not None:
        plan = outer.plan
        if isinstance(plan, Given):
            seen += plan.values
        elif isinstance(plan, Group) and plan.names is not None:
            seen += [n for i, n in enumerate(plan.names) if i != inside.index]
            deeper = deeper or (_one_deeper(name, plan, inside.index) if isinstance(plan, Stage) else "")
        inside, outer = outer, outer.parent
    return seen, deeper


def _one_deeper(name: str, stage: Stage[t.Any], before: int) -> str:
    for own, child in zip(stage.names or (), stage.children[:before], strict=False):
        shape = _shape(child)
        if isinstance(shape, Group) and name in (shape.names or ()):
            return f"did you mean {Ref('ref', (Name(own), Attribute(name)))!r}?"
    return ""


def _listed(names: list[str]) -> str:
    return f"there are {', '.join(dict.fromkeys(names))}" if names else "there are no names around it"


def _first(ref: Ref) -> str:
    return repr(Ref("ref", ref._steps[:1]))


def _numbered(ref: Ref, number: int, node: Node) -> Iterator[Finding]:
    inside, outer = node, node.parent
    while outer is not None:
        if isinstance(outer.plan, Stage):
            stage = outer.plan
            if stage.names is not None:
                yield _error(node, f"{_first(ref)}: the nearest Stage has names", _listed(list(stage.names)))
            elif stage.template is None:
                index = number if number >= 0 else inside.index + number
                if 0 <= index < len(stage.children):
                    yield from _child(ref, stage, index, inside.index, node)
                else:
                    yield _error(node, f"{_first(ref)}: there is no such stage before", f"this is stage {inside.index}")
            return
        inside, outer = outer, outer.parent
    yield _error(node, f"{_first(ref)}: there is no Stage around it", "numbers name the children of the nearest Stage")


def _child(ref: Ref, group: Group[t.Any], index: int, own: int, node: Node) -> Iterator[Finding]:
    kind = type(group).__name__
    if isinstance(group, Any | Race | Fallback):
        yield _error(node, f"{_first(ref)}: a candidate of {kind} cannot be named", "name the group itself")
    elif not isinstance(group, Stage):
        yield _error(node, f"{_first(ref)}: runs beside this in {kind}, so it is not finished by then", "use a Stage")
    elif index >= own:
        yield _error(node, f"{_first(ref)}: comes later, it is not finished by then", "put it before")
    else:
        yield from _path(ref, group.children[index], node)


def _shape(plan: Plan[t.Any]) -> Plan[t.Any] | None:
    """Give the plan that tells the shape of the value, if one does: wrappers keep it, but for `Pick`."""
    while isinstance(plan, Wrapper):
        if isinstance(plan, Pick | Drain):
            return None
        plan = plan.inner
    told = isinstance(plan, Command) or (isinstance(plan, All | Stage | Settled) and plan.template is None)
    return plan if told else None


def _path(ref: Ref, plan: Plan[t.Any], node: Node) -> Iterator[Finding]:
    """Follow the steps as far as the plan tells the shape of the value."""
    for step in ref._steps[1:]:
        shape = _shape(plan)
        key = step.name if isinstance(step, Attribute) else t.cast("Item", step).key
        if shape is None or isinstance(key, bool) or not isinstance(key, str | int):
            return
        if isinstance(shape, Command):
            if key not in RESULT:
                hint = did_you_mean(str(key), RESULT).removeprefix("; ") or _listed(list(RESULT))
                yield _error(node, f"{ref!r}: a CommandResult has no {key!r}", hint)
            return
        group = t.cast("Group[t.Any]", shape)
        names = list(group.names or ())
        if isinstance(group, Settled) and key in ("successes", "failures") and key not in names:
            return
        if isinstance(key, int) and not -len(group.children) <= key < len(group.children):
            yield _error(node, f"{ref!r}: there are {len(group.children)} children", "count from 0")
            return
        if isinstance(key, str) and key not in names:
            extra = ["successes", "failures"] if isinstance(group, Settled) else []
            hint = did_you_mean(key, names + extra).removeprefix("; ") or _reached(group)
            yield _error(node, f"{ref!r}: {type(group).__name__} has no child {key!r}", hint)
            return
        if isinstance(group, Settled):
            return
        plan = group.children[key if isinstance(key, int) else names.index(key)]


def _reached(group: Group[t.Any]) -> str:
    if group.names or not group.children:
        return _listed(list(group.names or ()))
    return f"its children have positions, 0 to {len(group.children) - 1}"


RESULT = frozenset({*attrs.fields_dict(CommandResult), "ok", "lines"})
