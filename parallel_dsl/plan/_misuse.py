"""What a plan and a reference are not: used as a value, a function or a list, they say what to do instead."""

from __future__ import annotations

import typing as t
from collections.abc import Callable

from ..wording import did_you_mean, short

SUFFIXES = ("batch", "drain", "expect", "given", "limit", "pick", "retry", "timeout", "uses")
BINARY = {
    "add": "+",
    "sub": "-",
    "mul": "*",
    "matmul": "@",
    "truediv": "/",
    "floordiv": "//",
    "mod": "%",
    "pow": "**",
    "lshift": "<<",
    "rshift": ">>",
    "and": "&",
    "or": "|",
    "xor": "^",
}
UNARY = {"neg": "-", "pos": "+", "invert": "~", "abs": "abs", "int": "int", "float": "float", "index": "int"}
COMPARED = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}
COMBINED = {"|": "Any(a, b), or Fallback(a, b)", ">>": "Stage(a, b)", "*": "All([plan] * n)"}
MEANT = {
    "run": "run(plan)",
    "start": "run(plan)",
    "arun": "await arun(plan)",
    "result": "run(plan)",
    "results": "run(plan)",
    "value": "run(plan)",
    "check": "check(plan)",
    "map": "All.map(plan, over=[...])",
    "append": "All(a, b)",
    "add": "All(a, b)",
    "then": "Stage(a, b)",
    "otherwise": "Fallback(a, b)",
    "or_else": "Fallback(a, b)",
    "retries": ".retry(attempts=...)",
    "concurrency": ".limit(...)",
    "max_workers": ".limit(...)",
    "name": "All(name=plan)",
}


class PlanMisuse:
    """Refuse what a plan is often taken for. Hidden from type checkers, which so refuse it too."""

    __slots__ = ()

    if not t.TYPE_CHECKING:

        def __init_subclass__(cls, **options):
            super().__init_subclass__(**options)
            for name in ("__setattr__", "__delattr__"):
                if name in cls.__dict__:  # those of attrs know no advice
                    setattr(cls, name, getattr(PlanMisuse, name))

        def __getattr__(self, name):
            raise AttributeError(_no_attribute(self, name), name=name, obj=None)

        def __setattr__(self, name, value):
            raise AttributeError(_frozen(type(self).__name__, name, value))

        def __delattr__(self, name):
            raise AttributeError(f"{type(self).__name__}.{name}: a plan is frozen; build another one without it")

        def __call__(self, *args, **kwargs):
            raise TypeError(f"{_kind(self)} is a plan and cannot be called; did you mean run({_kind(self)})?")

        def __getitem__(self, key):
            raise TypeError(
                f"{_kind(self)}[{short(key)}]: a plan has no results yet; try run(plan)[{short(key)}], "
                f"or .pick({short(key)})"
            )

        def __contains__(self, value):
            raise TypeError(f"{_kind(self)} holds nothing yet; try run(plan)")

        def __len__(self):
            raise TypeError(f"{_kind(self)} has no length before it is run; try len(run(plan))")


def _kind(plan: object) -> str:
    return f"{type(plan).__name__}(...)"


def _no_attribute(plan: object, name: str) -> str:
    kind = type(plan).__name__
    if name.startswith("_"):
        return f"{kind!r} object has no attribute {name!r}"
    try:
        names = object.__getattribute__(plan, "names")
    except AttributeError:
        names = None
    if name in (names or ()):
        return f"{kind}(...).{name}: a plan has no results yet; try run(plan).{name}, or ref.{name} in a later child"
    meant = MEANT.get(name, "")
    if not meant and (close := did_you_mean(name, SUFFIXES)):
        meant = f".{close.split(chr(39))[1]}(...)"
    hint = f"did you mean {meant}? " if meant else ""
    return f"{kind} has no .{name}; {hint}the suffixes are {' '.join('.' + s for s in SUFFIXES)}"


def _frozen(kind: str, name: str, value: object) -> str:
    if name in SUFFIXES:
        again = f"plan.{name}({short(value)})"
    elif kind.lower() in SUFFIXES:
        again = f"plan.{kind.lower()}({name}={short(value)})"
    else:
        again = f"{kind}(...)"
    return f"{kind}.{name} = {short(value)}: a plan is frozen; build another one: {again}"


def combined(plan: object, left: str, sign: str, right: str) -> str:
    """Say how plans are combined in place of an operator."""
    return f"{_written(left, sign, right)}: plans are not combined by operators; try {COMBINED.get(sign, 'All(a, b)')}"


def computed(ref: object, left: str, sign: str, right: str) -> str:
    """Say how a value that is not there yet is computed with."""
    said = f"{_written(left, sign, right)}: the value of {ref!r} is not there yet"
    other = right if left == repr(ref) else left
    if sign == "+" and other[:1] in "\"'":
        inside = other[1:-1]
        filled = f"{{x}}{inside}" if left == repr(ref) else f"{inside}{{x}}"
        return f"{said}; try text({other[0]}{filled}{other[0]}, x={ref!r})"
    return f"{said}; try Call(function, {ref!r})"


def _written(left: str, sign: str, right: str) -> str:
    if left:
        return f"{left} {sign} {right}"
    return f"{sign}({right})" if sign.isalpha() else f"{sign}{right}"


def no_operators(kind: type, shown: Callable[[object], str], say: Callable[[object, str, str, str], str]) -> None:
    """Let every operator of a class raise `TypeError` with advice."""
    for name, sign in BINARY.items():

        def ahead(self: object, other: object, sign: str = sign) -> t.NoReturn:
            raise TypeError(say(self, shown(self), sign, shown(other)))

        def behind(self: object, other: object, sign: str = sign) -> t.NoReturn:
            raise TypeError(say(self, shown(other), sign, shown(self)))

        setattr(kind, f"__{name}__", ahead)
        setattr(kind, f"__r{name}__", behind)
    for name, sign in UNARY.items():

        def alone(self: object, sign: str = sign) -> t.NoReturn:
            raise TypeError(say(self, "", sign, shown(self)))

        setattr(kind, f"__{name}__", alone)


def no_comparing(kind: type) -> None:
    """Let every comparison of a reference raise `TypeError` with advice."""
    for name, sign in COMPARED.items():

        def compared(self: object, other: object, sign: str = sign) -> t.NoReturn:
            condition = f".expect(lambda value: value {sign} {short(other)})"
            raise TypeError(
                f"{self!r} {sign} {short(other)}: {self!r} cannot be compared while the plan is built; "
                f"try a function of the value, as in {condition}"
            )

        setattr(kind, f"__{name}__", compared)
