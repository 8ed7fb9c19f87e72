"""A plan as a networkx graph: a node for each address, edges for what holds, what follows, and what is used."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Iterator
from itertools import pairwise

from ..plan import Plan
from ..wording import clean, redact
from ._outline import Outline, Part, outline
from ._xml import visible

if t.TYPE_CHECKING:
    import networkx as nx

CODE = 200  # characters of a plan as text
NAMED = 200  # of a reference

Edge = tuple[str, str, dict[str, t.Any]]


def to_networkx(plan: Plan[t.Any], *, plain: bool = False) -> nx.MultiDiGraph:
    """Give a plan as a directed graph without cycles, for networkx' own functions and writers.

    A node for each address, parents first, in written order. Its attributes: ``kind`` (the class: ``All``,
    ``Agent``), ``label``, ``policies`` (the wrappers, the outermost first, each a dict of ``word`` and its numbers),
    ``plan`` (as it stands there, wrappers included), ``leaf``, and for a map whose items are known ``count``.

    An edge for each of three roles: ``contains`` from a group to its child, ``order`` from a child of a `Stage` or
    `Fallback` to the next, ``data`` for each reference, from the node that it names to the one that uses it, with
    ``ref`` and, through a name of `.given`, ``via``. The same two nodes can have several edges. References that lead
    nowhere have none: see `check`.

    Args:
        plan: The plan.
        plain: Give attributes as text and numbers only, so that GraphML, GEXF and JSON can hold them: policies
            become JSON, the plan the beginning of its code, without secrets.

    Raises:
        PlanError: It is no plan.

    Example:
        >>> from parallel_dsl import Agent, Stage, ref
        >>> graph = to_networkx(Stage(scan=Agent("a"), fix=Agent("b", ref.scan.file).retry(2)))
        >>> [(a, d["kind"], d["policies"]) for a, d in graph.nodes(data=True)][2][:2]
        ('fix', 'Agent')
        >>> [(u, v, d["role"]) for u, v, d in graph.edges(data=True) if u == "scan"]
        [('scan', 'fix', 'order'), ('scan', 'fix', 'data')]
    """
    import networkx as nx  # it takes as long to import as all of the rest

    found = outline(plan, "to_networkx")
    graph: nx.MultiDiGraph = nx.MultiDiGraph()
    describe = _plain if plain else _whole
    graph.add_nodes_from((part.address, describe(part)) for part in found.parts)
    graph.add_edges_from(_edges(found))
    return graph


def _whole(part: Part) -> dict[str, t.Any]:
    policies = [{"word": q.word, **q.numbers} for q in part.policies] if part.wrappers else []
    return {**_common(part), "policies": policies, "plan": part.wrappers[0] if part.wrappers else part.plan}


def _plain(part: Part) -> dict[str, t.Any]:
    whole = _whole(part)
    code = clean(redact(beginning(whole["plan"], CODE * 2)), CODE)
    return {**whole, "policies": json.dumps(whole["policies"]), "plan": code}


def _common(part: Part) -> dict[str, t.Any]:
    said = {"kind": part.word, "label": part.label, "leaf": part.is_leaf}
    return {**said, "count": part.count} if part.is_map and part.count is not None else said


def _edges(found: Outline) -> Iterator[Edge]:
    for part in found.parts:
        inner = part.children
        yield from ((part.address, child.address, {"role": "contains"}) for child in inner)
        if part.is_ordered:
            yield from ((a.address, b.address, {"role": "order"}) for a, b in pairwise(inner))
    for use in found.uses:
        said = {"role": "data", "ref": visible(use.text, NAMED)}
        via = {"via": visible(use.via, NAMED)} if use.via else {}
        yield use.source.address, use.target.address, said | via


def beginning(plan: Plan[t.Any], width: int) -> str:
    """Give the repr of a plan as far as *width* characters, at a cost that does not depend on what follows.

    Example:
        >>> from parallel_dsl import Agent, All
        >>> beginning(All(Agent("a"), Agent("b")), 12)
        "All(Agent('a"
    """
    done, stack, room = list[str](), list[t.Any]([plan]), width
    while stack and room > 0:
        piece = stack.pop()
        if isinstance(piece, str):
            done.append(piece)
            room -= len(piece)
        else:
            stack.extend(reversed(list(piece.layout())))
    return "".join(done)[:width]
