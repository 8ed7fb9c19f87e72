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
    pairs = [(s, s if e != e else e) for s, e in spans if math.isfinite(s)]  # a clock may have gone wrong
    starts = sorted(s for s, _ in pairs)
    ends = sorted(e if e > s else math.nextafter(s, math.inf) for s, e in pairs)
    columns = _Columns(scale)
    over = now = top = 0  # the top of this column
    edge = columns.edge
    for at in starts:
        while (end := ends[over]) <= at:
            if end >= edge:
                edge = columns.go_to(end, top, now)
                top = now
            over += 1
            now -= 1
            if end <= columns.begin:  # who ends where a column begins is not in it
                top = now
        if at >= edge:
            edge = columns.go_to(at, top, now)
            top = now
        now += 1
        if now > top:
            top = now
    for at in ends[over:]:
        if at >= edge:
            edge = columns.go_to(at, top, now)
            top = now
        now -= 1
        if at <= columns.begin:
            top = now
    columns.go_to(math.inf, top, now)
    return columns.most


class _Columns:
    """Columns that are filled as time goes on, each once: a step costs little, however many there are."""

    def __init__(self, scale: Scale) -> None:
        self.most = [0] * max(1, round(scale.width / COLUMN))
        self.per_column = scale.seconds / len(self.most)
        self.began = self.begin = scale.began
        self.place = 0
        self.edge = self.began + self.per_column

    def go_to(self, at: float, top: int, now: int) -> float:
        """Close this column with its *top*, fill those up to the one of *at* with *now*; give the edge of that."""
        last = len(self.most) - 1
        self.most[self.place] = max(self.most[self.place], top)
        place = last if at == math.inf else min(last, int((at - self.began) / self.per_column))
        for column in range(self.place + 1, place + (at == math.inf)):
            self.most[column] = now
        self.place = max(self.place, place)
        self.begin = self.began + self.place * self.per_column
        self.edge = math.inf if self.place == last else self.begin + self.per_column
        return self.edge
