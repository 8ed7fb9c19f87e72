"""The examples of the brief as plans, with agents and commands that take tenths of seconds instead of minutes."""

from __future__ import annotations

import sys
import typing as t

import trio

import parallel_dsl as dsl
from parallel_dsl import Agent, All, Any, Command, Settled, Stage, item, ref

# Tenths of seconds, so that what the library costs shows ten times as much as it does with real agents.
AGENTS = {
    "debugger": 0.6,
    "e2e-test-optimizer": 0.5,
    "ux-designer": 0.4,
    "performance-engineer": 0.7,
    "qa-engineer": 0.5,
    "typescript-guardian": 0.3,
    "goap-agent": 0.3,
    "agent": 0.05,
}
COMMANDS = {"lint": 0.3, "test": 0.6, "e2e": 0.8, "build": 0.5}


async def agent(task: object = None, **params: object) -> object:
    """Take the time of one's kind."""
    await trio.sleep(AGENTS[dsl.current_leaf().kind])
    return task


def waiting(seconds: float) -> Command:
    """Give a process that waits, as one that asks a server does."""
    return Command([sys.executable, "-c", f"import time; time.sleep({seconds})"])


def computing(turns: int) -> Command:
    """Give a process that computes."""
    return Command([sys.executable, "-c", f"sum(i * i for i in range({turns}))"])


def run_command(name: str) -> Command:
    """Stand for ``npm run name``."""
    return waiting(COMMANDS[name])


def basic() -> dsl.Plan[t.Any]:
    return All(
        Agent("debugger", "analyze-e2e-failures", files=["tests/specs/ai-generation.spec.ts"]),
        Agent("e2e-test-optimizer", "analyze-timeout-issues"),
        Agent("ux-designer", "analyze-a11y-violations"),
    )


TASKS = [
    {"agent": "debugger", "task": "analyze-file-1"},
    {"agent": "debugger", "task": "analyze-file-2"},
    {"agent": "qa-engineer", "task": "fix-file-1"},
    {"agent": "qa-engineer", "task": "fix-file-2"},
    {"agent": "performance-engineer", "task": "optimize"},
    {"agent": "ux-designer", "task": "fix-a11y"},
    {"agent": "typescript-guardian", "task": "types"},
]
mapped = All.map(Agent(item.agent, item.task), over=TASKS)


def gathered() -> dsl.Plan[t.Any]:
    return Stage(
        analyses=All(
            bugs=Agent("debugger", "analyze-failures"),
            e2e=Agent("e2e-test-optimizer", "analyze-timeouts"),
            ux=Agent("ux-designer", "analyze-a11y"),
        ),
        synthesis=Agent("goap-agent", "combine-analyses", inputs=ref.analyses),
    )


def raced() -> dsl.Plan[t.Any]:
    return Any(Agent("debugger", "one"), Agent("qa-engineer", "two"), Agent("typescript-guardian", "three"))


def pipeline() -> dsl.Plan[t.Any]:
    return Stage(
        analyses=All(bugs=Agent("debugger", "analyze"), perf=Agent("performance-engineer", "analyze")),
        fixes=All(
            bugs=Agent("qa-engineer", "fix", context=ref.analyses.bugs),
            perf=Agent("performance-engineer", "optimize", context=ref.analyses.perf),
        ),
        checks=All(test=run_command("test"), e2e=run_command("e2e")),
    )


def failures() -> dsl.Plan[t.Any]:
    return Stage(
        found=All(
            e2e=Agent("debugger", "analyze-e2e-failures"),
            unit=Agent("debugger", "analyze-unit-failures"),
            lint=Agent("typescript-guardian", "analyze-lint-issues"),
        ),
        summary=Agent("goap-agent", "combine-analyses", inputs=ref.found),
    )


def fixes() -> dsl.Plan[t.Any]:
    return Stage(
        fixes=All(
            a11y=Agent("ux-designer", "fix-a11y-violations"),
            perf=Agent("performance-engineer", "optimize-chunk-sizes", target=500_000),
            tests=Agent("qa-engineer", "fix-test-failures"),
        ),
        lint=run_command("lint"),
        test=run_command("test"),
        e2e=run_command("e2e"),
    )


def checks() -> dsl.Plan[t.Any]:
    return All({name: run_command(name) for name in COMMANDS})


def chunks() -> dsl.Plan[t.Any]:
    return Settled.map(Agent("agent", item), over=list(range(1000))).batch(100).drain(len)


PLANS: dict[str, dsl.Plan[t.Any]] = {
    "three agents at once": basic(),
    "seven tasks in batches of 3": mapped.batch(3),
    "seven tasks, at most 3 at once": mapped.limit(3),
    "fire and gather": gathered(),
    "race of three approaches": raced(),
    "pipeline of three stages": pipeline(),
    "example 1: analysis of failures": failures(),
    "example 2: three fixes, then checks": fixes(),
    "example 3: four checks": checks(),
    "1,000 items in chunks of 100": chunks(),
}
PYTHON_STARTS = 0.02  # seconds; measured on what the page says


def seconds(work: t.Any) -> float:
    """Give how long a leaf of these plans takes, for a simulation."""
    if isinstance(work.plan, Command):
        return float(work.head[-1].rpartition("sleep(")[2].rstrip(")")) + PYTHON_STARTS
    return AGENTS[work.head]
