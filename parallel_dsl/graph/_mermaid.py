"""A plan as Mermaid text, for pages that draw it themselves; no name can end its label."""

from __future__ import annotations

import itertools
import typing as t

import attrs

from ..plan import Plan
from ..report import Report
from ._chart import Chart, Ends, Line, chart
from ._seats import Room
from ._seen import see

CHARACTERS = 50_000  # Mermaid refuses longer texts,
EDGES = 500  # and more edges
MOST = 3  # arrows for one step of the order: more are a thicket
ROOMS = tuple(Room(children=min(20, parts), levels=10, parts=parts) for parts in (240, 160, 100, 60, 40, 20, 10, 6))
KEPT = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _.,-")


def to_mermaid(plan: Plan[t.Any], report: Report | None = None) -> str:
    """Give a plan as a Mermaid flowchart: groups as frames, order as arrows, references as dotted arrows.

    An arrow of order ends at a box, or at a frame with nothing but boxes in it: at frames that hold frames Mermaid's
    layout crashes. Instead it ends at what runs first or last in there; side by side at each of them, if that makes
    three arrows or fewer, else at one.

    Wrappers stand under the name, the outermost first. What Mermaid would refuse, more than 50,000 characters or 500
    arrows, is left out, with a note in its place that counts it.

    Args:
        plan: What is shown.
        report: Of a run of the plan: each label tells state, attempts, seconds and error.

    Raises:
        PlanError: *plan* is none, or *report* is none.

    Example:
        >>> from parallel_dsl.plan import Agent, Stage, ref
        >>> print(to_mermaid(Stage(scan=Agent("scanner"), fix=Agent("fixer", ref.scan.file).retry(3))))
        flowchart LR
          subgraph n0["Stage"]
            direction LR
            n1["scan#58; scanner"]
            n2["fix#58; fixer<br/>retry #215;3"]
          end
          n1 --> n2
          n1 -.->|"scan.file"| n2
    """
    seen = see(plan, report, "to_mermaid")
    fitting = (text for room in ROOMS if (text := _drawn(chart(seen, room))))
    return next(fitting, "") or _drawn(_plain(chart(seen, ROOMS[-1])))


def _plain(drawn: Chart) -> Chart:
    """Give a chart whose lines say nothing: with so few parts it always fits."""
    return attrs.evolve(drawn, lines=[attrs.evolve(line, label="") for line in drawn.lines])


def _drawn(drawn: Chart) -> str:
    """Give the text, nothing if Mermaid would refuse it."""
    lines = list(_lines(drawn))
    text = "\n".join(["flowchart LR", *_boxes(drawn), *lines])
    return text if len(text) <= CHARACTERS and len(lines) <= EDGES else ""


def _boxes(drawn: Chart) -> t.Iterator[str]:
    """Give each box and each frame with what is in it, as deep as they are nested."""
    for depth, each, ends in drawn.nested():
        begin, inside = "  " * depth, drawn.inside(each)
        between = " #183; " if inside else "<br/>"  # the title of a frame has room for one line
        label = f'"{between.join(map(escaped, drawn.labels[each]))}"'
        if ends:
            yield f"{begin}end"
        elif inside:
            yield f"{begin}subgraph n{each}[{label}]"
            yield f"{begin}  direction LR"  # unsaid it changes from level to level
        else:
            box = f"([{label}])" if drawn.seats[each].part is None else f"[{label}]"
            yield f"{begin}n{each}{box}"


def _lines(drawn: Chart) -> t.Iterator[str]:
    """Join boxes, and frames with nothing but boxes in them: at other frames Mermaid 11 fails in many plans.

    It gives each frame a child to stand for it, which may be a frame, and may later be opened for another line; then
    its layout ends with "Cannot set properties of undefined (setting 'rank')".
    """
    plain = [not any(drawn.inside(each) for each in drawn.inside(number)) for number in range(len(drawn.seats))]
    ends = Ends(drawn, plain.__getitem__)
    for line in drawn.lines:
        label = f'|"{escaped(line.label)}"|' if line.label else ""
        arrow = f"{'-.->' if line.is_data else '-->'}{label}"
        yield from (f"  n{source} {arrow} n{target}" for source, target in _ends(line, ends))


def _ends(line: Line, ends: Ends) -> t.Iterable[tuple[int, int]]:
    """Give from where to where a line goes: an order between few goes from each to each, else there is one arrow."""
    one = [(ends.last[line.source], ends.first[line.target])]
    if line.is_data:
        return one
    pairs = list(itertools.product(ends.lasts(line.source, MOST + 1), ends.firsts(line.target, MOST + 1)))
    return pairs if len(pairs) <= MOST else one


def escaped(text: str) -> str:
    """Give cleaned text for the inside of ``["..."]``: what could mean something to Mermaid becomes its code.

    Example:
        >>> escaped('say "end"; 漢')
        'say #34;end#34;#59; 漢'
    """
    return "".join(char if char in KEPT or char > "\u00ff" else f"#{ord(char)};" for char in text)
