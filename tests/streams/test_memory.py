"""A long stream that is drained has flat memory: measured in a process of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import pathlib, sys
import trio
import parallel_dsl as dsl

async def leaf(number):
    await trio.lowlevel.checkpoint()
    return bytes(1000) + number.to_bytes(4)

def numbers():
    yield from range(int(sys.argv[1]))

over = {"list": lambda: iter(range(int(sys.argv[1]))), "generator": numbers}[sys.argv[2]]
plan = dsl.All.map(dsl.Call(leaf, dsl.item), over=over)
saved = dsl.run(plan.limit(children=16).drain(len))
assert saved == int(sys.argv[1])
assert dsl.last_report().counts["done"] == saved
print(pathlib.Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
"""


def peak(size: int, source: str) -> int:
    """Give the most memory that a child process held, in kB."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(size), source], capture_output=True, text=True, check=True, timeout=300
    )
    return int(done.stdout)


@pytest.mark.real
@pytest.mark.parametrize(("source", "size"), [("list", 40_000), ("generator", 10_000)])
def test_a_drained_stream_has_flat_memory(source: str, size: int) -> None:
    """Ten times the items, a kilobyte each, take less than 4 MB more: kept results would take 40 MB and 10 MB."""
    assert peak(size, source) - peak(size // 10, source) < 4_000
