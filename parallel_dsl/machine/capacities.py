"""How many seats there are, and whether `limit=` and `limits=` can be meant: one judgement for runs and simulations."""

from __future__ import annotations

import math
import typing as t
from collections.abc import Collection, Mapping

from ..errors import Finding, PlanError
from ..plan import Agent, Leaf, Plan, Uses, walk
from ..wording import article, did_you_mean, short

MOST_LEAVES = 1_000
MOST_SYNC = 64
MOST_COMMANDS = 64
OWN_NAMES = ("sync", "command")
MOST_SHOWN = 8


def need_mapping(name: str, given: object, meant: str) -> None:
    """Refuse what is no mapping; None is as good as none."""
    if given is not None and not isinstance(given, Mapping):
        raise PlanError(f"{name} is {article(type(given).__name__)}, expected a mapping; {meant}")


def need_sizes(limit: object, limits: Mapping[str, t.Any] | None) -> None:
    """Refuse what is no number of seats."""
    sizes = {"limit": limit, **{f"limits: {name}": size for name, size in (limits or {}).items()}}
    for name, size in sizes.items():
        if size is not None and not is_size(size):
            raise PlanError(f"{name} is {short(size)}, expected a whole number of at least 1, or math.inf for no end")


def is_size(size: object) -> bool:
    """Tell whether this is a number of seats.

    Example:
        >>> is_size(3), is_size(math.inf), is_size(0), is_size(True)
        (True, True, False, False)
    """
    if size == math.inf:
        return True
    return isinstance(size, int) and not isinstance(size, bool) and size >= 1


def named_in(plan: Plan[t.Any]) -> tuple[dict[str, str], dict[str, str], set[str]]:
    """Give the first address of every agent kind and of every resource, and the addresses of all leaves."""
    kinds, resources, leaves = dict[str, str](), dict[str, str](), set[str]()
    for node in walk(plan):
        if isinstance(node.plan, Uses):
            resources.setdefault(node.plan.resource, node.address)
        elif isinstance(node.plan, Leaf):
            leaves.add(node.address)
            if isinstance(node.plan, Agent) and isinstance(node.plan.kind, str):
                kinds.setdefault(node.plan.kind, node.address)
    return kinds, resources, leaves


def limit_findings(
    limits: Mapping[str, float], agents: Collection[str], kinds: Mapping[str, str], resources: Mapping[str, str]
) -> list[Finding]:
    """Names of `limits` are the two words, agent kinds and resources: unknown ones and clashes are errors.

    Args:
        limits: As for `run`.
        agents: Kinds that the plan does not tell.
        kinds: Of the plan, with their first addresses.
        resources: Likewise.
    """
    at = {**dict.fromkeys(set(agents) - {"*"}, ""), **kinds}
    found = [
        Finding(where, "error", f"{name!r} names both {a} and {b}", "rename one: limits= has one namespace")
        for name, where, a, b in [
            *((n, resources[n], "a resource", "an agent kind") for n in resources if n in at),
            *((n, resources[n], "a resource", "a word of limits=") for n in resources if n in OWN_NAMES),
            *((n, at[n], "an agent kind", "a word of limits=") for n in at if n in OWN_NAMES),
        ]
    ]
    known = {*OWN_NAMES, *resources, *at}
    for name in limits:
        if name not in known:
            hint = did_you_mean(str(name), sorted(known)).removeprefix("; ")
            advice = hint or f"known here: {', '.join(sorted(known)[:MOST_SHOWN])}"
            found.append(Finding("", "error", f"limits: nothing is called {name!r}", advice))
    return found


def default_capacities() -> dict[str, float]:
    """Give the seats that hold if nothing is said (rule 13)."""
    return {"sync": MOST_SYNC, "command": max(1, min(MOST_COMMANDS, _open_files() // 8))}


def _open_files() -> int:
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return MOST_COMMANDS * 8
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return MOST_COMMANDS * 8 if soft < 0 else soft
