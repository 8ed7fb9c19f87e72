"""The colours are seen by everyone: contrast to the box, and distance between states under four kinds of sight."""

from __future__ import annotations

import itertools
import math
import typing as t

import pytest

from parallel_dsl.graph._glyphs import KINDS, STATES
from parallel_dsl.graph._palette import KIN, RIMS, THEMES, Theme
from parallel_dsl.graph._standing import WORST
from parallel_dsl.graph._words import LABELS

Colour = tuple[float, float, float]

# Machado, Oliveira, Fernandes 2009, severity 1.0, on linear RGB.
SIGHTS: dict[str, tuple[Colour, Colour, Colour]] = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
EACH = pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))


def linear(colour: str) -> Colour:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return r, g, b


def dot(a: Colour, b: Colour) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True))


def luminance(colour: str) -> float:
    return dot((0.2126, 0.7152, 0.0722), linear(colour))


def contrast(a: str, b: str) -> float:
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def seen(colour: str, sight: str) -> Colour:
    """Give the colour in CIE L*a*b* as that sight has it."""
    rgb = linear(colour)
    r, g, b = (min(1.0, max(0.0, dot(row, rgb))) for row in SIGHTS[sight])
    white = (0.95047, 1.0, 1.08883)
    rows: tuple[Colour, ...] = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    x, y, z = (_f(dot(row, (r, g, b)) / w) for row, w in zip(rows, white, strict=True))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _f(value: float) -> float:
    return t.cast("float", value ** (1 / 3)) if value > 0.008856 else 7.787 * value + 16 / 116


@EACH
def test_colours_stand_out_from_the_box(theme: Theme) -> None:
    """A state has at least 3:1 to its box, an arrow too, and text at least 4.5:1."""
    assert all(contrast(colour, theme.box) >= 3 for colour in (*theme.states.values(), theme.data))
    assert all(contrast(colour, theme.box) >= 4.5 for colour in (theme.text, theme.muted))


@EACH
@pytest.mark.parametrize("sight", SIGHTS)
def test_states_are_told_apart(theme: Theme, sight: str) -> None:
    """Any two colours of states are at least 12 dE76 apart; kin share one, and differ in glyph and rim."""
    own = [colour for state, colour in theme.states.items() if state not in KIN]
    assert len(set(own)) == len(own) == 6
    assert min(math.dist(seen(a, sight), seen(b, sight)) for a, b in itertools.combinations(own, 2)) >= 12
    assert all(theme.states[state] == theme.states[kin] for state, kin in KIN.items())
    assert all(RIMS[state] != RIMS[kin] and STATES[state] != STATES[kin] for state, kin in KIN.items())


def test_every_state_and_kind_is_drawn() -> None:
    """Each state has a colour, a rim and a glyph of its own; each leaf and group a glyph of its own."""
    assert set(RIMS) == set(STATES) == set(WORST)
    assert all(set(theme.states) == set(WORST) for theme in THEMES.values())
    assert set(KINDS) == {kind.__name__ for kind in LABELS}
    assert len({glyph.d for glyph in (*KINDS.values(), *STATES.values())}) == len(KINDS) + len(STATES)


def test_red_is_never_green() -> None:
    """A command with a non-zero exit never has the colour of what is done."""
    assert all(theme.states["red"] != theme.states["done"] for theme in THEMES.values())
