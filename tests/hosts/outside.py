"""Processes and files, seen from outside of the program that made them."""

from __future__ import annotations

import pathlib
import time
import uuid

import attrs

import parallel_dsl

ROOT = str(pathlib.Path(parallel_dsl.__file__).parent.parent)
PATIENCE = 30.0


@attrs.frozen
class Mark:
    """A word on the command lines of a test, by which its processes are found from outside."""

    word: str = attrs.field(factory=lambda: uuid.uuid4().hex)

    def sleep(self, began: pathlib.Path) -> str:
        """Give a command that writes a file and goes on for long."""
        return f"sh -c 'touch {began}; sleep 1000; true' {self.word}"

    def processes(self) -> list[str]:
        """Give those that live."""
        found = []
        for entry in pathlib.Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                marked = self.word.encode() in (entry / "cmdline").read_bytes()
                state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
            except OSError:  # it has just ended
                continue
            if marked and state not in "ZX":
                found.append(entry.name)
        return found

    def gone(self, patience: float = 0.0) -> bool:
        """Tell whether none of them is left; *patience* is for a host that gives control back before the last end."""
        until = time.monotonic() + patience
        while self.processes() and time.monotonic() < until:
            time.sleep(0.01)
        return not self.processes()


def wait_for(file: pathlib.Path) -> None:
    until = time.monotonic() + PATIENCE
    while not file.exists():
        assert time.monotonic() < until, f"{file} did not come"
        time.sleep(0.01)
