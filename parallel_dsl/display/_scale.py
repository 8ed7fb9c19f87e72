"""Seconds become pixels, and the axis has round numbers, whether a run took microseconds or days."""

from __future__ import annotations

import math

import attrs

UNITS = ((1e-6, "µs"), (1e-3, "ms"), (1.0, "s"), (60.0, "min"), (3600.0, "h"))
LONGEST = 1e300  # seconds: a difference of two times is no number any more beyond it
APART = 84.0  # pixels between two ticks, at least


@attrs.frozen
class Scale:
    """Where a time stands.

    Args:
        began, ended: Seconds at both ends of the axis.
        left, width: Pixels.

    Example:
        >>> scale = Scale(0.0, 10.0, 100.0, 500.0)
        >>> scale.x(5.0), scale.ticks()[1]
        (350.0, (2.0, '2 s'))
    """

    began: float
    ended: float
    left: float
    width: float

    @property
    def seconds(self) -> float:
        """Give the length of the axis; a run of no length has one of a microsecond."""
        return min(max(self.ended - self.began, 1e-6), LONGEST)

    @property
    def right(self) -> float:
        """Give the pixel of the end."""
        return self.left + self.width

    def x(self, at: float) -> float:
        """Give the pixel of a time; what is outside of the axis stands at its end."""
        share = (at - self.began) / self.seconds
        return self.left + self.width * min(1.0, max(0.0, share))

    def ticks(self) -> list[tuple[float, str]]:
        """Give round times, counted from the beginning of the run, each with what is written there."""
        size, unit = unit_of(self.seconds)
        step = round_step(self.seconds / size * APART / max(self.width, APART))
        last = math.floor(self.seconds / size / step + 1e-9)
        return [(self.began + n * step * size, f"{n * step:.10g} {unit}") for n in range(last + 1)]


def unit_of(seconds: float) -> tuple[float, str]:
    """Give the unit in which so many seconds are written, and its length.

    Example:
        >>> unit_of(0.25), unit_of(119), unit_of(600)
        ((0.001, 'ms'), (1.0, 's'), (60.0, 'min'))
    """
    found = UNITS[0]
    for unit in UNITS:
        if seconds >= unit[0] * (2.0 if unit[0] > 1 else 1.0):  # 90 s, not 1.5 min
            found = unit
    return found


def round_step(least: float) -> float:
    """Give the smallest of 1, 2, 5 times a power of ten that is no less.

    Example:
        >>> round_step(0.3), round_step(2), round_step(7)
        (0.5, 2.0, 10.0)
    """
    power = 10.0 ** math.floor(math.log10(least))
    return next((n * power for n in (1.0, 2.0, 5.0) if n * power >= least * (1 - 1e-9)), 10.0 * power)


def span(seconds: float) -> str:
    """Give a length of time as people write it, in about three digits.

    Example:
        >>> span(0), span(0.00025), span(1.234), span(75), span(5000), span(90_000)
        ('0 s', '250 µs', '1.23 s', '1 min 15 s', '1 h 23 min', '25 h')
    """
    if not math.isfinite(seconds):
        return "for ever" if seconds > 0 else "?"  # of a clock that went wrong nothing is known
    if seconds < 60:
        size, unit = unit_of(max(seconds, 1e-6)) if seconds > 0 else (1.0, "s")
        said = f"{seconds / size:.3g}"
        return f"{float(said):g} {unit}" if float(said) < 1000 or unit == "s" else f"1 {_above(unit)}"
    big, small = (3600, 60) if seconds >= 3600 else (60, 1)
    whole, rest = divmod(round(seconds / small), big // small)
    names = ("h", "min") if big == 3600 else ("min", "s")
    return f"{whole:,} {names[0]} {rest} {names[1]}" if rest and whole < 20 else f"{whole:,} {names[0]}"


def _above(unit: str) -> str:
    names = [name for _, name in UNITS]
    return names[names.index(unit) + 1]
