"""Names, values and commands made safe and short to show: the one `clean`, the one redactor."""

from __future__ import annotations

import re
import typing as t

if t.TYPE_CHECKING:
    from collections.abc import Iterable

HIDDEN = "***"
LINE = 4_000  # characters of a line that was not made to be short
DEPTH = 8  # levels of containers that are shown
# It begins only where a word begins: tried at every letter of a long word, it would take quadratic time.
_KEYED = re.compile(
    r"(?i)(?<![\w-])(?P<key>[\w-]*?(?:token|secret|passw(?:or)?d|passphrase|(?:api|access|account|private)[_-]?key|credential"
    r"|authorization(?=\s*=))[\w-]{0,64}(?:\\?[\"'])?\s*[=:\s]\s*)"
    r"(?P<value>\\?\"[^\"]*\"?|'[^']*'?|[^\s\"',;&]+)"
)
_BEARER = re.compile(r"(?i)\b(bearer|basic|authorization:\s*token)(\s+)[\w.~+/=-]{6,}")
_KNOWN = re.compile(r"\b(sk-|ghp_|gho_|github_pat_|xox[abp]-|AKIA|AIza|[sr]k_live_|glpat-|eyJ)[\w.-]{6,}")
_BEGINS = ("sk-", "gh", "xox", "AKIA", "AIza", "k_live_", "glpat-", "eyJ")
_DIGIT = re.compile(r"[0-9]")  # words have none
# Of a text that was cut the end may be missing, and what is left of a password is still one; of a port it is not.
_USERINFO = re.compile(r"(://[^/\s:@]{0,256}:)(?!\d{1,5}\W*$)[^/\s@…]+(@|…|$)")
_BLOCK = re.compile(r"(-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----).*?(-----END|$)", re.DOTALL)

_ANY = re.compile(
    r"(?i)token|secret|passw|passphrase|(?:api|access|account|private)[_-]?key|credential|authorization|bearer|basic"
    r"|-----|://|sk-|gh[po]_|github_pat_|xox|akia|aiza|k_live_|glpat-|eyj"
)

# What a name may hold and no line may show: control characters become their pictures, so that they stay visible; what
# turns the direction of writing, or breaks XML 1.0, UTF-8 or a terminal, becomes the replacement character.
_PICTURES: dict[int, str] = {
    **{code: chr(0x2400 + code) for code in range(0x20)},
    0x09: " ",
    0x0A: " ↵ ",
    0x7F: "\u2421",
    **dict.fromkeys((*range(0x80, 0xA0), *range(0xD800, 0xE000), 0xFEFF, 0xFFFE, 0xFFFF, 0x061C), "\ufffd"),
    **dict.fromkeys((0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A)), "\ufffd"),
}


def clean(text: str, width: int = 200) -> str:
    r"""Give *text* as one line that is safe to show in any format, at most *width* characters long, never empty.

    Each renderer cleans first, then escapes for its format. Cleaning twice gives the same.

    Example:
        >>> clean("a\n  b\x1b[31m", 20), clean(" ")
        ('a ↵ b␛[31m', '(unnamed)')
    """
    if 0 < len(text) <= width and text.isprintable() and "  " not in text and text[0] != " " != text[-1]:
        return text  # most are
    begin = text[: width * 4 + 16]  # cut before the work: a name may have a gigabyte
    shown = " ".join(word for word in begin.translate(_PICTURES).split(" ") if word)
    if len(shown) > width or len(text) > len(begin):
        return shown[: max(1, width - 1)] + "…"
    return shown or "(unnamed)"


def safe_lines(text: str) -> str:
    r"""Give a text of several lines, each without secrets and control characters; what is very long is cut.

    Example:
        >>> safe_lines("a\x1b[31m\n  --token=abc")
        'a␛[31m\n  --token=***'
    """
    cut = (line if len(line) <= LINE else f"{line[: LINE - 1]}…" for line in text.split("\n"))
    return "\n".join(redact(line).translate(_PICTURES) for line in cut)


def article(noun: str) -> str:
    """Give a noun with its article.

    Example:
        >>> article("int"), article("str")
        ('an int', 'a str')
    """
    return f"{'an' if noun[:1].lower() in 'aeio' else 'a'} {noun}"


def ends(text: str, width: int = 160) -> str:
    """Give both ends of a long text: of an address the plan is known by the beginning, the leaf by the end.

    Example:
        >>> ends("stage.fixes.bugs.first", 13)
        'stag ... irst'
    """
    half = (width - 5) // 2
    return text if len(text) <= width else f"{text[:half]} ... {text[-half:]}"


def short(value: object, width: int = 60) -> str:
    """Give a short repr of any value: bounded in time and size, and safe against a hostile one.

    Example:
        >>> short(list(range(1000)), 20)
        '[0, 1, 2, 3, 4, 5, …'
    """
    try:
        return clean(_bounded(value, width), width)
    except Exception as error:  # a hostile __repr__: say so, never let it disturb a report
        return clean(f"<{class_name(value)}: its repr raised {class_name(error)}>", width)


def class_name(value: object) -> str:
    """Give the name of the class of a value, whatever its metaclass says.

    Example:
        >>> class_name(KeyError())
        'KeyError'
    """
    return t.cast("str", type.__dict__["__name__"].__get__(type(value)))


def text_of(error: BaseException) -> str:
    """Give the text of an error, whatever its class does when asked."""
    try:
        return str.__str__(str(error))  # of a class of its own the text may do anything once more
    except Exception as hostile:
        return f"its text could not be read: {class_name(hostile)}"


def function_name(fn: object) -> str:
    """Give the name of a function in one line, of what has none, or no text for one, that of its class.

    Example:
        >>> import functools
        >>> function_name(print), function_name(functools.partial(print))
        ('print', 'partial')
    """
    try:
        name = getattr(fn, "__name__", None)
    except Exception:  # a hostile property: the class has a name all the same
        name = None
    return clean(str.__str__(name)) if isinstance(name, str) else class_name(fn)


def _bounded(value: object, width: int, depth: int = 0) -> str:
    if isinstance(value, str | bytes | bytearray) and len(value) > width:
        return repr(value[: width + 8])
    kind = type(value)
    if kind not in BRACKETS or not value:
        return repr(value)
    begin, end = BRACKETS[kind]
    if depth == DEPTH:
        return f"{begin}…{end}"
    return begin + _inside(t.cast("t.Any", value), width, depth + 1, end)


BRACKETS: dict[type, tuple[str, str]] = {
    list: ("[", "]"),
    tuple: ("(", ")"),
    set: ("{", "}"),
    frozenset: ("frozenset({", "})"),
    dict: ("{", "}"),
}


def _inside(value: t.Any, width: int, depth: int, end: str) -> str:
    """Give the items as far as they fit, and what closes them."""
    parts: list[str] = []
    room = width
    for each in value.items() if type(value) is dict else value:
        if room < 0:
            return ", ".join(parts) + ", …"
        shown = _pair(each, width, depth) if type(value) is dict else _bounded(each, width, depth)
        parts.append(shown)
        room -= len(shown) + 2
    return ", ".join(parts) + ("," if type(value) is tuple and len(parts) == 1 else "") + end


def _pair(pair: tuple[object, object], width: int, depth: int) -> str:
    return ": ".join(_bounded(x, width, depth) for x in pair)


def redact(text: str) -> str:
    """Hide what looks like a secret.

    Example:
        >>> redact("curl -H 'Authorization: Bearer abcdef123' --token=xyz https://me:pw@host")
        "curl -H 'Authorization: Bearer ***' --token=*** https://me:***@host"
    """
    if _ANY.search(text) is None:  # most hold none, and five patterns cost six times as much as one
        return text
    text = _BLOCK.sub(rf"\1{HIDDEN}\2", text)
    text = _BEARER.sub(rf"\1\2{HIDDEN}", text)
    text = _KNOWN.sub(rf"\1{HIDDEN}", text)
    text = _USERINFO.sub(rf"\1{HIDDEN}\2", text)
    return _KEYED.sub(_hidden, text)


def holds_key(text: str) -> bool:
    """Tell whether there surely is a key in *text*, by its form; words like "token" alone say nothing.

    Example:
        >>> [holds_key(text) for text in ("use sk-abcdef123456", "what is a token?", "with sk-learn-pipelines")]
        [True, False, False]
    """
    # Most texts have none of these; to look for each is a third of the time that one expression for all takes.
    begins = any(begin in text for begin in _BEGINS)
    if begins and any(_DIGIT.search(found[0]) for found in _KNOWN.finditer(text)):
        return True
    return ("://" in text or "-----BEGIN" in text) and any(form.search(text) for form in (_USERINFO, _BLOCK))


def _hidden(found: re.Match[str]) -> str:
    key, value = found["key"], found["value"]
    if re.search(r"(?i)tokens\W*$", key) and value.isdecimal():  # a number of tokens is no secret
        return found[0]
    quote = value[0] if value[0] in "\"'" else ""
    return f"{key}{quote}{HIDDEN}{quote if len(value) > 1 else ''}"


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """Give ``"; did you mean 'x'?"`` for the closest of *words*, or nothing.

    Example:
        >>> did_you_mean("bug", ["bugs", "perf"])
        "; did you mean 'bugs'?"
    """
    import difflib  # only when something is wrong

    close = difflib.get_close_matches(word, list(words), n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""
