"""Ctrl-C at random moments: always a bare KeyboardInterrupt with a report, and nothing is left."""

from __future__ import annotations

import pathlib
import random
import signal
import subprocess
import sys
import time
import uuid

import pytest
from test_commands import survivors

import parallel_dsl as dsl

pytestmark = pytest.mark.real
PROGRAM = pathlib.Path(__file__).parent / "interrupted.py"
TIMES = 50
AT_ONCE = 5


def interrupted(number: int) -> tuple[int, str, list[str]]:
    """Start the program, interrupt it at a random moment of its run, and give what became of it."""
    mark = uuid.uuid4().hex
    here = str(pathlib.Path(dsl.__file__).parent.parent)  # the package under test, whichever is installed
    program = subprocess.Popen(
        [sys.executable, PROGRAM],
        env={"MARK": mark, "PATH": "/usr/bin:/bin", "PYTHONPATH": here},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert program.stdout is not None
    first = program.stdout.readline()
    assert first == "ready\n", first + program.communicate(timeout=60)[0]
    time.sleep(0.1 + random.Random(number).random() * 0.6)
    program.send_signal(signal.SIGINT)
    said, _ = program.communicate(timeout=60)
    return program.returncode, said, survivors(mark)


@pytest.mark.parametrize("block", range(TIMES // AT_ONCE))
def test_an_interrupt_leaves_bare_and_leaves_nothing(block: int) -> None:
    """The program sees KeyboardInterrupt with a report, runs a second plan, and no process is left."""
    for number in range(AT_ONCE):
        assert interrupted(block * AT_ONCE + number) == (0, "fine\n", [])
