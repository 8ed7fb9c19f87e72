"""Who carries out a leaf: the fake that stands in for its address, else the agent of its kind."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

import attrs

from ..errors import PlanError
from ..plan import Agent, Call, Command, Leaf, matches
from ..wording import did_you_mean
from ._calls import is_async


@attrs.frozen
class Registry:
    """What a run was given to carry out its leaves with.

    Args:
        agents: A callable for each kind; ``"*"`` serves the rest.
        fakes: A value or a function for each address or pattern.
        named: The kinds and resources that have seats of their own.

    Example:
        >>> Registry({"debugger": print}).agent("debugger") is print
        True
    """

    agents: Mapping[str, t.Any] = attrs.field(factory=dict)
    fakes: Mapping[str, t.Any] = attrs.field(factory=dict)
    named: frozenset[str] = frozenset()

    def agent(self, kind: object) -> t.Callable[..., t.Any]:
        """Give the callable of a kind."""
        if not isinstance(kind, str):
            raise PlanError(f"agent kind is a {type(kind).__name__}, expected a str")
        found = self.agents.get(kind, self.agents.get("*"))
        if found is None:
            hint = did_you_mean(kind, list(self.agents))
            raise PlanError(f"no agent for kind {kind!r}{hint}; say run(agents={{{kind!r}: ...}}), or '*' for the rest")
        return t.cast("t.Callable[..., t.Any]", found)

    def fake(self, address: str) -> Fake | None:
        """Give what stands in for an address: an exact one first, then patterns in written order."""
        if not self.fakes:
            return None
        if address in self.fakes:
            return Fake(self.fakes[address])
        for pattern, value in self.fakes.items():
            if "*" in pattern and matches(pattern, address):
                return Fake(value)
        return None

    def needs(self, plan: Leaf[t.Any], address: str, head: object) -> tuple[str, ...]:
        """Give the resources that a leaf takes by what carries it out."""
        names = [str(head)] if isinstance(plan, Agent) and head in self.named else []
        if self.fake(address) is None:
            names += self._means(plan, head)
        return tuple(names)

    def _means(self, plan: Leaf[t.Any], head: object) -> list[str]:
        if isinstance(plan, Command):
            return ["command"]
        fn = plan.fn if isinstance(plan, Call) else self.agent(head)
        return [] if is_async(fn) else ["sync"]


@attrs.frozen
class Fake:
    """A value, or a function called like the leaf, that stands in for it."""

    value: t.Any
