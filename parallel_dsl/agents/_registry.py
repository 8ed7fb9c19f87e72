"""Who carries out a leaf: the fake that stands in for its address, else the agent of its kind."""

from __future__ import annotations

import types
import typing as t
from collections.abc import Mapping

import attrs

from ..errors import PlanError
from ..plan import Agent, Call, Command, Keys, Leaf, is_async
from ..wording import article, did_you_mean


@attrs.define(eq=False)
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
    _faked: Keys = attrs.field(init=False)
    _known: dict[int, tuple[t.Any, bool]] = attrs.field(init=False, factory=dict)  # by identity; keeps them alive
    _needs: dict[object, tuple[str, ...]] = attrs.field(init=False, factory=dict)

    @_faked.default
    def _by_address(self) -> Keys:
        return Keys(self.fakes)

    def known(self, fn: t.Any) -> tuple[t.Callable[..., t.Any], bool]:
        """Give a function and whether it is async, which takes a while to find out."""
        what = fn.__func__ if type(fn) is types.MethodType else fn  # a method is a new object each time
        found = self._known.get(id(what))
        if found is None:
            found = self._known[id(what)] = what, is_async(fn)
        return fn, found[1]

    def called(self, kind: object) -> tuple[t.Callable[..., t.Any], bool]:
        """Give the callable of a kind, and whether it is async."""
        return self.known(self.agent(kind))

    def agent(self, kind: object) -> t.Callable[..., t.Any]:
        """Give the callable of a kind."""
        if not isinstance(kind, str):
            raise PlanError(f"agent kind is {article(type(kind).__name__)}, expected a str")
        found = self.agents.get(kind, self.agents.get("*"))
        if found is None:
            hint = did_you_mean(kind, list(self.agents))
            raise PlanError(f"no agent for kind {kind!r}{hint}; say run(agents={{{kind!r}: ...}}), or '*' for the rest")
        return t.cast("t.Callable[..., t.Any]", found)

    def fake(self, address: str) -> Fake | None:
        """Give what stands in for an address: an exact one first, then patterns in written order."""
        if not self.fakes:
            return None
        key = self._faked.of(address)
        return None if key is None else Fake(self.fakes[key])

    def needs(self, plan: Leaf[t.Any], address: str, head: object) -> tuple[str, ...]:
        """Give the resources that a leaf takes by what carries it out."""
        if not self.fakes and isinstance(head, str) and isinstance(plan, Agent):  # the same for all of a kind
            found = self._needs.get(head)
            if found is None:
                found = self._needs[head] = self._asked(plan, address, head)
            return found
        return self._asked(plan, address, head)

    def _asked(self, plan: Leaf[t.Any], address: str, head: object) -> tuple[str, ...]:
        named = (str(head),) if isinstance(plan, Agent) and head in self.named else ()
        return named if self.fake(address) is not None else (*named, *self._means(plan, head))

    def _means(self, plan: Leaf[t.Any], head: object) -> tuple[str, ...]:
        if isinstance(plan, Command):
            return ("command",)
        waits = self.known(plan.fn)[1] if isinstance(plan, Call) else self.called(head)[1]
        return () if waits else ("sync",)


@attrs.frozen
class Fake:
    """A value, or a function called like the leaf, that stands in for it."""

    value: t.Any
