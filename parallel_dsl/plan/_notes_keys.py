"""What looks like a key is told of, and never repeated: a plan is shown, saved and compared as it is."""

from __future__ import annotations

import functools
import re
import typing as t
from collections.abc import Iterable, Iterator

from ..errors import Finding
from ..wording import clean, holds_key
from ._base import Plan
from ._commands import Command
from ._freeze import Frozen
from ._leaves import NO_TASK, Agent, Call, Value
from ._refs import Ref, Text
from ._walk import Node
from ._wrappers import Given

MOST_VALUES = 1_000  # values of one leaf that are looked at
MOST_TEXT = 10_000  # characters of one value
WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
KEYS = frozenset({"token", "authtoken", "secret", "password", "passwd", "passphrase", "apikey", "authorization"})
KEYS |= {"credential", "credentials"}
ENDS = ("password", "passwd", "passphrase", "apikey")  # PGPASSWORD is one word
KINDS = frozenset({"api", "access", "private", "secret", "auth", "signing", "encryption", "account"})  # of a key
KINDS |= {"openai", "anthropic", "gemini", "mistral", "github", "gitlab", "stripe", "azure", "aws"}
# tokens that are places in a list, or marks in a text
NO_KEYS = frozenset({"page", "next", "prev", "previous", "continuation", "cursor", "sync", "pagination", "resume"})
NO_KEYS |= {"stop", "start", "begin", "end", "first", "last", "special"}
NO_KEYS |= {"eos", "bos", "pad", "mask", "unk", "sep", "cls"}
PLACEHOLDER = re.compile(r"\s*(\$.*|\{.*\}|<.*>|[*.xX]*|[A-Z][A-Z0-9]*(_[A-Z0-9]+)+)\s*", re.DOTALL)
SCHEME = re.compile(r"\s*(bearer|basic|token)\s+", re.IGNORECASE)
HEADER = re.compile(r"""['"]?([A-Za-z][\w-]{0,80}):\s*(.+)""", re.DOTALL)
AUTHORIZATION = re.compile(r"""(?i)authorization:\s*((?:bearer|basic|token)\s+[^\s'"]+)""")
OPTION = re.compile(r"--[A-Za-z][\w-]*|-\w")  # what is glued to a short one may be a key
ADVICE = "keep it out of the plan: let the function that needs it read it from the environment"
OF_COMMAND = "keep it out of the plan: set it in the environment of the run, which a command inherits"

Where = tuple[str, str | None]  # the parameter, and the name inside it


def keys_in(node: Node) -> list[Finding]:
    """Give the parameters of a plan that look like keys, in one note."""
    found: dict[Where, None] = {}
    for name, value in _parameters(node.plan):
        if type(value) is str:  # as most are
            if _is_key(name, value):
                found[name, None] = None
        elif value is not None and not isinstance(value, int | float | Ref):
            found |= {where: None for where, each in _values(name, value) if _is_key(where[1] or where[0], each)}
    return [_note(node, list(found))] if found else []


def _note(node: Node, found: list[Where]) -> Finding:
    said = ", ".join(_shown(*where) for where in found[:3]) + (", ..." if len(found) > 3 else "")
    what = f"{said} {'looks' if len(found) == 1 else 'look'} like a key, and a plan is shown and saved as it is"
    return Finding(node.address, "note", what, OF_COMMAND if isinstance(node.plan, Command) else ADVICE)


def _is_key(name: str, value: t.Any) -> bool:
    if isinstance(value, bytes):
        value = value[:MOST_TEXT].decode("latin-1")
    if not isinstance(value, str):
        return False
    text = value if len(value) <= MOST_TEXT else value[:MOST_TEXT]
    return (is_key_name(name) and PLACEHOLDER.fullmatch(SCHEME.sub("", text, count=1)) is None) or holds_key(text)


@functools.lru_cache(maxsize=4096)
def is_key_name(name: str) -> bool:
    """Tell whether the value of a parameter of that name is a secret: by its last words.

    Example:
        >>> [is_key_name(n) for n in ("api_key", "openaiApiKey", "PGPASSWORD", "max_tokens", "token_url", "eos_token")]
        [True, True, True, False, False, False]
    """
    words = [w.lower() for w in WORDS.findall(name[-80:])]
    if not words:
        return False
    before = words[-2] if len(words) > 1 else ""
    if words[-1] == "key":
        return before in KINDS
    return (words[-1] in KEYS or words[-1].endswith(ENDS)) and before not in NO_KEYS


def _parameters(plan: Plan[t.Any]) -> Iterable[tuple[str, t.Any]]:
    if isinstance(plan, Agent):
        named = plan.params.pairs.items()
        return named if plan.task is NO_TASK else [("the task", plan.task), *named]
    if isinstance(plan, Call):
        return [*((f"argument {i}", a) for i, a in enumerate(plan.args)), *plan.kwargs.pairs.items()]
    if isinstance(plan, Command):
        return [*_arguments(plan), *plan.params.pairs.items(), ("env", plan.env), ("stdin", plan.stdin)]
    if isinstance(plan, Value):
        return [("the value", plan.value)]
    return plan.values.pairs.items() if isinstance(plan, Given) else ()


def _arguments(plan: Command) -> Iterator[tuple[str, t.Any]]:
    """Give each argument under its name: ``--token=x``, ``--token x``, ``TOKEN=x`` and ``X-Api-Key: x`` say it."""
    if plan.shell:  # whose words are not told apart
        yield from (("the Authorization", found[1]) for found in AUTHORIZATION.finditer((plan.line or "")[:MOST_TEXT]))
    words = (plan.line or "").split()[:MOST_VALUES] if plan.shell else plan.argv[:MOST_VALUES]
    before = ""
    for word in words:
        if not isinstance(word, str):
            # what is filled into a string stands in the parameters too
            yield "an argument", word.template if isinstance(word, Text) and plan.line is not None else word
            before = ""
            continue
        name, sign, value = word.partition("=")
        if sign and name.replace("-", "").replace("_", "").isalnum():
            yield name, value.strip("\"'")
        elif (header := HEADER.match(word)) is not None and is_key_name(header[1]):
            yield f"the {header[1]}", header[2]
        elif before.startswith("-") and not word.startswith("-"):
            yield before, word
        else:
            yield "an argument", word
        before = "" if sign else word


def _values(root: str, value: t.Any) -> Iterator[tuple[Where, t.Any]]:
    """Give what stands in a container or a text, under its nearest name."""
    stack: list[tuple[Where, t.Any]] = [((root, None), value)]
    for _ in range(MOST_VALUES):
        if not stack:
            return
        where, each = stack.pop()
        yield where, each
        stack += reversed(list(_inside(where, each)))


def _inside(where: Where, value: t.Any) -> Iterator[tuple[Where, t.Any]]:
    if isinstance(value, Text):
        yield where, value.template
        for name, each in value.values:
            yield (where[0], name), each
    elif isinstance(value, Frozen):
        for each in value.items[:MOST_VALUES]:
            if value.kind is not dict:
                yield where, each
            else:
                yield (where[0], each[0] if isinstance(each[0], str) else where[1]), each[1]


def _shown(root: str, inner: str | None) -> str:
    said = _safe(root) if " " in root or root.startswith("-") else f"{_safe(root)}="
    return said if inner is None else f"{said.removesuffix('=')}[{_safe(inner)!r}]"


def _safe(name: str) -> str:
    """Give a name as it may be shown: one that is a key itself is hidden, or may have one in it."""
    if name.startswith("-") and OPTION.fullmatch(name) is None:
        return "an argument"
    return "***" if holds_key(name) else clean(name, 40)
