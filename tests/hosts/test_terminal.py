"""IPython in a terminal is a host: Ctrl-C ends the plan, shows two lines, and the next input works."""

from __future__ import annotations

import os
import pathlib
import re
import sys
import typing as t

import pexpect  # type: ignore[import-untyped]
import pytest
from outside import PATIENCE, ROOT, Mark, wait_for

if t.TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.real
PROMPT = r"In \[\d+\]: $"
COLOURS = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


class Terminal:
    """IPython behind a pseudo-terminal, with its simple prompt."""

    def __init__(self, folder: pathlib.Path) -> None:
        args = ["-m", "IPython", "--simple-prompt", "--no-banner", "--colors=NoColor", "--no-confirm-exit"]
        env = {**os.environ, "PYTHONPATH": ROOT, "IPYTHONDIR": str(folder), "TERM": "dumb"}
        self.child = pexpect.spawn(sys.executable, args, env=env, encoding="utf-8", timeout=60, echo=False)
        self.child.expect(PROMPT)

    def send(self, line: str) -> None:
        self.child.sendline(line)

    def answer(self) -> list[str]:
        """Give the lines until the next prompt."""
        self.child.expect(PROMPT)
        return [line for line in COLOURS.sub("", self.child.before or "").splitlines() if line.strip()]


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    terminal = Terminal(tmp_path_factory.mktemp("ipython"))
    terminal.send("import asyncio, pathlib, time, parallel_dsl as dsl")
    terminal.answer()
    yield terminal
    terminal.child.close(force=True)


@pytest.mark.parametrize(
    ("spelling", "name", "how"),
    [
        ("dsl.run(plan)", "KeyboardInterrupt", "interrupted"),
        ("await dsl.arun(plan)", "CancelledError", "cancelled"),
        ("await asyncio.gather(dsl.arun(plan), dsl.arun(other))", "CancelledError", "cancelled"),
    ],
)
def test_ctrl_c(terminal: Terminal, mark: Mark, tmp_path: pathlib.Path, spelling: str, name: str, how: str) -> None:
    """Ctrl-C ends the plan, shows two lines, leaves no process, and the next input works."""
    began = tmp_path / "began"
    other = mark.sleep(tmp_path / "other")
    terminal.send(f"plan, other = dsl.Command({mark.sleep(began)!r}), dsl.Command({other!r})")
    terminal.answer()
    terminal.send(spelling)
    both = "other" in spelling
    for file in (began, tmp_path / "other") if both else (began,):
        wait_for(file)
    terminal.child.sendintr()
    first, second = terminal.answer()[-2:]
    assert mark.gone(patience=PATIENCE if both else 0)  # gather does not wait for the second one
    assert re.fullmatch(rf"{name}: the plan was {how}: 1 cancelled in \d+\.\d s", first)
    assert second == "what was done is kept: last_report(), or report_of(error)"
    terminal.send("dsl.last_report().counts['cancelled'], await dsl.arun(dsl.Value(2)), dsl.run(dsl.Value(3))")
    assert terminal.answer()[-1].endswith("(1, 2, 3)")
