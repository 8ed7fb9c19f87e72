"""A group begins its children as far as window, chunk and limits allow, and ends when all of them have ended.

What decides, and which shape the result has, say the kinds in `groups`.
"""

from __future__ import annotations

import math
import typing as t
from collections import deque
from collections.abc import Mapping

from ..errors import NoCandidates, NoneSucceeded, RefError
from ..plan import Agent, Call, Expect, Given, Ref, Retry, Timeout, fill, join
from ..results import NeverStarted, Results, shaped
from ..wording import article
from .activation import Activation, cut_short
from .drain import Sink
from .outcome import Dead, Done, End, Fail, deadliest, joined, one, surfaced
from .scope import Scope
from .standins import StandIn
from .streams import SOURCE, SourceActivation

if t.TYPE_CHECKING:
    from ..plan import Plan

NOTHING_DRAWN: deque[t.Any] = deque()  # of groups without a source: shared, and never added to
MOST_MAPPED = 1_000  # children of a map under way, if nothing smaller is said (rule 7)


class Group(Activation):
    """Children that run side by side, as many as window and chunk allow."""

    __slots__ = (
        "baskets",
        "buffer",
        "dead",
        "decided",
        "ends",
        "exhausted",
        "items",
        "late",
        "names",
        "one_leaf",
        "order",
        "outward",
        "places",
        "position",
        "sink",
        "source",
        "under_way",
        "unsaved",
        "window",
    )
    is_group = True
    needs_one = False
    keeps_items = False  # beyond the beginning of their children, if they were drawn

    def open(self) -> None:
        """Find the items of a map, then begin."""
        self.decided: End | None = None
        self.dead = False  # whether an exit of the interpreter is among the ends
        self.late: list[Fail] = []
        self.ends: dict[int, End] = {}
        self.position = self.under_way = 0
        self.names: tuple[str, ...] | None = self.plan.names
        self.places: dict[str, int] | None = None  # of the names, once somebody asks
        self.items: t.Any = None  # by index
        self.source: SourceActivation | None = None
        self.exhausted = True  # no further item will come
        self.buffer: deque[t.Any] = NOTHING_DRAWN  # drawn, and not in the order yet
        if self.plan.template is not None and not self.find_items():
            return
        width = len(self.plan.children if self.items is None else self.items)
        if not width and self.needs_one and self.exhausted:
            self.end(one(NoCandidates(self.address), self.address))
            return
        self.order: t.Sequence[int] = range(width)
        self.take_board(width)
        self.window = self.widest()
        self.take_sink()
        if not self.order and self.exhausted:
            self.finish()
        else:
            self.starting = True
            self.machine.refill(self)

    def find_items(self) -> bool:
        """Take the items, or prepare to draw them; tell whether that went well."""
        over = self.plan.over
        if callable(over) and not isinstance(over, Ref):
            self.open_source(over)
            return True
        try:
            found = fill(over, Scope(self))
            if isinstance(found, StandIn):
                found = found.listed(self.machine.items(self.address))
            self.items, self.names = items_of(found)
        except BaseException as error:  # user code behind a ref: rule B
            self.end(surfaced(error, self.address))
            return False
        return True

    def open_source(self, over: t.Callable[[], t.Any]) -> None:
        """Let a source stand beside the children; a further round of a settled group has its items already."""
        kept = self.handed.kept
        self.items = {} if kept is None else kept.about.items
        self.one_leaf = _is_one_leaf(self.plan.template)
        if kept is None or kept.todo is None:
            self.items = {}
            if kept is not None:
                kept.restart(self.items)
            self.exhausted = False
            self.buffer = deque()
            self.source = self.live[SOURCE] = SourceActivation(self, over)

    def mapped(self) -> bool:
        """Tell whether the children are made from items."""
        return self.items is not None

    def take_board(self, width: int) -> None:
        """Only a settled group has one."""

    def take_sink(self) -> None:
        """Hand results on as they come, if a drain is about this group."""
        self.sink = self.handed.sink
        if self.sink is not None:
            self.outward = 0  # the first result that has not been handed on
            self.baskets: dict[int, list[str]] = {}
            self.unsaved = max(MOST_MAPPED, self.handed.size or 0, self.window if self.window < math.inf else 0)

    def widest(self) -> float:
        """Give how many children may be under way."""
        most = MOST_MAPPED if self.items is not None else math.inf
        for said in (self.handed.window, self.handed.size):
            most = most if said is None else min(most, said)
        return most

    def fill(self) -> None:
        """Begin the next child in written order, unless something holds the group back."""
        if self.may_begin():
            if self.position < len(self.order) or self.drawn():
                self.begin_next()
                return
            t.cast("SourceActivation", self.source).draw(self.room())
        if self.starting:
            self.machine.start_over(self)

    def may_begin(self) -> bool:
        """Tell whether the next child may begin now, or be drawn."""
        if self.held or self.ended or self.cancelled or self.decided is not None or self.under_way >= self.window:
            return False
        if not self.more():
            return False
        size = self.handed.size
        if size is not None and self.position % size == 0 and (self.under_way or not self.all_saved()):
            return False
        return self.sink is None or self.position - self.sink.saved < self.unsaved

    def all_saved(self) -> bool:
        """Tell whether all results that there are have been saved."""
        return self.sink is None or not (self.sink.results or self.sink.under_way)

    def drawn(self) -> bool:
        """Put the item that was drawn in the order; tell whether there is one."""
        if not self.buffer:
            return False
        index = len(self.order)
        self.items[index] = self.buffer.popleft()
        self.gate.promise(-1)
        self.order = range(index + 1)
        self.grown(index + 1)
        return True

    def room(self) -> int:
        """Give how many children can begin now for certain: several only if each is one leaf that waits for nothing."""
        size = self.handed.size
        if not self.one_leaf or self.uses:
            return 1
        free = min(self.window - self.under_way, self.gate.room())
        if size is not None:
            free = min(free, size - self.position % size)
        return max(1, int(min(free, MOST_MAPPED)))

    def grown(self, width: int) -> None:
        """Only a settled group tells its board."""

    def begin_next(self) -> None:
        """Begin the next child, and look again after it."""
        index = self.order[self.position]
        self.position += 1
        self.under_way += 1
        self.machine.refill(self)
        if self.items is None:
            child = self.begin(self.plan.children[index], index, self.child_address(index))
        else:
            child = self.begin(self.plan.template, index, self.child_address(index))
            child.item = self.items[index]
            if not self.keeps_items and isinstance(self.items, dict):
                del self.items[index]
        if self.sink is not None:
            child.basket = self.baskets[index] = []

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
            if type(end) is Dead:
                self.dead = True
            if child.index < 0:
                self.attended(child, end)
            else:
                self.under_way -= 1
                self.note(child, end)
        if self.decided is None:
            self.decided = self.decision(fresh)
            if self.decided is not None:
                self.cancel_children(self.cause)
            elif self.sink is not None and not self.cancelled:
                self.hand_on(self.sink)
        if not self.live and (self.over() or self.all_in()):
            self.finish()
        elif not self.all_in():
            self.machine.resume(self)

    def decision(self, fresh: list[tuple[Activation, End]]) -> End | None:
        """Give what these ends decide: an exit, then a failed source or delivery, then what the kind says."""
        if self.dead:
            return deadliest(end for _, end in fresh)
        if fresh and fresh[0][0].index < 0:
            attendants = [e for child, e in fresh if child.index < 0 and isinstance(e, Fail)]
            if attendants and not self.cancelled:
                return attendants[0]
            fresh = [pair for pair in fresh if pair[0].index >= 0]
        return self.judge(fresh)

    def attended(self, child: Activation, end: End) -> None:
        """Note that the source or a delivery has ended."""
        if child.index == SOURCE:
            self.source = None
            self.exhausted = isinstance(end, Done)
        if isinstance(end, Fail | Dead):
            self.ends[child.index] = end
        if isinstance(end, Fail) and self.cancelled and self.decided is None:
            self.late.append(end)

    def all_in(self) -> bool:
        """Tell whether everything has begun, and what is done has been handed on."""
        return not self.more() and self.all_saved()

    def more(self) -> bool:
        """Tell whether there is a child to begin, or an item that may come."""
        return self.position < len(self.order) or self.source is not None or bool(self.buffer)

    def hand_on(self, sink: Sink) -> None:
        """Offer the results that are next in written order; deliver a whole chunk, or all that wait."""
        while (end := self.ends.get(self.outward)) is not None:
            sink.offer(self.result(self.outward, end), self.baskets.pop(self.outward))
            if not self.sequential:  # else references may ask for it
                self.let_go(self.outward)
            self.outward += 1
        waiting, size = len(sink.results), self.handed.size
        if sink.under_way or not waiting:
            return
        last = not self.more() and not self.under_way
        if size is None or waiting >= size or last:
            sink.deliver(self, waiting if size is None else min(size, waiting))

    def result(self, index: int, end: End) -> t.Any:
        """Give what is handed on for a child."""
        return t.cast("Done", end).value

    def let_go(self, index: int) -> None:
        """Forget a child that has been handed on."""
        del self.ends[index]
        if self.keeps_items and isinstance(self.items, dict):
            del self.items[index]

    def note(self, child: Activation, end: End) -> None:
        """Keep an end; an error that surfaces under a cancel from outside is late (rule L)."""
        self.ends[child.index] = end
        if isinstance(end, Fail) and self.cancelled and self.decided is None:
            self.late.append(end)

    def judge(self, fresh: list[tuple[Activation, End]]) -> End | None:
        """Give the end that these ends decide, lowest index first, or None."""
        raise NotImplementedError

    def conclude(self) -> End:
        """Give the end when all children have ended and none was decisive."""
        raise NotImplementedError

    def finish(self) -> None:
        """End, all children having ended."""
        while self.drawn():  # what was drawn and never began is told of too
            pass
        self.unbegun()
        if self.dead:
            self.end(t.cast("Dead", deadliest(self.ends[i] for i in sorted(self.ends))))
        elif self.decided is not None:
            self.end(self.final(self.decided))
        elif self.cancelled and not (self.all_done() and self.whole()):
            self.end(cut_short(self.late))
        elif self.needs_one and not self.order:
            self.end(one(NoCandidates(self.address), self.address))
        else:
            self.end(self.conclude() if self.sink is None else Done(None))

    def final(self, decided: End) -> End:
        """Give the decided end, once the losers have ended."""
        return decided

    def all_done(self) -> bool:
        """Tell whether nothing is left to begin, to draw or to save."""
        saved = self.sink is None or self.sink.saved == len(self.order)
        return self.exhausted and not self.more() and saved

    def whole(self) -> bool:
        """Tell whether a cancelled group has its result nevertheless (a value that exists counts)."""
        return self.sink is not None or all(isinstance(self.ends.get(i), Done) for i in self.order)

    def unbegun(self) -> None:
        """Say of each child that never began that it never started."""
        for index in self.order[self.position :]:
            self.machine.say("ended", self.child_address(index), 0, NeverStarted())
            if self.basket is not None:
                self.basket.append(self.child_address(index))
        self.position = len(self.order)

    def shape(self, values: list[t.Any]) -> t.Any:
        """Give the values their shape: a tuple, or named."""
        return shaped(values, self.names)

    def value(self, index: int) -> t.Any:
        """Give the value of a child that is done."""
        return t.cast("Done", self.ends[index]).value

    def values(self) -> list[t.Any]:
        """Give the values of all children, which are done."""
        ends: dict[int, t.Any] = self.ends
        return [ends[i].value for i in self.order]

    def all_failed(self) -> Fail:
        """Give the failure of candidates of which none succeeded."""
        fails = [e for i in self.order if isinstance(e := self.ends.get(i), Fail)]
        where = f"{self.address}: " if self.address else ""
        error = NoneSucceeded(f"{where}none of {len(fails)} succeeded", [f.error for f in fails])
        return joined(Fail(error, (), fails[-1].address, fails[-1].attempt), fails)

    def place(self, name: str, index: int) -> object | None:
        """Give the child of that name, if it is not one's own branch."""
        if self.names is None:
            return None
        if self.places is None:
            self.places = {each: at for at, each in enumerate(self.names)}
        found = self.places.get(name)
        return None if found == index else found

    def seen(self, place: t.Any, said: str) -> t.Any:
        """Give what a reference to a child finds."""
        end = self.ends.get(place)
        if not self.sequential or not isinstance(end, Done):
            raise RefError(f"{said} is not finished by then", self.address)
        return end.value


def _is_one_leaf(plan: Plan[t.Any]) -> bool:
    """Tell whether a template is a leaf that takes a seat of the limits around it, and no other."""
    while isinstance(plan, Timeout | Retry | Expect | Given):
        plan = plan.inner
    return isinstance(plan, Agent | Call)


def items_of(found: t.Any) -> tuple[t.Sequence[t.Any], tuple[str, ...] | None]:
    """Give the items of a map and their names: a mapping's keys name the children."""
    if isinstance(found, Results):
        names = getattr(found, "_names", None)
        return tuple(found), names
    if isinstance(found, Mapping):
        if not all(isinstance(k, str) for k in found):
            raise TypeError(f"over= has keys that are not strings: {list(found)[:3]!r}; try list(...) of the values")
        return tuple(found.values()), tuple(map(str.__str__, found))  # names of plain text, whatever class they had
    if isinstance(found, list | tuple):
        return tuple(found), None  # a leaf may change the list
    raise TypeError(f"over= is {article(type(found).__name__)}, expected a list, a tuple or a mapping; try list(...)")
