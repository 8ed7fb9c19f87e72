"""Groups decide what success is and which shape the result has; each kind is one judgement."""

from __future__ import annotations

import typing as t

from ..plan import All, Any, Fallback, Race, Settled, Stage
from ..results import Outcomes
from .activation import About, Activation
from .drain import DELIVERY
from .group import Group
from .outcome import Done, End, Fail, joined, public
from .streams import SOURCE


class AllActivation(Group):
    """All must succeed: the first failure decides, its siblings are cut."""

    __slots__ = ()

    def judge(self, fresh: list[tuple[Activation, End]]) -> End | None:
        """The first failure decides; under a cut from outside it is late, and goes out all the same."""
        return next((e for _, e in fresh if type(e) is Fail), None)

    def final(self, decided: End) -> End:
        """Late errors join the group, by index."""
        if isinstance(decided, Fail):
            return joined(decided, (self.ends.get(i) for i in (SOURCE, DELIVERY, *self.order)))
        return decided

    def conclude(self) -> End:
        """All values, in written order."""
        return Done(self.shape(self.values()))


class SettledActivation(Group):
    """Nothing decides: every outcome is recorded."""

    __slots__ = ("about",)
    keeps_items = True

    def take_board(self, width: int) -> None:
        """Run what the board says, and tell its maker how many there are and what shape they get."""
        kept = self.handed.kept
        self.about = About() if kept is None else kept.about
        if kept is not None:
            self.about.width, self.about.shape = max(width, self.about.width or 0), self.outcomes
            if kept.todo is not None:
                self.order = kept.todo

    def grown(self, width: int) -> None:
        """Tell how many there are by now."""
        self.about.width = width

    def note(self, child: Activation, end: End) -> None:
        """Write what is not late on the board."""
        self.ends[child.index] = end
        self.about.attempts[child.index] = self.about.attempts.get(child.index, 0) + child.tries
        if isinstance(end, Fail) and self.cancelled:
            self.late.append(end)
        elif self.handed.kept is not None and isinstance(end, Done | Fail):
            self.handed.kept.slots[child.index] = end

    def judge(self, fresh: list[tuple[Activation, End]]) -> End | None:
        """Nothing decides."""
        return None

    def result(self, index: int, end: End) -> t.Any:
        """Hand on the outcome."""
        return self.outcome(index, t.cast("Done | Fail", end))

    def let_go(self, index: int) -> None:
        """Forget its attempts too."""
        super().let_go(index)
        self.about.attempts.pop(index, None)

    def whole(self) -> bool:
        """A cancelled one has its result if each child had ended by itself."""
        if self.late or self.sink is not None:
            return not self.late
        return all(isinstance(self.ends.get(i), Done | Fail) for i in self.order)

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

    def judge(self, fresh: list[tuple[Activation, End]]) -> End | None:
        """The first success decides."""
        return next((e for _, e in fresh if type(e) is Done), None)

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

    def judge(self, fresh: list[tuple[Activation, End]]) -> End | None:
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

    def judge(self, fresh: list[tuple[Activation, End]]) -> End | None:
        """A failure ends it."""
        return next((e for _, e in fresh if type(e) is Fail), None)

    def conclude(self) -> End:
        """All values, in written order."""
        return Done(self.shape(self.values()))

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

    def judge(self, fresh: list[tuple[Activation, End]]) -> End | None:
        """The first success ends it."""
        return next((e for _, e in fresh if type(e) is Done), None)

    def whole(self) -> bool:
        """Nothing is left to give but a decision."""
        return False

    def conclude(self) -> End:
        """None succeeded."""
        return self.all_failed()


GROUPS: dict[type, type[Activation]] = {
    All: AllActivation,
    Settled: SettledActivation,
    Any: AnyActivation,
    Race: RaceActivation,
    Stage: StageActivation,
    Fallback: FallbackActivation,
}
