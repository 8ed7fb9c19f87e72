"""Groups decide what success is and which shape the result has; each kind is one judgement."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from ..errors import NoCandidates, NoneSucceeded, RefError
from ..plan import All, Any, Fallback, Race, Settled, Stage, fill, join
from ..results import NeverStarted, Outcomes, Results, shaped
from .activation import About, Activation, cut_short
from .outcome import Done, End, Fail, deadliest, joined, one, public
from .scope import Scope

MOST_MAPPED = 1_000  # children of a map under way, if nothing smaller is said (rule 7)


class Group(Activation):
    """Children that run side by side, as many as window and chunk allow."""

    __slots__ = ("decided", "ends", "items", "late", "names", "order", "position", "window")
    is_group = True
    needs_one = False

    def open(self) -> None:
        """Find the items of a map, then begin."""
        self.decided: End | None = None
        self.late: list[Fail] = []
        self.ends: dict[int, End] = {}
        self.position = 0
        self.names: tuple[str, ...] | None = self.plan.names
        self.items: t.Sequence[t.Any] | None = None
        if self.plan.template is not None:
            try:
                self.items, self.names = items_of(fill(self.plan.over, Scope(self)))
            except Exception as error:  # user code behind a ref
                self.end(one(error, self.address))
                return
        width = len(self.plan.children if self.items is None else self.items)
        if not width and self.needs_one:
            self.end(one(NoCandidates(self.address), self.address))
            return
        self.order: t.Sequence[int] = range(width)
        self.take_board(width)
        self.window = self.widest()
        if not self.order:
            self.finish()
        else:
            self.starting = True
            self.machine.refill(self)

    def mapped(self) -> bool:
        """Tell whether the children are made from items."""
        return self.items is not None

    def take_board(self, width: int) -> None:
        """Only a settled group has one."""

    def widest(self) -> float:
        """Give how many children may be under way."""
        most = MOST_MAPPED if self.items is not None else float("inf")
        for said in (self.handed.window, self.handed.size):
            most = most if said is None else min(most, said)
        return most

    def fill(self) -> None:
        """Begin the next child in written order, unless something holds the group back."""
        if self.may_begin():
            self.begin_next()
        elif self.starting:
            self.machine.start_over(self)

    def may_begin(self) -> bool:
        """Tell whether the next child may begin now."""
        if self.over() or self.held or self.position >= len(self.order) or len(self.live) >= self.window:
            return False
        size = self.handed.size
        return size is None or self.position % size != 0 or not self.live

    def begin_next(self) -> None:
        """Begin the next child, and look again after it."""
        index = self.order[self.position]
        self.position += 1
        self.machine.refill(self)
        if self.items is None:
            self.begin(self.plan.children[index], index, self.child_address(index))
        else:
            child = self.begin(self.plan.template, index, self.child_address(index))
            child.item = self.items[index]

    def over(self) -> bool:
        """Tell whether no further child may begin."""
        return self.ended or self.cancelled or self.decided is not None

    def child_address(self, index: int) -> str:
        """Give the address of a child."""
        return join(self.address, index if self.names is None else self.names[index])

    def react(self, fresh: list[tuple[Activation, End]]) -> None:
        """Note all ends of this instant, decide once on all of them, end when nobody is left."""
        self.taken(fresh)
        for child, end in fresh:
            self.note(child, end)
        if self.decided is None:
            self.decided = deadliest(end for _, end in fresh) or self.judge([(c.index, e) for c, e in fresh])
            if self.decided is not None:
                self.cancel_children()
        if not self.live and (self.over() or self.position >= len(self.order)):
            self.finish()
        elif self.position < len(self.order):
            self.machine.resume(self)

    def note(self, child: Activation, end: End) -> None:
        """Keep an end; an error that surfaces under a cancel from outside is late (rule L)."""
        self.ends[child.index] = end
        if isinstance(end, Fail) and self.cancelled and self.decided is None:
            self.late.append(end)

    def judge(self, fresh: list[tuple[int, End]]) -> End | None:
        """Give the end that these ends decide, lowest index first, or None."""
        raise NotImplementedError

    def conclude(self) -> End:
        """Give the end when all children have ended and none was decisive."""
        raise NotImplementedError

    def finish(self) -> None:
        """End, all children having ended."""
        self.unbegun()
        dead = deadliest(self.ends.get(i) for i in self.order)
        if dead is not None:
            self.end(dead)
        elif self.decided is not None:
            self.end(self.final(self.decided))
        elif self.cancelled and not self.whole():
            self.end(cut_short(self.late))
        else:
            self.end(self.conclude())

    def final(self, decided: End) -> End:
        """Give the decided end, once the losers have ended."""
        return decided

    def whole(self) -> bool:
        """Tell whether a cancelled group has its result nevertheless (a value that exists counts)."""
        return self.position >= len(self.order) and all(isinstance(self.ends.get(i), Done) for i in self.order)

    def unbegun(self) -> None:
        """Say of each child that never began that it never started."""
        for index in self.order[self.position :]:
            self.machine.say("ended", self.child_address(index), 0, NeverStarted())
        self.position = len(self.order)

    def shape(self, values: list[t.Any]) -> t.Any:
        """Give the values their shape: a tuple, or named."""
        return shaped(values, self.names)

    def value(self, index: int) -> t.Any:
        """Give the value of a child that is done."""
        return t.cast("Done", self.ends[index]).value

    def all_failed(self) -> Fail:
        """Give the failure of candidates of which none succeeded."""
        fails = [e for i in self.order if isinstance(e := self.ends.get(i), Fail)]
        where = f"{self.address}: " if self.address else ""
        error = NoneSucceeded(f"{where}none of {len(fails)} succeeded", [f.error for f in fails])
        return joined(Fail(error, (), fails[-1].address, fails[-1].attempt), fails)

    def place(self, name: str, index: int) -> object | None:
        """Give the child of that name, if it is not one's own branch."""
        if self.names is None or name not in self.names:
            return None
        found = self.names.index(name)
        return None if found == index else found

    def seen(self, place: t.Any, said: str) -> t.Any:
        """Give what a reference to a child finds."""
        end = self.ends.get(place)
        if not self.sequential or not isinstance(end, Done):
            raise RefError(f"{said} is not finished by then", self.address)
        return end.value


class AllActivation(Group):
    """All must succeed: the first failure decides, its siblings are cut."""

    __slots__ = ()

    def judge(self, fresh: list[tuple[int, End]]) -> End | None:
        """The first failure decides; under a cut from outside it is late, and goes out all the same."""
        return next((e for _, e in fresh if isinstance(e, Fail)), None)

    def final(self, decided: End) -> End:
        """Late errors join the group, by index."""
        if isinstance(decided, Fail):
            return joined(decided, (self.ends.get(i) for i in self.order))
        return decided

    def conclude(self) -> End:
        """All values, in written order."""
        return Done(self.shape([self.value(i) for i in self.order]))


class SettledActivation(Group):
    """Nothing decides: every outcome is recorded."""

    __slots__ = ("about",)

    def take_board(self, width: int) -> None:
        """Run what the board says, and tell its maker how many there are and what shape they get."""
        kept = self.handed.kept
        self.about = About() if kept is None else kept.about
        if kept is not None:
            self.about.width, self.about.shape = width, self.outcomes
            self.order = kept.places()

    def note(self, child: Activation, end: End) -> None:
        """Write what is not late on the board."""
        self.ends[child.index] = end
        self.about.attempts[child.index] = self.about.attempts.get(child.index, 0) + child.tries
        if isinstance(end, Fail) and self.cancelled:
            self.late.append(end)
        elif self.handed.kept is not None and isinstance(end, Done | Fail):
            self.handed.kept.slots[child.index] = end

    def judge(self, fresh: list[tuple[int, End]]) -> End | None:
        """Nothing decides."""
        return None

    def whole(self) -> bool:
        """A cancelled one has its result if each child had ended by itself."""
        ends = [self.ends.get(i) for i in self.order]
        return not self.late and all(isinstance(e, Done | Fail) for e in ends)

    def conclude(self) -> End:
        """Plain ends for the maker of a board, else the outcomes."""
        ends = [self.ends[i] for i in self.order]
        return Done(ends if self.handed.kept is not None else self.outcomes(ends))

    def outcomes(self, ends: list[End]) -> Outcomes:
        """Give the outcomes of all children, as a user sees them."""
        return Outcomes([self.outcome(i, t.cast("Done | Fail", e)) for i, e in enumerate(ends)], self.names)

    def outcome(self, index: int, end: Done | Fail) -> t.Any:
        """Give the outcome of one child with its place."""
        address = self.child_address(index)
        return public(
            end,
            index=index,
            name=None if self.names is None else self.names[index],
            item=None if self.items is None else self.items[index],
            address=address,
            attempts=self.about.attempts.get(index, 0),
        )


class AnyActivation(Group):
    """The first success decides, also under a cancel: a value that exists counts."""

    __slots__ = ()
    needs_one = True

    def judge(self, fresh: list[tuple[int, End]]) -> End | None:
        """The first success decides."""
        return next((e for _, e in fresh if isinstance(e, Done)), None)

    def whole(self) -> bool:
        """Nothing is left to give but a decision."""
        return False

    def conclude(self) -> End:
        """None succeeded."""
        return self.all_failed()


class RaceActivation(Group):
    """The first to settle decides."""

    __slots__ = ()
    needs_one = True

    def judge(self, fresh: list[tuple[int, End]]) -> End | None:
        """Anything decides; after a late error no value does."""
        first = next((e for _, e in fresh if isinstance(e, Done | Fail)), None)
        earlier = len(self.late) > sum(any(e is late for late in self.late) for _, e in fresh)
        if self.cancelled and (isinstance(first, Fail) or earlier):
            return None
        return first

    def whole(self) -> bool:
        """Nothing is left to give but a decision."""
        return False

    def conclude(self) -> End:
        """A race of at least one is decided by the first end, and an empty one has failed."""
        raise AssertionError(f"{self.address}: a race ended undecided")


class StageActivation(Group):
    """One after another; a child sees the earlier ones."""

    __slots__ = ()
    sequential = in_turn = True

    def widest(self) -> float:
        """One at a time."""
        return 1

    def judge(self, fresh: list[tuple[int, End]]) -> End | None:
        """A failure ends it."""
        return next((e for _, e in fresh if isinstance(e, Fail)), None)

    def conclude(self) -> End:
        """All values, in written order."""
        return Done(self.shape([self.value(i) for i in self.order]))

    def before(self, index: int) -> t.Any:
        """Give the value of the item before, None for the first."""
        return self.value(index - 1) if index else None


class FallbackActivation(Group):
    """One after another until one succeeds."""

    __slots__ = ()
    in_turn = True
    needs_one = True

    def widest(self) -> float:
        """One at a time."""
        return 1

    def judge(self, fresh: list[tuple[int, End]]) -> End | None:
        """The first success ends it."""
        return next((e for _, e in fresh if isinstance(e, Done)), None)

    def whole(self) -> bool:
        """Nothing is left to give but a decision."""
        return False

    def conclude(self) -> End:
        """None succeeded."""
        return self.all_failed()


def items_of(found: t.Any) -> tuple[t.Sequence[t.Any], tuple[str, ...] | None]:
    """Give the items of a map and their names: a mapping's keys name the children."""
    if isinstance(found, Results):
        names = getattr(found, "_names", None)
        return tuple(found), names
    if isinstance(found, Mapping):
        if not all(isinstance(k, str) for k in found):
            raise TypeError(f"over= has keys that are not strings: {list(found)[:3]!r}; try list(...) of the values")
        return tuple(found.values()), tuple(found)
    if isinstance(found, list | tuple):
        return found, None
    raise TypeError(f"over= is a {type(found).__name__}, expected a list, a tuple or a mapping; try list(...)")


GROUPS: dict[type, type[Activation]] = {
    All: AllActivation,
    Settled: SettledActivation,
    Any: AnyActivation,
    Race: RaceActivation,
    Stage: StageActivation,
    Fallback: FallbackActivation,
}
