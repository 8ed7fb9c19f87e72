"""Run the review of this repository by its plan, side by side and then one by one: the speed-up is measured."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from demo_plan import review, team

import parallel_dsl as dsl
from parallel_dsl.plan import Leaf, Wrapper, steps, walk
from parallel_dsl.wording import clean

ROOT = Path(__file__).resolve().parent.parent


def outline(plan: dsl.Plan[object]) -> list[str]:
    """Give one line for each node: wrappers stand behind what they wrap."""
    lines, suffix = [], ""
    for node in walk(plan):
        if isinstance(node.plan, Wrapper):
            suffix = f"  .{type(node.plan).__name__.lower()}({', '.join(node.plan.arguments())}){suffix}"
            continue
        depth = len(steps(node.address))
        name = node.address.rpartition(".")[2]
        text = repr(node.plan) if isinstance(node.plan, Leaf) else type(node.plan).__name__
        lines.append("  " * (depth + 1) + clean(f"{name}: {text}" if name else text, 110) + suffix)
        suffix = ""
    return lines


def told(event: dsl.Event) -> None:
    """Print one line for each event that matters."""
    if event.kind == "retrying":
        print(f"  {event.at:6.1f} s  {event.address} failed, and is tried again")
    elif event.kind == "started" and event.attempt == 1:
        print(f"  {event.at:6.1f} s  {event.address} started")
    elif event.kind == "ended":
        ok = getattr(event.outcome, "ok", None)
        print(f"  {event.at:6.1f} s  {event.address} {'done' if ok else 'failed' if ok is False else 'cut'}")


def measured(limit: int, *, loud: bool) -> tuple[str, dsl.Report]:
    """Run the plan with fresh caches; give its synthesis and its report."""
    with tempfile.TemporaryDirectory() as scratch:
        plan = review(ROOT, Path(scratch))
        if loud:
            print("the plan:", *outline(plan), sep="\n")
            print("\nthe run:")
        out = dsl.run(plan, agents=team(), limit=limit, watch=[told] if loud else [])
        return out.synthesis, dsl.last_report()


def main() -> int:
    """Print plan, events, synthesis, report and speed-up."""
    said, report = measured(4, loud=True)
    print(f"\nthe synthesis:\n{said}\n\nthe report:\n{report}\n")
    print("the same, one leaf at a time ...")
    _, alone = measured(1, loud=False)
    ratio = alone.wall_seconds / report.wall_seconds
    print(f"{alone.wall_seconds:.1f} s alone, {report.wall_seconds:.1f} s side by side: {ratio:.2f} times as fast")
    return 0


if __name__ == "__main__":
    sys.exit(main())
