"""What a run is given beside its plan: judged before anything starts, each finding with its cure."""

from __future__ import annotations

import inspect
import os
import typing as t
from collections.abc import Callable, Mapping, Sequence

import attrs

from ..errors import Finding, PlanError
from ..events import Event
from ..machine import (
    MOST_LEAVES,
    MOST_SHOWN,
    default_capacities,
    is_size,
    limit_findings,
    named_in,
    need_mapping,
    need_sizes,
)
from ..plan import Keys, Plan, errors_in, need_plan, no_agent, steps
from ..wording import did_you_mean, short

SUFFIXES = ("timeout", "retry", "batch", "expect")
LIMIT_WORDS = ("concurrency", "max_concurrency", "max_workers", "workers")


@attrs.frozen(kw_only=True)
class Options:
    """What a run is given beside its plan."""

    agents: Mapping[str, t.Any] = attrs.field(factory=dict)
    limit: float = MOST_LEAVES
    limits: Mapping[str, float] = attrs.field(factory=dict)
    fakes: Mapping[str, t.Any] = attrs.field(factory=dict)
    watch: Sequence[Callable[[Event], object]] = ()
    seed: int = 0


def options(
    agents: Mapping[str, t.Any] | None,
    limit: float | None,
    limits: Mapping[str, float] | None,
    fakes: Mapping[str, t.Any] | None,
    watch: Sequence[Callable[[Event], object]] | Callable[[Event], object],
    seed: int | None,
) -> Options:
    """Give the options of a run, refusing what cannot be meant."""
    mappings: dict[str, object] = {"agents": agents, "limits": limits, "fakes": fakes}
    for name, given in mappings.items():
        if not isinstance(given, Mapping):
            need_mapping(name, given, _mapping_meant(name, given))
    need_sizes(limit, limits)
    watchers = tuple(watch) if isinstance(watch, list | tuple) else (t.cast("Callable[[Event], object]", watch),)
    for watcher in watchers:
        if not callable(watcher):
            raise PlanError(f"watch: {short(watcher)} is not callable, expected functions that take an event")
        if isinstance(watcher, Plan) or inspect.iscoroutinefunction(watcher):
            raise PlanError(f"watch: {short(watcher)} would not be awaited, expected a function that is not async")
    return Options(
        agents=dict(agents or {}),
        limit=MOST_LEAVES if limit is None else limit,
        limits=dict(limits or {}),
        fakes=dict(fakes or {}),
        watch=watchers,
        seed=int.from_bytes(os.urandom(4)) if seed is None else seed,
    )


def _mapping_meant(name: str, given: object) -> str:
    if name == "agents" and (isinstance(given, str | list | tuple | set) or callable(given)):
        functions = given if isinstance(given, list | tuple | set) else [given]
        kinds = [getattr(f, "__name__", None) for f in functions]
        if all(isinstance(k, str) and k.isidentifier() for k in kinds) and kinds:
            return f"did you mean agents={{{', '.join(f'{k!r}: {k}' for k in kinds)}}}?"
    if name == "limits" and is_size(given):
        return f"did you mean limit={given}?"
    return f"say run(plan, {name}={{...}})"


def instead_of(name: str) -> Callable[[tuple[t.Any, ...], Mapping[str, t.Any]], str]:
    """Give the advice for arguments of `run` that belong elsewhere."""

    def cure(args: tuple[t.Any, ...], kwargs: Mapping[str, t.Any]) -> str:
        if len(args) > 1 and all(isinstance(a, Plan) for a in args):
            return f"did you mean {name}(All(...))?"
        if len(args) > 1 and isinstance(args[1], Mapping):
            return f"did you mean {name}(plan, agents={{...}})?"
        for word, value in kwargs.items():
            if word in SUFFIXES:
                return f"did you mean {name}(plan.{word}({short(value)}))?"
            if word in LIMIT_WORDS:
                return "did you mean 'limit'?"
        return ""

    return cure


def refuse(plan: Plan[t.Any], options: Options) -> dict[str, float]:
    """Give the seats of every resource, or raise all findings that keep the run from starting."""
    need_plan(plan, "run")
    errors = errors_in(plan, options.agents, options.limits, options.fakes)
    kinds, resources, leaves = named_in(plan)
    errors += _agent_findings(options.agents, kinds)
    errors += limit_findings(options.limits, options.agents, kinds, resources)
    errors += _fake_findings(options.fakes, leaves)
    if errors:
        raise PlanError(errors)
    return {**default_capacities(), **options.limits}


def _agent_findings(agents: Mapping[str, t.Any], kinds: Mapping[str, str]) -> list[Finding]:
    """What serves no agent of the plan by its name is judged too: a kind may be a reference."""
    found = []
    for kind, fn in t.cast("Mapping[t.Any, t.Any]", agents).items():
        if not isinstance(kind, str):
            found.append(Finding("", "error", f"agents has the key {short(kind)}, expected a str: the name of a kind"))
        elif kind not in kinds and (what := no_agent(fn)) is not None:
            found.append(Finding("", "error", f"agents: {kind!r} is {what[0]}", what[1]))
    return found


def _fake_findings(fakes: Mapping[str, t.Any], leaves: set[str]) -> list[Finding]:
    """A fake that stands in for nothing is a typo, and the real leaf would run."""
    found = []
    known = Keys(leaves)
    for said, value in fakes.items():
        if isinstance(value, Plan):
            advice = "a fake is a value, or a function called like the leaf"
            found.append(Finding("", "error", f"fakes: {said!r} is a plan", advice))
        elif not known.met(said):
            found.append(Finding("", "error", f"fakes: no leaf has the address {said!r}", _leaf_meant(said, leaves)))
    return found


def _leaf_meant(said: str, leaves: set[str]) -> str:
    deeper = sorted(a for a in leaves if steps(a)[-1:] == steps(said)[-1:])
    if deeper:
        return f"did you mean {deeper[0]!r}?"
    known = ", ".join(a or "'' (the plan)" for a in sorted(leaves)[:MOST_SHOWN])
    return did_you_mean(said, leaves).removeprefix("; ") or f"leaves here: {known}"
