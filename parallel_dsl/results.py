"""What comes back from a plan: results, outcomes, and what a command gave."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator, KeysView

import attrs

from .wording import short

if t.TYPE_CHECKING:  # a default: what a name gives is not known
    from typing_extensions import TypeVar

    T_co = TypeVar("T_co", covariant=True, default=t.Any)
else:
    T_co = t.TypeVar("T_co", covariant=True)

Key = str | int


class Results(t.Generic[T_co]):
    """Hold the results of a named or positional group, in written order.

    Iterates over the *values*; names are attributes and keys; ``dict(out)`` and ``**out`` work.
    Equal to a tuple of its items. It has no public name but ``keys`` beside the children's: a
    child called ``keys`` is reached by ``out["keys"]``.

    Args:
        values: One per child, in written order.
        names: The children's names, or None when they are positional.

    Example:
        >>> out = Results([1, 2], ["a", "b"])
        >>> out.a, out["b"], out[0], list(out), dict(out)
        (1, 2, 1, [1, 2], {'a': 1, 'b': 2})
        >>> out == (1, 2)
        True
        >>> out.c
        Traceback (most recent call last):
        AttributeError: no result 'c'; there are a, b
    """

    __slots__ = ("_index", "_names", "_values")

    def __init__(self, values: t.Iterable[T_co], names: t.Iterable[str] | None = None) -> None:
        fill = object.__setattr__
        fill(self, "_values", tuple(values))
        fill(self, "_names", None if names is None else tuple(names))
        fill(self, "_index", {n: i for i, n in enumerate(self._names or ())})
        if self._names is not None and len(self._index) != len(self._values):
            raise ValueError(f"{len(self._values)} values, {len(self._index)} different names, expected as many")

    _values: tuple[T_co, ...]
    _names: tuple[str, ...] | None
    _index: dict[str, int]

    def __getattr__(self, name: str) -> T_co:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        try:
            return self._values[self._index[name]]
        except KeyError:
            raise AttributeError(f"no result '{name}'; there are {_listed(self)}") from None

    def __setattr__(self, name: str, value: object) -> t.NoReturn:
        raise AttributeError(f"results are frozen: cannot set {name!r}")

    def __delattr__(self, name: str) -> t.NoReturn:
        raise AttributeError(f"results are frozen: cannot delete {name!r}")

    @t.overload
    def __getitem__(self, key: Key) -> T_co: ...
    @t.overload
    def __getitem__(self, key: slice) -> tuple[T_co, ...]: ...
    def __getitem__(self, key: Key | slice) -> t.Any:
        if isinstance(key, str):
            if key not in self._index:
                raise KeyError(f"no result {key!r}; there are {_listed(self)}")
            return self._values[self._index[key]]
        return self._values[key]

    def keys(self) -> KeysView[t.Any]:
        """Give the children's names, or their positions, in written order.

        Example:
            >>> list(Results([1, 2], ["a", "b"]).keys()), list(Results([1, 2]).keys())
            (['a', 'b'], [0, 1])
        """
        return dict.fromkeys(self._names if self._names is not None else range(len(self._values))).keys()

    def __iter__(self) -> Iterator[T_co]:
        return iter(self._values)

    def __reversed__(self) -> Iterator[T_co]:
        return iter(self._values[::-1])

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, value: object) -> bool:
        return value in self._values

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Results):
            return self._values == other._values and self._names == other._names
        return self._values == other if isinstance(other, tuple) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._values)

    def __repr__(self) -> str:
        if self._names is None:
            return f"Results({list(self._values)!r})"
        pairs = zip(self._names, self._values, strict=True)
        return f"Results({', '.join(f'{_said(n)}={v!r}' for n, v in pairs)})"

    def __dir__(self) -> list[str]:
        return ["keys", *(n for n in self._names or () if n.isidentifier())]

    def _ipython_key_completions_(self) -> list[str]:
        return list(self._names or ())

    def __reduce__(self) -> tuple[t.Any, ...]:
        return Results, (self._values, self._names)


def _said(name: str) -> str:
    return name if name.isidentifier() else repr(name)


def _listed(results: Results, most: int = 8) -> str:
    names = [str(k) for k in results.keys()]  # noqa: SIM118 - iterating gives values, keys() the names
    shown = ", ".join(names[:most])
    return f"{shown}, ... ({len(names)} in all)" if len(names) > most else shown or "none"


@attrs.frozen(kw_only=True)
class _Place:
    """Where an outcome stands in its group; left at its defaults outside of one."""

    index: int = 0
    name: str | None = None
    item: t.Any = None
    address: str = ""
    attempts: int = 1


@attrs.frozen
class Succeeded(_Place):
    """Hold the value of a child that succeeded.

    Args:
        value: What it gave.
        index, name, item: Which child of its group it is, and the item it was mapped from.
        address: Where it stands in the plan.
        attempts: How often it was begun.

    Example:
        >>> Succeeded(3).ok, Succeeded(3).value
        (True, 3)
    """

    value: t.Any = attrs.field()

    @property
    def ok(self) -> bool:
        """Tell that it succeeded."""
        return True


@attrs.frozen
class Failed(_Place):
    """Hold the error of a child that failed.

    Args:
        error: The decisive one: the earliest, then the first in written order.
        errors: Every leaf's error, in plan order.
        index, name, item, address, attempts: See `Succeeded`.

    Example:
        >>> failed = Failed(ValueError("no"), (ValueError("no"),), address="checks.lint")
        >>> failed.ok
        False
        >>> failed.value
        Traceback (most recent call last):
        AttributeError: checks.lint failed with ValueError('no'); look at .ok first
    """

    error: Exception = attrs.field(eq=False)
    errors: tuple[Exception, ...] = attrs.field(eq=False, factory=tuple)

    if not t.TYPE_CHECKING:  # so that checkers refuse what raises here

        def __getattr__(self, name):
            if name == "value":
                raise AttributeError(f"{self.address or 'it'} failed with {short(self.error)}; look at .ok first")
            raise AttributeError(f"'Failed' object has no attribute {name!r}")

    @property
    def ok(self) -> bool:
        """Tell that it failed."""
        return False


Outcome = Succeeded | Failed


class Outcomes(Results[t.Any], t.Generic[T_co]):
    """Hold what became of each child of a `Settled`, in written order.

    Its items are `Succeeded` or `Failed`; ``successes`` and ``failures`` split them.

    Example:
        >>> both = Outcomes([Succeeded(1), Failed(ValueError("no"))], ["a", "b"])
        >>> both.a.value, both.successes.a, len(both.failures)
        (1, 1, 1)
    """

    __slots__ = ()

    @property
    def successes(self) -> Results[T_co]:
        """Give the plain values of those that succeeded, named if the children are."""
        kept = [(i, o.value) for i, o in enumerate(self._values) if o.ok]
        names = None if self._names is None else [self._names[i] for i, _ in kept]
        return Results([v for _, v in kept], names)

    @property
    def failures(self) -> tuple[Failed, ...]:
        """Give the outcomes that are failures, in written order."""
        return tuple(o for o in self._values if not o.ok)

    def __repr__(self) -> str:
        return "Outcomes" + super().__repr__().removeprefix("Results")

    def __dir__(self) -> list[str]:
        return ["failures", "successes", *super().__dir__()]

    def __reduce__(self) -> tuple[t.Any, ...]:
        return Outcomes, (self._values, self._names)


@attrs.frozen
class Cancelled:
    """Mark a leaf that was told to stop, and did.

    Example:
        >>> Cancelled().state
        'cancelled'
    """

    state: t.ClassVar[str] = "cancelled"


@attrs.frozen
class NeverStarted:
    """Mark what was still to come when the decision fell.

    Example:
        >>> NeverStarted().state
        'never started'
    """

    state: t.ClassVar[str] = "never started"


@attrs.frozen
class Abandoned:
    """Mark a thread that went on after it was told to stop; nobody waits for it.

    Example:
        >>> Abandoned().state
        'abandoned'
    """

    state: t.ClassVar[str] = "abandoned"


@attrs.frozen(kw_only=True)
class CommandResult:
    r"""Hold what a command gave; a non-zero exit code is data, not a failure.

    Args:
        exit_code: Of the command; minus the signal's number if one ended it.
        stdout, stderr: Text, head and tail of 512 KiB each when there was more.
        seconds: From its start to its end.
        truncated: Whether something was left out of the middle.
        stdout_bytes, stderr_bytes: How much it wrote in all.

    Example:
        >>> CommandResult(exit_code=0, stdout="a\nb\n").lines
        ('a', 'b')
    """

    exit_code: int
    stdout: str = ""
    stderr: str = ""
    seconds: float = 0.0
    truncated: bool = False
    stdout_bytes: int = 0
    stderr_bytes: int = 0

    @property
    def ok(self) -> bool:
        """Tell whether the exit code is 0."""
        return self.exit_code == 0

    @property
    def lines(self) -> tuple[str, ...]:
        """Give the lines of stdout, without their ends."""
        return tuple(self.stdout.splitlines())


def shaped(values: t.Sequence[t.Any], names: t.Sequence[str] | None) -> tuple[t.Any, ...] | Results:
    """Give the results of a group their shape: a tuple, or `Results` when they have names.

    Example:
        >>> shaped([1, 2], None), shaped([1], ["a"]).a
        ((1, 2), 1)
    """
    return tuple(values) if names is None else Results(values, names)


__all__ = [
    "Abandoned",
    "Cancelled",
    "CommandResult",
    "Failed",
    "Key",
    "NeverStarted",
    "Outcome",
    "Outcomes",
    "Results",
    "Succeeded",
    "shaped",
]
