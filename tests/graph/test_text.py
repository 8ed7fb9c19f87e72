"""A plan as a tree of text: what it says, what it leaves out, and that no name breaks a line of it."""

from __future__ import annotations

import typing as t

import pytest
from hostile import HOSTILE, everywhere, failed
from plans import PLANS
from runs import readme_run, some_items_fail
from snapshot import FOLDER, same

import parallel_dsl as dsl
from parallel_dsl import Agent, All, Call, Event, PlanError, Report, Settled, Stage, Value, item, ref
from parallel_dsl.graph import outline, to_text
from parallel_dsl.graph._text import columns
from parallel_dsl.wording import clean


@pytest.mark.parametrize("name", PLANS)
def test_the_plans_of_the_brief(name: str) -> None:
    """Their trees are those of the files."""
    same(to_text(PLANS[name]), f"{name}.txt")


def test_no_file_is_left_over() -> None:
    """Each file is one that a test compares with."""
    plans = {f"{name}.{kind}" for name in PLANS for kind in ("txt", "mmd", "dot")}
    runs = {f"readme run.{kind}" for kind in ("txt", "ascii.txt", "mmd", "dot")}
    assert {file.name for file in FOLDER.iterdir()} == plans | runs | {"readme.ascii.txt", "1,000 items.txt"}


def test_the_readme_in_ascii() -> None:
    """The same tree is drawn with ASCII only."""
    same(to_text(PLANS["readme"], ascii=True), "readme.ascii.txt")


def test_a_run_of_the_readme() -> None:
    """State, attempts, seconds and errors stand in a column of their own; secrets do not."""
    report = readme_run()
    same(to_text(PLANS["readme"], report), "readme run.txt")
    same(to_text(PLANS["readme"], report, ascii=True, width=70), "readme run.ascii.txt")
    assert "abcdef123456" not in to_text(PLANS["readme"], report, width=300)


def test_what_went_wrong_is_never_folded_away() -> None:
    """Of 1,000 children some that failed are among those shown, and of a map the first item that failed is named."""
    plan, report = some_items_fail()
    text = to_text(plan, report)
    same(text, "1,000 items.txt")
    assert [n for n in (299, 599, 899) if f"[{n}]: f {n} " in text] == [299, 599, 899]
    assert "first mapped[299] ZeroDivisionError" in to_text(plan, report, width=140)


def test_the_order_of_wrappers_is_seen() -> None:
    """The outermost wrapper is the first, so that a deadline around a retry differs from one inside of it."""
    assert to_text(Agent("a").timeout(5).retry(3)) == "a  retry ×3, timeout 5 s"
    assert to_text(Agent("a").retry(3).timeout(5)) == "a  timeout 5 s, retry ×3"
    assert to_text(Stage(a=Agent("a"), b=Agent("b", ref.a).retry())).splitlines()[2] == "└─ b: b  ← a   retry ×3"


def test_maps_tell_their_items() -> None:
    """The template stands under ``*``, and the map tells how many items there are, or where they come from."""

    def read() -> list[int]:
        return []

    def first(over: t.Any) -> str:
        return to_text(Stage(scan=Agent("s"), m=All.map(Agent("a", item.x), over=over))).splitlines()[2]

    assert first(list(range(10_000))) == "└─ m: All  each of 10,000 items"
    assert first({"one": 1}) == "└─ m: All  each of 1 named item"
    assert first(ref.scan.files) == "└─ m: All  each of scan.files"
    assert first(read) == "└─ m: All  each of read()"
    nested = All.map(Settled.map(Agent("b", item), over=item.files), over=[1, 2])
    assert to_text(nested).splitlines()[1:] == ["└─ *: Settled  each of item.files", "   └─ *: b item"]


def test_arrows_are_counted_when_there_are_many() -> None:
    """Each reference is told once, the first four by name, and the name of `.given` that it comes through."""
    names = [f"n{i}" for i in range(9)]
    plan = Stage({**{n: Value(1) for n in names}, "end": Call(print, *[ref[n] for n in names], ref.n0)})
    assert to_text(plan).splitlines()[-1] == "└─ end: print()  ← n0, n1, n2, n3 and 5 more"
    assert to_text(Stage(a=Value(1), b=Agent("b", ref.x).given(x=ref.a.y))).splitlines()[2].startswith(
        "└─ b: b  ← a.y as x"
    )


def test_a_wide_group_is_folded() -> None:
    """Of 1,000 children the first nine and the last are shown, twelve are shown whole."""
    lines = to_text(All(Value(i) for i in range(1_000))).splitlines()
    assert lines[9:] == ["├─ [8]: = 8", "├─ ... 990 more", "└─ [999]: = 999"]
    assert len(to_text(All(Value(i) for i in range(12))).splitlines()) == 13


def test_a_deep_plan_is_folded() -> None:
    """Of 5,000 levels the first and the last are shown, and every part that is not is counted."""
    plan: dsl.Plan[object] = Agent("innermost")
    for _ in range(5_000):
        plan = Stage(a=plan, b=Agent("b", ref.a)).timeout(9)
    lines = to_text(plan).splitlines()
    note = next(line for line in lines if "..." in line)
    assert note.endswith("... 4,986 more levels, 9,973 parts")
    assert len(lines) - 1 + 9_973 == len(outline(plan).parts)
    assert any("a: innermost" in line for line in lines)
    assert max(map(len, lines)) < 100


def test_what_is_wide_and_deep_is_bounded() -> None:
    """Thousands of groups in groups take some hundred lines, and what is left out is counted."""
    plan: dsl.Plan[object] = Agent("a")
    for _ in range(9):
        plan = All(plan, plan, plan)
    lines = to_text(plan).splitlines()
    shown = [line for line in lines if "..." not in line]
    left_out = [line.partition("... ")[2].replace(",", "").split() for line in lines if "..." in line]
    assert len(shown) == 400
    assert sum(int(words[-2] if words[-1] == "parts" else words[0]) for words in left_out) + 400 == 29_524


def test_a_long_reason_hides_no_wrapper() -> None:
    """What one wrapper says is cut before another one is."""
    plan = Agent("a").retry(3).timeout(9).expect(bool, "a result that is of use to somebody who is in a hurry")
    assert to_text(plan) == "a  expect a result that is of use …, timeout 9 s, retry ×3"


def test_many_wrappers_are_counted() -> None:
    """Of thousands of wrappers the outermost and the innermost two are named."""
    plan = Agent("a").uses("gpu").timeout(1)
    for _ in range(5_000):
        plan = plan.limit(2)
    assert to_text(plan, width=200).endswith("limit 2, limit 2, ... 4,994 more, timeout 1 s, uses gpu")


@pytest.mark.parametrize("name", HOSTILE, ids=lambda name: ascii(name)[:30])
def test_hostile_names(name: str) -> None:
    """Each part is one line of at most that width, with the cleaned name; ASCII is ASCII; all can be written."""
    plan = everywhere(name)
    for report in (None, failed(plan, name)):
        for width in (20, 100, 10_000):
            lines = to_text(plan, report, width=width).split("\n")
            assert len(lines) == len("\n".join(lines).splitlines()) == 8
            assert max(map(columns, lines)) <= width
        assert all(clean(name, 60) in line for line in lines[1:3])
        "\n".join(lines).encode()
        plain = to_text(plan, report, ascii=True, width=60)
        assert plain.isascii()
        assert len(plain.splitlines()) == 8
        assert all(line.isprintable() for line in plain.splitlines())


def test_a_live_report_and_one_of_another_plan() -> None:
    """What runs and what waits is told; entries that the plan does not have are left out."""
    plan = Stage(a=Agent("a"), b=All(Agent("b"), All()))
    live = Report.of([Event("started", "a", 1, 0.0), Event("started", "z", 1, 0.0)], live=True)
    assert to_text(plan, live).splitlines() == [
        "Stage           ▶ 1 running, 1 waiting",
        "├─ a: a         ▶ running",
        "└─ b: All       … 1 waiting",
        "   ├─ [0]: b    … waiting",
        "   └─ [1]: All",
    ]


def test_what_is_no_plan_is_refused() -> None:
    """Neither a plan that is none, nor a report that is none, nor a width without room is drawn."""
    with pytest.raises(PlanError, match="to_text"):
        to_text(t.cast("t.Any", "plan"))
    with pytest.raises(PlanError, match="to_text: report is 'x', expected a Report; try last_report"):
        to_text(Agent("a"), t.cast("t.Any", "x"))
    for width in (19, True, 3.5, "9"):
        with pytest.raises(PlanError, match="to_text: width is"):
            to_text(Agent("a"), width=t.cast("t.Any", width))
