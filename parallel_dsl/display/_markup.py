"""HTML is text with marks around it: every text is cleaned and escaped here, once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..graph import SHOWN_GLYPHS, STATES, Shown, element, escape, visible
from ..report import GLYPHS, Entry
from ..results import Succeeded
from ..wording import short

WORDS: Mapping[str, str] = {"red": "exit not 0"}
ORDER: tuple[str, ...] = (*GLYPHS, "red")  # of states in lists


def said(text: str, width: int = 200) -> str:
    r"""Give a text as one safe line.

    Example:
        >>> said("<b>\n&")
        '&lt;b&gt; ↵ &amp;'
    """
    return escape(visible(text, width))


def tag(name: str, *inside: str, **attributes: str | int | None) -> str:
    """Give an element; what is *inside* is HTML already; of an empty attribute only the name is written.

    Example:
        >>> tag("th", "at", scope="col", class_="n")
        '<th scope="col" class="n">at</th>'
    """
    given = {n.rstrip("_").replace("_", "-"): v for n, v in attributes.items() if v is not None}
    marks = "".join(f' {n}="{escape(str(v))}"' for n, v in given.items())
    return f"<{name}{marks}>{''.join(inside)}</{name}>"


def table(caption: str, heads: Iterable[tuple[str, str]], rows: Iterable[str], **attributes: str) -> str:
    """Give a table; of each head the text and the class of its column."""
    head = "".join(tag("th", said(text), scope="col", class_=kind or None) for text, kind in heads)
    body = tag("tbody", *rows)
    return tag("table", tag("caption", caption), tag("thead", tag("tr", head)), body, **attributes)


def scrolled(inside: str, label: str) -> str:
    """Give what may be wider than the page a place to scroll in, which the keyboard reaches."""
    return tag("div", inside, class_="wide", role="region", aria_label=label, tabindex=0)


def sign(state: Shown) -> str:
    """Give the sign of a state and its word."""
    glyph = STATES[state]
    look = {"fill": "currentColor"} if glyph.filled else {"fill": "none", "stroke": "currentColor", "stroke_width": 1.6}
    path = element("path", {"d": glyph.d, **look})
    icon = element("svg", {"viewBox": "0 0 12 12", "width": 12, "height": 12, "aria_hidden": "true"}, path)
    return tag("span", icon, " ", escape(WORDS.get(state, state)), class_=f"state {state.replace(' ', '-')}")


def letter(state: Shown) -> str:
    """Give the sign of a state as a letter, and its word."""
    return escape(f"{SHOWN_GLYPHS[state]} {WORDS.get(state, state)}")


def given(entry: Entry, width: int = 140) -> str:
    """Give in short what a leaf gave: a value or an error, as text."""
    if entry.error is not None:
        return said(short(entry.error, width), width)
    return said(short(entry.value, width), width) if isinstance(entry.outcome, Succeeded) else ""


def counted(number: int, noun: str, nouns: str | None = None) -> str:
    """Give a number with its noun.

    Example:
        >>> counted(1, "leaf", "leaves"), counted(2_000, "error")
        ('1 leaf', '2,000 errors')
    """
    return f"{number:,} {noun if number == 1 else nouns or noun + 's'}"
