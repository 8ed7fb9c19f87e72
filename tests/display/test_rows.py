"""Rows are a partition of the leaves: none is lost, none is twice, and there are never too many."""

from __future__ import annotations

import random
from collections import Counter

from hostile import HOSTILE
from hypothesis import given, settings
from hypothesis import strategies as st

from parallel_dsl.display._rows import Crowd, Lane, parent_of, rows_of
from parallel_dsl.events import Event
from parallel_dsl.plan._address import join
from parallel_dsl.report import Report
from parallel_dsl.results import Failed, Succeeded

ERROR = ValueError("no good")


def tree(seed: int) -> list[str]:
    """Give addresses of the leaves of a random tree, in random order."""
    r = random.Random(seed)
    line, leaves = [("", 0)], list[str]()
    while line and len(leaves) < 400:
        address, depth = line.pop()
        for n in range(r.choice([1, 2, 3, 8, 40, 120])):
            keys: list[str | int] = [n, f"n{n}", f'odd "{n}].']
            child = join(address, r.choice(keys))
            if depth < 3 and r.random() < 0.3:
                line.append((child, depth + 1))
            else:
                leaves.append(child)
    r.shuffle(leaves)
    return leaves


def report_of(leaves: list[str]) -> Report:
    events = [Event("started", a, 1, float(n)) for n, a in enumerate(leaves)]
    good, bad = Succeeded(1), Failed(ERROR, (ERROR,))
    ends = [Event("ended", a, 1, n + 900.0, bad if n % 50 == 3 else good) for n, a in enumerate(leaves)]
    return Report.of([*events, *ends])


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**9), st.integers(5, 80))
def test_rows_are_a_partition(seed: int, most: int) -> None:
    """Each leaf has a lane or is counted in the crowd of a group around it; rows are few."""
    report = report_of(tree(seed))
    rows = rows_of(report, [], most)
    assert len(rows) <= most
    lanes = [row.address for row in rows if isinstance(row, Lane)]
    crowds = [row for row in rows if isinstance(row, Crowd)]
    assert len(lanes) == len(set(lanes))
    counts = Counter(around(a, crowds) for a in report.entries if a not in set(lanes))
    assert counts == {crowd.address: sum(crowd.counts.values()) for crowd in crowds}
    if len(report) <= most:
        assert not crowds


def around(address: str, crowds: list[Crowd]) -> str | None:
    """Give the crowd that a leaf without a lane belongs to."""
    known = {crowd.address for crowd in crowds}
    group = parent_of(address)
    while group is not None and group not in known:
        group = parent_of(group)
    return group


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**9))
def test_what_belongs_together_stands_together(seed: int) -> None:
    """The lanes of a group have no lane of another group between them."""
    rows = rows_of(report_of(tree(seed)[:60]))
    for group in {parent_of(row.address) for row in rows}:
        if group:
            inside = [row.address.startswith((f"{group}.", f"{group}[")) for row in rows]
            first, last = inside.index(True), len(inside) - inside[::-1].index(True)
            assert all(inside[first:last])


def test_parents_of_any_name() -> None:
    """Whatever a child is called, the group around it is found."""
    for name in HOSTILE:
        for parent in ("", "a", "a[3]", join("", name)):
            assert parent_of(join(parent, name)) == parent
            assert parent_of(join(parent, 3)) == parent
    assert parent_of("") is None


def test_a_deep_leaf_has_a_lane() -> None:
    """Five thousand groups inside of each other are no trouble."""
    deep = "g" + ".g" * 5_000
    rows = rows_of(report_of([deep, *(f"{deep[: 2 * n + 1]}.x" for n in range(0, 5_000, 50))]))
    assert len(rows) <= 60


def test_each_kind_of_what_matters_has_a_lane() -> None:
    """Where room is scarce, a long critical path leaves lanes to failures, to what runs and to the slowest."""
    leaves = [f"g{group}[{n}]" for group in range(40) for n in range(30)]
    events = []
    for at, address in enumerate(leaves):
        took = 500.0 if address == "g7[3]" else 1.0
        ended = Failed(ERROR, (ERROR,)) if address == "g20[15]" else Succeeded(1)
        events.append(Event("started", address, 1, float(at)))
        events += [Event("ended", address, 1, at + took, ended)] if address != "g30[2]" else []
    rows = rows_of(Report.of(sorted(events, key=lambda event: event.at), live=True), leaves)
    assert len(rows) <= 60
    lanes = {row.address for row in rows if isinstance(row, Lane)}
    assert {"g20[15]", "g30[2]", "g7[3]", leaves[0], leaves[-1]} <= lanes
