"""A retry that runs finished work again is told of, and a drain that its place makes late or double."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator

import attrs

from ..errors import Finding
from ._base import Plan, fold
from ._freeze import Frozen
from ._group_kinds import All, Race, Settled, Stage
from ._groups import Group
from ._leaves import Leaf, Value
from ._shapers import Drain
from ._walk import Node
from ._wrappers import Expect, Retry, Timeout, Wrapper

LATE = (Retry, Timeout, Expect)  # results that pass through them are final only at the end


@attrs.frozen
class _Risk:
    """What a retry around a plan would repeat.

    Args:
        works: There is a leaf in it that does work.
        fails: It can fail.
        part: Some of its work can be finished when it is not.
        wastes: It can fail when some of its work has been finished.
        top: What a retry around it is about: a group or a leaf, or the drain, condition or retry around that.
    """

    works: bool
    fails: bool
    part: bool
    wastes: bool
    top: Plan[t.Any]


class Repeats:
    """The retries and drains of one plan; each plan in it is judged once, however many retries are around it."""

    def __init__(self) -> None:
        self._known: dict[int, _Risk] = {}

    def of(self, node: Node) -> Iterator[Finding]:
        """Give what a retry or a drain repeats, or makes late."""
        plan = node.plan
        if isinstance(plan, Drain):
            yield from _late(node, plan)
        elif isinstance(plan, Retry) and plan.attempts != 1:
            yield from self._again(node, plan)

    def _again(self, node: Node, plan: Retry[t.Any]) -> Iterator[Finding]:
        risk = fold(plan.inner, _risk, self._known)
        if isinstance(risk.top, Drain):
            what = "a retry around .drain saves again what was saved before"
            yield Finding(node.address, "note", what, "put the retry on the leaves, inside the drain")
        elif risk.wastes and isinstance(risk.top, Group):
            what = f"a retry around {type(risk.top).__name__} repeats finished work: all of it runs again"
            yield Finding(node.address, "note", what, "put the retry on the leaves, or around a Settled")


def _late(node: Node, plan: Drain) -> Iterator[Finding]:
    """A map is drained to keep little in memory; what waits for the end keeps everything."""
    inner = plan.inner
    between = ""
    while isinstance(inner, Wrapper):
        between = between or (type(inner).__name__.lower() if isinstance(inner, LATE) else "")
        inner = inner.inner
    if between and isinstance(inner, Group) and inner.template is not None:
        what = f"the .{between} inside .drain holds all results back: they are saved at its end, in one list"
        advice = f"put the {between} into the template: {type(inner).__name__}.map(template.{between}(...), over=...)"
        yield Finding(node.address, "note", what, advice)


def _risk(plan: Plan[t.Any], inner: list[_Risk]) -> _Risk:
    if isinstance(plan, Leaf):
        works = not isinstance(plan, Value)
        return _Risk(works, works, False, False, plan)
    if isinstance(plan, Wrapper):
        return _of_wrapper(plan, inner[0])
    return _of_group(t.cast("Group[t.Any]", plan), inner)


def _of_wrapper(plan: Wrapper[t.Any], inner: _Risk) -> _Risk:
    works, fails, part, wastes = inner.works, inner.fails, inner.part, inner.wastes
    if isinstance(plan, Timeout) and plan.settled is None:
        return _Risk(works, works, part, wastes or part, inner.top)
    if isinstance(plan, Drain):  # what was saved is finished work
        return _Risk(works, works, works, works, plan)
    if isinstance(plan, Expect):  # to repeat the whole until a condition holds is what a retry around one is for
        return _Risk(works, works, part, wastes, plan)
    again = isinstance(plan, Retry) and plan.attempts != 1  # has a note of its own
    return _Risk(works, fails, part, wastes, plan if again else inner.top)


def _of_group(plan: Group[t.Any], inner: list[_Risk]) -> _Risk:
    """A mapped template counts twice: how many items there are is mostly not known."""
    many = plan.template is not None and not (isinstance(plan.over, Frozen) and len(plan.over.items) < 2)
    children = inner * 2 if many else inner
    works, fails, part, wastes = (any(getattr(r, a) for r in children) for a in ("works", "fails", "part", "wastes"))
    if isinstance(plan, All | Stage | Settled):
        part = part or sum(r.works for r in children) > 1
    if isinstance(plan, Settled):
        return _Risk(works, False, part, False, plan)
    if isinstance(plan, All | Stage):
        return _Risk(works, fails, part, wastes or _beside(children, isinstance(plan, Stage)), plan)
    if isinstance(plan, Race):
        return _Risk(works, fails, part, wastes or _cut(children), plan)
    fails = all(r.fails for r in children)
    return _Risk(works, fails, part, fails and wastes, plan)


def _beside(children: list[_Risk], in_order: bool) -> bool:
    """Tell whether one child can fail when another has finished work."""
    working = [i for i, r in enumerate(children) if r.works]
    failing = [i for i, r in enumerate(children) if r.fails]
    if not failing:
        return False
    return working[0] < failing[-1] if in_order else len(working) > 1


def _cut(children: list[_Risk]) -> bool:
    """Tell whether one child can fail, and end the race, when another has done a part of its work."""
    failing = [i for i, r in enumerate(children) if r.fails]
    return any(r.part and failing not in ([], [i]) for i, r in enumerate(children))
