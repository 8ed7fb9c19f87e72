"""Names, values and commands made safe and short to show: the one `clean`, the one redactor."""

from __future__ import annotations

import difflib
import re
import typing as t

if t.TYPE_CHECKING:
    from collections.abc import Iterable

HIDDEN = "***"
_KEYED = re.compile(
    r"(?i)([\w-]*(?:token|secret|passw(?:or)?d|api[_-]?key|apikey|credential)[\w-]*[\"']?\s*(?:=|:|\s)\s*[\"']?)([^\s\"',;&]+)"
)
_BEARER = re.compile(r"(?i)\b(bearer|basic)(\s+)[\w.~+/=-]{6,}")
_KNOWN = re.compile(r"\b(sk-|ghp_|gho_|github_pat_|xox[abp]-|AKIA|glpat-)[\w-]{6,}")
_USERINFO = re.compile(r"(://[^/\s:@]+:)[^/\s@]+@")


def clean(text: str, width: int = 200) -> str:
    r"""Give *text* as one line without control characters, at most *width* characters long.

    Example:
        >>> clean("a\n  b\x1b[31m", 20)
        'a b\\x1b[31m'
    """
    line = " ".join(text[: width * 4 + 16].split())
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)
    return shown if len(shown) <= width and len(text) <= width * 4 + 16 else shown[: max(1, width - 1)] + "…"


def short(value: object, width: int = 60) -> str:
    """Give a short repr of any value: bounded in time and size, and safe against a hostile one.

    Example:
        >>> short(list(range(1000)), 20)
        '[0, 1, 2, 3, 4, 5, …'
    """
    try:
        return clean(_bounded(value, width), width)
    except Exception as error:  # a hostile __repr__: say so, never let it disturb a report
        return clean(f"<{type(value).__name__}: its repr raised {type(error).__name__}>", width)


def _bounded(value: object, width: int) -> str:
    if isinstance(value, str | bytes) and len(value) > width:
        return repr(value[: width + 8])
    if type(value) in (list, tuple, set, frozenset, dict):
        sized = t.cast("list[t.Any]", value)
        if len(sized) > width:
            some = [x for x, _ in zip(sized, range(width), strict=False)]
            return "[" + ", ".join(_bounded(x, width) for x in some[: width // 2]) + ", …"
    return repr(value)


def redact(text: str) -> str:
    """Hide what looks like a secret.

    Example:
        >>> redact("curl -H 'Authorization: Bearer abcdef123' --token=xyz https://me:pw@host")
        "curl -H 'Authorization: Bearer ***' --token=*** https://me:***@host"
    """
    text = _BEARER.sub(rf"\1\2{HIDDEN}", text)
    text = _KNOWN.sub(rf"\1{HIDDEN}", text)
    text = _USERINFO.sub(rf"\1{HIDDEN}@", text)
    return _KEYED.sub(rf"\1{HIDDEN}", text)


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """Give ``"; did you mean 'x'?"`` for the closest of *words*, or nothing.

    Example:
        >>> did_you_mean("bug", ["bugs", "perf"])
        "; did you mean 'bugs'?"
    """
    close = difflib.get_close_matches(word, list(words), n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""
