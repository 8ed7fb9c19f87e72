"""The machine: told what happened and when, it says what to do; it awaits nothing and reads no clock.

The order inside `Machine.step` *is* the semantics: a cancel of the run; timers that are due, deadlines
first; jobs that have ended, recorded in plan order; decisions, deepest node first, each on all that has
ended, until nothing more follows; begins, depth first, and decisions again for what ended by merely
beginning; then seats, those freed before those taken now; and again. Plan order is the only tie-breaker.
One file of over 400 lines, because the order of a step is one subject: split, no part could be read alone.
"""

from __future__ import annotations

import heapq
import itertools
import typing as t
from collections import deque

from ..events import Event, Kind
from .activation import Activation
from .groups import GROUPS
from .leaves import LEAVES, LeafActivation
from .messages import (
    CancelJob,
    CancelRun,
    Drawn,
    DrawNext,
    Input,
    Instruction,
    JobEnded,
    Progressed,
    Step,
    ThreadEnded,
    Work,
)
from .order import by_index, in_plan_order, put_in_plan_order
from .outcome import Cut, End
from .seats import Seats
from .wrappers import WRAPPERS

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..plan import Leaf, Plan

Alarm = list[t.Any]  # when, deadlines first, a number, and whom it wakes: None once that node has ended
ACTIVATIONS: dict[type, type[Activation]] = {**LEAVES, **GROUPS, **WRAPPERS}


def no_needs(plan: Leaf[t.Any], address: str, head: object) -> tuple[str, ...]:
    """Say that no leaf needs a resource."""
    return ()


class Machine:
    """The activations of one run of a plan, its seats and its timers.

    Args:
        plan: What to run.
        capacities: Seats of each resource.
        limit: How many leaves may run at once.
        needs: Which resources a leaf takes by its address and head, besides what ``.uses`` says.
        seed: Of the pauses between attempts.
        items: In a simulation: how many items a map has, by its address, when nobody knows them.

    Example:
        >>> from parallel_dsl.plan import All, Value
        >>> machine = Machine(All(Value(1), Value(2)))
        >>> _ = machine.step(0.0)
        >>> machine.outcome.value
        (1, 2)
    """

    def __init__(
        self,
        plan: Plan[t.Any],
        *,
        capacities: Mapping[str, float] | None = None,
        limit: float = float("inf"),
        needs: t.Callable[[Leaf[t.Any], str, t.Any], tuple[str, ...]] = no_needs,
        seed: int = 0,
        items: t.Callable[[str], int] = lambda address: 1,
    ) -> None:
        self.seats = Seats(capacities or {}, limit)
        self.seed = seed
        self.now = self.origin = self._at = 0.0  # events count from the origin
        self.outcome: End | None = None
        self.needs, self.items = needs, items
        self._jobs: dict[int, t.Any] = {}  # running, by job
        self._ids = itertools.count(1)
        self._alarms: list[Alarm] = []
        self._alarm_of: dict[Activation, Alarm] = {}  # at most one for each node
        self._abandoned: dict[int, LeafActivation] = {}
        self._thread_of: dict[str, int] = {}  # address -> job whose thread goes on
        self._behind: dict[int, list[LeafActivation]] = {}  # next attempts that wait for that thread
        self._counts: dict[str, int] = {}
        self._due: dict[int, list[Activation]] = {}  # by depth: nodes that have something to decide
        self._depths: list[int] = []
        self._fills: list[Activation] = []
        self._stack: list[Activation] | None = None  # the strand that is being begun
        self._strands: deque[list[Activation]] | None = None  # all strands, while beginning
        self._parked: list[tuple[LeafActivation, list[Activation]]] = []  # seated, and what begins after them
        self._waiting_strands: list[list[Activation]] = []  # to be gone on with
        self._paused = False  # beginning goes on in the next step of this instant
        self._instructions: list[Instruction] = []
        self._events: list[Event] = []
        self._end: End | None = None
        self._cutting = False  # a job was told to stop in this step
        self._withheld = False  # freed seats wait for what ends at once because it was cut in this step
        self.kinds = ACTIVATIONS
        self.root = ACTIVATIONS[type(plan)](self, plan, None, 0, "")
        self._fills.append(self.root)

    # What the driver uses

    def step(self, now: float, inputs: Iterable[Input] = ()) -> Step:
        """Tell what has happened by *now* (seconds); get what to do, and what that means."""
        self.now = now
        self._at = now - self.origin
        self.seats.moment += 1
        self._cutting = False
        inputs = list(inputs)
        if any(type(i) is CancelRun for i in inputs):
            self.cut([self.root])
        self._ring()
        self._hear(inputs)
        self._settle()
        if self._end is not None and not self._jobs:
            self.outcome = self._end
        instructions, self._instructions = self._instructions, []  # nothing of it is kept: results can be let go
        events, self._events = self._events, []
        return Step(instructions, events)

    @property
    def deadline(self) -> float:
        """Step again no later than this."""
        if self._withheld:
            return self.now
        while self._alarms and ((node := self._alarms[0][3]) is None or node.cancelled):
            self._next_alarm()
        return self._alarms[0][0] if self._alarms else float("inf")

    def running(self) -> list[int]:
        """Give the jobs under way."""
        return list(self._jobs)

    # What the nodes use

    def refill(self, node: Activation) -> None:
        """Look at a node when things are begun."""
        (self._fills if self._stack is None else self._stack).append(node)

    def resume(self, node: Activation) -> None:
        """Let a node go on after an end: beside what begins now, if something does."""
        if self._strands is None:
            self._fills.append(node)
        else:
            self._strands.appendleft([node])

    def start_over(self, node: Activation) -> None:
        """Take note that a node has begun all it may for now: it decides from now on (rule S)."""
        node.starting = False
        if node.fresh or node.cancelled:
            self._queue(node)

    def record(self, node: Activation, end: End) -> None:
        """Take note that a node has ended; recording never decides."""
        assert not node.ended, f"{node.address} ended twice"
        node.ended = True
        if self._alarm_of and node in self._alarm_of:
            self._silence(node)
        if node.parent is None:
            self._end = end
        else:
            node.parent.fresh.append((node, end))
            self._queue(node.parent)

    def cut(self, nodes: list[Activation], cause: str | None = None) -> None:
        """Cancel these nodes and all below them, by whose end; those under way hear of it."""
        stack = nodes[::-1]
        while stack:
            node = stack.pop()
            if node.cancelled or node.ended:
                continue
            node.cancelled = True
            if not node.opened:
                self.record(node, Cut())
                continue
            stop = getattr(node, "stop", None)
            if stop is not None:
                stop()
            if not isinstance(node, LeafActivation):
                self._queue(node)
            elif node.job is not None:
                node.cause = cause
            stack.extend(reversed(node.live.values()))

    def alarm(self, node: Activation, at: float, *, first: bool = False) -> None:
        """Wake *node* at that time; deadlines come *first* among equal times."""
        alarm = self._alarm_of[node] = [at, 0 if first else 1, next(self._ids), node]
        heapq.heappush(self._alarms, alarm)

    def say(self, kind: Kind, address: str, attempt: int, outcome: object = None, cause: str | None = None) -> None:
        """Add an event."""
        self._events.append(Event(kind, address, attempt, self._at, outcome, cause))

    def count(self, address: str) -> int:
        """Give the number of this start of an address."""
        self._counts[address] = number = self._counts.get(address, 0) + 1
        return number

    def ask(self, leaf: LeafActivation) -> None:
        """Let a leaf ask for its seats; a thread of its last attempt must have ended."""
        if leaf.uses:
            leaf.needs = tuple(dict.fromkeys((*leaf.needs, *leaf.uses)))
        job = self._thread_of.get(leaf.address) if self._thread_of else None
        if job is not None:
            leaf.waits = True
            self._behind.setdefault(job, []).append(leaf)
            self.say("waiting", leaf.address, self._counts.get(leaf.address, 0), cause="thread")
        elif self.seats.request(leaf):
            self._seated(leaf)
        else:
            leaf.waits = True
            cause = self.seats.why(leaf)
            self.say("waiting", leaf.address, self._counts.get(leaf.address, 0), cause=cause)

    def _seated(self, leaf: LeafActivation) -> None:
        """Start a leaf that needs no resource at once; another when this instant has been decided."""
        if leaf.needs and self._stack is not None:
            leaf.seated = True
            self.park(leaf)
        else:
            leaf.start()

    def start_job(self, node: Activation, work: Work) -> int:
        """Say that a job starts."""
        job = work.job = next(self._ids)
        self._jobs[job] = node
        self._instructions.append(work)
        return job

    def draw_next(self, job: int, count: int) -> None:
        """Say that a source is to draw more items."""
        self._instructions.append(DrawNext(job, count))

    def saved(self, address: str, count: int, leaves: list[str]) -> None:
        """Say that a drain has saved so many results by now, and let go of the leaves below the last ones."""
        for leaf in leaves:
            self._counts.pop(leaf, None)
        self.say("saved", address, 0, (count, tuple(leaves)))

    def stop_job(self, job: int) -> None:
        """Say that a job is to stop."""
        self._cutting = True
        self._instructions.append(CancelJob(job))

    def abandon(self, leaf: LeafActivation) -> None:
        """Keep the seat of a leaf whose thread goes on."""
        assert leaf.job is not None
        self._abandoned[leaf.job] = leaf
        self._thread_of[leaf.address] = leaf.job

    # The parts of a step

    def _ring(self) -> None:
        """Wake whose time has come."""
        while self._alarms and self._alarms[0][0] <= self.now:
            node = self._next_alarm()
            if node is not None and not node.cancelled:
                node.wake(self.now)

    def _next_alarm(self) -> Activation | None:
        """Take the next alarm; give whom it wakes."""
        node: Activation | None = heapq.heappop(self._alarms)[3]
        if node is not None:
            del self._alarm_of[node]
        return node

    def _silence(self, node: Activation) -> None:
        """Let the alarm of a node that has ended wake nobody; when most are so, make the line anew."""
        self._alarm_of.pop(node)[3] = None
        if len(self._alarms) > 2 * len(self._alarm_of) + 64:
            self._alarms = list(self._alarm_of.values())
            heapq.heapify(self._alarms)

    def _hear(self, inputs: list[Input]) -> None:
        """Record what has ended, in plan order."""
        threads: list[int] = []
        ended: list[tuple[t.Any, JobEnded]] = []
        for said in inputs:
            if type(said) is JobEnded:
                ended.append((self._jobs.pop(said.job), said))
            elif isinstance(said, Progressed):
                self._progress(said)
            elif isinstance(said, Drawn) and said.job in self._jobs:
                self._jobs[said.job].drawn(said.item)
            elif isinstance(said, ThreadEnded):
                threads.append(said.job)
        if len(ended) > 1:
            put_in_plan_order(ended)
        for node, said in ended:
            node.job_ended(said.end)
        for job in threads:
            self._thread_ended(job)

    def _progress(self, said: Progressed) -> None:
        node = self._jobs.get(said.job)
        if isinstance(node, LeafActivation):
            self.say("progress", node.address, node.attempt, (said.fraction, said.text))

    def _thread_ended(self, job: int) -> None:
        leaf = self._abandoned.pop(job, None)
        if leaf is None:
            return
        if self._thread_of.get(leaf.address) == job:
            del self._thread_of[leaf.address]
        self.seats.release(leaf)
        for waiting in self._behind.pop(job, ()):
            if not waiting.gone:
                waiting.waits = False
                self.ask(waiting)

    def _settle(self) -> None:
        """Decide, begin, hand out seats; until nothing more follows."""
        self._withheld = self._paused = False
        while True:
            while not self._paused and (self._due or self._fills or self._waiting_strands):
                self._decide()
                self._begin()
            if self._paused:
                self._withheld = True
                return
            if not self._parked and not self.seats.open_lines and not self.seats.open_gates:
                return
            if self._cutting:
                # A seat goes out after all that follows from its instant: who is cut in this step may end at
                # this very instant, and its end may decide that another leaf, which waits for that seat, never
                # starts (found by 1 of 1,500 random plans).
                self._withheld = True
                return
            self._hand_out()  # first: they have waited longer
            self._start_parked()

    def _decide(self, least: int = 0) -> None:
        """Let nodes of at least that depth decide on all that has ended, deepest first."""
        while self._due and -self._depths[0] >= least:
            depth = -heapq.heappop(self._depths)
            nodes = self._due.pop(depth)
            if len(nodes) > 1:
                nodes.sort(key=in_plan_order)
            for node in nodes:
                self._react(node)

    def _react(self, node: Activation) -> None:
        node.queued = False
        fresh, node.fresh = node.fresh, []
        if node.ended:
            return
        if len(fresh) > 1:
            fresh.sort(key=by_index)
        node.react(fresh)

    def _queue(self, node: Activation) -> None:
        if node.queued or node.starting:
            return
        node.queued = True
        if node.depth not in self._due:
            self._due[node.depth] = []
            heapq.heappush(self._depths, -node.depth)
        self._due[node.depth].append(node)

    def _hand_out(self) -> None:
        """Let go who may, now that all decisions have fallen."""
        for leaf, cause in self.seats.grant():
            if cause is not None:
                leaf.cause = cause
            leaf.start()
        self._note_resumed()

    def _begin(self) -> None:
        """Begin what may begin, depth first.

        A node that has begun all it may decides at once on what ended by merely beginning: only its
        own start is atomic (rule S). What it then goes on with runs beside the starts around it, turn
        by turn, so that no wide node keeps the others of this instant from their place in a line.
        """
        fills, self._fills = self._fills, []
        if len(fills) > 1:
            fills.sort(key=in_plan_order)
        strands = self._strands = deque([*self._waiting_strands, *([node] for node in fills)])
        self._waiting_strands = []
        cutting = self._cutting
        while strands:
            self._stack = strands.popleft()
            self._turn(self._stack)
            if self._stack:
                strands.append(self._stack)
            if self._cutting and not cutting and strands:  # who is cut by what merely began goes first
                self._paused = True
                break
        self._waiting_strands += strands
        self._stack = self._strands = None
        self._note_resumed()

    def _turn(self, stack: list[Activation]) -> None:
        """Go on with one strand until a leaf has been reached, or something decided."""
        while stack:
            node = stack.pop()
            height = len(stack)
            if node.opened:
                node.fill()
            elif not node.ended:
                node.opened = True
                node.open()
                if (node.is_leaf or node.ended) and (self._strands or self._cutting):
                    return  # else nobody else is to take a turn
            if self._due and len(stack) == height:
                self._decide(node.depth)
                if self._in_turn():
                    return

    def _in_turn(self) -> bool:
        """Tell whether a Stage or Fallback goes on: its next child belongs to its start, so it is next."""
        first = self._strands[0] if self._strands else []
        return bool(first) and first[-1].opened and first[-1].in_turn

    def park(self, leaf: LeafActivation) -> None:
        """Let a leaf that has its seats start when all that follows from this instant has been decided.

        The rest of its strand begins after it: children start in written order.
        """
        assert self._stack is not None
        self._parked.append((leaf, self._stack[:]))
        self._stack.clear()

    def _start_parked(self) -> None:
        """Start who has its seats, and let its strand go on."""
        parked, self._parked = self._parked, []
        for leaf, rest in parked:
            if not leaf.ended:
                leaf.start()
            self._waiting_strands.append(rest)

    def _note_resumed(self) -> None:
        """Look again at groups that nobody holds back any longer."""
        resumed, self.seats.resumed = self.seats.resumed, []
        self._fills.extend(g for g in resumed if not g.ended and not g.held)
