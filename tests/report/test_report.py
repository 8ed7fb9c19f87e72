"""The report: states, counts, times, the table, and how an error leads to it."""

from __future__ import annotations

import pytest

import parallel_dsl as dsl
from parallel_dsl.events import Event
from parallel_dsl.report import Report, attach_report, report_of
from parallel_dsl.results import Abandoned, Cancelled, Failed, NeverStarted, Succeeded

ERROR = ValueError("no good")
EVENTS = [
    Event("started", "a", 1, 0.0),
    Event("waiting", "b", 0, 0.0, cause="limit"),
    Event("started", "c", 1, 0.0),
    Event("ended", "c", 1, 1.0, Failed(ERROR, (ERROR,))),
    Event("retrying", "c", 1, 1.0),
    Event("started", "b", 1, 1.0, cause="c"),
    Event("started", "c", 2, 1.5),
    Event("progress", "c", 2, 1.6, (0.5, "half")),
    Event("ended", "a", 1, 2.0, Succeeded(3)),
    Event("ended", "b", 1, 2.0, Cancelled()),
    Event("ended", "c", 2, 4.0, Failed(ERROR, (ERROR,))),
    Event("ended", "d", 0, 4.0, NeverStarted()),
]


def test_states_and_times() -> None:
    """Each address has its state, attempts, waits and seconds."""
    report = Report.of(EVENTS)
    assert [e.state for e in report] == ["done", "cancelled", "failed", "never started"]
    assert report["a"].value == 3
    assert report["c"].error is ERROR
    assert [a.number for a in report["c"].attempts] == [1, 2]
    assert (report["b"].waits, report["c"].waits) == ({"limit": 1.0}, {"backoff": 0.5})
    assert report["c"].progress == (0.5, "half")
    assert report["d"].started is None


def test_measures() -> None:
    """Speed-up is leaf time by wall time, efficiency is that by the peak, idle time is when no leaf ran."""
    report = Report.of(EVENTS, ended=5.0)
    assert (report.wall_seconds, report.leaf_seconds, report.peak_concurrency) == (5.0, 6.5, 3)
    assert report.speed_up == 6.5 / 5
    assert report.efficiency == 6.5 / 5 / 3
    assert report.idle_seconds == 1.0
    assert report.overhead_per_leaf == 0.25


def test_the_table() -> None:
    """A person reads the counts, and of each leaf what became of it."""
    text = str(Report.of(EVENTS, warnings=("a watcher is slow",)))
    lines = text.splitlines()
    assert lines[0].startswith("4 leaves: 1 done, 1 failed, 1 cancelled, 1 never started in 4.0 s (leaf time 6.5 s")
    assert "✗ failed" in text
    assert "ValueError('no good')" in text
    assert "2x" in text
    assert lines[-1] == "warning: a watcher is slow"


def test_a_red_command_is_never_drawn_green() -> None:
    """A non-zero exit code is data, and the row says so instead of a tick."""
    event = Event("ended", "x", 1, 1.0, Succeeded(dsl.CommandResult(exit_code=2)))
    row = str(Report.of([Event("started", "x", 1, 0.0), event])).splitlines()[1]
    assert "✓" not in row
    assert "exit 2" in row


def test_the_table_is_bounded() -> None:
    """Long runs fold, failures are kept, and huge or hostile values are cut."""

    class Hostile:
        def __repr__(self) -> str:
            raise RuntimeError

    events = []
    for n in range(500):
        outcome: object = Failed(ERROR, (ERROR,)) if n == 400 else Succeeded("x" * 10**6 if n else Hostile())
        events += [Event("started", f"a[{n}]", 1, 0.0), Event("ended", f"a[{n}]", 1, 1.0, outcome)]
    text = str(Report.of(events))
    assert len(text) < 8_000
    assert "a[400]" in text
    assert "... and 460 more" in text


def test_abandoned_is_told() -> None:
    """A thread that goes on is abandoned, no more and no less."""
    report = Report.of([Event("started", "x", 1, 0.0), Event("ended", "x", 1, 1.0, Abandoned())])
    assert report["x"].state == "abandoned"


def test_an_error_leads_to_its_report() -> None:
    """Through causes, contexts and groups; an error of no run says so."""
    report = Report.of(EVENTS)
    inner = ValueError("inner")
    attach_report(inner, report)
    outer = RuntimeError("outer")
    outer.__cause__ = inner
    assert report_of(inner) is report
    assert report_of(ExceptionGroup("many", [KeyError("x"), outer])) is report
    with pytest.raises(LookupError, match=r"came out of no run; try last_report\(\)"):
        report_of(KeyError("x"))


def test_a_missing_address_names_what_there_is() -> None:
    """Asking for an unknown leaf names some that exist."""
    with pytest.raises(KeyError, match="no leaf 'zz' in the report; there are a, b, c, d"):
        Report.of(EVENTS)["zz"]
