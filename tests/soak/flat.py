"""Random plans in one process, for long: what it holds does not grow."""

from __future__ import annotations

import gc
import os
import pathlib
import random
import resource
import statistics
import sys
import threading
import time
import typing as t

import attrs
import trio
from random_plans import POOLS, Boom, random_plan
from trio.testing import MockClock

import parallel_dsl as dsl
from parallel_dsl.plan import walk

ALLOWED = {"MB": 8.0, "threads": 2.0, "descriptors": 2.0}  # by which the last quarter may exceed the second
SAMPLES = 20  # at least, in a short run; else one a minute


@attrs.frozen
class Sample:
    """What the process holds."""

    held: dict[str, float]

    @classmethod
    def now(cls) -> Sample:
        """Take one, garbage gone."""
        gc.collect()
        descriptors = len(os.listdir("/dev/fd"))
        return cls({"MB": memory(), "threads": threading.active_count(), "descriptors": descriptors})

    def __str__(self) -> str:
        return ", ".join(f"{value:.1f} {name}" for name, value in self.held.items())


def memory() -> float:
    """Give the resident megabytes; where the system does not tell, the most there ever were."""
    statm = pathlib.Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * resource.getpagesize() / 2**20
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 2**20 if sys.platform == "darwin" else most / 2**10


def flat(minutes: float, seed: int) -> list[str]:
    """Run plans so long; what is held in the last quarter is what was held in the second one."""
    r, plans = random.Random(f"soak {seed}"), 0
    began = time.monotonic()
    every = min(60.0, minutes * 60 / SAMPLES)
    samples: list[Sample] = []
    while (now := time.monotonic() - began) < minutes * 60:
        one(r, plans)
        plans += 1
        if now >= every * (len(samples) + 1):
            samples.append(Sample.now())
            print(f"flat: {now / 60:.1f} min, {plans} plans, {samples[-1]}", flush=True)
    return grown(samples)


def grown(samples: list[Sample]) -> list[str]:
    """Tell what has grown by more than is allowed."""
    quarter = len(samples) // 4
    if not quarter:
        return ["too short: there are fewer than four samples"]
    wrong = []
    for name, allowed in ALLOWED.items():
        values = [s.held[name] for s in samples]
        before, after = statistics.median(values[quarter : 2 * quarter]), statistics.median(values[-quarter:])
        print(f"flat: {name}: second quarter {before:.1f}, last quarter {after:.1f}, allowed {allowed:.0f} more")
        if after > before + allowed:
            wrong.append(f"{name} grew from {before:.1f} to {after:.1f}")
    return wrong


def one(r: random.Random, number: int) -> None:
    """Run one plan: mostly in virtual time, one of fifty with threads and commands."""
    heard: list[dsl.Event] = []
    try:
        if number % 50 == 0:
            dsl.run(real(r), watch=heard.append)
        else:
            plan = random_plan(r, ties=number % 2 == 0)
            trio.run(virtual, plan, clock=MockClock(autojump_threshold=0))
    except (Boom, dsl.PlanTimeout, dsl.NoneSucceeded) as error:
        report = dsl.report_of(error)  # through traceback and causes: what could hold on to a run
    else:
        report = dsl.last_report()
    assert report.counts["running"] == 0, str(report)


async def virtual(plan: dsl.Plan[t.Any]) -> object:
    """Run a plan with the pools that it names."""
    used = {n.plan.resource for n in walk(plan) if isinstance(n.plan, dsl.Uses)}
    return await dsl.arun(plan, limits={name: size for name, size in POOLS.items() if name in used})


def real(r: random.Random) -> dsl.Plan[t.Any]:
    """Give a plan of threads and commands, some of which fail or are cut."""
    commands = dsl.Settled([dsl.Command(c, shell=True) for c in ("true", "false", "echo x", "sleep 5 & sleep 5")])
    threads = dsl.Settled([dsl.Call(time.sleep, r.random() / 100) for _ in range(4)])
    failing: dsl.Plan[t.Any] = dsl.Call(fail).retry(2, delay=0.001)
    return dsl.All(commands.timeout(0.05 + r.random() / 20), threads, dsl.Settled(failing, failing))


def fail() -> None:
    """Fail, in a thread."""
    raise Boom
