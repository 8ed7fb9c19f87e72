"""A plan as a picture: well-formed, inert, bounded, the same each time, and nothing lies on anything else."""

from __future__ import annotations

import itertools
import random
import time
import typing as t
from xml.etree import ElementTree as ET

import pytest
from hostile import HOSTILE, everywhere, failed
from plans_with_refs import pictured_plan
from random_plans import random_plan

import parallel_dsl as dsl
from parallel_dsl import (
    Agent,
    All,
    Any,
    Command,
    CommandResult,
    Event,
    Failed,
    Fallback,
    PlanError,
    Race,
    Report,
    Settled,
    Stage,
    Succeeded,
    Value,
    item,
    last_report,
    ref,
    run,
    to_svg,
)
from parallel_dsl.graph import outline
from parallel_dsl.graph._arrows import route
from parallel_dsl.graph._boxes import Arrow, Box, Picture
from parallel_dsl.graph._draw import path
from parallel_dsl.graph._fold import BOXES, TILES, fold
from parallel_dsl.graph._layout import lay_out
from parallel_dsl.graph._lines import took
from parallel_dsl.graph._palette import DARK, LIGHT
from parallel_dsl.graph._xml import fit, text_width

SVG = "{http://www.w3.org/2000/svg}"
PLAN = Stage(
    analyses=All(bugs=Agent("debugger", "analyze"), perf=Agent("profiler", "analyze")),
    fixes=Settled(
        bugs=Agent("qa-engineer", "fix", context=ref.analyses.bugs),
        perf=Agent("engineer", "optimize", context=ref.analyses.perf),
    )
    .retry(attempts=3)
    .limit(2),
    checks=All(lint=Command("npm run lint"), test=Command("npm test")),
).timeout(600)
ALLOWED = {"svg", "title", "desc", "style", "g", "rect", "path", "text", "circle"}

Element = ET.Element


def drawn(plan: dsl.Plan[t.Any], report: Report | None = None, **options: t.Any) -> Element:
    return ET.fromstring(to_svg(plan, report, **options))


def boxes(root: Element) -> dict[str, Element]:
    return {g.attrib["data-address"]: g for g in root.iter(f"{SVG}g") if "data-address" in g.attrib}


def arrows(root: Element) -> list[tuple[str, str, int]]:
    found = [g.attrib for g in root.iter(f"{SVG}g") if "data-from" in g.attrib]
    return [(a["data-from"], a["data-to"], int(a.get("data-count", 1))) for a in found]


def words(box: Element) -> list[str]:
    return [text.text or "" for text in box.iter(f"{SVG}text")]


def told(box: Element) -> str:
    return box.findtext(f"{SVG}title") or ""


def placed(plan: dsl.Plan[t.Any], width: float = 940) -> tuple[Picture, list[Arrow]]:
    picture = fold(outline(plan))
    lay_out(picture, None, width)
    return picture, route(picture)


def test_a_box_for_each_part_and_an_arrow_for_each_reference() -> None:
    """Each address is one box with its words and a title, each reference one arrow from box to box."""
    root = drawn(PLAN)
    found = boxes(root)
    assert list(found) == [part.address for part in outline(PLAN).parts]
    assert arrows(root) == [("analyses.bugs", "fixes.bugs", 1), ("analyses.perf", "fixes.perf", 1)]
    assert words(found["fixes.bugs"]) == ["bugs", 'qa-engineer "fix"']
    assert words(found["fixes"]) == ["fixes", "Settled", "limit 2", "retry ×3"]
    assert told(found["fixes"]) == "fixes: Settled · side by side, each outcome is recorded · limit 2 around retry ×3"
    assert told(found["checks.test"]) == "checks.test: $ npm test"
    titles = [told(g) for g in root.iter(f"{SVG}g") if "data-from" in g.attrib]
    assert titles == ["analyses.bugs → fixes.bugs", "analyses.perf → fixes.perf"]


def test_the_whole_is_an_image_with_a_name() -> None:
    """The drawing is one image to those who hear it: it has a name, a title and the plan in words."""
    root = drawn(PLAN)
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == root.findtext(f"{SVG}title") == "Plan: Stage, 6 leaves"
    assert 'fixes.bugs: qa-engineer "fix"' in (root.findtext(f"{SVG}desc") or "")
    assert all(told(box) for box in boxes(root).values())


def test_order_of_wrappers_is_seen() -> None:
    """A deadline around a retry is drawn otherwise than a retry around a deadline: the outermost is first."""
    plan = All(a=Agent("x").timeout(5).retry(3), b=Agent("x").retry(3).timeout(5))
    found = boxes(drawn(plan))
    assert words(found["a"]) == ["a", "x", "retry ×3", "timeout 5 s"]
    assert words(found["b"]) == ["b", "x", "timeout 5 s", "retry ×3"]
    assert "retry ×3 around timeout 5 s" in told(found["a"])


def test_groups_are_told_apart() -> None:
    """The four groups that run side by side, and the two that do not, are six different drawings."""
    groups = [kind(Agent("x"), Agent("y")) for kind in (All, Settled, Any, Race, Stage, Fallback)]
    shapes = set()
    for plan in groups:
        frame = drawn(plan)
        shapes.add(tuple((e.tag, e.get("d"), e.get("stroke-dasharray")) for e in frame.iter() if e.tag != f"{SVG}text"))
    assert len(shapes) == 6
    assert words(drawn(Fallback(Agent("x"), Agent("y")))).count("else") == 1


def test_the_text_is_the_same_each_time_and_ids_are_not_shared() -> None:
    """One plan gives one text; all ids begin with a prefix of that drawing, and no two are equal."""
    text = to_svg(PLAN)
    assert text == to_svg(PLAN)
    other = Stage(Agent("x"), Agent("y"))
    ids = [e.attrib["id"] for plan in (PLAN, other) for e in drawn(plan).iter() if "id" in e.attrib]
    assert len(ids) == len(set(ids)) > 10
    named = [e.attrib["id"] for e in drawn(PLAN, prefix="mine").iter() if "id" in e.attrib]
    assert named[0] == "mine"
    assert all(i.startswith("mine-n") for i in named[1:])
    assert "\0" not in text


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_any_name_is_inert_and_legible(name: str) -> None:
    """Whatever stands in a name, the drawing is XML 1.0 with the right boxes, and nothing of it is alive."""
    plan = everywhere(name)
    expected = len(outline(plan).parts)
    for report in (None, failed(plan, name)):
        text = to_svg(plan, report)
        root = ET.fromstring(text.encode())
        assert {e.tag.removeprefix(SVG) for e in root.iter()} <= ALLOWED
        assert not any(a.startswith("on") or "href" in a for e in root.iter() for a in e.attrib)
        assert sum("data-address" in e.attrib for e in root.iter()) == expected == 8
        assert len(arrows(root)) == 1
        assert len(text) < 62_000
        assert all(e.text for e in root.iter(f"{SVG}text"))


def test_secrets_are_hidden() -> None:
    """A label, a name and an error's text pass the redactor."""
    plan = All({"--token=abcdef1": Command("curl --token=abcdef2 x"), "b": Agent("b")})
    error = Event("ended", "b", 1, 1.0, Failed(ValueError("password=abcdef3"), ()))
    text = to_svg(plan, Report.of([Event("started", "b", 1, 0.0), error]))
    assert "abcdef" not in text
    assert text.count("***") >= 3


def test_nothing_comes_from_outside() -> None:
    """No script, no reference to anything, no font is loaded."""
    text = to_svg(PLAN)
    assert not any(word in text for word in ("<script", "href", "url(", "@import", "@font-face"))
    assert text.count("http") == 1  # the name of the format


def test_colours_are_attributes_and_a_sheet_for_the_dark() -> None:
    """Without a sheet the picture is the light one; the sheet knows the page's wish, and both kinds of notebooks."""
    root = drawn(PLAN)
    sheet = root.findtext(f"{SVG}style") or ""
    assert "@media (prefers-color-scheme:dark)" in sheet
    assert "body[data-jp-theme-light=false]" in sheet
    assert "body.vscode-dark" in sheet
    shapes = [e for e in root.iter() if e.tag in (f"{SVG}rect", f"{SVG}path", f"{SVG}text", f"{SVG}circle")]
    assert all("fill" in e.attrib for e in shapes)
    assert {e.attrib["fill"] for e in root.iter(f"{SVG}text")} <= {LIGHT.text, LIGHT.muted}


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_a_theme_that_is_said_needs_no_sheet(theme: t.Any) -> None:
    """A theme that is asked for is in the attributes alone."""
    root = drawn(PLAN, theme=theme.name)
    assert root.find(f"{SVG}style") is None
    assert {e.attrib["fill"] for e in root.iter(f"{SVG}text")} <= {theme.text, theme.muted}


def test_a_run_is_laid_over_the_plan() -> None:
    """A leaf has sign, colour, attempts, seconds and error; a frame counts its leaves."""
    events = [
        Event("started", "analyses.bugs", 1, 0.0),
        Event("started", "analyses.perf", 1, 0.0),
        Event("ended", "analyses.bugs", 1, 1.0, Failed(KeyError("k"), ())),
        Event("started", "analyses.bugs", 2, 2.0),
        Event("ended", "analyses.bugs", 2, 3.5, Succeeded(1)),
        Event("ended", "analyses.perf", 1, 4.0, Failed(ValueError("no <such> file"), ())),
    ]
    root = drawn(PLAN, Report.of(events))
    found = boxes(root)
    assert words(found["analyses.bugs"])[-1] == "2× 2.5 s"
    assert told(found["analyses.perf"]).endswith("failed · 4.0 s · ValueError: no <such> file")
    assert words(found["analyses"])[-2:] == ["1", "1"]
    assert {a: found[a].get("data-state") for a in found if a.count(".")} == {
        "analyses.bugs": "done",
        "analyses.perf": "failed",
        "fixes.bugs": "never started",
        "fixes.perf": "never started",
        "checks.lint": "never started",
        "checks.test": "never started",
    }
    assert root.attrib["aria-label"] == "Plan: Stage, 6 leaves, 1 failed, 4 never started, 1 done, as a whole failed"


def test_red_is_never_green() -> None:
    """A command that ended with another exit code than 0 has no green in it; one with 0 has."""
    red, green = CommandResult(exit_code=3), CommandResult(exit_code=0)
    run(All(a=Command("a"), b=Command("b")), fakes={"a": red, "b": green})
    found = boxes(drawn(All(a=Command("a"), b=Command("b")), last_report()))
    colours = {a: {e.get(k) for e in found[a].iter() for k in ("fill", "stroke")} for a in "ab"}
    assert LIGHT.states["done"] not in colours["a"]
    assert LIGHT.states["done"] in colours["b"]
    assert told(found["a"]).endswith("exit code 3")


def tiles(box: Element) -> list[str]:
    return [told(rect) for rect in box.iter(f"{SVG}rect") if rect.find(f"{SVG}title") is not None]


def test_a_map_is_its_template_and_a_tile_for_each_item() -> None:
    """A map is drawn once; its items are tiles, and with a report each has its state."""
    plan = Stage(scan=Agent("scan"), all=Settled.map(Agent("r", item), over=list(range(9))))
    box = boxes(drawn(plan))["all"]
    assert words(box) == ["all", "Settled", "each of 9 items"]
    assert tiles(box) == [f"item {i}" for i in range(9)]

    def some(task: int) -> int:
        return 1 // (task - 2)

    run(plan, agents={"scan": lambda: 1, "r": some})
    found = boxes(drawn(plan, last_report()))
    fills = [r.get("fill") for r in found["all"].iter(f"{SVG}rect") if r.find(f"{SVG}title") is not None]
    assert fills == [LIGHT.states["failed" if i == 2 else "done"] for i in range(9)]
    assert tiles(found["all"]) == [f"item {i} · {'failed' if i == 2 else 'done'}" for i in range(9)]
    assert words(found["all.*"])[1:] == ["1", "8"]
    unknown = boxes(drawn(Stage(scan=Agent("scan"), all=All.map(Agent("r", item), over=ref.scan.files))))["all"]
    assert words(unknown) == ["all", "All", "each item of scan.files"]
    assert tiles(unknown) == []


def test_a_tile_of_many_has_the_worst_state() -> None:
    """More items than tiles share them, and one that failed is seen."""
    plan = Settled.map(Agent("r", item), over=list(range(3_000)))

    def some(task: int) -> int:
        return 1 // (task - 1_234)

    run(plan, agents={"r": some})
    found = tiles(boxes(drawn(plan, last_report()))[""])
    assert len(found) == TILES
    assert [text for text in found if "done" not in text] == ["1230 to 1234 · failed"]


def test_items_that_a_drain_has_let_go_are_done() -> None:
    """A report that holds no entry of what was saved shows it as done."""
    plan = All.map(Agent("r", item), over=list(range(40))).batch(10).drain(len)
    run(plan, agents={"r": lambda task: task})
    assert {text.partition(" · ")[2] for text in tiles(boxes(drawn(plan, last_report()))[""])} == {"done"}


def test_references_into_what_is_folded_end_at_it() -> None:
    """Arrows between the same two boxes that fold others are one, with their number."""
    plan = Stage(
        scan=Agent("scan"),
        work=All(*(Settled(Agent("w", ref.scan), Agent("w", ref.scan.files)) for _ in range(300))),
        end=Agent("w", ref.work),
    )
    assert arrows(drawn(plan)) == [("scan", "work", 600), ("work", "end", 1)]
    twice = Stage(a=Agent("a"), b=Agent("b", ref.a.x, y=ref.a.y))
    assert arrows(drawn(twice)) == [("a", "b", 1), ("a", "b", 1)]


def nested(width: int, depth: int) -> dsl.Plan[t.Any]:
    plan: dsl.Plan[t.Any] = Agent("x")
    for _ in range(depth):
        plan = All([plan] * width)
    return plan


@pytest.mark.parametrize(
    ("width", "depth"),
    [(10_000, 1), (100, 2), (21, 3), (8, 4), (3, 8), (1, 5_000)],
)
def test_size_is_bounded_by_the_fold(width: int, depth: int) -> None:
    """However many leaves there are and however they are grouped, boxes, tiles and text are bounded."""
    text = to_svg(nested(width, depth))
    assert len(boxes(ET.fromstring(text))) <= BOXES + 1
    assert text.count("<rect") < 3_000
    assert len(text) < 300_000


def test_time_and_size_of_a_map_do_not_grow_with_its_items() -> None:
    """A million items make no longer text than ten thousand, and take no longer to be drawn."""
    small, large = (All.map(Agent("r", item), over=list(range(n))) for n in (10_000, 1_000_000))
    assert len(to_svg(large)) < 1.1 * len(to_svg(small))
    began = time.process_time()
    to_svg(large)
    assert time.process_time() - began < 0.2


def test_deep_plans_are_drawn() -> None:
    """5,000 levels with arrows on each are drawn without recursion, what is too deep as a count."""
    plan: dsl.Plan[object] = Agent("a")
    for _ in range(5_000):
        plan = Stage(a=plan, b=Agent("b", ref.a)).timeout(9)
    root = drawn(plan)
    assert any("4,990 levels" in word for box in boxes(root).values() for word in words(box))
    assert len(arrows(root)) == 10


def inside(child: Box, parent: Box) -> bool:
    across = parent.x <= child.x and child.right <= parent.right + 0.01
    return across and parent.y <= child.y and child.y + child.h <= parent.y + parent.h + 0.01


def apart(a: Box, b: Box) -> bool:
    return a.right <= b.x + 0.01 or b.right <= a.x + 0.01 or a.y + a.h <= b.y + 0.01 or b.y + b.h <= a.y + 0.01


def around(box: Box | None) -> set[int]:
    found = set()
    while box is not None:
        found.add(box.number)
        box = box.parent
    return found


def through(arrow: Arrow, box: Box) -> bool:
    """Tell whether an arrow runs through a box."""
    for (x, y), (u, v) in itertools.pairwise(arrow.points):
        across = min(x, u) < box.right - 0.5 and box.x + 0.5 < max(x, u)
        if across and min(y, v) < box.y + box.h - 0.5 and box.y + 0.5 < max(y, v):
            return True
    return False


def some_plan(seed: int) -> dsl.Plan[t.Any]:
    r = random.Random(seed)
    return pictured_plan(r, 3) if seed % 3 else random_plan(r, 4, ties=True)


@pytest.mark.parametrize("seed", range(150))
def test_nothing_lies_on_anything_else(seed: int) -> None:
    """Boxes are inside their frames and apart from each other, lines fit, arrows pass no box that is not theirs."""
    plan = some_plan(seed)
    assert len(boxes(drawn(plan))) == len(outline(plan).parts)
    picture, found = placed(plan)
    for box in picture.boxes:
        assert box.line.width <= box.w + 0.01
        assert box.parent is None or inside(box, box.parent)
        assert all(apart(a, b) for a, b in itertools.combinations(box.children, 2))
    for arrow in found:
        ends = around(arrow.source) | around(arrow.target)
        assert not [box for box in picture.boxes if box.part and box.number not in ends and through(arrow, box)]


@pytest.mark.parametrize("seed", range(0, 150, 3))
def test_arrows_begin_and_end_at_their_boxes(seed: int) -> None:
    """An arrow leaves its source at the right and enters its target at the left, in steps that are level or upright."""
    for arrow in placed(some_plan(seed))[1]:
        begin, end = arrow.points[0], arrow.points[-1]
        assert begin[0] == arrow.source.right
        assert end[0] in (arrow.target.x, arrow.target.right)  # the right edge of a frame that holds the source
        assert arrow.source.y < begin[1] < arrow.source.y + arrow.source.h
        assert arrow.target.y < end[1] < arrow.target.y + arrow.target.h
        assert all(abs(x - u) < 0.01 or abs(y - v) < 0.01 for (x, y), (u, v) in itertools.pairwise(arrow.points))


def segments(arrow: Arrow) -> list[tuple[bool, float, float, float]]:
    """Give each straight piece: whether it is level, where it stands, from where to where it runs."""
    pieces = []
    for (x, y), (u, v) in itertools.pairwise(arrow.points):
        level = abs(y - v) < 0.01
        begin, end = sorted((x, u) if level else (y, v))
        pieces.append((level, y if level else x, begin, end))
    return pieces


def on_one_another(one: Arrow, other: Arrow) -> bool:
    """Tell whether two arrows run so close beside each other that they look like one."""
    return any(
        a[0] == b[0] and abs(a[1] - b[1]) < 2 and min(a[3], b[3]) - max(a[2], b[2]) > 2
        for a in segments(one)
        for b in segments(other)
    )


@pytest.mark.parametrize("seed", range(100))
def test_arrows_can_be_followed(seed: int) -> None:
    """Arrows of different sources never run on one another: each has a lane of its own."""
    _, found = placed(pictured_plan(random.Random(seed), 3))
    pairs = itertools.combinations(found, 2)
    assert [(a.source, b.source) for a, b in pairs if a.net != b.net and on_one_another(a, b)] == []


@pytest.mark.parametrize("count", [1, 2, 3, 7, 30])
def test_many_arrows_end_beside_each_other(count: int) -> None:
    """A box that gathers many is as high as their heads need; beyond a dozen they stand closer, inside of it."""
    names = [f"a{i}" for i in range(count)]
    plan = Stage(found=All({name: Agent("x") for name in names}), end=Agent("y", all=[ref.found[n] for n in names]))
    picture, arrows_ = placed(plan)
    end = picture.boxes[-1]
    ys = sorted(a.points[-1][1] for a in arrows_ if a.uses)
    assert len(ys) == count
    assert all(end.y < y < end.y + end.h for y in ys)
    assert all(v - y >= (6 if count <= 12 else 1) for y, v in itertools.pairwise(ys))


@pytest.mark.parametrize("count", [1, 6, 30])
def test_a_stage_wraps_at_the_width(count: int) -> None:
    """Stages break into rows, so that the picture is no wider than was asked for."""
    for width in (400, 900):
        root = drawn(Stage(*(Agent("worker", f"step {i}") for i in range(count))), width=width)
        assert float(root.attrib["width"]) <= width


def test_options_are_judged() -> None:
    """What is no plan, theme, width or prefix is refused with what was expected."""
    wrong: list[tuple[t.Any, dict[str, t.Any], str]] = [
        (PLAN, {"theme": "blue"}, "expected 'light', 'dark' or None"),
        (PLAN, {"width": True}, "expected pixels"),
        (PLAN, {"width": 3}, "expected pixels"),
        (PLAN, {"prefix": "1 x"}, "a letter first"),
    ]
    for plan, options, said in wrong:
        with pytest.raises(PlanError, match=said):
            to_svg(plan, **options)
    with pytest.raises((PlanError, TypeError), match="to_svg"):
        to_svg(t.cast("t.Any", "a plan"))


def test_a_hostile_error_does_not_disturb_the_picture() -> None:
    """An error whose own text raises is told by its class."""

    class Broken(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    events = [Event("started", "", 1, 0.0), Event("ended", "", 1, 1.0, Failed(Broken(), ()))]
    assert "Broken" in told(boxes(drawn(Agent("x"), Report.of(events)))[""])


def test_texts_are_cut_to_their_room() -> None:
    """A cut text is never wider than its room, whatever it holds."""
    for text in ("performance-engineer", "漢字かな交じり文", "mmmmWWWW@@@@", "iiiiiii", "👩‍👩‍👧‍👦 family"):
        for width in (20, 37.5, 60):
            assert text_width(fit(text, width, 12), 12) <= width
            assert text_width(fit(text, width, 12, bold=True), 12, bold=True) <= width


def test_durations_and_paths() -> None:
    """Durations have few digits; a path without a bend is a straight line."""
    assert [took(s) for s in (0, 0.0996, 0.996, 59.94, 59.96, 3_599.6)] == [
        "0 ms",
        "0.1 s",
        "1 s",
        "59.9 s",
        "1 min",
        "1 h",
    ]
    assert path([(0, 0), (9, 0)]) == "M0 0L9 0"


def test_values_and_empty_groups_are_drawn() -> None:
    """A group without children and a constant have their box too."""
    found = boxes(drawn(Stage(none=All(), constant=Value(3), map=Settled.map(Agent("x", item), over=[]))))
    assert words(found["none"]) == ["none", "All", "nothing"]
    assert words(found["constant"]) == ["constant", "= 3"]
    assert words(found["map"])[2] == "each of 0 items"


def test_the_picked_child_is_marked() -> None:
    """The child whose value a group gives alone says so, by name or by position."""
    named = boxes(drawn(Stage(a=Agent("x"), b=Agent("y"), c=Agent("z")).pick("b")))
    assert [words(named[a])[-1] for a in "abc"] == ["x", "picked", "z"]
    placed_ = boxes(drawn(All(Agent("x"), Agent("y")).pick(-1).timeout(3)))
    assert [words(placed_[a])[-1] for a in ("[0]", "[1]")] == ["x", "picked"]
    assert words(placed_[""]) == ["All", "timeout 3 s", "pick -1"]


def test_a_name_that_looks_like_a_position_is_shown() -> None:
    """A name is drawn whatever it is; a position is not, the order tells it."""
    found = boxes(drawn(All({"[0]": Agent("x"), "*": Agent("y")})))
    assert [words(box)[:2] for box in found.values()] == [["All"], ["[0]", "x"], ["*", "y"]]
    assert words(boxes(drawn(All(Agent("x"))))["[0]"]) == ["x"]


def test_groups_of_one_size_are_folded_alike() -> None:
    """Where the room ends, no group is opened while another like it is folded."""
    found = boxes(drawn(nested(8, 4)))
    assert len(found) == 1 + 8 + 64
    assert {g.attrib["class"] for a, g in found.items() if a.count("[") == 2} == {"n folded"}


@pytest.mark.parametrize("kind", [All, Settled, Any, Race])
def test_groups_of_any_size_are_drawn(kind: t.Any) -> None:
    """Whatever the last row of a grid holds, each child has its box, up to the number that makes tiles."""
    for count in range(1, 42):
        root = drawn(kind(*(Agent("w") for _ in range(count))))
        assert len(boxes(root)) == (1 + count if count <= 40 else 1)
    for count in range(1, 9):
        root = drawn(kind(*(All(Agent("x"), Agent("y"), Agent("z")) for _ in range(count))))
        assert len(boxes(root)) == 1 + 4 * count
