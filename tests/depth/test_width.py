"""What is wide costs what its parts cost: no time, text or memory grows faster than the number of leaves."""

from __future__ import annotations

import subprocess
import sys
import time
import traceback
import typing as t

import pytest
import trio
from trio.testing import MockClock

import parallel_dsl as dsl
from parallel_dsl import All, Call, Stage, check, item, ref, report_of
from parallel_dsl.machine import Done, Machine, Play, Returned, Solo

WIDE = 100_000


async def good(value: object = None) -> object:
    return value


async def bad() -> None:
    raise ValueError("the request was refused: " + "x" * 100)


def in_virtual_time(plan: dsl.Plan[t.Any]) -> t.Any:
    return trio.run(lambda: dsl.arun(plan), clock=MockClock(autojump_threshold=0))


def cpu_seconds(work: t.Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def test_a_hundred_thousand_leaves() -> None:
    """A group of 100,000 leaves is built, checked and run, and gives every value in written order."""
    plan = All(Call(good, number) for number in range(WIDE))
    assert check(plan) == []
    assert in_virtual_time(plan) == tuple(range(WIDE))


def test_a_map_of_a_hundred_thousand_items_under_a_limit() -> None:
    """A map keeps 16 under way whatever the number of items, and gives every result."""
    most = now = 0

    def play(work: t.Any) -> Play:
        return Play(1.0, Returned(work.args[0]))

    def hear(events: list[dsl.Event]) -> None:
        nonlocal most, now
        for event in events:
            now += {"started": 1, "ended": -1}.get(event.kind, 0) if event.address else 0
            most = max(most, now)

    plan = All.map(Call(good, item), over=list(range(WIDE))).limit(16)
    solo = Solo(Machine(plan, capacities={}, limit=1000.0, seed=0), play, hear)
    outcome = solo.drive().outcome
    assert isinstance(outcome, Done)
    assert outcome.value == tuple(range(WIDE))
    assert solo.now == WIDE / 16
    assert most == 16


SHAPES: dict[str, t.Callable[[int], dsl.Plan[t.Any]]] = {
    "each names the one before": lambda n: Stage(
        {f"x{i}": Call(good, ref[f"x{i - 1}"] if i else None) for i in range(n)}
    ),
    "each names the one beside it in a group before": lambda n: Stage(
        a=All({f"x{i}": Call(good) for i in range(n)}), b=All({f"x{i}": Call(good, ref.a[f"x{i}"]) for i in range(n)})
    ),
    "each names one that is not there": lambda n: Stage({f"x{i}": Call(good, ref[f"y{i}"]) for i in range(n)}),
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_check_is_linear(shape: t.Callable[[int], dsl.Plan[t.Any]]) -> None:
    """8,000 named children with references are checked in eight times the time of 1,000, not in 64 times."""
    small, large = shape(1_000), shape(8_000)
    first = min(cpu_seconds(lambda: check(small)) for _ in range(3))
    assert cpu_seconds(lambda: check(large)) < 25 * first


def failed(plan: dsl.Plan[t.Any]) -> BaseException:
    with pytest.raises(dsl.NoneSucceeded) as caught:
        in_virtual_time(plan)
    return caught.value


def test_the_text_of_ten_thousand_errors_is_short() -> None:
    """What a person sees of 10,000 failures is less than 10 kB, in every form; the errors themselves are all there."""
    error = failed(dsl.Any(Call(bad) for _ in range(10_000)))
    assert isinstance(error, dsl.NoneSucceeded)
    assert len(error.exceptions) == 10_000
    texts = {
        "str": str(error),
        "repr": repr(error),
        "notes": "\n".join(error.__notes__),
        "traceback": "".join(traceback.format_exception(error)),
        "report": str(report_of(error)),
    }
    assert {name: len(text) for name, text in texts.items() if len(text) > 10_000} == {}
    assert "and 9995 more" in texts["repr"]


MEMORY = """
import pathlib, sys
import parallel_dsl as dsl

async def leaf():
    if sys.argv[1] == "heavy":
        heavy = bytearray(100_000)
    raise ValueError("no")

out = dsl.run(dsl.Settled(dsl.Any(dsl.Call(leaf) for _ in range(10_000))))
assert len(out[0].errors) == 10_000
print(pathlib.Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])  # not of whoever forked it
"""


def peak(kind: str) -> int:
    """Give the most memory that a child process held, in kB."""
    done = subprocess.run([sys.executable, "-c", MEMORY, kind], capture_output=True, text=True, check=True)
    return int(done.stdout)


def test_kept_errors_let_go_of_frames() -> None:
    """10,000 kept failures do not hold the locals of their leaves: 100 kB in each are less than 50 MB in all."""
    assert peak("heavy") - peak("light") < 50_000
