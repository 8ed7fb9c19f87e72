"""What text says of a part: its name, its arrows, its policies, and what became of it."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from ..plan import Frozen, Group, Ref
from ..report import GLYPHS, Entry, Report, took
from ..wording import clean, function_name, redact, short
from ._outline import Part, Use
from ._standing import WORST, Shown, Standing, worst
from ._words import policy_of
from ._xml import visible

NAME = 60  # characters of a name
ARROW = 60  # of a reference
ERROR = 70
ARROWS = 4
POLICIES = 8
AROUND = 32  # of one of them
SHOWN_GLYPHS: Mapping[Shown, str] = {**t.cast("dict[Shown, str]", GLYPHS), "red": "■", "saved": "▪"}


def titled(part: Part) -> str:
    """Give name and label: ``bugs: qa-engineer "fix"``; of the root the label alone."""
    return part.label if part.parent is None else f"{visible(part.name, NAME)}: {part.label}"


def policies(part: Part) -> str:
    """Give the wrappers, the outermost first: ``limit 2, retry ×3`` limits all attempts together.

    What a command says of itself stands inside of all: ``check``, as red is no failure without it.
    """
    left = len(part.wrappers) - POLICIES
    around = part.wrappers if left <= 0 else (*part.wrappers[: POLICIES - 2], *part.wrappers[-2:])
    words = [clean(str(policy_of(wrapper)), AROUND) for wrapper in around]  # each is seen, none takes the line
    if left > 0:
        words.insert(POLICIES - 2, f"... {left:,} more")
    return ", ".join([*words, "check"] if part.is_checked else words)


def arrows(part: Part) -> list[str]:
    """Give what a part uses, each once, but for the items of a map."""
    items = _reference(part.plan.over) if isinstance(part.plan, Group) and isinstance(part.plan.over, Ref) else ""
    return [each for each in dict.fromkeys(map(arrow, part.uses)) if each != items]


def arrow(use: Use) -> str:
    """Give a reference, and the name of `.given` through which it comes: ``scan.files as file``."""
    return visible(use.text + (f" as {use.via}" if use.via else ""), ARROW)


def some(words: list[str], most: int = ARROWS) -> str:
    """Join the first few, and count the rest."""
    rest = f" and {len(words) - most:,} more" if len(words) > most else ""
    return ", ".join(words[:most]) + rest


def each_of(part: Part) -> str:
    """Give what a map runs for: ``each of 10,000 items``, ``each of scan.files``, ``each of read()``."""
    over = t.cast("Group[t.Any]", part.plan).over
    if isinstance(over, Ref):
        return f"each of {_reference(over)}"
    if isinstance(over, Frozen):
        named = "named item" if over.kind is dict else "item"
        return f"each of {len(over.items):,} {named}{'' if len(over.items) == 1 else 's'}"
    return f"each of {visible(function_name(over), ARROW)}()"


def _reference(ref: Ref) -> str:
    """Give it as an arrow has it; of `item` and `last` the word is needed."""
    said = repr(ref)
    return visible(said.removeprefix("ref").removeprefix(".") if ref._root == "ref" else said, ARROW)


def became(part: Part, standing: Standing, report: Report) -> str:
    """Tell what became of a part: glyph and state, attempts, seconds, and the error in short."""
    entry = standing.entry
    said = _states(part, standing)
    saved = report.saved.get(part.address, 0)
    said += [f"{saved:,} saved"] if saved and standing.counts["saved"] != saved else []  # else it is among the states
    if entry is not None:
        said += [f"{standing.attempts} attempts"] if standing.attempts > 1 else []
        said += [took(standing.seconds)] if standing.ended is not None else []
    elif standing.began is not None and standing.ended is not None:
        said.append(took(standing.ended - standing.began))
    error = _error(entry) if entry is not None else _own(part, report) or _first(part, standing, report)
    glyph = _glyph(part, standing)
    return f"{glyph} {', '.join(said)}".strip() + (f": {error}" if error else "")


def _glyph(part: Part, standing: Standing) -> str:
    """Give the sign of what a part became: of a group what it did itself, not what it tolerated."""
    if not standing.counts:  # of what is empty nothing became
        return ""
    if part.is_leaf:
        return SHOWN_GLYPHS[standing.state]
    if standing.verdict is not None:
        return SHOWN_GLYPHS[standing.verdict]
    rest = [state for state, count in standing.counts.items() if count and state not in ("failed", "red", "done")]
    return SHOWN_GLYPHS[worst(rest)] if rest else ""


def _states(part: Part, standing: Standing) -> list[str]:
    """Give the state of a leaf in words, of a group how many leaves are in each; of what is done no word is needed."""
    if not part.is_leaf or standing.size > 1:  # a leaf in a map may be many
        return [f"{standing.counts[each]:,} {each}" for each in WORST if standing.counts[each]]
    if standing.state == "red" and standing.entry is not None:
        return [f"exit {standing.entry.value.exit_code}"]
    return [standing.state] if standing.counts and standing.state != "done" else []


def _error(entry: Entry) -> str:
    return "" if entry.error is None else _short(entry.error)


def _short(error: object) -> str:
    return clean(redact(short(error, ERROR)), ERROR)


def _own(part: Part, report: Report) -> str:
    """Give the error of a group itself: a deadline, a condition, a source, a save."""
    failed = report.failures.get(part.address)
    return "" if failed is None else _short(failed.error)


def _first(part: Part, standing: Standing, report: Report) -> str:
    """Name the first item of a map that failed; its error too if the item is one leaf."""
    if not part.is_map:
        return ""
    failed = next((item for item, state in standing.items.items() if state == "failed"), None)
    if failed is None:
        return ""
    entry = report.entries.get(failed)
    error = "" if entry is None else _error(entry)
    return f"first {visible(failed, ARROW)}" + (f" {error}" if error else "")
