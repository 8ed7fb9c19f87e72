"""A Gantt chart tells what the report says: bars, waits as wide as they were long, the critical path."""

from __future__ import annotations

import random
import typing as t
from collections import Counter, defaultdict

import pytest
from charts import Drawn, at_random, extent, leaf, reported, title_of
from hostile import HOSTILE, everywhere, failed
from hypothesis import given, settings
from hypothesis import strategies as st
from random_plans import random_plan

import parallel_dsl as dsl
from parallel_dsl.display import to_gantt
from parallel_dsl.display._bars import LEAST
from parallel_dsl.display._gantt import Chart
from parallel_dsl.display._paint import NOBODY
from parallel_dsl.display._rows import MOST, Crowd
from parallel_dsl.events import Event
from parallel_dsl.graph import visible
from parallel_dsl.report import Report
from parallel_dsl.results import Abandoned, Cancelled, Failed, Succeeded

ERROR = ValueError("no good")
FAILED = Failed(ERROR, (ERROR,))
SMALL = st.integers(0, 10**9).map(lambda n: random_plan(random.Random(n), ties=n % 2 == 0, depth=2))


def shown(report: Report) -> Report | None:
    """Give a report if all of it has bars of its own."""
    many = len(report) > MOST or any(len(entry.attempts) > 12 for entry in report)
    return None if many else report


@settings(max_examples=200, deadline=None)
@given(SMALL)
def test_each_attempt_has_a_bar_where_its_times_are(plan: dsl.Plan[t.Any]) -> None:
    """There are as many bars as attempts, each begins where it started and is as wide as it took, but never unseen."""
    report = shown(at_random(plan))
    if report is None:
        return
    scale, bars = Chart(report, 940, None).scale, Drawn.of(to_gantt(report)).bars()
    tries = {(entry.address, a.number): a for entry in report for a in entry.attempts}
    assert bars.keys() == tries.keys()
    for key, attempt in tries.items():
        x, width = extent(bars[key])
        wide = scale.x(attempt.ended if attempt.ended is not None else report.ended) - scale.x(attempt.started)
        assert width == pytest.approx(max(LEAST, wide), abs=0.02)
        assert x == pytest.approx(min(scale.x(attempt.started), scale.right - LEAST), abs=0.02)


@settings(max_examples=200, deadline=None)
@given(SMALL)
def test_waits_are_as_wide_as_they_were_long(plan: dsl.Plan[t.Any]) -> None:
    """For each leaf and cause the hatched parts add up to the seconds that the report says."""
    report = shown(at_random(plan))
    if report is None:
        return
    scale = Chart(report, 940, None).scale
    found: dict[tuple[str, str], float] = defaultdict(float)
    for gap in Drawn.of(to_gantt(report)).all("gap"):
        found[gap.get("data-address", ""), gap.get("data-cause", "")] += extent(gap)[1]
    wanted = {(e.address, cause): s for e in report for cause, s in e.waits.items() if s > 0}
    assert found.keys() == wanted.keys()
    for key, seconds in wanted.items():
        assert found[key] / scale.width * scale.seconds == pytest.approx(seconds, abs=0.1 * scale.seconds / scale.width)


@settings(max_examples=200, deadline=None)
@given(SMALL)
def test_the_critical_path_is_marked(plan: dsl.Plan[t.Any]) -> None:
    """The bars with a thick line are those of the report's critical path, and links join one to the next."""
    report = shown(at_random(plan))
    if report is None:
        return
    drawn = Drawn.of(to_gantt(report))
    marked = {(b.get("data-address"), int(b.get("data-attempt", 0))) for b in drawn.all("critical")}
    assert marked == {(step.address, step.attempt) for step in report.critical_path}
    links = [p for p in drawn.root.iter() if "link" in p.get("class", "").split()]
    assert len(links) == max(0, len(report.critical_path) - 1)


def test_rounds_of_a_group_are_seen() -> None:
    """A pause of a group before its next round is hatched on the lanes that wait for it, and in the legend."""
    report = reported(dsl.Settled(a=leaf(1, 2), b=leaf(2)).retry(3, delay=2, factor=1, jitter=False))
    drawn = Drawn.of(to_gantt(report))
    scale = Chart(report, 940, None).scale
    pauses = [extent(g) for g in drawn.all("pause")]
    assert [(round((x - scale.left) / scale.width * 8, 2), round(w / scale.width * 8, 2)) for x, w in pauses] == [
        (2, 2),
        (5, 2),
    ]
    assert any("a group paused" in "".join(g.itertext()) for g in drawn.all("legend"))


def test_a_pause_ends_when_the_group_goes_on() -> None:
    """What comes later in a group that is repeated has the pause on its lane, and not what ran after it."""
    report = reported(dsl.Stage(a=leaf(1), b=leaf(1, 1)).retry(2, delay=2, jitter=False))
    scale = Chart(report, 940, None).scale
    for pause in Drawn.of(to_gantt(report)).all("pause"):
        x, width = extent(pause)
        assert (x - scale.left) / scale.width * 6 == pytest.approx(2, abs=0.01)
        assert width / scale.width * 6 == pytest.approx(2, abs=0.01)


def test_states_differ_without_colour() -> None:
    """Each state has a sign and a rim of its own, and its word in the title."""
    ends = [("ok", Succeeded(1)), ("bad", FAILED), ("cut", Cancelled()), ("left", Abandoned())]
    ends.append(("red", Succeeded(dsl.CommandResult(exit_code=2))))
    events = [Event("started", name, 1, 0.0) for name, _ in ends] + [Event("started", "on", 1, 0.0)]
    events += [Event("ended", name, 1, 4.0, outcome) for name, outcome in ends]
    bars = Drawn.of(to_gantt(Report.of(events, live=True, ended=5.0))).bars()
    looks, words = set(), []
    for (name, _), bar in bars.items():
        rect, *_ = [e for e in bar if e.tag.endswith("rect")]
        sign = next(e.get("d") for e in bar if e.tag.endswith("path") and e.get("transform"))
        looks.add((sign, rect.get("stroke-width"), rect.get("stroke-dasharray")))
        words.append((name, bar.get("data-state"), bar.get("data-state", "?") in title_of(bar)))
    assert len(looks) == len({sign for sign, _, _ in looks}) == 6
    assert {(name, state) for name, state, said in words if said} == {
        ("ok", "done"),
        ("bad", "failed"),
        ("cut", "cancelled"),
        ("left", "abandoned"),
        ("red", "red"),
        ("on", "running"),
    }


def test_the_title_of_a_bar_says_it_all() -> None:
    """Address, attempt, from, to, seconds, state and error are in the title, without secrets."""
    error = ValueError("token=abcdefgh is <wrong>")
    events = [Event("started", "a.b", 1, 0.5), Event("ended", "a.b", 1, 2.0, Failed(error, (error,)))]
    (bar,) = Drawn.of(to_gantt(Report.of(events))).bars().values()
    assert title_of(bar) == (
        "a.b, attempt 1, 500 ms to 2 s, 1.5 s, failed: ValueError('token=*** is <wrong>'), on the critical path"
    )


def test_a_run_that_goes_on_is_drawn_up_to_now() -> None:
    """What runs ends at the edge with an open end, what waits is hatched up to there, and both are in the legend."""
    plan = dsl.Settled(
        a=leaf(9), b=leaf(9).uses("q"), c=leaf(9).uses("q"), d=leaf(1, 1).retry(2, delay=9, jitter=False)
    )
    report = reported(plan, until=4.0)
    scale, drawn = Chart(report, 940, None).scale, Drawn.of(to_gantt(report))
    bars = drawn.bars()
    assert {key[0] for key, bar in bars.items() if bar.get("data-state") == "running"} == {"a", "b"}
    assert all(sum(extent(bars[name, 1])) == pytest.approx(scale.right, abs=0.02) for name in "ab")
    assert {(g.get("data-address"), g.get("data-cause")) for g in drawn.all("gap")} == {
        ("c", "resource"),
        ("d", "backoff"),
    }
    legend = " ".join("".join(g.itertext()) for g in drawn.all("legend"))
    assert "waited for a resource 4 s" in legend
    assert "backoff before a further attempt 3 s" in legend


def test_what_never_started_has_a_lane_that_says_so() -> None:
    """Leaves and groups that never started are named."""
    drawn = Drawn.of(to_gantt(reported(dsl.Stage(a=leaf(1, 1), b=leaf(1), c=dsl.All(x=leaf(1))))))
    assert ["never started" in "".join(g.itertext()) for g in drawn.all("lane")] == [False, True, True]


@pytest.mark.parametrize("plan", [dsl.Value(3), dsl.All(), leaf(0), leaf(1e-6), leaf(1e6)], ids=repr)
def test_runs_of_any_length(plan: dsl.Plan[t.Any]) -> None:
    """A value, nothing, an instant and a week are drawn, with an axis that begins at nothing."""
    drawn = Drawn.of(to_gantt(reported(plan)))
    report = reported(plan)
    assert len(drawn.bars()) == sum(len(entry.attempts) for entry in report)
    texts = [e.text or "" for e in drawn.root.iter() if e.tag.endswith("text")]
    assert any(text.startswith("0 ") for text in texts)


def test_an_empty_report_is_drawn() -> None:
    """Also a run of nothing has a picture that says so."""
    drawn = Drawn.of(to_gantt(Report.of([])))
    assert drawn.root.get("role") == "img"
    assert drawn.root.get("aria-label") == "When each leaf ran. 0 leaves in 0 s: nothing ran"


@pytest.mark.parametrize("name", HOSTILE, ids=lambda name: ascii(name[:20]))
def test_hostile_names_are_inert(name: str) -> None:
    """Whatever names and errors hold, it is well-formed XML with the right bars, and nothing but shapes and text."""
    report = failed(everywhere(name), name)
    drawn = Drawn.of(to_gantt(report))
    assert len(drawn.all("bar")) == len(report)
    assert len(drawn.all("lane")) == len(report)
    known = {"svg", "g", "rect", "path", "text", "tspan", "title", "style", "defs", "pattern"}
    assert {e.tag.rpartition("}")[2] for e in drawn.root.iter()} <= known
    assert {bar.get("data-address") for bar in drawn.all("bar")} == {visible(e.address, 400) for e in report}


def many(count: int, tries: int = 1) -> Report:
    """Give a report of so many leaves in one group, a few of them failed."""
    events = []
    for n in range(count):
        for k in range(1, tries + 1):
            at = (n // 16 * tries + k - 1) * 1.0
            events.append(Event("started", f"all[{n}]", k, at))
            last = k == tries and n % 1000 != 7
            events.append(Event("ended", f"all[{n}]", k, at + 1, Succeeded(1) if last else FAILED))
    return Report.of(events, ended=(count // 16 + 1) * tries * 1.0)


@pytest.mark.parametrize("count", [61, 1_000, 100_000])
def test_many_leaves_are_folded(count: int) -> None:
    """However many there are, 60 rows and 150 kB are enough, and each leaf is in one of them."""
    report = many(count)
    chart = Chart(report, 940, None)
    svg = chart.svg().replace(NOBODY, "g")
    assert len(svg) < 150_000
    assert len(chart.rows) <= MOST
    crowds = [row for row in chart.rows if isinstance(row, Crowd)]
    assert sum(sum(c.counts.values()) for c in crowds) + len(chart.rows) - len(crowds) == count
    (crowd,) = Drawn.of(svg).all("crowd")
    assert "at most" in "".join(crowd.itertext())
    assert " more" in "".join(crowd.itertext())


def test_many_attempts_are_folded() -> None:
    """Of a hundred thousand attempts of one leaf the first and the last have bars, the others one together."""
    svg = to_gantt(many(1, 100_000))
    bars = Drawn.of(svg).bars()
    assert len(bars) < 1_000
    assert len(svg) < 500_000
    assert {("all[0]", 1), ("all[0]", 2), ("all[0]", 100_000)} <= bars.keys()
    assert any("more attempts" in "".join(bar.itertext()) for bar in bars.values())


def test_a_fold_keeps_what_matters() -> None:
    """Failures and the critical path have lanes of their own also among thousands."""
    report = many(5_000)
    lanes = {g.get("data-address") for g in Drawn.of(to_gantt(report)).all("lane")}
    assert {f"all[{n}]" for n in (7, 1007, 2007, 3007, 4007)} <= lanes
    path = [step.address for step in report.critical_path]
    assert {*path[:10], *path[-10:]} <= lanes


def test_the_same_report_gives_the_same_picture() -> None:
    """A picture is a function of the report, so that it may be kept and compared; another report has other ids."""
    one, other = reported(dsl.All(a=leaf(1))), reported(dsl.All(a=leaf(2)))
    assert to_gantt(one) == to_gantt(reported(dsl.All(a=leaf(1))))
    assert Drawn.of(to_gantt(one)).root.get("id") != Drawn.of(to_gantt(other)).root.get("id")


def test_themes() -> None:
    """A theme that was chosen needs no sheet; without one the light colours stand on the elements, the dark in it."""
    report = reported(dsl.All(a=leaf(1), b=leaf(2, 1)))
    auto, light, dark = to_gantt(report), to_gantt(report, theme="light"), to_gantt(report, theme="dark")
    assert "<style>" in auto
    assert "<style>" not in light + dark
    fills = [Counter(e.get("fill") for e in Drawn.of(svg).root.iter() if e.get("fill")) for svg in (auto, light, dark)]
    assert fills[0] == fills[1] != fills[2]


@pytest.mark.parametrize("options", [{"width": 10}, {"width": True}, {"width": "9"}, {"theme": "blue"}])
def test_bad_options_are_refused(options: dict[str, t.Any]) -> None:
    """An option that is none is named, with what was expected."""
    with pytest.raises(dsl.PlanError, match="expected"):
        to_gantt(Report.of([]), **options)


def test_only_reports_are_drawn() -> None:
    """What is no report is refused with advice."""
    with pytest.raises(TypeError, match="last_report"):
        to_gantt(t.cast("Report", dsl.Value(1)))


def _labels(svg: str) -> list[str]:
    lanes = Drawn.of(svg).all("lane")
    texts = (next(e for e in lane.iter() if e.tag.endswith("}text")) for lane in lanes)
    return ["".join(part for part in text.itertext())[len(title_of(text)) :] for text in texts]


def test_a_label_is_whole_where_it_fits() -> None:
    """The column of addresses is as wide as the widest, up to a limit; siblings are told apart by whole labels."""
    plan = dsl.All(answer=dsl.All(opus=leaf(1), gpt=leaf(2)))
    assert _labels(to_gantt(reported(plan))) == ["answer.opus", "answer.gpt"]


@pytest.mark.parametrize("width", [320, 600, 940])
def test_a_label_is_cut_at_one_place(width: int) -> None:
    """What has no room is cut once, with an ellipsis that no dot follows."""
    names = ["x" * n for n in (1, 9, 20, 33, 60)]
    plan = dsl.Stage(**{outer: dsl.All(**{inner: leaf(1) for inner in names}) for outer in names})
    for label in _labels(to_gantt(reported(plan), width=width)):
        assert label.count("…") <= 1
        assert "…." not in label
