"""Names that break pictures: each has cost some renderer an error, a lost node, a wrong label or live markup."""

from __future__ import annotations

import typing as t

import parallel_dsl as dsl
from parallel_dsl import Agent, All, Command, Event, Failed, Report, Settled, Stage, Value, ref

MARKUP = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "</text></svg><script>alert(1)</script>",
    "</title><b>bold</b>",
    "</pre></details><h1>big</h1>",
    "</style><style>*{display:none}",
    "<!-- comment",
    "-->",
    "--",
    "]]>",
    "<![CDATA[x]]>",
    "<?xml version='1.0'?>",
    '<!DOCTYPE a [<!ENTITY b "c">]>',
    "&",
    "&amp;",
    "&quot;",
    "&lt;b&gt;",
    "&#35;",
    "&nosuch;",
    "&",
    "a<br/>b",
    "' onmouseover='alert(1)",
    '" onmouseover="alert(1)',
    "javascript:alert(1)",
    "data:text/html,<b>x</b>",
    "style=fill:red",
)
QUOTES = (
    '"',
    "'",
    '"quoted"',
    "it's",
    '\\"',
    '"]',
    '"];n0["owned"];',
    '"] --> n1["',
    '"; n99 [label="owned"]; "',
    "`",
    "`**bold** text`",
    "\\",
    "\\\\",
    "back\\slash\\",
    "\\n",
    "\\N",
    "\\G",
    "\\L\\R\\T",
    "\\u0041\\x41",
    "[a](javascript:alert(1))",
    "![i](https://example.org/i.png)",
    "# title",
    "1. one",
    "* star",
    "a_b_c **d** ~~e~~",
    "| a | b |",
    "$x^2$",
    "${HOME} $(id)",
    "{0} {name} %s %d",
)
BRACKETS = ("[", "]", "[[x]]", "(", "((x))", "{", "{{x}}", "{a|b}", "<a|b>", "[/x/]", ">x]", "a:::b", "a@{shape: cyl}")
WORDS_OF_FORMATS = (
    "end",
    "END",
    "graph",
    "subgraph",
    "subgraph x",
    "default",
    "style",
    "class",
    "classDef",
    "click",
    "href",
    "linkStyle",
    "direction",
    "flowchart LR",
    "node",
    "edge",
    "digraph",
    "strict",
    "cluster",
    "o",
    "x--x",
    "A-->B",
    "a -.-> b",
    "a==>b",
    "a; b",
    "a | b",
    "a\\l",
    "%%",
    "%% comment",
    "%%{init: {'theme':'dark'}}%%",
    "---\ntitle: x\n---",
    "click n0 href 'https://example.org'",
    "#35;",
    "#quot;",
    "#9829;",
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
    "null",
    "true",
    "0",
    "-1",
    "1e999",
    "NaN",
    "*",
    "[0]",
    "a.b",
    "a..b",
    "../../etc/passwd",
    "CON",
)
CONTROLS = (
    "\0",
    "a\0b",
    "\x1b[31mred\x1b[0m",
    "\x1b]8;;https://example.org\x07link\x1b]8;;\x07",
    "bell\x07",
    "back\b\b\bspace",
    "line\nline",
    "line\r\nline",
    "over\rwritten",
    "tab\ttab",
    "\x0b\x0c",
    "\x7f",
    "\x85next",
    "\x9b31m",
    "\x90q\x9c",
    "all" + "".join(map(chr, range(1, 32))),
    "\ud800",
    "lone \udfff end",
    "\ud83d\ude00",  # the two halves of an emoji, apart
    "\ufffe\uffff",
    "\ufeffmark",
    "\u202egnp.exe",
    "\u2066iso\u2069late",
    "\u061c\u200e\u200f",
    "para\u2029graph\u2028",
    "\U000e0041\U000e0042tags",
)
WRITTEN = (
    "",
    " ",
    "\t\n ",
    "\u00a0",
    "\u200b",
    "  two  spaces  ",
    "trailing ",
    "é",
    "e\u0301",
    "Z" + "\u0300" * 40,
    "ß \u017f ﬁ ª",
    "😀",
    "👩‍👩‍👧‍👦",
    "🏳️‍🌈 flag",
    "🇩🇪",
    "漢字かな交じり文",
    "한국어",
    "עברית",
    "العربية",
    "हिन्दी",
    "\U0001d56c\U0001d587",
    "ﷺ",
    "\uff0e。｡",
    "⇒ ← ■ ✓ … ├─ └─",
    "x" * 10_000,
    "漢" * 5_000,
    "word " * 4_000,
    "<" * 3_000,
    "equal  after",
    "equal after",
    "same\x80",
    "same\x81",
)
HOSTILE: tuple[str, ...] = tuple(
    dict.fromkeys(MARKUP + QUOTES + BRACKETS + WORDS_OF_FORMATS + CONTROLS + WRITTEN)
)


class Odd(Exception):
    """An error whose text is a hostile name."""


def everywhere(name: str) -> dsl.Plan[t.Any]:
    """Give a plan of eight parts that has the name wherever a plan can have one: 4 leaves in 3 groups, 1 of a map.

    Its parts are, in written order: ``Stage``, ``All``, agent, command, ``Settled.map``, agent, agent, value.
    """
    kind = name or " "  # an agent without a kind is refused
    return Stage(
        {
            name: All({name: Agent(kind, name, **{name: name}), f"{name}2": Command(["echo", f"x{name}"])}),
            f"{name}3": Settled.map(Agent(kind, name), over={name: [name], f"{name}2": [2]}).uses(kind),
            f"{name}4": Agent(kind, ref[name][name].expected).expect(bool, name or " ").given(**{f"{name}6": 1}),
            f"{name}5": Value({name: [name]}),
        }
    )


def failed(plan: dsl.Plan[t.Any], text: str) -> Report:
    """Give a report in which every leaf that stands for itself has failed with an error of that text."""
    from parallel_dsl.graph import outline

    parts = outline(plan).parts
    leaves = [p.address for p in parts if p.is_leaf and not (p.parent is not None and p.parent.is_map)]
    started = [Event("started", a, 1, 0.0) for a in leaves]
    return Report.of([*started, *(Event("ended", a, 1, 1.5, Failed(Odd(text), ())) for a in leaves)])
