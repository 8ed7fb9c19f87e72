"""Only leaves hold seats: one line per resource, one queue per limit, all of a leaf's seats taken in one step.

A leaf goes when it is first in the line of every resource it needs, each of them has a seat, and
every limit around it, inner to outer, has one. Who waits holds up its own lines, never a limit:
so limits inside limits cannot deadlock, and nobody starves. (A prototype that passed gate after
gate held seats while it waited; one that let a waiting leaf close all its gates took five times
as long.)
"""

from __future__ import annotations

import typing as t
from collections import deque

if t.TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .activation import Activation
    from .leaves import LeafActivation


Freed = tuple[int, "str | None"]  # at which step, and whose end it was


class Gate:
    """One limit: how many leaves below its node may run, however deep."""

    __slots__ = ("capacity", "freed", "node", "outer", "promised", "queue", "used")

    def __init__(self, capacity: float, outer: Gate | None, node: Activation | None) -> None:
        self.capacity, self.outer, self.node = capacity, outer, node
        self.used = self.promised = 0
        self.freed: Freed = (0, None)  # the last time
        self.queue: deque[LeafActivation] = deque()

    def room(self) -> float:
        """Give how many leaves that need nothing else could go here at once."""
        gate: Gate | None = self
        least = float("inf")
        while gate is not None:
            least = min(least, 0 if gate.queue else gate.capacity - gate.used - gate.promised)
            gate = gate.outer
        return least

    def promise(self, count: int) -> None:
        """Take note that so many more items are drawn for leaves that will go here."""
        gate: Gate | None = self
        while gate is not None:
            gate.promised += count
            gate = gate.outer

    def first(self) -> LeafActivation | None:
        """Give who waits longest here, if there is a seat for it."""
        while self.queue and self.queue[0].gone:
            self.queue.popleft()
        return self.queue[0] if self.queue and self.used < self.capacity else None


class Seats:
    """Who waits for what, and who may go next."""

    def __init__(self, capacities: Mapping[str, float], limit: float) -> None:
        self.capacities = dict(capacities)
        self.used: dict[str, int] = dict.fromkeys(capacities, 0)
        self.lines: dict[str, deque[LeafActivation]] = {name: deque() for name in capacities}
        self.outermost = Gate(limit, None, None)
        self.tickets = 0
        self.moment = 0  # counts the steps of the machine
        self.last: Freed = (0, None)
        self.open_lines: dict[str, Freed] = {}  # what may have room now -> since when, by whose end
        self.open_gates: dict[Gate, Freed] = {}
        self.resumed: list[Activation] = []  # groups that nobody holds back any longer

    def request(self, leaf: LeafActivation) -> bool:
        """Queue a leaf; tell whether it may go at once (its seats are taken then)."""
        self.tickets += 1
        leaf.ticket = self.tickets
        gate = leaf.gate
        if gate is self.outermost and not leaf.needs and not gate.queue and gate.used < gate.capacity:
            gate.used += 1  # the common case, short
            return True
        for name in leaf.needs:
            self.lines[name].append(leaf)
        return self._admit(leaf, new=True) is None

    def why(self, leaf: LeafActivation) -> str:
        """Tell what a waiting leaf waits for: a limit or a resource."""
        return "limit" if leaf.at_gate is not None else "resource"

    def grant(self) -> Iterator[tuple[LeafActivation, str | None]]:
        """Give the leaves that may go now, with whose end made it possible.

        Seats go out in the order in which they were freed, and of those freed at once who waits longest is first.
        """
        while self.open_lines or self.open_gates:
            found = self._next()
            if found is None:
                return
            leaf, freed = found
            if self._admit(leaf) is None:
                self.open_lines.update(dict.fromkeys(leaf.needs, freed))
                yield leaf, freed[1]

    def release(self, leaf: LeafActivation) -> None:
        """Take back the seats of a leaf that has ended, its cleanup included."""
        freed = self.last = self.moment, leaf.address
        for name in leaf.needs:
            self.used[name] -= 1
            if self.lines[name]:
                since, by = self.open_lines.get(name, freed)
                self.open_lines[name] = since, by or leaf.address
        gate: Gate | None = leaf.gate
        while gate is not None:
            gate.used -= 1
            gate.freed = freed
            if gate.queue:
                self.open_gates.setdefault(gate, freed)
            gate = gate.outer

    def withdraw(self, leaf: LeafActivation) -> None:
        """Let a waiting leaf leave all its lines; who stood behind it may go."""
        leaf.gone = True
        self._unhold(leaf)
        by = self.last[1] if self.last[0] == self.moment else None  # whose end let it go; a deadline is nobody's
        for name in leaf.needs:
            self.open_lines.setdefault(name, (self.moment, by))

    def _next(self) -> tuple[LeafActivation, Freed] | None:
        ready: list[tuple[int, int, LeafActivation, Freed]] = []
        for name, freed in list(self.open_lines.items()):
            leaf = self._head(name)
            if leaf is None:
                del self.open_lines[name]
            else:
                ready.append((freed[0], leaf.ticket, leaf, freed))
        for gate, freed in list(self.open_gates.items()):
            leaf = gate.first()
            if leaf is None:
                del self.open_gates[gate]
            else:
                ready.append((freed[0], leaf.ticket, leaf, freed))
        return min(ready, key=lambda r: r[:2])[2:] if ready else None

    def _head(self, name: str) -> LeafActivation | None:
        """Give the first of a line if it can go through it now; at a limit it is tried from there."""
        line = self.lines[name]
        while line and line[0].gone:
            line.popleft()
        if not line or line[0].at_gate is not None or not self._clear(line[0]):
            return None
        return line[0]

    def _clear(self, leaf: LeafActivation) -> bool:
        """Tell whether a leaf is first in all its lines and each has a seat."""
        for name in leaf.needs:
            line = self.lines[name]
            while line and line[0].gone:
                line.popleft()
            if line[0] is not leaf or self.used[name] >= self.capacities[name]:
                return False
        return True

    def _admit(self, leaf: LeafActivation, *, new: bool = False) -> str | None:
        """Take every seat of *leaf*, or tell what it waits for now; a *new* one passes nobody at a limit."""
        self._unhold(leaf)
        if not self._clear(leaf):
            return "resource"
        gate: Gate | None = leaf.gate
        while gate is not None:
            if gate.used >= gate.capacity or (new and gate.first() is not None):
                self._hold(leaf, gate)
                return "limit"
            gate = gate.outer
        for name in leaf.needs:
            self.used[name] += 1
            self.lines[name].popleft()
        gate = leaf.gate
        while gate is not None:
            gate.used += 1
            gate = gate.outer
        return None

    def _hold(self, leaf: LeafActivation, gate: Gate) -> None:
        """Let *leaf* wait at *gate*: the groups between them begin nothing until it has gone."""
        gate.queue.append(leaf)
        leaf.at_gate = gate
        for group in _between(leaf, gate):
            group.held += 1

    def _unhold(self, leaf: LeafActivation) -> None:
        gate, leaf.at_gate = leaf.at_gate, None
        if gate is None:
            return
        if gate.queue and gate.queue[0] is leaf:
            gate.queue.popleft()
        elif not leaf.gone:
            gate.queue.remove(leaf)
        for group in _between(leaf, gate):
            group.held -= 1
            if not group.held:
                self.resumed.append(group)
                if gate.freed[0] > group.caused:  # it goes on by the end that gave the seat back
                    group.caused, group.cause = gate.freed


def _between(leaf: LeafActivation, gate: Gate) -> Iterator[Activation]:
    node = leaf.parent
    while node is not None and node is not gate.node:
        if node.is_group:
            yield node
        node = node.parent
