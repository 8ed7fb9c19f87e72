"""Every conformance case comes out as it says, under twelve orders of trio's tasks."""

from __future__ import annotations

import json
import pathlib
import typing as t

import pytest
from adapter import run_case
from notation import deviations
from trio._core import _run

CASES = [json.loads(line) for line in (pathlib.Path(__file__).parent / "cases.jsonl").read_text().splitlines()]
SEEDS = 12


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_case(case: dict[str, t.Any]) -> None:
    """A case gives the same expected result whichever way trio shuffles its tasks."""
    for seed in range(1 if "big" in case.get("tags", []) else SEEDS):
        _run._r.seed(seed)
        assert deviations(case, run_case(case)) == []


def test_there_are_all_cases() -> None:
    """No case got lost."""
    assert len({case["id"] for case in CASES}) == 112
