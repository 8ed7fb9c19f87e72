"""A plan as DOT text, for Graphviz; no name can end its label, and none is markup."""

from __future__ import annotations

import typing as t

from ..plan import Plan
from ..report import Report
from ._chart import Chart, Ends, Line, chart
from ._seats import Room
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
    return "\n".join([*head, *_boxes(drawn), "", *_lines(drawn), "}"])


def _boxes(drawn: Chart) -> t.Iterator[str]:
    """Give each box and each frame with what is in it, as deep as they are nested.

    Side by side the last comes first: from left to right Graphviz stacks them from the bottom up.
    """
    for depth, each, ends in drawn.nested(lambda number: not drawn.is_ordered(number)):
        begin, labels = "  " * depth, drawn.labels[each]
        if ends:
            yield f"{begin}}}"
        elif drawn.inside(each):
            label = quoted(*labels, end="\\l" if len(labels) > 1 else "")
            yield from (f"{begin}subgraph cluster_n{each} {{", f"{begin}  label={label};")
        else:
            note = ", shape=note, style=dashed" if drawn.seats[each].part is None else ""
            yield f"{begin}n{each} [label={quoted(*labels)}{note}];"


def _lines(drawn: Chart) -> t.Iterator[str]:
    """DOT joins boxes only: a line of a frame goes to a box in it, and is cut at the border of the frame."""
    ends = Ends(drawn, lambda number: not drawn.inside(number))
    for line in drawn.lines:
        yield _line(line, ends)
    for line in drawn.lines:
        if not line.is_data:
            yield from _held(drawn, line, ends)


def _line(line: Line, ends: Ends) -> str:
    tail, head = ends.last[line.source], ends.first[line.target]
    said = [
        f"ltail=cluster_n{line.source}" if tail != line.source else "",
        f"lhead=cluster_n{line.target}" if head != line.target else "",
        DATA if line.is_data else "",
        f"label={quoted(line.label)}" if line.label else "",
    ]
    options = ", ".join(filter(None, said))
    return f"  n{tail} -> n{head}{f' [{options}]' if options else ''};"


def _held(drawn: Chart, line: Line, ends: Ends) -> t.Iterator[str]:
    """Keep the other boxes with which a frame begins to the right of what it waits for."""
    stack = [line.target]
    while stack:
        number = stack.pop()
        inside = drawn.inside(number)
        stack += inside[:1] if drawn.is_ordered(number) else reversed(inside)
        if not inside and number != ends.first[line.target]:
            yield f"  n{ends.last[line.source]} -> n{number} [style=invis];"


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
