"""What is said of leaves by key, the most specific first: address, pattern, kind, program or function, all."""

from __future__ import annotations

import functools
import os
import re
import typing as t
from collections.abc import Collection, Iterator, Mapping

import attrs

from ..errors import Finding
from ..plan import Agent, Call, Command, Group, Keys, Leaf, Plan, Ref, Value, steps, walk
from ..wording import did_you_mean, function_name, short
from .capacities import MOST_SHOWN

REST = "*"
ASSIGNED = re.compile(r"[A-Za-z_]\w*=")


@attrs.frozen(eq=False)
class Said:
    """What a mapping says, found by address and names.

    Args:
        by_key: The mapping.
        rest: What counts where it says nothing.

    Example:
        >>> said = Said({"reviews.*": 3, "debugger": 2, "reviews[0]": 1}, 0)
        >>> [said.of(a, ("debugger",)) for a in ("reviews[0]", "reviews[1]", "other")], said.of("other", ())
        ([1, 3, 2], 0)
    """

    by_key: Mapping[str, t.Any]
    rest: t.Any
    keys: Keys = attrs.field(init=False)

    @keys.default
    def _of_leaves(self) -> Keys:
        return Keys(key for key in self.by_key if key != REST)

    def of(self, address: str, names: tuple[str, ...]) -> t.Any:
        """Give what is said of a leaf: patterns count in written order, and so do names."""
        key = self.keys.of(address)
        if key is not None:
            return self.by_key[key]
        for name in (*names, REST):
            if name in self.by_key:
                return self.by_key[name]
        return self.rest


def names_of(plan: Leaf[t.Any], head: object) -> tuple[str, ...]:
    """Give what a leaf is called beside its address: its kind, its program with and without the folder, its function.

    Example:
        >>> names_of(Command("/usr/bin/npm test"), ["/usr/bin/npm", "test"])
        ('/usr/bin/npm', 'npm')
        >>> names_of(Command("CI=1 npm test | tail", shell=True), "CI=1 npm test | tail")
        ('npm', 'npm')
    """
    if isinstance(plan, Call):
        return (_function(plan.fn),)
    if isinstance(plan, Command):
        program = _first(head) if isinstance(head, str) else t.cast("list[object]", head)[0]
        return (program, os.path.basename(program)) if isinstance(program, str) else ()
    return (head,) if isinstance(head, str) else ()


def _first(line: str) -> str:
    """Give the program of a shell line: what is set for it comes before."""
    words = line.split()
    return next((word for word in words if not ASSIGNED.match(word)), words[0])


def _function(fn: object) -> str:
    while isinstance(fn, functools.partial):
        fn = fn.func
    return function_name(fn)


@attrs.define
class Sayable:
    """What keys may mean in a plan.

    Args:
        leaves: Addresses of the leaves that may wait; those in a map's template are patterns.
        names: Kinds, programs and functions.
        maps: Addresses of the maps whose items nobody knows before the run.
        any_kind: Whether the kind of an agent is a reference, so that any name may be one.
        any_name: Likewise, or the program of a command is.
    """

    leaves: set[str] = attrs.field(factory=set)
    names: set[str] = attrs.field(factory=set)
    maps: set[str] = attrs.field(factory=set)
    any_kind: bool = False
    any_name: bool = False

    @classmethod
    def in_plan(cls, plan: Plan[t.Any]) -> Sayable:
        """Look through a plan."""
        found = cls()
        for node in walk(plan):
            if isinstance(node.plan, Group):
                if node.plan.template is not None and (isinstance(node.plan.over, Ref) or callable(node.plan.over)):
                    found.maps.add(node.address)
            elif isinstance(node.plan, Leaf) and not isinstance(node.plan, Value):
                found.leaves.add(node.address)
                names = names_of(node.plan, _head(node.plan))
                found.names.update(names)
                found.any_name |= not names
                found.any_kind |= not names and isinstance(node.plan, Agent)
        return found

    def findings(self, option: str, keys: Collection[t.Any]) -> Iterator[Finding]:
        """Find the keys that mean no leaf of the plan: what is said there would silently not count."""
        leaves = Keys(self.leaves)
        for key in keys:
            if not isinstance(key, str):
                yield Finding("", "error", f"{option} has the key {short(key)}, expected a str: {KEYS}")
            elif not (self._names(key) or leaves.met(key)):
                known = sorted((self.leaves | self.names) - {""})  # the root alone has no name
                yield Finding("", "error", f"{option}: nothing is called {key!r}", _meant(key, known))

    def _names(self, key: str) -> bool:
        return key == REST or key in self.names or (self.any_name and _is_name(key))

    def map_findings(self, keys: Collection[t.Any]) -> Iterator[Finding]:
        """Find the keys that mean no map of unknown length."""
        maps = Keys(self.maps)
        for key in keys:
            if not isinstance(key, str) or (key != REST and not maps.met(key)):
                advice = _meant(str(key), sorted(self.maps)) if self.maps else "the items of all maps are known"
                yield Finding("", "error", f"items: no map of unknown length has the address {key!r}", advice)


KEYS = "an address, a pattern, a kind, a program, the name of a function, or '*'"


def _head(plan: Leaf[t.Any]) -> object:
    if isinstance(plan, Command):
        return plan.line if plan.shell else list(plan.argv)
    return plan.kind if isinstance(plan, Agent) else None


def _is_name(key: str) -> bool:
    return REST not in key and len(steps(key)) == 1


def _meant(key: str, known: list[str]) -> str:
    """Give the closest key, or one that ends with the same step."""
    hint = did_you_mean(key, known).removeprefix("; ")
    deeper = next((k for k in known if steps(k)[-1:] == steps(key)[-1:]), None)
    return hint or (f"did you mean {deeper!r}?" if deeper else f"known here: {', '.join(known[:MOST_SHOWN]) or 'none'}")
