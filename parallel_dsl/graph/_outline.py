"""What is shown of a plan: one part for each address, a leaf or group with the wrappers around it."""

from __future__ import annotations

import typing as t
from collections.abc import Sequence

import attrs

from ..plan import (
    Command,
    Frozen,
    Given,
    Group,
    Leaf,
    Lookup,
    Node,
    Place,
    Plan,
    Ref,
    Sights,
    Wrapper,
    need_plan,
    sources,
    uses,
    walk,
)
from ._words import Policy, label_of, policy_of


@attrs.frozen(eq=False)
class Use:
    """A reference as an arrow: from the part that it names to the part that uses it.

    Args:
        ref: As it stands in the plan.
        source: The part that it names, as deep as the plan tells.
        target: The part that uses it: a leaf, a map that takes its items from it, or what a condition is about.
        via: The name of a `.given` through which it comes, or nothing.
    """

    ref: Ref
    source: Part
    target: Part
    via: str = ""

    @property
    def text(self) -> str:
        """Give the reference without its first word: ``analyses.bugs``."""
        return repr(self.ref).removeprefix("ref").removeprefix(".")


@attrs.define(eq=False, repr=False)
class Part:
    """A leaf or a group, with the wrappers around it; nobody changes it once the outline is made.

    Args:
        address: Of the plan; of a map's template ``address.*``.
        name: The last step of the address, as it was given: not quoted, not cleaned. Of the root nothing.
        plan: The leaf or group itself.
        wrappers: Around it, the outermost first.
        parent: The group that it stands in.
        children: In written order; of a map the one template.
        uses: References that end here.
        depth: How many groups are around it.
    """

    address: str
    name: str
    plan: Plan[t.Any]
    wrappers: tuple[Wrapper[t.Any], ...]
    parent: Part | None
    depth: int
    children: list[Part] = attrs.field(factory=list)
    uses: list[Use] = attrs.field(factory=list)

    @property
    def word(self) -> str:
        """Give the class: ``All``, ``Agent``."""
        return type(self.plan).__name__

    @property
    def label(self) -> str:
        """Give what it does, cleaned and without secrets: ``qa-engineer "fix"``; of a group its word."""
        return label_of(self.plan)

    @property
    def policies(self) -> list[Policy]:
        """Give the wrappers as words and numbers, the outermost first: ``timeout 600 s``, ``retry ×3``."""
        return [policy_of(wrapper) for wrapper in self.wrappers]

    @property
    def is_checked(self) -> bool:
        """Tell whether it is a command that fails if it ends with another exit code than 0."""
        return isinstance(self.plan, Command) and self.plan.check is True

    @property
    def is_leaf(self) -> bool:
        """Tell whether it does work."""
        return isinstance(self.plan, Leaf)

    @property
    def is_map(self) -> bool:
        """Tell whether it is a group of one template for many items."""
        return isinstance(self.plan, Group) and self.plan.template is not None

    @property
    def is_ordered(self) -> bool:
        """Tell whether its children run one after another."""
        return self.word in ("Stage", "Fallback")

    @property
    def count(self) -> int | None:
        """Give the number of children that it will have when it runs; None if only the run will tell."""
        over = self.plan.over if isinstance(self.plan, Group) and self.is_map else None
        if self.is_map:
            return len(over.items) if isinstance(over, Frozen) else None
        return len(self.children)

    def __repr__(self) -> str:
        return f"<Part {self.address!r}: {self.label}>"


@attrs.frozen(eq=False)
class Outline:
    """All parts of a plan.

    Args:
        parts: Parents before children, in written order; the root is the first.
        uses: Every reference that names a part, in the order of the parts that use them.
    """

    parts: Sequence[Part]
    uses: Sequence[Use]

    @property
    def root(self) -> Part:
        """Give the whole plan."""
        return self.parts[0]


def outline(plan: Plan[t.Any], said: str = "outline") -> Outline:
    """Give what is shown of a plan; *said* begins the message if it is none.

    References that lead nowhere have no arrow; `check` tells of them.

    Example:
        >>> from parallel_dsl.plan import Agent, Stage, ref
        >>> found = outline(Stage(scan=Agent("a").retry(), fix=Agent("b", ref.scan.file)).timeout(5))
        >>> [(p.address, p.label, [str(q) for q in p.policies]) for p in found.parts]
        [('', 'Stage', ['timeout 5 s']), ('scan', 'a', ['retry ×3']), ('fix', 'b', [])]
        >>> [(u.source.address, u.text, u.target.address) for u in found.uses]
        [('scan', 'scan.file', 'fix')]
    """
    return _Outliner().of(need_plan(plan, said))


class _Outliner:
    """The one walk that makes an outline: wrappers are gathered until the plan inside of them comes."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.at: dict[str, Part] = {}
        self.inside: dict[int, tuple[Node, Part]] = {}  # of a group the node is kept, so that its id is
        self.sights = Sights()
        self.lookup = Lookup(self.sights)
        self.arrows: list[tuple[str, Ref, Place, str]] = []  # user, reference, what it names, through which name

    def of(self, plan: Plan[t.Any]) -> Outline:
        around: list[Wrapper[t.Any]] = []
        outermost: Node | None = None
        for node in walk(plan):
            outermost = outermost or node
            self._refs(node)
            if isinstance(node.plan, Wrapper):
                around.append(node.plan)
                continue
            self._add(node, outermost, tuple(around))
            around, outermost = [], None
        return Outline(self.parts, self._uses())

    def _add(self, node: Node, outermost: Node, around: tuple[Wrapper[t.Any], ...]) -> None:
        group = outermost.parent
        parent = None if group is None else self.inside[id(group)][1]
        depth = 0 if parent is None else parent.depth + 1
        part = Part(node.address, _name(group, outermost.index), node.plan, around, parent, depth)
        self.parts.append(part)
        self.at[node.address] = part
        if parent is not None:
            parent.children.append(part)
        if isinstance(node.plan, Group):
            self.inside[id(node)] = node, part

    def _refs(self, node: Node) -> None:
        sight = self.sights.of(node)
        if isinstance(node.plan, Given):  # its references are drawn to whoever uses the names
            return
        for ref, led in uses(node, sight, self.lookup):
            if isinstance(led, Place):
                via = repr(ref).removeprefix("ref.") if led.node is not None else ""
                self.arrows += ((node.address, r, place, via) for r, place in sources(ref, led, self.lookup))

    def _uses(self) -> list[Use]:
        """Join the arrows to the parts, which are all known now: a wrapper comes before what it wraps."""
        found = []
        for user, ref, place, via in self.arrows:
            use = Use(ref, self.at[place.address], self.at[user], via)
            use.target.uses.append(use)
            found.append(use)
        return found


def _name(group: Node | None, index: int) -> str:
    if group is None:
        return ""
    plan = t.cast("Group[t.Any]", group.plan)
    if plan.template is not None:
        return "*"
    return f"[{index}]" if plan.names is None else plan.names[index]
