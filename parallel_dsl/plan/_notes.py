"""Notes tell what a plan does and its author hardly wants: they keep no run from starting."""

from __future__ import annotations

from ..errors import Finding
from ._leaves import Agent, Leaf
from ._lookup import Lookup, Place
from ._notes_keys import keys_in
from ._notes_names import Names
from ._notes_repeats import Repeats
from ._notes_sources import Sources
from ._notes_unused import Unused
from ._refs import Ref
from ._sight import Sight
from ._walk import Node
from ._wrappers import Given


class Notes:
    """The notes about one plan.

    Told of every node, parents first, and of where each reference leads.

    Args:
        lookup: Of the references of the plan.
    """

    def __init__(self, lookup: Lookup) -> None:
        self._found: list[Finding] = []
        self._repeats, self._sources = Repeats(), Sources()
        self._names, self._unused = Names(lookup), Unused()

    def see(self, node: Node, sight: Sight) -> None:
        """Look at a node."""
        plan = node.plan
        self._unused.see(node)
        if isinstance(plan, Leaf):
            self._found += keys_in(node)
            if isinstance(plan, Agent):
                self._found += self._names.braces(node, plan, sight)
            return
        self._names.see(node)
        self._found += self._repeats.of(node)
        self._found += self._sources.of(node)
        if isinstance(plan, Given):
            self._found += keys_in(node)

    def led(self, ref: Ref, place: Place, node: Node, sight: Sight) -> None:
        """Look at where a reference of a node leads."""
        self._unused.led(place.address)
        self._found += self._names.of(ref, place, node, sight)

    def all(self) -> list[Finding]:
        """Give what was found, when the walk is over: unused results come last."""
        return [*self._found, *self._unused.all()]
