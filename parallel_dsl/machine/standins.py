"""A stand-in is what nobody knows in a simulation: references go through it, and nothing is computed with it."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

import attrs

from ..results import CommandResult, Outcomes, Results, Succeeded
from ..wording import short

NEED_A_VALUE = "bool call iter len contains int float complex round lt le gt ge neg pos abs invert"
OF_TWO = "add sub mul matmul truediv floordiv mod divmod pow lshift rshift and or xor"


class Unknown(TypeError):
    """Say that something was computed with what nobody knows in a simulation."""


class StandIn:
    """Stand for what a leaf would give, or for a part of it; *said* is how it is shown.

    Its attributes and items are stand-ins too. As a position it is the first one, so that
    ``ref.drafts[ref.best]`` leads somewhere. Whatever needs its value raises a `TypeError`.

    Example:
        >>> StandIn("scan").files[0].name
        <scan.files[0].name>
        >>> StandIn("scan") > 3  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        parallel_dsl...Unknown: nobody knows <scan> in a simulation; give it a value: values={address: ...}
    """

    __slots__ = ("_said",)

    def __init__(self, said: str) -> None:
        self._said = said

    def __getattr__(self, name: str) -> StandIn:
        if name.startswith("_"):  # protocols of Python and of notebooks: it has none
            raise AttributeError(name)
        return StandIn(f"{self._said}.{name}")

    def __getitem__(self, key: object) -> StandIn:
        return StandIn(f"{self._said}[{short(key)}]")

    def __index__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return self._said == other._said if isinstance(other, StandIn) else unknown(self)

    def __hash__(self) -> int:
        return hash(self._said)

    def __repr__(self) -> str:
        return f"<{self._said}>"

    def __reduce__(self) -> tuple[t.Any, ...]:
        return StandIn, (self._said,)

    def listed(self, count: int) -> list[StandIn]:
        """Give so many items."""
        return [self[index] for index in range(count)]


def unknown(stand_in: StandIn, *others: object, **named: object) -> t.NoReturn:
    """Refuse to compute."""
    raise Unknown(f"nobody knows {stand_in!r} in a simulation; give it a value: values={{address: ...}}")


for _name in (*NEED_A_VALUE.split(), *OF_TWO.split(), *(f"r{name}" for name in OF_TWO.split())):
    setattr(StandIn, f"__{_name}__", unknown)


@attrs.frozen(kw_only=True, repr=False)
class SimulatedResult(CommandResult):
    """What a command would give: it exits with 0, and what it writes nobody knows."""

    exit_code: int = 0
    stdout: t.Any = attrs.field(default=None)

    @property
    def lines(self) -> t.Any:
        """Stand for the lines."""
        return self.stdout.lines

    def __repr__(self) -> str:
        return f"CommandResult(exit_code={self.exit_code}, stdout={self.stdout!r})"


def holds_unknown(value: object) -> bool:
    """Tell whether a stand-in is in a value, or in the containers and results that it is made of.

    Example:
        >>> holds_unknown([1, {"a": StandIn("a")}]), holds_unknown([1, {"a": 2}])
        (True, False)
    """
    stack = [value]
    while stack:
        each = stack.pop()
        if isinstance(each, StandIn):
            return True
        if isinstance(each, Succeeded):
            stack.append(each.value)
        elif isinstance(each, CommandResult):
            stack.append(each.stdout)
        elif isinstance(each, Mapping):
            stack.extend(each.values())
        elif isinstance(each, list | tuple | Results):
            stack.extend(each)
    return False


def is_known_in_part(value: object) -> bool:
    """Tell whether something is known of what holds stand-ins: which leaves failed, how a command exited."""
    return isinstance(value, Outcomes | CommandResult)
