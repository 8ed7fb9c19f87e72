"""The tiles of a map stand in the order of the plan, each with the state of its item, also in maps of maps."""

from __future__ import annotations

import typing as t
from xml.etree import ElementTree as ET

import pytest

import parallel_dsl as dsl
from parallel_dsl import Agent, All, Command, Event, Report, Settled, Stage, Succeeded, item, ref, run, to_svg, to_text
from parallel_dsl.graph import outline, standings

SVG = "{http://www.w3.org/2000/svg}"


def some(task: int = 0) -> int:
    return 1 // (task % 3)


def told(plan: dsl.Plan[t.Any], fn: t.Any = some, **options: t.Any) -> Report:
    """Give the report of a run, which may fail."""
    try:
        run(plan, agents={"*": fn}, **options)
    except Exception as error:
        return dsl.report_of(error)
    return dsl.last_report()


def tiles(plan: dsl.Plan[t.Any], report: Report | None) -> dict[str, list[str]]:
    """Give what the tiles of each map tell, by its address."""
    root = ET.fromstring(to_svg(plan, report))
    found = {}
    for box in root.iter(f"{SVG}g"):
        said = [r.findtext(f"{SVG}title") or "" for r in box.findall(f"{SVG}rect") if r.find(f"{SVG}title") is not None]
        found[box.get("data-address", "")] = said
    return {address: said for address, said in found.items() if said}


def test_tiles_of_an_inner_map_are_those_of_all_outer_items() -> None:
    """A map in a map has a tile for each item of each outer item, in order, with its own state."""
    plan = All.map(Settled.map(Agent("a", item), over=[3, 4]), over=[1, 2, 5])
    report = told(plan)
    assert tiles(plan, report) == {
        "": ["item 0 · failed", "item 1 · failed", "item 2 · failed"],
        "*": [f"item {i} of item {o} · {'done' if i else 'failed'}" for o in range(3) for i in range(2)],
    }
    assert list(standings(outline(plan), report)["*"].items) == [f"[{o}][{i}]" for o in range(3) for i in range(2)]


def test_what_is_not_heard_of_keeps_its_place() -> None:
    """An item that waits stands where it will run, whatever was heard of first."""
    plan = Stage(x=All.map(All.map(Agent("a", item), over=[1, 2]), over=[1, 2]))
    live = Report.of([Event("started", "x[1][0]", 1, 0.0), Event("started", "x[0][1]", 1, 0.0)], live=True)
    assert [said.partition(" · ")[2] for said in tiles(plan, live)["x.*"]] == [
        "waiting",
        "running",
        "running",
        "waiting",
    ]


def test_an_address_far_away_makes_no_tiles_in_between() -> None:
    """A report that tells of the item with the number 10^15 has one tile for it."""
    events = [Event("started", "x[1]", 1, 0.0), Event("started", f"x[{10**15}]", 1, 0.0)]
    plan = Stage(s=Agent("s"), x=All.map(Agent("a", item), over=ref.s))
    for over in (plan, Stage(x=All.map(Agent("a", item), over=[1, 2]))):
        assert len(tiles(over, Report.of(events, live=True))["x"]) == 3


def test_a_map_over_a_dict_has_the_order_of_its_keys() -> None:
    """Tiles of named items stand as they were written, not as they came to run; without a report they are named too."""
    plan = Settled.map(Agent("a", item), over={"z": 0, "a b": 1, "c": 3})
    assert tiles(plan, None) == {"": ["z", '["a b"]', "c"]}
    ended = [Event("ended", a, 1, 1.0, Succeeded(1)) for a in ("c", "z")]
    late = Report.of([*(Event("started", a, 1, 0.0) for a in ("c", '["a b"]', "z")), *ended], live=True)
    assert tiles(plan, late) == {"": ["z · done", '["a b"] · running', "c · done"]}


DRAINED: list[tuple[dsl.Plan[t.Any], list[str], int]] = [
    (Settled.map(Agent("a", item), over=[0, 1, 2, 3]).batch(2).drain(len), ["saved"] * 4, 4),
    (Settled.map(Agent("a", item), over=[1, 2]).drain(len), ["done"] * 2, 2),
    (All.map(Agent("a", item), over=[1, 1, 0]).batch(1).drain(len), ["done", "done", "failed"], 3),
    (All.map(Command("x"), over=[1, 2]).drain(len), ["saved"] * 2, 2),
    (All.map(All(Agent("a", item), Agent("a", 1)), over=[1, 4]).drain(len), ["done"] * 2, 4),
    (All.map(Settled(Agent("a", item), Agent("a", 1)), over=[0, 4]).drain(len), ["saved"] * 2, 4),
    (All.map(Settled.map(Agent("a", item), over=[0, 1]), over=[0, 4]).drain(len), ["saved"] * 2, 4),
]


@pytest.mark.parametrize(("plan", "states", "leaves"), DRAINED)
def test_what_a_drain_has_let_go_is_green_only_if_it_is_sure(
    plan: dsl.Plan[t.Any], states: list[str], leaves: int
) -> None:
    """Items that were saved come first; one that may have failed or ended red is saved, and none is forgotten."""
    report = told(plan, fakes={"*": dsl.CommandResult(exit_code=1)} if "Command" in repr(plan) else None)
    assert [said.rpartition(" · ")[2] for said in tiles(plan, report)[""]] == states
    assert f", {leaves} leaves, " in to_svg(plan, report)[:300]
    assert standings(outline(plan), report)[""].size == leaves


def test_a_drain_in_a_map_tells_of_the_items_around_it() -> None:
    """An item whose leaves were all let go has not never started."""
    plan = All.map(Settled.map(Agent("a", item), over=[0, 1]).batch(1).drain(len), over=[1, 2])
    found = tiles(plan, told(plan))
    assert [said.partition(" · ")[2] for address in ("", "*") for said in found[address]] == ["saved"] * 6
    assert to_text(plan, told(plan)).splitlines()[1].endswith("✓ 4 saved")
