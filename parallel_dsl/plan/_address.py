"""Every node has one address: names and positions from the root, injective, readable."""

from __future__ import annotations

import functools
import re
import typing as t
from collections.abc import Iterable

WILD = ("*", "[*]")

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


class Keys:
    """Addresses and patterns, by their steps: what fits is found without trying each.

    Of an address the key of that very address counts, else the first pattern, as they were written; ``*`` is one
    step, positions included.

    Args:
        keys: What is no str is passed over.

    Example:
        >>> keys = Keys(["*.lint", "checks.*", "checks.test"])
        >>> keys.of("checks.lint"), keys.of("checks.test"), keys.of("checks.types"), keys.of("lint")
        ('*.lint', 'checks.test', 'checks.*', None)
    """

    def __init__(self, keys: Iterable[object]) -> None:
        self._exact = {key: None for key in keys if isinstance(key, str)}
        self._tree: dict[str | None, t.Any] = {}
        for rank, key in enumerate(self._exact):
            branch = self._tree
            for step in steps(key):
                branch = branch.setdefault("*" if step in WILD else step, {})
            branch.setdefault(None, (rank, key))

    def of(self, address: str) -> str | None:
        """Give the key that counts for an address."""
        if address in self._exact:
            return address
        return min(self._reached(address, ours=True, theirs=False), default=(0, None))[1]

    def fitted(self, pattern: str) -> bool:
        """Tell whether one of the keys, taken as an address, fits a pattern."""
        return pattern in self._exact or bool(self._reached(pattern, ours=False, theirs=True))

    def met(self, pattern: str) -> bool:
        """Tell whether an address can fit both a pattern and one of the keys.

        Example:
            >>> keys = Keys(["reviews.*.read"])
            >>> keys.met("*[0].read"), keys.fitted("*[0].read"), keys.met("*[0].write")
            (True, False, False)
        """
        return pattern in self._exact or bool(self._reached(pattern, ours=True, theirs=True))

    def _reached(self, address: str, *, ours: bool, theirs: bool) -> list[tuple[int, str]]:
        """Give the keys that fit, where ``*`` stands for any step in the keys (*ours*), in the address (*theirs*)."""
        branches = [self._tree]
        for each in steps(address):
            step = "*" if each in WILD else each
            if theirs and step == "*":
                branches = [inner for b in branches for key, inner in b.items() if key is not None]
            else:
                wanted = dict.fromkeys((step, "*") if ours else (step,))
                branches = [b[key] for b in branches for key in wanted if key in b]
        return [b[None] for b in branches if None in b]
