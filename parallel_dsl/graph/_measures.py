"""How deep, how wide and how long a plan is, told from its graph alone; `simulate` tells more."""

from __future__ import annotations

import json
import math
import typing as t
from collections.abc import Callable, Iterable, Mapping

import attrs

from ..errors import PlanError
from ..plan import Keys
from ..wording import did_you_mean, ends, short
from ._words import seconds as shown
from ._xml import visible

if t.TYPE_CHECKING:
    import networkx as nx

Seconds = float | Mapping[str, float] | Callable[[str], float] | None
MOST_LEAVES = 1_000  # at once, if a run says nothing (rule 13 of the design)
MOST_MAPPED = 1_000  # children of a map under way, if a plan says nothing (rule 7)
MOST_SECONDS = 1e18  # longer than there is time; more is for ever, so that sums stay numbers
MANY = 1e12  # from here on a number is known by its size only
NAMED = 6  # leaves of the critical path
ORDERED = ("Stage", "Fallback")
FASTEST = ("Any", "Race")


@attrs.frozen
class Measures:
    """What the graph of a plan tells.

    Args:
        leaves: Nodes that do work; a map's template counts once for each of its items, if they are known.
        depth: Most groups around a leaf.
        width: Most leaves side by side, if there were no limits; infinite if a map's items are not known.
        most_at_once: The same with the limits and batches of the plan and the limit of the run; what resources hold
            back, `simulate` tells.
        critical_path: Addresses of the leaves that the plan waits for, if all succeed and no limit holds.
        critical_seconds: How long that takes; a count of leaves if no seconds were given.
        timed: Whether they were.

    Example:
        >>> Measures(3, 1, 2, 2, ("a", "b"), 2.0).width
        2
    """

    leaves: float
    depth: int
    width: float
    most_at_once: float
    critical_path: tuple[str, ...]
    critical_seconds: float
    timed: bool = True

    def __str__(self) -> str:
        wide = "of any width" if self.width == math.inf else f"{_count(self.width)} wide"
        most = "any number" if self.most_at_once == math.inf else f"at most {_count(self.most_at_once)}"
        return f"{_leaves(self.leaves)}, {self.depth} deep, {wide}, {most} at once; {self._path()}"

    def _path(self) -> str:
        if not self.critical_path or not (self.timed or self.critical_seconds):
            return "nothing to wait for"
        path = " -> ".join(visible(ends(a), 160) if a else "(the plan)" for a in self.critical_path[:NAMED])
        left = len(self.critical_path) - NAMED
        more = f" ... and {left:,} more" if left > 0 else ""
        takes = shown(self.critical_seconds) if self.timed else _leaves(self.critical_seconds)
        return f"critical path {takes}: {path}{more}"


def _leaves(number: float) -> str:
    return "1 leaf" if number == 1 else f"{_count(number)} leaves"


def _count(number: float) -> str:
    return "any number of" if number == math.inf else f"{number:,.0f}" if number < MANY else f"{number:.3g}"


def measures(graph: nx.MultiDiGraph, seconds: Seconds = None, *, limit: float = MOST_LEAVES) -> Measures:
    """Measure a plan by its graph, as `to_networkx` gives it, plain or not.

    Critical path: ``T(leaf) = seconds``, ``T(Value) = 0``, ``T(Stage) = sum``, ``T(All) = T(Settled) = max``,
    ``T(Any) = T(Race) = min``, ``T(Fallback) = T(first)``: the time if every leaf succeeds and no limit, batch or retry
    holds anything back (Graham's lower bound for lists). What they cost, `simulate` tells.

    Args:
        graph: The graph.
        seconds: Of a leaf: one number, numbers by address or pattern (``"reviews.*"``, ``"*"`` for all others), or a
            function of the address. If nothing is said each leaf counts 1.
        limit: Most leaves at once, as for `run`.

    Raises:
        PlanError: It is no graph of a plan, *limit* is no number of at least 1, or *seconds* has a name that fits no
            leaf, or is no number of at least 0.

    Example:
        >>> from parallel_dsl import Agent, All, Stage, to_networkx
        >>> plan = Stage(a=All(x=Agent("x"), y=Agent("y")).limit(1), b=Agent("z"))
        >>> print(measures(to_networkx(plan), {"a.y": 9, "*": 2}))
        3 leaves, 2 deep, 2 wide, at most 1 at once; critical path 11 s: a.y -> b
    """
    if isinstance(limit, bool) or not isinstance(limit, int | float) or not limit >= 1:
        raise PlanError(f"measures: limit is {short(limit)}, expected a number of at least 1, as for run")
    nodes = _nodes(graph)
    inner = {address: _children(graph, address) for address in nodes}
    lasting = _lasting([a for a, node in nodes.items() if node["leaf"] and node["kind"] != "Value"], seconds)
    tables = _Tables(nodes, inner, lasting)
    for address in reversed(nodes):  # children before parents: the walk gave parents first
        tables.add(address)
    root = next(iter(nodes))
    return Measures(
        leaves=tables.leaves[root],
        depth=tables.depth[root],
        width=tables.width[root],
        most_at_once=min(tables.most[root], limit),
        critical_path=tuple(tables.path(root)),
        critical_seconds=tables.takes[root],
        timed=seconds is not None,
    )


def _nodes(graph: t.Any) -> dict[str, dict[str, t.Any]]:
    import networkx as nx  # late: see to_networkx

    nodes = dict(graph.nodes(data=True)) if isinstance(graph, nx.MultiDiGraph) else {}
    if not nodes or not all({"kind", "leaf", "policies"} <= node.keys() for node in nodes.values()):
        raise PlanError(f"measures: {short(graph)} is no graph of a plan, expected to_networkx(plan)")
    return nodes


def _children(graph: t.Any, address: str) -> list[str]:
    return [v for _, v, role in graph.out_edges(address, data="role") if role == "contains"]


def _lasting(leaves: list[str], seconds: Seconds) -> dict[str, float]:
    """Give the seconds of each leaf: of its address, else of the first pattern that fits, else of ``"*"``."""
    if seconds is None or isinstance(seconds, int | float):
        return dict.fromkeys(leaves, _number("seconds", 1.0 if seconds is None else seconds))
    if not isinstance(seconds, Mapping):
        if not callable(seconds):
            raise PlanError(f"measures: seconds is {short(seconds)}, expected a number, a mapping or a function")
        return {a: _number(f"seconds({short(a)})", seconds(a)) for a in leaves}
    given = {said: _number(f"seconds[{short(said)}]", number) for said, number in seconds.items()}
    _all_known(given, leaves)
    keys = Keys(said for said in given if said != "*")
    rest = given.get("*", 1.0)
    return {a: rest if (key := keys.of(a)) is None else given[key] for a in leaves}


def _all_known(given: Mapping[str, float], leaves: list[str]) -> None:
    known = Keys(leaves)
    for said in given:
        if not isinstance(said, str):
            raise PlanError(f"measures: seconds has the key {short(said)}, expected an address, a pattern, or '*'")
        if said != "*" and not known.fitted(said):
            hint = did_you_mean(said, leaves[:1000]) or "; name leaves, or say '*' for all others"
            raise PlanError(f"measures: seconds has {short(said)}, which fits no leaf{hint}")


def _number(said: str, value: t.Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
        raise PlanError(f"measures: {said} is {short(value)}, expected a number of at least 0")
    return float(value) if value <= MOST_SECONDS else math.inf


class _Tables:
    """What is known of each node once all nodes inside it are; one fold, from the inside out."""

    def __init__(
        self, nodes: Mapping[str, Mapping[str, t.Any]], inner: Mapping[str, list[str]], lasting: Mapping[str, float]
    ) -> None:
        self.nodes, self.inner, self.lasting = nodes, inner, lasting
        self.leaves: dict[str, float] = {}
        self.depth: dict[str, int] = {}
        self.width: dict[str, float] = {}
        self.most: dict[str, float] = {}
        self.takes: dict[str, float] = {}
        self.waited_for: dict[str, list[str]] = {}

    def add(self, address: str) -> None:
        node, inner = self.nodes[address], self.inner[address]
        kind = node["kind"]
        if node["leaf"]:
            own = 0 if kind == "Value" else 1  # it takes no seat
            self.leaves[address], self.depth[address] = 1, 0
            self.width[address] = self.most[address] = own
            self.takes[address], self.waited_for[address] = self.lasting.get(address, 0.0), []
            return
        times = node.get("count", math.inf) if self._is_map(inner) else 1
        self.leaves[address] = _times(sum(self.leaves[a] for a in inner), times)
        self.depth[address] = 1 + max((self.depth[a] for a in inner), default=0)
        beside = 1 if kind in ORDERED else times
        self.width[address] = _beside(kind, [self.width[a] for a in inner], beside)
        limits = _limits(node["policies"])
        children = min(limits["children"], MOST_MAPPED) if self._is_map(inner) else limits["children"]
        at_once = _beside(kind, [self.most[a] for a in inner], beside, children)
        self.most[address] = min(at_once, limits["leaves"])
        self._wait(address, kind, inner, times)

    def _is_map(self, inner: list[str]) -> bool:
        return len(inner) == 1 and (inner[0] == "*" or inner[0].endswith(".*"))

    def _wait(self, address: str, kind: str, inner: list[str], times: float) -> None:
        """Choose the children that the group waits for if all succeed."""
        if kind == "Stage" or not inner:
            chosen = inner
        elif kind == "Fallback":
            chosen = inner[:1]
        else:
            chosen = [(min if kind in FASTEST else max)(inner, key=self.takes.__getitem__)]
        rounds = times if kind == "Stage" and times != math.inf else min(times, 1)
        self.takes[address] = math.fsum(self.takes[a] for a in chosen) * rounds
        self.waited_for[address] = list(chosen) if rounds else []

    def path(self, root: str) -> Iterable[str]:
        """Give the leaves that are waited for, in order."""
        stack = [root]
        while stack:
            address = stack.pop()
            if self.nodes[address]["leaf"]:
                yield address
            stack.extend(reversed(self.waited_for[address]))


def _times(number: float, times: float) -> float:
    """Multiply; nothing stays nothing, however often."""
    return number * times if number and times else 0


def _beside(kind: str, inner: list[float], times: float, children: float = math.inf) -> float:
    """Give how many leaves of a group run at once, if so many run of each child, and so many children."""
    if kind in ORDERED:
        return max(inner, default=0)
    if len(inner) == 1 and times != 1:
        return _times(inner[0], min(times, children))
    largest = sorted(inner, reverse=True)[: len(inner) if children == math.inf else int(children)]
    return sum(largest)


def _limits(policies: t.Any) -> dict[str, float]:
    """Give the smallest limits around a group: of leaves, and of children under way."""
    found = {"leaves": math.inf, "children": math.inf}
    for policy in json.loads(policies) if isinstance(policies, str) else policies:
        said = policy if policy["word"] == "limit" else {"children": policy.get("size", math.inf)}
        for name in found:
            found[name] = min(found[name], said.get(name, math.inf))
    return found
