"""Rows about simulations: an hour of plan, and a leaf of one against a leaf of a run."""

from __future__ import annotations

import typing as t

from leaves import leaf
from measuring import Case, Setting, cpu, ratios

import parallel_dsl as dsl


def an_hour(setting: Setting) -> list[float]:
    """Two hundred agents of three minutes each, ten at a time."""
    plan = dsl.All.map(dsl.Agent("review", dsl.item), over=list(range(200))).limit(10)

    def hour() -> None:
        assert dsl.simulate(plan, 180.0).wall_seconds == 3600

    hour()
    return [cpu(hour) * 1000 for _ in range(setting.pairs)]


def against_run(setting: Setting) -> list[float]:
    """The same plan, whose leaves pass one checkpoint when they run."""
    plan: dsl.Plan[t.Any] = dsl.All.map(dsl.Call(leaf, dsl.item), over=list(range(10_000))).limit(16)
    return ratios(lambda: dsl.simulate(plan), lambda: dsl.run(plan), setting.pairs)


ROWS = [
    Case("simulate", "simulation of 200 agents, an hour of plan", "milliseconds", 50, an_hour, "ms"),
    Case("simulate-run", "simulation of 10,000 leaves, limit 16", "run, one checkpoint each", None, against_run),
]
