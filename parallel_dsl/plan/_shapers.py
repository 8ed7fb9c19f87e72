"""Shapers change what a plan gives: one child's result, or the count of results that were handed on."""

from __future__ import annotations

import inspect
import typing as t

import attrs

from ..errors import PlanError
from ..wording import article, did_you_mean
from ._advice import need_plan
from ._base import WRAPPERS, Plan, T_co
from ._freeze import shown
from ._group_kinds import All, Settled, Stage
from ._groups import Group
from ._refs import Ref
from ._wrappers import Batch, Given, Limit, Uses, Wrapper, group_of

if t.TYPE_CHECKING:
    from collections.abc import Callable


@attrs.frozen(repr=False, eq=False, init=False)
class Pick(Wrapper[T_co]):
    """Give one child's result: by name, or by position, -1 for the last.

    Raises:
        PlanError: The group inside has no such child.

    Example:
        >>> from parallel_dsl.plan import Agent, Stage
        >>> Stage(draft=Agent("a"), polish=Agent("b")).pick("polish")
        Stage(draft=Agent('a'), polish=Agent('b')).pick('polish')
    """

    inner: Plan[T_co]
    key: str | int

    def __init__(self, inner: Plan[t.Any], key: str | int) -> None:
        need_plan(inner, "Pick")
        if isinstance(key, bool) or not isinstance(key, str | int):
            raise PlanError(f"pick: {key!r} is {article(type(key).__name__)}, expected a name or a position")
        group = group_of(inner)
        if group is not None and group.template is None:
            _check_key(group, key)
        t.cast("t.Any", self).__attrs_init__(inner, key)


def _check_key(group: Group[t.Any], key: str | int) -> None:
    if type(group).__name__ in ("Any", "Race", "Fallback"):
        return
    if isinstance(key, int) and not -len(group.children) <= key < len(group.children):
        raise PlanError(f"pick({key}): the positions are 0 to {len(group.children) - 1}")
    if isinstance(key, str) and key not in (group.names or ()):
        names = list(group.names or ())
        hint = did_you_mean(key, names) or f"; there are {', '.join(names) or 'no names'}"
        raise PlanError(f"pick({key!r}): no such child{hint}")


@attrs.frozen(repr=False, eq=False, init=False)
class Drain(Wrapper[int]):
    """Hand the results of the group inside to *save*, a list at a time, in written order, and let them go.

    With `Batch` a chunk is saved before the next one starts; else what is done is saved as far as
    everything before it is done, while the rest goes on. Result: how many were saved. Around a `Settled`
    the outcomes are handed on. Through a retry, a deadline or a condition in between the results are known
    only at its end, and are saved then, in one list.

    Args:
        inner: An `All`, `Settled` or `Stage`, looked for through wrappers that keep its results.
        save: Gets the list; async in the loop, sync in a worker thread. One call at a time. Cut, a sync one
            is waited for, and what it saves counts.

    Raises:
        PlanError: There is no such group inside, or *save* is not callable.

    When run, fails with the error of *save*, or with that of the group; the results that were saved before
    stay saved, and the report tells how many: ``report.saved``. A retry around it saves from the beginning, and the
    report tells of its last attempt.

    Example:
        >>> from parallel_dsl.plan import Agent, All, item
        >>> All.map(Agent("review", item), over=["a.py", "b.py"]).batch(1).drain(print)
        All.map(Agent('review', item), over=['a.py', 'b.py']).batch(1).drain(print)
    """

    inner: Plan[t.Any]
    save: t.Any

    def __init__(self, inner: Plan[t.Any], save: Callable[[list[t.Any]], t.Any]) -> None:
        need_plan(inner, "Drain")
        if isinstance(save, Plan | Ref) or not callable(save):
            raise PlanError(f"drain: save is {shown(save)}, expected a function that takes a list of results")
        _need_saver(save)
        plan = inner
        while isinstance(plan, Wrapper) and not isinstance(plan, Pick | Drain):
            plan = plan.inner
        if not isinstance(plan, All | Settled | Stage):
            found = type(plan).__name__
            raise PlanError(f"drain: found {found} inside, expected All, Settled or Stage, which give many results")
        t.cast("t.Any", self).__attrs_init__(inner, save)


def _need_saver(save: t.Any) -> None:
    """Refuse what would only give a generator, or does not take one list."""
    if inspect.isgeneratorfunction(save) or inspect.isasyncgenfunction(save):
        raise PlanError(f"drain: save is the generator function {shown(save)}, which saves nothing; do not yield in it")
    try:
        signature = inspect.signature(save)
    except (ValueError, TypeError):  # some builtins tell no signature
        return
    try:
        signature.bind([])
    except TypeError as error:
        said = f"drain: save is {shown(save)}{signature}: {error}"
        raise PlanError(f"{said}; it is called with a list of results") from None


def drained_of(plan: Plan[t.Any]) -> Group[t.Any] | None:
    """Give the group whose results a `Drain` around *plan* can take one by one, if they are final at once."""
    while isinstance(plan, Batch | Limit | Uses | Given):
        plan = plan.inner
    return plan if isinstance(plan, All | Settled | Stage) else None


WRAPPERS.update({k.__name__: k for k in (Pick, Drain)})
