"""Text and elements of a drawing: cleaned first, then escaped, and measured without a font."""

from __future__ import annotations

import functools
import html
import typing as t
import unicodedata
from collections.abc import Mapping

from ..wording import clean, redact

FONT = "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,'DejaVu Sans',sans-serif"
BOLD = 1.12  # how much wider bold letters are
BOLDER = frozenset("rtPF:;")  # the few that grow more

# In em, never narrower than DejaVu Sans, the widest of the fonts that are met: a label must not leave its box.
_WIDTHS: Mapping[float, str] = {
    0.34: " ijlI.,:;'|/\\J·",
    0.42: "frt()[]!-ìíîï",
    0.54: '"_*`“”°§?\u2013\u2018\u2019\u2039\u203a',
    0.58: "cszLF",
    0.645: "abdeghknopquvxy0123456789{}$TYEPSµéèêëáàâäãåñòóôöõùúûüçß␀",
    0.79: "ABCDGHKNOQRUVXZ&ÄÖÜÉ",
    0.84: "w+=<>~#^×→←↵✓✗",
    1.0: "mMW%@…—",
}
_WIDTH: Mapping[str, float] = {ch: em for em, chars in _WIDTHS.items() for ch in chars}


def visible(text: str, width: int = 120) -> str:
    r"""Give a name or message as one safe line without secrets, not yet escaped.

    Example:
        >>> visible("a\nb --token=abc")
        'a ↵ b --token=***'
    """
    return clean(redact(text[: width * 4 + 64]), width)


def escape(text: str) -> str:
    """Escape what is safe to show for text and attributes; *text* is clean already.

    Example:
        >>> escape('<a b="c">')
        '&lt;a b=&quot;c&quot;&gt;'
    """
    return html.escape(text, quote=True)


def number(value: float) -> str:
    """Give a coordinate in few characters.

    Example:
        >>> number(12.0), number(1 / 3), number(-0.001)
        ('12', '0.33', '0')
    """
    return f"{round(value, 2) + 0:g}" if abs(value) < 1e5 else f"{round(value)}"


def element(tag: str, attributes: Mapping[str, t.Any], *inside: str) -> str:
    """Give an element; values of attributes are escaped, what is *inside* is as it will stand.

    ``stroke_width`` becomes ``stroke-width``, ``class_`` ``class``; numbers are shortened; None is left out.

    Example:
        >>> element("text", {"x": 1.5, "class_": "t", "data_address": "a<b", "rx": None}, "hi")
        '<text x="1.5" class="t" data-address="a&lt;b">hi</text>'
    """
    said = "".join(f' {_attribute(name)}="{_value(value)}"' for name, value in attributes.items() if value is not None)
    return f"<{tag}{said}>{''.join(inside)}</{tag}>" if inside else f"<{tag}{said}/>"


@functools.cache
def _attribute(name: str) -> str:
    return name.rstrip("_").replace("_", "-") if name != "viewBox" else name


def _value(value: t.Any) -> str:
    return escape(value) if isinstance(value, str) else number(value)


def title(text: str) -> str:
    """Give a `<title>` of clean text."""
    return f"<title>{escape(text)}</title>"


def is_sure(text: str) -> bool:
    """Tell whether the width of each letter is known; if not, `textLength` has to hold the text in its place."""
    return all(ch in _WIDTH for ch in text)


@functools.lru_cache(8192)
def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Give the pixels that a clean text takes at most in the fonts of drawings.

    Example:
        >>> round(text_width("analyze", 12)), round(text_width("analyze", 12, bold=True))
        (50, 56)
    """
    return sum(map(_bold if bold else _em, text)) * size


def _bold(ch: str) -> float:
    return _em(ch) * (1.06 * BOLD if ch in BOLDER else BOLD)


def _em(ch: str) -> float:
    return _WIDTH.get(ch) or _other(ch)


@functools.lru_cache(4096)
def _other(ch: str) -> float:
    if unicodedata.combining(ch) or unicodedata.category(ch) in ("Mn", "Me", "Cf"):
        return 0.05
    if unicodedata.category(ch) in ("So", "Sk", "Co", "Cn"):
        return 1.3
    return 1.05 if unicodedata.east_asian_width(ch) in "WF" else 0.8


def fit(text: str, width: float, size: float, *, bold: bool = False) -> str:
    """Cut a clean text to a width, with an ellipsis if something is missing.

    Example:
        >>> fit("performance-engineer", 80, 12), fit("short", 80, 12)
        ('performan…', 'short')
    """
    if text_width(text, size, bold=bold) <= width:
        return text
    em = _bold if bold else _em
    room = width / size - em("…")
    taken = 0
    while taken < len(text) and room >= em(text[taken]):
        room -= em(text[taken])
        taken += 1
    return text[:taken].rstrip() + "…"
