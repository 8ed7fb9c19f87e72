"""Every pattern and example of the brief as a plan, and the plan of the README, for the tests that draw or run them."""

from __future__ import annotations

import typing as t

import parallel_dsl as dsl
from parallel_dsl import Agent, All, Any, Command, Settled, Stage, item, ref

FILES = [f"file-{i}" for i in range(7)]
WORDS = ["lint", "test", "test:e2e", "build"]
TASKS = [{"kind": f"qa-{i % 2}", "task": f"t{i}"} for i in range(5)]


def chunks() -> t.Iterator[str]:
    """Give a large data set, read as it is needed."""
    return iter(FILES)


def store(results: list[t.Any]) -> None:
    """Save results nowhere."""


PLANS: dict[str, dsl.Plan[t.Any]] = {
    "readme": Stage(
        analyses=All(
            bugs=Agent("debugger", "analyze", files=["tests/"]),
            perf=Agent("performance-engineer", "analyze"),
        ),
        fixes=Settled(
            bugs=Agent("qa-engineer", "fix", context=ref.analyses.bugs),
            perf=Agent("performance-engineer", "optimize", context=ref.analyses.perf),
        )
        .retry(attempts=3)
        .limit(2),
        checks=All(lint=Command("npm run lint"), test=Command("npm test")),
    ).timeout(600),
    "basic": All(
        Agent("debugger", "analyze-e2e-failures", files=["tests/specs/ai-generation.spec.ts"]),
        Agent("e2e-test-optimizer", "analyze-timeout-issues"),
        Agent("ux-designer", "analyze-a11y-violations"),
    ),
    "error handling": Settled(a=Agent("debugger", "analyze"), b=Agent("qa", "fix")),
    "batching": All.map(Agent("debugger", item), over=FILES).batch(3),
    "fire and gather": Stage(
        analyses=All(bugs=Agent("debugger", "failures"), ux=Agent("ux-designer", "a11y")),
        synthesis=Agent("goap-agent", "combine", inputs=ref.analyses),
    ),
    "race": Any(Agent("debugger", "one"), Stage(Agent("debugger", "two"), Agent("debugger", "three")).pick(-1)),
    "pipeline": Stage(
        analyses=All(bugs=Agent("debugger", "analyze"), perf=Agent("performance-engineer", "analyze")),
        fixes=All(
            bugs=Agent("qa-engineer", "fix", context=ref.analyses.bugs),
            perf=Agent("performance-engineer", "optimize", context=ref.analyses.perf),
        ),
        checks=All(test=Command("npm run test"), e2e=Command("npm run test:e2e")),
    ),
    "concurrent limit": All.map(Agent("a", item), over=list(range(10))).limit(3),
    "memory": All.map(Agent("agent", item), over=chunks).batch(100).drain(store),
    "partial failure": Stage(
        found=Settled.map(Agent("debugger", item), over=["analyze-1", "analyze-2", "analyze-3"]),
        synthesis=Agent("agent", "process", data=ref.found.successes),
    ),
    "retry of the failed": Settled.map(Agent("x", item), over=[0, 1, 2]).retry(attempts=4),
    "agent pool": All.map(Agent("debugger", item).uses("debugger"), over=FILES),
    "load balancing": All.map(Agent(item.kind, item.task), over=TASKS),
    "progress": Settled(Agent("x", "a"), Agent("x", "b")),
    "timeout": All(Agent("a"), Agent("b")).timeout(5),
    "example 1": Stage(
        analyses=All(
            e2e=Agent("debugger", "analyze-e2e-failures", files=["tests/specs/ai-generation.spec.ts"]),
            unit=Agent("debugger", "analyze-unit-failures", files=["src/features/editor/hooks/__tests__"]),
            lint=Agent("typescript-guardian", "analyze-lint-issues"),
        ),
        summary=Agent("goap-agent", "combine-analyses", inputs=ref.analyses),
    ),
    "example 2": Stage(
        fixes=All(
            a11y=Agent("ux-designer", "fix-a11y-violations", violations=["aria-required-parent"]),
            perf=Agent("performance-engineer", "optimize-chunk-sizes", target=500_000),
            tests=Agent("qa-engineer", "fix-test-failures", tests=["ai-generation.spec.ts"]),
        ),
        checks=Stage(Command("npm run lint"), Command("npm run test"), Command("npm run test:e2e")),
    ),
    "example 3": All({word: Command(f"npm run {word}") for word in WORDS}),
}
