"""Ctrl-C at random moments of a real run."""

from __future__ import annotations

import subprocess

from test_interrupts import interrupted

EXPECTED: tuple[int, str, list[str]] = (0, "fine\n", [])
A_LINE = 25


def interrupts(times: int, seed: int) -> list[str]:
    """Interrupt a program so often; it says fine, and no process is left."""
    wrong = []
    for done in range(1, times + 1):
        number = seed * 1_000_000 + done
        found = told(number)
        if found is not None:
            wrong.append(f"number {number}: {found}")
        if done % A_LINE == 0 or done == times:
            print(f"interrupts: {done} of {times}, {len(wrong)} wrong", flush=True)
    return wrong


def told(number: int) -> str | None:
    """Give what is wrong with one interrupt, if anything."""
    try:
        found = interrupted(number)
    except subprocess.TimeoutExpired:
        return "the program hangs"
    except AssertionError as error:
        return f"the program did not start: {error}"[-2000:]
    return None if found == EXPECTED else repr(found)[-2000:]
