"""References are data: a name and the steps into its value, found when the leaf starts."""

from __future__ import annotations

import keyword
import typing as t
import unicodedata

import attrs

from ..errors import PlanError
from ..wording import article, short
from ._misuse import computed, no_comparing, no_operators
from ._told import told

Root = t.Literal["ref", "item", "last"]


@attrs.frozen
class Attribute:
    """A step by name."""

    name: str


@attrs.frozen
class Item:
    """A step by key, which may be a reference itself."""

    key: t.Any


@attrs.frozen
class Name:
    """The first step of a ``ref``: which child, by name or number."""

    name: str | int


Step = Attribute | Item | Name


class Ref:
    """Stand for a value that another part of the plan will give.

    It has no truth value, cannot be iterated, compared, formatted or called: what it stands for is
    not there yet. Names beginning with ``_`` are not steps.

    Example:
        >>> ref.analyses.bugs, ref["odd name"], ref[0].file, ref.drafts[ref.best]
        (ref.analyses.bugs, ref['odd name'], ref[0].file, ref.drafts[ref.best])
    """

    __slots__ = ("_root", "_steps")
    _root: Root
    _steps: tuple[Step, ...]

    def __init__(self, root: Root, steps: tuple[Step, ...] = ()) -> None:
        object.__setattr__(self, "_root", root)
        object.__setattr__(self, "_steps", steps)

    def __getattr__(self, name: str) -> Ref:
        if name.startswith("_"):
            said = name if name in Ref.__slots__ else f"{self!r}.{name}"  # not yet set while it is built
            raise AttributeError(f"{said}: names that begin with _ are no steps; try [{name!r}]")
        return self._then(name, Attribute)

    def __getitem__(self, key: t.Any) -> Ref:
        return self._then(key, Item)

    def _then(self, key: t.Any, step: t.Callable[[t.Any], Step]) -> Ref:
        if self._root != "ref" or self._steps:
            return Ref(self._root, (*self._steps, step(key)))
        if isinstance(key, str) or (isinstance(key, int) and not isinstance(key, bool)):
            return Ref("ref", (Name(key),))
        raise PlanError(f"ref[{key!r}] names no child, expected a name or a number")

    def __setattr__(self, name: str, value: object) -> t.NoReturn:
        raise AttributeError(f"{self!r}: a reference is frozen, cannot set {name!r}")

    def __bool__(self) -> t.NoReturn:
        raise TypeError(f"{self!r} has no truth value while the plan is built; try .expect or a function")

    if t.TYPE_CHECKING:
        __iter__: t.ClassVar[None]  # what raises here is refused by checkers, as the children of a group too
    else:

        def __iter__(self):
            raise TypeError(f"{self!r} cannot be iterated while the plan is built; try All.map(..., over={self!r})")

    def __eq__(self, other: object) -> t.NoReturn:
        raise NotImplementedError  # this one and all other operators are set below

    __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __eq__
    __hash__ = object.__hash__

    def __call__(self, *args: object, **kwargs: object) -> t.NoReturn:
        raise TypeError(f"{self!r} cannot be called while the plan is built; try Call(function, {self!r})")

    def __len__(self) -> t.NoReturn:
        raise TypeError(f"{self!r} has no length while the plan is built; try Call(len, {self!r})")

    def __contains__(self, value: object) -> t.NoReturn:
        raise TypeError(f"{self!r} holds nothing while the plan is built; try a function of the value")

    def __str__(self) -> t.NoReturn:
        raise TypeError(f"{self!r} is no text while the plan is built; try text('... {{x}}', x={self!r})")

    def __format__(self, spec: str) -> t.NoReturn:
        raise TypeError(f"f-string around {self!r}: its value is not there yet; try text('... {{x}}', x={self!r})")

    def __repr__(self) -> str:
        return self._root + "".join(map(_shown, self._steps))

    def __reduce__(self) -> tuple[t.Any, ...]:
        return Ref, (self._root, self._steps)


no_comparing(Ref)
no_operators(Ref, lambda x: repr(x) if isinstance(x, Ref) else short(x), computed)


def _shown(step: Step) -> str:
    if isinstance(step, Item):
        return f"[{step.key!r}]"
    name = step.name
    return f".{name}" if isinstance(name, str) and is_keyword(name) and name[0] != "_" else f"[{name!r}]"


def is_keyword(name: str) -> bool:
    """Tell whether *name* may stand in code as it is: Python reads some letters as others.

    Example:
        >>> is_keyword("bugs"), is_keyword("class"), is_keyword("ª")
        (True, False, False)
    """
    plain = name.isascii() or unicodedata.normalize("NFKC", name) == name
    return plain and name.isidentifier() and not keyword.iskeyword(name)


@attrs.frozen
class Text:
    """A template whose ``{names}`` are filled in when the leaf starts."""

    template: str
    values: tuple[tuple[str, t.Any], ...]

    def __repr__(self) -> str:
        named = "".join(f", {k}={v!r}" for k, v in self.values)
        return f"text({self.template!r}{named})"


def text(template: str, /, **values: t.Any) -> Text:
    """Give a text that is filled in when the leaf starts: only ``{identifier}``s that are keywords.

    Other braces are literal, so prompts with JSON in them need no doubling.

    Raises:
        PlanError: A keyword does not occur in the template.

    Example:
        >>> text('Return {"ok": true} for {file}', file=item)
        text('Return {"ok": true} for {file}', file=item)
    """
    from ._freeze import freeze  # the two files are one subject: what a parameter may be

    if not isinstance(template, str):
        raise PlanError(f"text got {article(type(template).__name__)}, expected a str with {{names}}")
    for name in values:
        if "{" + name + "}" not in template:
            raise PlanError(f"text: {{{name}}} is not in the template {template[:60]!r}")
    return Text(template, tuple((k, freeze(v, f"text {k}")) for k, v in values.items()))


def pieces(template: str, names: t.Collection[str]) -> list[tuple[str, bool]]:
    """Split a template into literal pieces and the names to fill in.

    Example:
        >>> pieces("a {x} {y}", {"x"})
        [('a ', False), ('x', True), (' {y}', False)]
    """
    found: list[tuple[str, bool]] = []
    rest, start = template, 0
    while (at := rest.find("{", start)) >= 0:
        end = rest.find("}", at)
        if end < 0:
            break
        if rest[at + 1 : end] in names:
            found += [(rest[:at], False), (rest[at + 1 : end], True)]
            rest, start = rest[end + 1 :], 0
        else:
            start = at + 1
    found.append((rest, False))
    return [(piece, is_name) for piece, is_name in found if piece]


text = told(text, "text")
ref = Ref("ref")
item = Ref("item")
last = Ref("last")
__all__ = ["Attribute", "Item", "Name", "Ref", "Text", "item", "last", "pieces", "ref", "text"]
