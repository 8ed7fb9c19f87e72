"""The brief's four claims about performance, measured on its own examples: prints the page ``docs/performance.md``.

``python tests/benchmarks/brief_metrics.py > docs/performance.md`` takes some minutes.
"""

from __future__ import annotations

import datetime as dt
import os
import platform
import subprocess
import sys
import typing as t

import trio
from brief_plans import PLANS, PYTHON_STARTS, agent, computing, seconds, waiting
from leaves import leaf
from measuring import wall

import parallel_dsl as dsl
from parallel_dsl import Agent, All, Call, Command, item

TIMES = 5
TURNS = 3_000_000  # of a loop in a process of its own: some tenths of seconds
PASS = [sys.executable, "-c", "pass"]
Row = t.Sequence[object]


def table(heads: Row, rows: t.Iterable[Row]) -> str:
    """Give a table of a page."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def shortest(works: t.Sequence[t.Callable[[], object]]) -> list[float]:
    """Give the shortest of some times of each, in seconds: the one that others disturbed least.

    They take turns, since the machine is not always as busy.
    """
    rounds = [[wall(work) for work in works] for _ in range(TIMES)]
    return list(map(min, zip(*rounds, strict=True)))


def running(plan: dsl.Plan[t.Any], **options: t.Any) -> t.Callable[[], object]:
    """Give what runs a plan."""
    return lambda: dsl.run(plan, agents={"*": agent}, **options)


# Speed-up


async def half_a_second(task: object = None) -> None:
    """Wait as an agent does that asks a model."""
    await trio.sleep(0.5)


def speed_ups(leaf: dsl.Plan[t.Any], counts: t.Iterable[int]) -> list[Row]:
    """Hold the time of one against the time of many at once; one by one they would take as many times as long."""
    counts = list(counts)
    one, *more = shortest([running(All([leaf] * count)) for count in (1, *counts)])
    rows: list[Row] = []
    for count, many in zip(counts, more, strict=True):
        rows.append((count, f"{one * count:.2f}", f"{many:.2f}", f"{one * count / many:.1f}x", percent(one / many)))
    return rows


def percent(share: float) -> str:
    return f"{share * 100:.0f} %"


HEADS = ("leaves", "one by one, s", "at once, s", "speed-up", "of the ideal")


# Efficiency


def of_brief() -> list[Row]:
    """Each example of the brief: run, and simulated."""
    rows: list[Row] = []
    for name, plan in PLANS.items():
        report = min((reported(plan) for _ in range(TIMES)), key=lambda r: r.wall_seconds)
        said = dsl.simulate(plan, seconds)
        more = percent(report.wall_seconds / said.wall_seconds - 1)
        ran = report.size, f"{report.wall_seconds:.2f}", f"{report.speed_up:.1f}x", report.peak_concurrency
        simulated = f"{said.wall_seconds:.2f}", percent(said.efficiency)
        rows.append((name, *ran, percent(report.efficiency), *simulated, more))
    return rows


def reported(plan: dsl.Plan[t.Any]) -> dsl.Report:
    """Run a plan, and give its report."""
    dsl.run(plan, agents={"*": agent})
    return dsl.last_report()


RAN = ("example", "leaves", "took, s", "speed-up", "peak", "efficiency")
EFFICIENCY = (*RAN, "simulated, s", "simulated efficiency", "took more by")


# Overhead


def overheads() -> list[Row]:
    """What a leaf costs that does nothing: of each kind, and of the same by hand where there is such a thing."""

    async def by_hand(command: list[str], count: int) -> None:
        for _ in range(count):
            await trio.run_process(command, stdin=subprocess.DEVNULL, capture_stdout=True, capture_stderr=True)

    works: dict[str, tuple[t.Callable[[], object], int]] = {
        "an async agent or function": (running(All.map(Call(leaf, item), over=list(range(10_000)))), 10_000),
        "a sync function in a thread": (running(All([Call(int)] * 2_000)), 2_000),
        "the command `true`": (running(All([Command("true")] * 40), limit=1), 40),
        "`true` by `trio.run_process`, without us": (lambda: trio.run(by_hand, ["true"], 40), 40),
        "the command `python -c pass`": (running(All([Command(PASS)] * 40), limit=1), 40),
        "`python -c pass` by `trio.run_process`, without us": (lambda: trio.run(by_hand, PASS, 40), 40),
    }
    found = shortest([work for work, _ in works.values()])
    pairs = zip(works.items(), found, strict=True)
    return [(name, f"{s / count * 1000:.2g}") for (name, (_, count)), s in pairs]


# Best concurrency


def knees() -> list[Row]:
    """The knee of each example, as simulated without the limits that the brief puts around it."""
    rows: list[Row] = []
    for name, plan in PLANS.items():
        if "batches" in name or "at most" in name or "chunks" in name:
            continue
        found = dsl.best_limit(plan, seconds)
        rows.append((name, found.knee, f"{found.rows[0].seconds:.2f}", f"{found.best.seconds:.2f}", found.best.peak))
    hundred = All.map(Agent("agent", item), over=list(range(100)))
    wide = {
        "100 agents, nothing else": dsl.best_limit(hundred, (30, 90)),
        "100 agents, a service that takes 4 at once": dsl.best_limit(hundred, (30, 90), limits={"agent": 4}),
        "seven tasks of 30 to 90 s": dsl.best_limit(All([Agent("agent")] * 7), (30, 90)),
    }
    for name, found in wide.items():
        rows.append((name, found.knee, f"{found.rows[0].seconds:.0f}", f"{found.best.seconds:.0f}", found.best.peak))
    return rows


def computed() -> list[Row]:
    """Eight processes that compute, under one limit after the other, for real."""
    plan = All([computing(TURNS)] * 8)
    limits = (1, 2, 3, 4, 8)
    rows = list(zip(limits, shortest([running(plan, limit=limit) for limit in limits]), strict=True))
    return [(limit, f"{s:.2f}", f"{rows[0][1] / s:.1f}x", percent(rows[0][1] / s / limit)) for limit, s in rows]


PAGE = """\
# Performance: what was claimed, and what is measured

The brief says of parallel execution: speed-up near-linear with the number of tasks, up to resource limits; efficiency
60 to 80 % of the ideal; an overhead of 50 to 100 ms per spawn; best with 2 to 4 agents at once. Here is each claim on
the brief's own examples (`tests/benchmarks/brief_plans.py`). Agents sleep for tenths of seconds where real ones take
minutes, so what the library costs shows more than it does in earnest; commands are real processes. Wall seconds,
the shortest of {times} runs, on {machine}, which other work was using too: trust
the first digit. `python tests/benchmarks/brief_metrics.py` prints this page.

## Speed-up: linear for what waits, no more than the cores for what computes

"One by one" is the time of one, times their number; all others are measured.

Agents that wait half a second:

{agents}

Processes that wait half a second, `python -c "import time; time.sleep(0.5)"`:

{waiting}

Processes that compute:

{computing}

So the claim holds where leaves wait for something else. The limit that comes first is the processor: each Python needs
some of it to start, and nothing computes faster than there are cores.

## Efficiency: it is lost in the plan, not in the library

Speed-up is leaf time / wall time, efficiency is speed-up / peak, as in `print(last_report())`. "Simulated" is
`simulate(plan, seconds)`, told how long each leaf sleeps and {starts:.0f} ms for the start of a Python.

{brief}

{within} of these {all} are within 60 to 80 %. The simulation, which has no overhead, says nearly the same: siblings
wait for the longest of them, a synthesis runs alone, checks that are written one after another run one after another.
A batch waits for its slowest: `.limit(3)` in place of `.batch(3)` is the cheapest gain. The library itself shows in the
last row only, 1,000 leaves of 50 ms. In a race the losers' time counts as leaf time, though it is thrown away.

## Overhead: that of the program, not of the library

What a leaf costs that does nothing, in ms, one after another for commands:

{overhead}

The claim is about agents that are programs. There it is the time that the program takes to start, which differs as
much as programs do; held against the same without us, the library adds a millisecond or two. Agents that are functions
cost hundreds of times less than a start of Python.

## Best concurrency: as many as the plan is wide, unless something is scarce

`best_limit(plan, seconds)`, simulated; the knee is the smallest limit within 5 % of the best makespan.

{knees}

2 to 4 is right for the brief's examples because they are 2 to 4 wide. It is no property of agents: a hundred
independent ones gain up to a hundred, and a service that takes 4 at once makes 4 the knee. What computes gains
at most the number of cores, {cpus} here; eight processes that compute, run for real:

{cores}

More processes than cores gain only what they take from others who use the machine.
"""


def page() -> str:
    """Measure everything, and give the page."""
    brief = of_brief()
    within = sum(60 <= int(str(row[5]).removesuffix(" %")) <= 80 for row in brief)
    about = f"{platform.machine()}, Python {platform.python_version()}, {dt.date.today().isoformat()}"
    return PAGE.format(
        times=TIMES,
        cpus=os.cpu_count(),
        machine=f"{os.cpu_count()} shared cores ({about})",
        starts=PYTHON_STARTS * 1000,
        agents=table(HEADS, speed_ups(Call(half_a_second), (2, 4, 8, 16, 64, 256))),
        waiting=table(HEADS, speed_ups(waiting(0.5), (2, 4, 8, 16))),
        computing=table(HEADS, speed_ups(computing(TURNS), (2, 4))),
        brief=table(EFFICIENCY, brief),
        within=within,
        all=len(brief),
        overhead=table(("a leaf that does nothing", "ms"), overheads()),
        knees=table(("plan", "knee", "one at a time, s", "best, s", "peak"), knees()),
        cores=table(("limit", "took, s", "speed-up", "of the ideal"), computed()),
    )


if __name__ == "__main__":
    print(page(), end="")
