"""A notebook cell is a host: values, prints and interrupts are where a reader expects them."""

from __future__ import annotations

import asyncio
import pathlib
import re

import pytest
from driven_kernel import Kernel
from outside import PATIENCE, Mark, wait_for

pytestmark = pytest.mark.real

PRINTS = """
async def loud(word):
    await trio.sleep(0)
    print(f"{word} in the loop\\n", end="")
def quiet(word):
    print(f"{word} in a thread\\n", end="")
def pair(word):
    return dsl.All(dsl.Call(loud, word), dsl.Call(quiet, word))
"""


def lines(text: str) -> list[str]:
    return sorted(text.splitlines())


def both(word: str) -> list[str]:
    return [f"{word} in a thread", f"{word} in the loop"]


def test_run_in_a_cell(kernel: Kernel) -> None:
    """`run` gives its value in a cell, and prints of async and sync leaves are below that cell."""
    kernel.cell(PRINTS)
    cell = kernel.cell("dsl.run(pair('first'))")
    assert (cell.value, lines(cell.stream()), cell.traceback) == ("(None, None)", both("first"), [])


def test_arun_in_a_cell(kernel: Kernel) -> None:
    """`await arun` does the same."""
    kernel.cell(PRINTS)
    cell = kernel.cell("await dsl.arun(pair('second'))")
    assert (cell.value, lines(cell.stream()), cell.traceback) == ("(None, None)", both("second"), [])


def test_two_at_once(kernel: Kernel) -> None:
    """Two runs awaited at once meet each other, so neither waits for the other's end."""
    kernel.cell("""
import threading
a, b = threading.Event(), threading.Event()
def meet(mine, other):
    mine.set()
    return other.wait(30)
""")
    cell = kernel.cell("await asyncio.gather(dsl.arun(dsl.Call(meet, a, b)), dsl.arun(dsl.Call(meet, b, a)))")
    assert (cell.value, cell.traceback) == ("[True, True]", [])


def test_a_run_leaves_others_alone(kernel: Kernel) -> None:
    """Beside a run that goes on, a cell may run another plan, and trio itself."""
    kernel.cell("""
import threading
go = threading.Event()
going = asyncio.ensure_future(dsl.arun(dsl.Call(go.wait, 30)))
""")
    cell = kernel.cell("""
async def three():
    return 3
values = dsl.run(dsl.Value(1)), await dsl.arun(dsl.Value(2)), trio.run(three)
alone = going.done()
go.set()
values, alone, await going
""")
    assert (cell.value, cell.traceback) == ("((1, 2, 3), False, True)", [])


def test_prints_stay_with_their_cell(kernel: Kernel) -> None:
    """What a leaf prints while a later cell runs is below the cell that started the run, from loop and thread."""
    kernel.cell("""
import threading
later = threading.Event()
async def loop_leaf():
    while not later.is_set():
        await trio.sleep(0.01)
    print("late in the loop\\n", end="")
def thread_leaf():
    later.wait(30)
    print("late in a thread\\n", end="")
""")
    begin = "late = asyncio.ensure_future(dsl.arun(dsl.All(dsl.Call(loop_leaf), dsl.Call(thread_leaf))))"
    end = "later.set(); print('mine'); _ = await late; sys.stdout.flush()"
    kernel.cell(begin)
    kernel.cell(end)
    first, second = kernel.below(begin, end)
    assert lines(first) == ["late in a thread", "late in the loop"]
    assert second == "mine\n"


LONG = """
plan, other = (dsl.Stage(dsl.Command("true"), dsl.Command(c), dsl.Command("true")) for c in {commands!r})
"""


@pytest.mark.parametrize(
    ("spelling", "name", "how"),
    [
        ("dsl.run(plan)", "KeyboardInterrupt", "interrupted"),
        ("await dsl.arun(plan)", "CancelledError", "cancelled"),
        ("await asyncio.gather(dsl.arun(plan), dsl.arun(other))", "CancelledError", "cancelled"),
    ],
)
def test_an_interrupt_ends_the_plan(
    kernel: Kernel, mark: Mark, tmp_path: pathlib.Path, spelling: str, name: str, how: str
) -> None:
    """An interrupted cell shows two lines, no process of the plan is left then, and the next cell works."""
    files = [tmp_path / "began", tmp_path / "other"]
    kernel.cell(LONG.format(commands=[mark.sleep(file) for file in files]))
    both = "other" in spelling

    async def interrupt() -> None:
        for file in files if both else files[:1]:
            await asyncio.to_thread(wait_for, file)
        await kernel.interrupt()

    cell = kernel.cell(spelling, interrupt)
    assert mark.gone(patience=PATIENCE if both else 0)  # gather does not wait for the second one
    first, second = cell.traceback
    assert re.fullmatch(rf"{name}: the plan was {how}: 1 done, 1 cancelled, 1 never started in \d+\.\d s", first)
    assert second == "what was done is kept: last_report(), or report_of(error)"
    cell = kernel.cell("dsl.last_report()['[1]'].state, dsl.run(dsl.Command('echo again')).stdout")
    assert (cell.value, cell.traceback) == ("('cancelled', 'again\\n')", [])


def test_the_second_interrupt_stops_waiting(kernel: Kernel, tmp_path: pathlib.Path) -> None:
    """When a leaf holds the loop and hears no cut, a second interrupt gives the cell back at once."""
    kernel.cell(f"""
import threading
hold = threading.Event()
async def deaf():
    pathlib.Path({str(tmp_path / "held")!r}).touch()
    while not hold.wait(0.01):
        if any(thread.session.cut for thread in dsl.runtime._thread._live):
            pathlib.Path({str(tmp_path / "held1")!r}).touch()
""")
    cell = kernel.cell("dsl.run(dsl.Call(deaf))", kernel.interrupt_when(tmp_path / "held", times=2))
    assert cell.traceback == ["KeyboardInterrupt: no longer waiting for the end of the plan, which has been cut"]
    cell = kernel.cell("hold.set(); dsl.run(dsl.Value('on'))")
    assert (cell.value, cell.traceback) == ("'on'", [])


@pytest.mark.parametrize("spelling", ["dsl.run(plan)", "await dsl.arun(plan)"])
def test_a_leaf_that_blocks_the_loop_is_named(kernel: Kernel, spelling: str) -> None:
    """A second after a leaf took the loop, its cell says which one, once, and so does the report."""
    kernel.cell("""
async def blocks():
    until = time.monotonic() + 30
    while not any(thread.session._pulse.told for thread in dsl.runtime._thread._live) and time.monotonic() < until:
        time.sleep(0.05)
async def waits():
    await trio.sleep(0)
plan = dsl.All(fine=dsl.Call(waits), deep=dsl.Stage(dsl.Call(waits), dsl.Call(blocks)))
""")
    cell = kernel.cell(f"_ = {spelling}")
    line = "a leaf has blocked the loop for 1 s: deep[1]"
    assert (cell.stream("stderr"), cell.traceback) == (f"{line}\n", [])
    assert kernel.cell("dsl.last_report().warnings").value == f"('{line}',)"
