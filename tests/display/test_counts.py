"""The curve of how many were at it at once is that of counting by hand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from parallel_dsl.display._counts import most_at_once
from parallel_dsl.display._scale import Scale

TIMES = st.integers(0, 40).map(lambda n: n / 4)
SPANS = st.lists(st.tuples(TIMES, TIMES).map(lambda pair: (min(pair), max(pair))), max_size=12)


def by_hand(spans: list[tuple[float, float]], since: float, until: float) -> int:
    """Count at every time that matters in a column, its end left out."""
    times = {since, *(s for s, _ in spans if since <= s < until)}
    return max((sum(s <= at < e or s == e == at for s, e in spans) for at in times), default=0)


@given(SPANS)
def test_each_column_has_its_most(spans: list[tuple[float, float]]) -> None:
    """A column shows the most that were there at any instant of it."""
    found = most_at_once(spans, Scale(0.0, 10.0, 0.0, 32.0))
    assert found == [by_hand(spans, n * 10 / 16, (n + 1) * 10 / 16 if n < 15 else 10.1) for n in range(16)]


def test_what_goes_on_stays_to_the_end() -> None:
    """Attempts without an end fill all columns after their start."""
    assert most_at_once([(2.0, float("inf")), (3.0, float("inf"))], Scale(0.0, 4.0, 0.0, 8.0)) == [0, 0, 1, 2]


def test_nobody_at_all() -> None:
    """A run of nothing has an empty curve, one of no length counts all in it."""
    assert most_at_once([], Scale(0.0, 4.0, 0.0, 8.0)) == [0, 0, 0, 0]
    assert max(most_at_once([(0.0, 0.0)] * 3, Scale(0.0, 0.0, 0.0, 8.0))) == 3
