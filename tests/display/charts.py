"""Reports of plans that are played in virtual time, and pictures taken apart."""

from __future__ import annotations

import typing as t
import xml.etree.ElementTree as ET

import attrs
from random_plans import machine, played

import parallel_dsl as dsl
from parallel_dsl.events import Event
from parallel_dsl.machine import Fail, LeafWork, Play, Raised, Returned, Solo
from parallel_dsl.report import Report
from parallel_dsl.results import Failed

ERROR = ValueError("no good")
SVG = "{http://www.w3.org/2000/svg}"


def work(seconds: float, fails: int = 0) -> None:
    """Stand for a leaf that takes that long, and fails so often first."""


def leaf(seconds: float, fails: int = 0) -> dsl.Call[None]:
    return dsl.Call(work, seconds, fails)


def play(leaf: LeafWork) -> Play:
    """Play `work`."""
    seconds, fails = leaf.args
    return Play(seconds, Raised(ERROR) if leaf.attempt <= fails else Returned(leaf.attempt))


def reported(plan: dsl.Plan[t.Any], play: t.Callable[[LeafWork], Play] = play, *, until: float | None = None) -> Report:
    """Run a plan in virtual time; *until* then, if it is to be seen while it runs."""
    events: list[Event] = []
    solo = Solo(machine(plan), play, events.extend)
    solo.drive()
    if until is not None:
        return Report.of([e for e in events if e.at <= until], live=True, ended=until, plan=plan)
    end = solo.machine.outcome
    failure = Failed(end.error, end.errors) if isinstance(end, Fail) else None
    return Report.of(events, ended=solo.now, plan=plan, failure=failure, seed=0, run_id="run")


def at_random(plan: dsl.Plan[t.Any]) -> Report:
    """Run a random plan."""
    return reported(plan, played)


@attrs.frozen
class Drawn:
    """A chart, taken apart."""

    root: ET.Element

    @classmethod
    def of(cls, svg: str) -> Drawn:
        return cls(ET.fromstring(svg))

    def all(self, name: str) -> list[ET.Element]:
        """Give the groups of a class."""
        return [g for g in self.root.iter(f"{SVG}g") if name in g.get("class", "").split()]

    def bars(self) -> dict[tuple[str, int], ET.Element]:
        return {(b.get("data-address", ""), int(b.get("data-attempt", 0))): b for b in self.all("bar")}


def extent(group: ET.Element) -> tuple[float, float]:
    """Give left and width of the first rectangle in it."""
    rect = group.find(f"{SVG}rect")
    assert rect is not None
    return float(rect.get("x", 0)), float(rect.get("width", 0))


def title_of(element: ET.Element) -> str:
    title = element.find(f"{SVG}title")
    assert title is not None
    return title.text or ""
