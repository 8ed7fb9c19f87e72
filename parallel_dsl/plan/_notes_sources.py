"""A map over a source that nobody knows the end of is told of, if nothing holds it back."""

from __future__ import annotations

import dis
import functools
import inspect
import itertools
import types
import typing as t
from collections.abc import Iterator

from ..errors import Finding
from ..wording import clean, function_name
from ._freeze import Frozen
from ._group_kinds import All, Any, Race, Settled, Stage
from ._groups import Group
from ._refs import Ref
from ._shapers import Drain
from ._walk import Node
from ._wrappers import Batch, Limit, Timeout, Uses, Wrapper

AT_ONCE = "up to 1,000 of its children are under way at once"
PILE_UP = "its results pile up"
LEAVES = {"RETURN_VALUE", "RETURN_CONST", "RAISE_VARARGS"}  # by which code leaves a function
PLAIN: tuple[type, ...] = (list, tuple, dict, set, frozenset, range, str, bytes)


class Sources:
    """The sources of one plan; asked about parents before children."""

    def __init__(self) -> None:
        self._limited: set[int] = set()  # nodes under a limit of leaves; the walk keeps them alive

    def of(self, node: Node) -> Iterator[Finding]:
        """Give what is wrong with the source of a mapped group."""
        parent = node.parent
        if parent is not None and (id(parent) in self._limited or _limits(parent)):
            self._limited.add(id(node))
        plan = node.plan
        if isinstance(plan, Group) and plan.template is not None and not isinstance(plan.over, Ref | Frozen):
            yield from self._loose(node, plan)

    def _loose(self, node: Node, plan: Group[t.Any]) -> Iterator[Finding]:
        around = list(_around(node))
        drained = any(isinstance(w, Drain) for w in around)
        held = id(node) in self._limited or any(isinstance(w, Batch | Limit | Uses) for w in around)
        held = held or isinstance(plan.template, Uses)
        ends = _end(plan.over)
        if ends:
            return
        piles = isinstance(plan, All | Stage) or (isinstance(plan, Settled) and not _in_time(around))
        at_once = isinstance(plan, All | Settled | Any | Race) and not held
        piles = piles and not drained
        # a source whose end is not known mostly has one: it is enough that somebody thought of it
        told = piles or (at_once and isinstance(plan, Any | Race)) if ends is False else at_once and not drained
        if told:
            yield _note(node, plan, at_once, piles, ends is False)


def _note(node: Node, plan: Group[t.Any], at_once: bool, piles: bool, endless: bool) -> Finding:
    said = "never ends" if endless else "has an end that is not known"
    what = " and ".join([AT_ONCE] * at_once + [PILE_UP] * piles)
    advice = ", and ".join(["say .limit(n)"] * at_once + [".drain(save) to let results go"] * piles)
    advice = advice if at_once else f"say {advice}"
    return Finding(node.address, "note", f"over={_named(plan.over)} {said}: {what}", advice)


def _limits(node: Node) -> bool:
    return isinstance(node.plan, Limit) and node.plan.leaves is not None


def _around(node: Node) -> Iterator[Wrapper[t.Any]]:
    """Give the wrappers directly around a group."""
    parent = node.parent
    while parent is not None and isinstance(parent.plan, Wrapper):
        yield parent.plan
        parent = parent.parent


def _in_time(around: list[Wrapper[t.Any]]) -> bool:
    """Tell whether a deadline ends a `Settled`, which gives the outcomes that there are."""
    return any(isinstance(w, Timeout) and w.settled is not None for w in around)


def _end(over: t.Any) -> bool | None:
    """Tell whether what a function gives has an end: True, False, or None if that is not known.

    Example:
        >>> import itertools
        >>> _end(itertools.count), _end([1, 2].__iter__), _end(lambda: iter([1]))
        (False, True, None)
    """
    fn, args, keywords = over, (), {}
    if isinstance(over, functools.partial):
        fn, args, keywords = over.func, over.args, over.keywords
    if fn is itertools.count or fn is itertools.cycle:  # not ==: a callable may be anything
        return False
    if fn is itertools.repeat:
        return len(args) > 1 or "times" in keywords
    if any(fn is kind for kind in PLAIN) or isinstance(getattr(fn, "__self__", None), PLAIN):
        return True
    return False if _goes_on(fn) else None


def _goes_on(fn: t.Any) -> bool:
    """Tell whether a generator function never ends: ``while True`` without a way out compiles to no return."""
    try:
        fn = inspect.unwrap(fn) if inspect.isroutine(fn) else fn
    except ValueError:  # it is wrapped by itself: nothing is known of its end
        return False
    if not (inspect.isgeneratorfunction(fn) or inspect.isasyncgenfunction(fn)):
        return False
    code = getattr(getattr(fn, "__func__", fn), "__code__", None)
    if not isinstance(code, types.CodeType):
        return False
    return not any(step.opname in LEAVES for step in dis.get_instructions(code))


def _named(over: t.Any) -> str:
    fn = over.func if isinstance(over, functools.partial) else over
    return clean(function_name(fn), 40)
