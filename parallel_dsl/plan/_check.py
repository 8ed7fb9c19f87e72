"""Everything wrong with a plan that can be known before it runs, each with its address and a cure."""

from __future__ import annotations

import inspect
import typing as t
from collections.abc import Iterator, Mapping

from ..errors import Finding, PlanError
from ..wording import article, did_you_mean, function_name, short
from ._address import Keys
from ._advice import need_plan
from ._base import Plan
from ._commands import Command
from ._freeze import key
from ._leaves import NO_TASK, Agent, Call
from ._lookup import Lookup
from ._sight import Sight, Sights
from ._used import uses
from ._walk import Node, walk
from ._wrappers import Uses

if t.TYPE_CHECKING:
    from ._notes import Notes

# by function and shape of the call
Misfits = dict[tuple[t.Hashable, str, int, tuple[str, ...]], tuple[str, str] | None]


def check(
    plan: Plan[t.Any],
    agents: Mapping[str, t.Any] | None = None,
    limits: Mapping[str, float] | None = None,
    fakes: Mapping[str, t.Any] | None = None,
) -> list[Finding]:
    """Find what is wrong with a plan, and what it hardly means, without running anything.

    Errors keep a run from starting; notes do not, and come after them. There are notes about a retry that repeats
    finished work, or what was saved; a source that nobody knows the end of, with nothing to hold it back; a
    reference to an outcome in place of its value, or to a name that hides another; agents whose result nobody
    gets; parameters that look like keys; ``{names}`` that nobody fills in.

    Args:
        plan: The plan.
        agents: As for `run`; kinds and parameters are judged when they are given.
        limits: As for `run`; names of resources are judged when they are given.
        fakes: As for `run`; the agents of faked leaves are not judged.

    Raises:
        PlanError: *plan* is none, or what was given with it is no mapping.

    Example:
        >>> from parallel_dsl.plan import Agent, All, Stage, ref
        >>> print(*check(Stage(scan=Agent("a"), fix=Agent("b", ref.scna))))
        fix: ref.scna: no such name around here; did you mean 'scan'?
        >>> [(f.level, f.what) for f in check(All(Agent("a"), Agent("b")).retry())]
        [('note', 'a retry around All repeats finished work: all of it runs again')]
    """
    from ._notes import Notes  # a run needs none of them

    for name, given in (("agents", agents), ("limits", limits), ("fakes", fakes)):
        if given is not None and not isinstance(given, Mapping):
            raise PlanError(f"check: {name} is {short(given)}, expected a mapping by name, as for run")
    lookup = Lookup(Sights())
    notes = Notes(lookup)
    return [*_walked(plan, agents, limits, fakes, lookup, notes), *notes.all()]


def errors_in(
    plan: Plan[t.Any],
    agents: Mapping[str, t.Any] | None = None,
    limits: Mapping[str, float] | None = None,
    fakes: Mapping[str, t.Any] | None = None,
) -> list[Finding]:
    """Find what keeps a plan from being run: as `check`, without the time that notes take.

    Example:
        >>> from parallel_dsl.plan import Agent, All
        >>> errors_in(All(Agent("a"), Agent("b")).retry())
        []
    """
    return _walked(plan, agents, limits, fakes, Lookup(Sights()), None)


def _walked(
    plan: Plan[t.Any],
    agents: Mapping[str, t.Any] | None,
    limits: Mapping[str, float] | None,
    fakes: Mapping[str, t.Any] | None,
    lookup: Lookup,
    notes: Notes | None,
) -> list[Finding]:
    found: list[Finding] = []
    known: Misfits = {}
    faked = Keys(fakes or ())
    for node in walk(need_plan(plan, "check")):
        sight = lookup.sights.of(node)
        for ref, led in uses(node, sight, lookup):
            if isinstance(led, Finding):
                found.append(led)
            elif notes is not None:
                notes.led(ref, led, node, sight)
        if notes is not None:
            notes.see(node, sight)
        if isinstance(node.plan, Command):
            found += _unsaid_check(node, sight)
        elif isinstance(node.plan, Agent) and agents is not None:
            if faked.of(node.address) is None:
                found += _agent(node, node.plan, agents, known)
        elif isinstance(node.plan, Call):
            found += _fits(node, node.plan.fn, node.plan.args, node.plan.kwargs, known)
        elif isinstance(node.plan, Uses) and limits is not None and node.plan.resource not in limits:
            name = node.plan.resource
            known_names = [each for each in limits if isinstance(each, str)]
            hint = did_you_mean(name, known_names).removeprefix("; ") or f"say run(limits={{{name!r}: 1}})"
            found.append(_error(node, f"uses({name!r}): no such resource in limits", hint))
    return found


def _error(node: Node, what: str, advice: str = "") -> Finding:
    return Finding(node.address, "error", what, advice)


def _unsaid_check(node: Node, sight: Sight) -> Iterator[Finding]:
    """A red command would win, or never be repeated: whoever judges must say what counts."""
    if sight.judge is not None and t.cast("Command", node.plan).check is None:
        yield _error(node, f"a Command under {sight.judge} without check=", "say check=True if red means failed")


def _agent(
    node: Node, plan: Agent[t.Any], agents: Mapping[str, t.Any], known: Misfits
) -> Iterator[Finding]:
    if not isinstance(plan.kind, str):
        return
    if plan.kind not in agents and "*" not in agents:
        yield _error(node, f"no agent for kind {plan.kind!r}", _kind_meant(plan, agents))
        return
    fn = agents[plan.kind if plan.kind in agents else "*"]
    if (what := no_agent(fn)) is not None:
        yield _error(node, f"the agent for {plan.kind!r} is {what[0]}", what[1])
    else:
        yield from _fits(node, fn, () if plan.task is NO_TASK else (plan.task,), plan.params, known)


def _kind_meant(plan: Agent[t.Any], agents: Mapping[str, t.Any]) -> str:
    kind = str(plan.kind)
    if isinstance(plan.task, str) and plan.task in agents:
        return f"did you mean Agent({plan.task!r}, {kind!r})?"
    hint = did_you_mean(kind, [a for a in agents if isinstance(a, str)]).removeprefix("; ")
    return hint or f"say run(plan, agents={{{kind!r}: function}})"


def no_agent(fn: t.Any) -> tuple[str, str] | None:
    """Say what cannot be called where an agent was expected, and what to try; None if it can."""
    if isinstance(fn, Plan):
        return f"a plan, {type(fn).__name__}(...)", "expected a function; put the plan in place of the Agent"
    if callable(fn):
        return None
    if inspect.iscoroutine(fn):
        fn.close()
        return "a coroutine", f"expected a function; pass it without calling it: {fn.__name__}"
    what = short(fn) if fn is None or isinstance(fn, str | int | float) else f"{article(type(fn).__name__)}"
    return what, "expected a function, or an object with __call__"


def _fits(
    node: Node, fn: t.Any, args: tuple[t.Any, ...], kwargs: Mapping[str, t.Any], known: Misfits
) -> Iterator[Finding]:
    kind = str(node.plan.kind) if isinstance(node.plan, Agent) else ""
    call = key(fn), kind, len(args), tuple(kwargs)
    if call not in known:  # thousands of leaves call a few functions
        known[call] = _misfit(node.plan, fn, args, kwargs)
    if (what := known[call]) is not None:
        yield _error(node, *what)


def _misfit(
    plan: Plan[t.Any], fn: t.Any, args: tuple[t.Any, ...], kwargs: Mapping[str, t.Any]
) -> tuple[str, str] | None:
    """Give what does not fit a function, and advice; None if all fits."""
    try:
        draws = inspect.isgeneratorfunction(fn) or inspect.isasyncgenfunction(fn)
        signature = inspect.signature(fn)
    except Exception:  # some builtins tell no signature, and some objects raise when they are asked for their names
        return None
    if draws:
        name = function_name(fn)
        return f"{name} is a generator function, and nobody draws from what it gives", "return a list, do not yield"
    try:
        signature.bind(*args, **kwargs)
    except TypeError as error:
        name = function_name(fn)
        unknown = [k for k in kwargs if k not in signature.parameters]
        hint = did_you_mean(unknown[0], signature.parameters).removeprefix("; ") if unknown else ""
        return f"{name}{_bare(signature)}: {error}", hint or _call_meant(plan, fn, signature, str(error))
    return None


def _bare(signature: inspect.Signature) -> inspect.Signature:
    """Give a signature without annotations: they are long, and no part of what does not fit."""
    empty = inspect.Parameter.empty
    return inspect.Signature([p.replace(annotation=empty) for p in signature.parameters.values()])


def _call_meant(plan: Plan[t.Any], fn: t.Any, signature: inspect.Signature, said: str) -> str:
    """Say how the leaf is written so that it fits."""
    begin = f"Agent({plan.kind!r}" if isinstance(plan, Agent) else f"Call({function_name(fn)}"
    if said.startswith("missing"):
        word = said.split("'")[1]
        if isinstance(plan, Agent) and plan.task is NO_TASK and word == next(iter(signature.parameters)):
            return f"an agent is called with its task; did you mean {begin}, 'what to do')?"
        return f"did you mean {begin}, ..., {word}=...)?"
    if isinstance(plan, Agent) and isinstance(fn, type):
        return f"an agent is called with its task; did you mean an object of the class: {fn.__name__}(...)?"
    if isinstance(plan, Agent) and not signature.parameters:
        return "an agent is called with its task; let it take one"
    return f"it takes {', '.join(signature.parameters) or 'nothing'}"
