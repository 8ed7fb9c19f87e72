"""How many were at it at once: a curve of bounded size, which keeps every peak."""

from __future__ import annotations

import math
from collections.abc import Iterable

from ._scale import Scale

COLUMN = 2.0  # pixels


def most_at_once(spans: Iterable[tuple[float, float]], scale: Scale) -> list[int]:
    """Give for each column of pixels the most that were at it at once in that time.

    Who ends and who starts in one instant are not there together, as when a seat is handed on; who starts and
    ends in one instant was there nevertheless.

    Args:
        spans: When each began and ended, infinity if it goes on.
        scale: The axis.

    Example:
        >>> most_at_once([(0, 2), (1, 3), (1, 3), (3, 4), (3.5, 3.5)], Scale(0, 4, 0, 8))
        [1, 3, 2, 2]
    """
    pairs = list(spans)
    starts = sorted(s for s, _ in pairs)
    ends = sorted(e if e > s else math.nextafter(s, math.inf) for s, e in pairs)
    curve = _Curve(scale)
    over = 0
    for at in starts:
        while ends[over] <= at:
            curve.step(ends[over], -1)
            over += 1
        curve.step(at, 1)
    for at in ends[over:]:
        curve.step(at, -1)
    return curve.most


class _Curve:
    """Fill columns as time goes on: all in all as many as there are steps and columns."""

    def __init__(self, scale: Scale) -> None:
        self.most = [0] * max(1, round(scale.width / COLUMN))
        self.per_column = scale.seconds / len(self.most)
        self.began = scale.began
        self.since = self.now = 0

    def step(self, at: float, change: int) -> None:
        place = min((at - self.began) / self.per_column, len(self.most))
        for column in range(self.since, max(self.since + 1, math.ceil(place))):
            if self.most[column] < self.now:
                self.most[column] = self.now
        self.since = min(int(place), len(self.most) - 1)
        self.now += change
