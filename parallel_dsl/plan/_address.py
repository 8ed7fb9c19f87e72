"""Every node has one address: names and positions from the root, injective, readable."""

from __future__ import annotations

import functools
import re

_STEP = re.compile(r'\[(?:"(?:[^"\\]|\\.)*"|-?\d+|\*)\]|[^.\[\]]+')


def join(parent: str, key: str | int) -> str:
    """Give the address of a child.

    Example:
        >>> join("fixes", "bugs"), join("checks", 0), join("scan", "a.b"), join("", "0")
        ('fixes.bugs', 'checks[0]', 'scan["a.b"]', '["0"]')
    """
    if isinstance(key, int):
        return f"{parent}[{key}]"
    if not key.isidentifier():
        return f'{parent}["{_quoted(key)}"]'
    return f"{parent}.{key}" if parent else key


def _quoted(key: str) -> str:
    """Give a name as it stands in quotes, what cannot be printed by its number: two names never look the same."""
    if key.isprintable() and '"' not in key and "\\" not in key:
        return key
    return "".join(_ESCAPED.get(c) or (c if c.isprintable() else c.encode("unicode_escape").decode()) for c in key)


_ESCAPED = {'"': '\\"', "\\": "\\\\"}


@functools.lru_cache(maxsize=4096)
def steps(address: str) -> tuple[str, ...]:
    """Give the steps of an address or a pattern.

    Example:
        >>> steps('scan["a.b"][0].x')
        ('scan', '["a.b"]', '[0]', 'x')
    """
    return tuple(_STEP.findall(address))


def matches(pattern: str, address: str) -> bool:
    """Tell whether an address fits a pattern: ``*`` is one step, positions included.

    Example:
        >>> matches("reviews.*", "reviews[3]"), matches("*.lint", "checks.lint"), matches("a.*", "a.b.c")
        (True, True, False)
    """
    wanted, found = steps(pattern), steps(address)
    return len(wanted) == len(found) and all(w in (f, "*", "[*]") for w, f in zip(wanted, found, strict=True))
