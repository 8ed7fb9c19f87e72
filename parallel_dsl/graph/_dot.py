"""A plan as DOT text, for Graphviz; no name can end its label, and none is markup."""

from __future__ import annotations

import typing as t

from ..plan import Plan
from ..report import Report
from ._chart import Chart, Line, chart
from ._fold import Room
from ._seen import see

ROOM = Room(children=100, levels=40, parts=1_000)
FONT = 'fontname="Helvetica,Arial,sans-serif"'
HEAD = (
    f"graph [compound=true, rankdir=LR, {FONT}, fontsize=11, labeljust=l, style=rounded, color=gray50];",
    f'node [shape=box, style=rounded, {FONT}, fontsize=11, margin="0.17,0.06"];',
    f"edge [{FONT}, fontsize=9];",
)
DATA = 'style=dashed, color="#0072b2", fontcolor="#0072b2"'


def to_dot(plan: Plan[t.Any], report: Report | None = None) -> str:
    r"""Give a plan as a DOT digraph: groups as clusters, order as arrows, references as dashed arrows.

    Wrappers stand under the name, the outermost first. Of more than 100 children of one group, 40 levels or 1,000
    parts some are left out, with a note in their place that counts them. Edges without ``style=invis`` are the plan;
    those with it only keep a group to the right of what it waits for.

    Args:
        plan: What is shown.
        report: Of a run of the plan: each label tells state, attempts, seconds and error.

    Raises:
        PlanError: *plan* is none, or *report* is none.

    Example:
        >>> from parallel_dsl.plan import Agent, Stage, ref
        >>> print(to_dot(Stage(scan=Agent("scanner"), fix=Agent("fixer", ref.scan.file).retry(3))).partition("\n\n")[2])
          subgraph cluster_n0 {
            label="Stage";
            n1 [label="scan: scanner"];
            n2 [label="fix: fixer\nretry ×3"];
          }
        <BLANKLINE>
          n1 -> n2;
          n1 -> n2 [style=dashed, color="#0072b2", fontcolor="#0072b2", label="scan.file"];
        }
    """
    drawn = chart(see(plan, report, "to_dot"), ROOM)
    head = ["digraph plan {", *(f"  {line}" for line in HEAD), ""]
    return "\n".join([*head, *_boxes(drawn), "", *_Lines(drawn).all(), "}"])


def _boxes(drawn: Chart) -> t.Iterator[str]:
    """Give each box and each frame with what is in it, as deep as they are nested.

    Side by side the last comes first: from left to right Graphviz stacks them from the bottom up.
    """
    stack: list[int | str] = [0]
    depth = 1
    while stack:
        each = stack.pop()
        if isinstance(each, str):
            depth -= 1
            yield "  " * depth + each
            continue
        inside = drawn.inside(each)
        begin = "  " * depth
        labels = drawn.labels[each]
        if inside:
            label = quoted(*labels, end="\\l" if len(labels) > 1 else "")
            yield from (f"{begin}subgraph cluster_n{each} {{", f"{begin}  label={label};")
            stack += ["}", *(reversed(inside) if drawn.is_ordered(each) else inside)]
            depth += 1
        else:
            note = ", shape=note, style=dashed" if drawn.seats[each].part is None else ""
            yield f"{begin}n{each} [label={quoted(*labels)}{note}];"


class _Lines:
    """DOT joins boxes only: a line of a frame goes to a box in it, and is cut at its border."""

    def __init__(self, drawn: Chart) -> None:
        self.drawn = drawn
        self.length: dict[int, int] = {}
        self.begin: dict[int, int] = {}
        self.end: dict[int, int] = {}
        for number in reversed(range(len(drawn.seats))):
            self._measure(number, drawn.inside(number))

    def _measure(self, number: int, inside: list[int]) -> None:
        """Give a frame its ends: a box where it begins, and the box that ends the longest way through it."""
        if not inside:
            self.length[number], self.begin[number], self.end[number] = 1, number, number
        elif self.drawn.is_ordered(number):
            self.length[number] = sum(self.length[each] for each in inside)
            self.begin[number], self.end[number] = self.begin[inside[0]], self.end[inside[-1]]
        else:
            middle = inside[(len(inside) - 1) // 2]
            longest = max(inside, key=lambda each: (self.length[each], each == middle))
            self.length[number] = self.length[longest]
            self.begin[number], self.end[number] = self.begin[middle], self.end[longest]

    def all(self) -> t.Iterator[str]:
        for line in self.drawn.lines:
            yield self._line(line)
        for line in self.drawn.lines:
            if not line.is_data:
                yield from self._held(line)

    def _line(self, line: Line) -> str:
        tail, head = self.end[line.source], self.begin[line.target]
        said = [
            f"ltail=cluster_n{line.source}" if tail != line.source else "",
            f"lhead=cluster_n{line.target}" if head != line.target else "",
            DATA if line.is_data else "",
            f"label={quoted(line.label)}" if line.label else "",
        ]
        options = ", ".join(filter(None, said))
        return f"  n{tail} -> n{head}{f' [{options}]' if options else ''};"

    def _held(self, line: Line) -> t.Iterator[str]:
        """Keep the other boxes with which a frame begins to the right of what it waits for."""
        stack = [line.target]
        while stack:
            number = stack.pop()
            inside = self.drawn.inside(number)
            stack += inside[:1] if self.drawn.is_ordered(number) else reversed(inside)
            if not inside and number != self.begin[line.target]:
                yield f"  n{self.end[line.source]} -> n{number} [style=invis];"


def quoted(*lines: str, end: str = "") -> str:
    r"""Give cleaned lines as a DOT string: Graphviz decodes entities and backslashes, so both are escaped.

    Each line ends with *end*, which Graphviz takes for left-aligned; without it they are centred.

    Example:
        >>> print(quoted(r'say "\N" & go', "retry ×3"))
        "say \"\\N\" &amp; go\nretry ×3"
    """
    return '"' + (end or "\\n").join(map(_escaped, lines)) + end + '"'


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')
