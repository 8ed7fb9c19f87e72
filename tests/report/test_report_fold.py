"""The fold keeps its laws: counts add up, copies stay as they were, pauses and rounds are told right."""

from __future__ import annotations

import itertools
import pickle

from hypothesis import given
from hypothesis import strategies as st

from parallel_dsl.events import Event
from parallel_dsl.report import GLYPHS, ROWS, Fold, Report, attach_report, report_of
from parallel_dsl.results import Abandoned, Cancelled, Failed, NeverStarted, Succeeded

ERROR = ValueError("no good")
FAILED = Failed(ERROR, (ERROR,))
ENDS = st.sampled_from([Succeeded(1), FAILED, Cancelled(), Abandoned(), NeverStarted()])


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Give events of leaves with one to three attempts each, every start with one end, in order of time."""
    timed: list[Event] = []
    for leaf in range(draw(st.integers(0, 12))):
        at = draw(st.integers(0, 20))
        address, last = f"leaf[{leaf}]", draw(ENDS)
        tries = 0 if isinstance(last, NeverStarted) else draw(st.integers(1, 3))
        if draw(st.booleans()):
            timed.append(Event("waiting", address, 0, at, cause="limit"))
        for attempt in range(1, tries + 1):
            at += draw(st.integers(0, 5))
            timed.append(Event("started", address, attempt, at))
            at += draw(st.integers(0, 5))
            timed.append(Event("ended", address, attempt, at, last if attempt == tries else FAILED))
            if attempt < tries:
                timed.append(Event("retrying", address, attempt, at, FAILED))
        if not tries:
            timed.append(Event("ended", address, 0, at, last))
    return sorted(timed, key=lambda e: e.at)  # stable: the order within a leaf stays


@given(histories())
def test_counts_add_up(events: list[Event]) -> None:
    """Where every start has one end, nothing is under way, counts add up and progress is 100 %."""
    fold = Fold()
    for event in events:
        fold.add(event)
    report = fold.report(ended=events[-1].at if events else 0.0)
    assert fold.running == 0
    assert sum(report.counts.values()) == len(report) == len({e.address for e in events})
    assert sum(report.counts[s] for s in ("running", "waiting", "retrying")) == 0
    assert report.progress == 1.0
    assert report.leaf_seconds == sum(e.seconds for e in report)
    assert sum(len(e.attempts) for e in report) == sum(e.kind == "started" for e in events)


@given(histories())
def test_measures_keep_their_bounds(events: list[Event]) -> None:
    """Idle time is part of wall time; leaf time fits into the rest of it times the peak, so efficiency is at most 1."""
    report = Report.of(events)
    assert 0 <= report.idle_seconds <= report.wall_seconds
    assert report.leaf_seconds <= report.peak_concurrency * (report.wall_seconds - report.idle_seconds) + 1e-9
    assert report.wall_seconds == 0 or report.efficiency <= 1 + 1e-9
    assert len(str(report).splitlines()) <= ROWS + 2


@given(histories(), st.data())
def test_a_report_never_changes(events: list[Event], data: st.DataObject) -> None:
    """A report given out half-way stays as it was, whatever comes after."""
    cut = data.draw(st.integers(0, len(events)))
    fold = Fold()
    for event in events[:cut]:
        fold.add(event)
    early = fold.report(live=True, ended=99.0)
    before = str(early)
    for event in events[cut:]:
        fold.add(event)
    assert str(early) == before == str(Report.of(events[:cut], live=True, ended=99.0))


def test_a_leaf_cut_in_its_pause_has_failed() -> None:
    """Live it is retrying; at the end of the run it is what its last attempt was."""
    events = [Event("started", "a", 1, 0.0), Event("ended", "a", 1, 1.0, FAILED)]
    events.append(Event("retrying", "a", 1, 1.0, FAILED))
    assert Report.of(events, live=True)["a"].state == "retrying"
    assert Report.of(events)["a"].state == "failed"
    assert Report.of(events).progress == 1.0


def test_a_leaf_cut_in_line_for_its_next_attempt_has_failed() -> None:
    """What was before an attempt that never started stays, its state too."""
    events = [
        Event("started", "a", 1, 0.0),
        Event("ended", "a", 1, 1.0, FAILED),
        Event("retrying", "a", 1, 1.0, FAILED),
        Event("waiting", "a", 1, 3.0, cause="limit"),
        Event("ended", "a", 1, 4.0, NeverStarted()),
    ]
    entry = Report.of(events)["a"]
    assert (entry.state, entry.error) == ("failed", ERROR)
    assert entry.waits == {"backoff": 2.0, "limit": 1.0}


def test_a_failure_before_any_start_outlives_a_retry() -> None:
    """A leaf whose refs led nowhere never became a job, yet its row stays while it is retried."""
    events = [Event("ended", "a", 0, 0.0, FAILED), Event("retrying", "a", 1, 0.0, FAILED)]
    assert Report.of(events)["a"].error is ERROR


def test_a_group_that_began_in_a_later_round_has_no_row() -> None:
    """It is no leaf, and it did start; one that never did keeps its row."""
    events = [
        Event("ended", "y", 0, 0.0, NeverStarted()),
        Event("ended", "yy", 0, 0.0, NeverStarted()),
        Event("started", "y[0]", 1, 1.0),
        Event("ended", "y[0]", 1, 2.0, Succeeded(1)),
    ]
    assert list(Report.of(events).entries) == ["yy", "y[0]"]


def test_pauses_are_no_overhead() -> None:
    """Time in which all there is to do is to back off counts as busy, of leaves and of groups."""
    for paused in ("a", ""):
        events = [
            Event("started", "a", 1, 0.0),
            Event("ended", "a", 1, 1.0, FAILED),
            Event("retrying", paused, 1, 1.0, FAILED),
            Event("started", "a", 2, 11.0),
            Event("ended", "a", 2, 12.0, Succeeded(1)),
        ]
        assert Report.of(events, ended=13.0).overhead_per_leaf == 0.5


def test_failures_are_kept_before_all_else() -> None:
    """However many were cancelled before it, a failure has its row; the rest is counted by state."""
    events = [Event("ended", f"c[{n}]", 0, 0.0, NeverStarted()) for n in range(100)]
    text = str(Report.of([*events, Event("ended", "late", 0, 1.0, FAILED)]))
    assert "✗ failed        late" in text
    assert text.splitlines()[-1] == "... and 61 more never started"


def test_the_headline() -> None:
    """One line says it all, in the words of the house."""
    report = Report.of([Event("started", "a", 1, 0.0), Event("ended", "a", 1, 2.0, Succeeded(3))], ended=4.0)
    assert str(report).splitlines()[0] == (
        "1 leaf: 1 done in 4.0 s (leaf time 2.0 s, speed-up 0.5x, efficiency 50 %, peak 1, overhead 2000.0 ms a leaf)"
    )


def test_addresses_and_warnings_cannot_break_the_table() -> None:
    """Each stays one line of bounded length."""
    event = Event("ended", "a\n\x1b[2J" + "x" * 10_000, 0, 0.0, Succeeded(1))
    text = str(Report.of([event], warnings=("w\nw" * 10_000,)))
    assert len(text.splitlines()) == 3
    assert max(map(len, text.splitlines())) < 250
    assert "\x1b" not in text


def test_errors_that_resist_do_no_harm() -> None:
    """A frozen error carries its report; a cycle of causes ends; one with hostile attributes is asked safely."""

    class Frozen(Exception):
        def __setattr__(self, name: str, value: object) -> None:
            raise RuntimeError

        def __getattr__(self, name: str) -> object:
            raise RuntimeError

    report, frozen = Report.of([]), Frozen()
    attach_report(frozen, report)
    assert report_of(frozen) is report
    a, b = ValueError("a"), ValueError("b")
    a.__cause__, b.__cause__ = b, a
    b.__context__ = frozen
    assert report_of(a) is report


def test_a_report_can_be_pickled() -> None:
    """So an error that carries one can cross processes, if its values can."""
    report = Report.of([Event("started", "a", 1, 0.0), Event("ended", "a", 1, 2.0, Succeeded(3))])
    assert str(pickle.loads(pickle.dumps(report))) == str(report)


def test_every_state_has_a_glyph() -> None:
    """The table can show each of them."""
    assert len(set(GLYPHS.values())) == len(GLYPHS) == 8


@given(histories())
def test_single_waits_add_up(events: list[Event]) -> None:
    """The single waits of an entry are in order, at most three before an attempt, and add up to its waits."""
    for live in (False, True):
        for entry in Report.of(events, live=live):
            over = [gap for gap in entry.gaps if gap.until is not None]
            sums: dict[str, float] = {}
            for cause, since, until in over:
                sums[cause] = sums.get(cause, 0.0) + (until or 0.0) - since
            assert sums == entry.waits
            assert all(a.until is not None and a.until <= b.since for a, b in itertools.pairwise(entry.gaps))
            assert len(entry.gaps) <= 3 * (len(entry.attempts) + 1)


def test_a_wait_that_goes_on_has_no_end() -> None:
    """A live entry tells since when it waits, and for what; its seconds are not counted yet."""
    events = [Event("started", "a", 1, 0.0), Event("ended", "a", 1, 1.0, FAILED)]
    events += [Event("retrying", "a", 1, 1.0, FAILED), Event("waiting", "a", 1, 3.0, cause="limit")]
    entry = Report.of(events, live=True, ended=9.0)["a"]
    assert entry.gaps == (("backoff", 1.0, 3.0), ("limit", 3.0, None))
    assert entry.waits == {"backoff": 2.0}
