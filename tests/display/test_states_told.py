"""What a page and a chart say of a run is so: no red command is called done, no step of the critical path is lost."""

from __future__ import annotations

import re
from collections import Counter

from charts import Drawn, reported, title_of

import parallel_dsl as dsl
from parallel_dsl.display import to_gantt, to_html
from parallel_dsl.display._crowds import draw_crowd
from parallel_dsl.display._page import _verdict
from parallel_dsl.display._paint import HATCHES, Paint
from parallel_dsl.display._rows import Crowd
from parallel_dsl.display._scale import Scale
from parallel_dsl.events import Event
from parallel_dsl.graph import STATES
from parallel_dsl.machine import LeafWork, Play, Returned
from parallel_dsl.report import Brief, Report
from parallel_dsl.report._entries import ended_as
from parallel_dsl.results import CommandResult, Failed, Succeeded


def _ended_red(leaf: LeafWork) -> Play:
    return Play(1.0, Returned(CommandResult(exit_code=1)))


def test_a_page_about_a_red_command_is_not_green() -> None:
    """A command that ended with another exit code than 0 is told in the verdict, which is not called done."""
    report = reported(dsl.Stage(dsl.Command("false")), _ended_red)
    assert _verdict(report) == '<p class="verdict">over, with 1 exit not 0</p>'
    assert _verdict(report) in to_html(report)


def test_the_most_at_once_is_not_told_of_what_is_left() -> None:
    """Of leaves that a drain let go the curve knows nothing: it does not claim what was the most at once."""
    began = [Event("started", f"m[{n}]", 1, 0.0) for n in range(10)]
    ended = [Event("ended", f"m[{n}]", 1, 5.0, Succeeded(1)) for n in range(10)]
    saved = Event("saved", "m", 0, 5.0, (8, tuple(f"m[{n}]" for n in range(8))))
    texts = "".join(Drawn.of(to_gantt(Report.of([*began, *ended, saved]))).root.itertext())
    assert "10 done" in texts
    assert "2 at most" not in texts
    assert "10 at most" in "".join(Drawn.of(to_gantt(Report.of([*began, *ended]))).root.itertext())


def _waited_for(attempt: int) -> list[Event]:
    """Give one of many attempts; the fifth hundredth is the one that something else waits for."""
    at, last = float(attempt), attempt == 2_000
    outcome = Succeeded(1) if last else Failed(ValueError(), ())
    return [Event("started", "x", attempt, at, None, None), Event("ended", "x", attempt, at + 1, outcome)]


def test_attempts_without_a_bar_are_on_the_critical_path_too() -> None:
    """The bar of several attempts is marked if the path goes through any of them, and no step counts as left out."""
    tries = [event for attempt in range(1, 2_001) for event in _waited_for(attempt)]
    after = [Event("started", "y", 1, 1_000.0, None, "x"), Event("ended", "y", 1, 3_000.0, Succeeded(1))]
    events = sorted([*tries, *after], key=lambda event: event.at)
    report = Report.of(events)
    assert [(step.address, step.attempt) for step in report.critical_path] == [("x", 999), ("y", 1)]
    drawn = Drawn.of(to_gantt(report))
    (several,) = [bar for bar in drawn.all("bar") if "attempts" in title_of(bar)]
    assert "on the critical path" in title_of(several)
    (link,) = [path for path in drawn.root.iter() if path.get("class", "").startswith("link")]
    assert "critical path to y" in title_of(link)


def test_each_cause_has_its_own_hatching() -> None:
    """What shades a wait is the pattern of its cause, in a lane and in a strip of thousands."""
    for few in (2, 200):
        for cause in HATCHES.keys() - {"draw"}:  # a map that waits for its source has no lane
            waits = [Event("waiting", f"a[{n}]", 0, 0.0, None, cause) for n in range(few)]
            starts = [Event("started", f"a[{n}]", 1, 4.0) for n in range(few)]
            drawn = to_gantt(Report.of([*waits, *starts], live=True, ended=9.0)).partition("</defs>")[2]
            assert set(re.findall(r'fill="url\(#\w+-(\w+)\)"', drawn)) == {cause}


def test_a_crowd_shows_where_leaves_failed() -> None:
    """A strip has a sign at the time of a failure, and none where all went well."""
    for error, signs in ((Failed(ValueError(), ()), 1), (Succeeded(1), 0)):
        crowd = Crowd("a", counts=Counter({"done": 1}), spans=[(0.0, 1.0)])
        crowd.add(Brief("a[1]", ended_as(error), error, ((0.0, 1.0),), ()))
        drawn = "".join(draw_crowd(Paint("light"), crowd, Scale(0.0, 2.0, 0.0, 100.0), 50.0))
        assert drawn.count(STATES["failed"].d) == signs


def test_rules_of_the_sheet_have_no_weight() -> None:
    """Each rule of a chart stands under :where, so that a rule for one id always wins."""
    sheet = to_gantt(Report.of([Event("started", "a", 1, 0.0)])).partition("<style>")[2].partition("</style>")[0]
    rules = [rule.rpartition("{")[0].rpartition("{")[2] for rule in sheet.split("}") if ":" in rule]
    assert rules
    assert all(rule.startswith(":where(") for rule in rules)
