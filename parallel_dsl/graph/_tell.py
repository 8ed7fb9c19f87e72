"""What a picture tells in words: a title for each box and arrow, and the whole plan for those who hear it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..results import CommandResult, Failed, Succeeded
from ..wording import class_name, ends, text_of
from ._boxes import Arrow, Box, Picture
from ._lines import took
from ._outline import Part
from ._standing import WORST, Standing
from ._xml import visible

LINES = 40  # of the description

MEANINGS: Mapping[str, str] = {
    "All": "all must succeed, side by side",
    "Settled": "side by side, each outcome is recorded",
    "Any": "side by side, the first success wins",
    "Race": "side by side, the first to end decides",
    "Stage": "one after another",
    "Fallback": "one after another until one succeeds",
}


def told_of_box(box: Box, standing: Standing | None) -> str:
    """Give address, label, policies and state in one line."""
    part = box.part
    if part is None:
        return ""
    address = ends(visible(part.address, 400)) if part.address else "the plan"
    said = [f"{address}: {part.label}"]
    if part.word in MEANINGS:
        said.append(MEANINGS[part.word])
    if part.wrappers:
        said.append(" around ".join(str(policy) for policy in part.policies[:12]))
    if part.is_checked:
        said.append("check: fails if the exit code is not 0")
    if box.shape == "folded":
        said.append(f"{box.inside:,} leaves in {box.levels:,} levels")
    if standing is not None:
        said += told(standing)
    return " · ".join(said)


def told(standing: Standing) -> Iterator[str]:
    """Give what a run made of a part, in words."""
    if standing.size > 1:
        yield ", ".join(f"{standing.counts[state]:,} {state}" for state in WORST if standing.counts[state])
    elif standing.size:
        yield "ended red" if standing.state == "red" else standing.state
    if standing.attempts > 1:
        yield f"{standing.attempts:,} attempts"
    if standing.ended is not None and standing.attempts:
        yield took(standing.seconds)
    if standing.entry is not None:
        yield from _ending(standing.entry.outcome)
    elif standing.verdict is not None:
        failed = standing.why if standing.verdict == "failed" else None
        why = "" if failed is None else f": {visible(_error(failed.error), 80)}"
        yield f"as a whole {standing.verdict}{why}"


def _ending(outcome: object) -> Iterator[str]:
    """Give the error or the exit code."""
    if isinstance(outcome, Failed):
        yield visible(_error(outcome.error), 300)
    elif isinstance(outcome, Succeeded) and isinstance(outcome.value, CommandResult) and not outcome.value.ok:
        yield f"exit code {outcome.value.exit_code}"


def _error(error: BaseException) -> str:
    """Give class and message of an error, whatever its own text does."""
    text = text_of(error).strip()
    return f"{class_name(error)}: {text}" if text else class_name(error)


def told_of_arrow(arrow: Arrow) -> str:
    """Give both ends of a reference, and through which name it comes."""
    first = arrow.uses[0]
    source = visible(first.text, 160)
    target = visible(first.target.address, 160) if first.target.address else "the plan"
    via = f" as {visible(first.via, 60)}" if first.via else ""
    more = f" · and {len(arrow.uses) - 1:,} more" if len(arrow.uses) > 1 else ""
    return f"{source} → {target}{via}{more}"


def told_of_all(picture: Picture, standing: Standing | None, leaves: int) -> str:
    """Give the whole picture in one line."""
    part = picture.root.part
    assert part is not None
    said = [f"Plan: {part.label}", f"{leaves:,} {'leaf' if leaves == 1 else 'leaves'}"]
    verdict = [] if standing is None or standing.verdict is None else [f"as a whole {standing.verdict}"]
    return ", ".join([*said, *(() if standing is None else list(told(standing))[:1]), *verdict])


def described(picture: Picture) -> str:
    """Give the plan as lines of text, as far as a listener follows."""
    lines = [_line(box.part) for box in picture.boxes if box.part is not None]
    more = [f"and {len(lines) - LINES:,} more"] if len(lines) > LINES + 1 else []
    return "; ".join([*(lines[:LINES] if more else lines), *more])


def _line(part: Part) -> str:
    name = f"{ends(visible(part.address, 400), 80)}: " if part.address else ""
    policies = "".join(f", {policy}" for policy in part.policies[:4])
    return f"{name}{part.label}{policies}"
