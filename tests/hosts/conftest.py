"""A kernel that a test drives cell by cell, and processes seen from outside."""

from __future__ import annotations

import asyncio
import json
import pathlib
import sys
import time
import typing as t
import uuid

import attrs
import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

import parallel_dsl

if t.TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

ROOT = str(pathlib.Path(parallel_dsl.__file__).parent.parent)
PATIENCE = 30.0
BEGIN = "import asyncio, pathlib, sys, time, trio\nimport parallel_dsl as dsl\n"


@attrs.frozen
class Cell:
    """What a reader sees below a cell."""

    outputs: list[t.Any]

    def stream(self, name: str = "stdout") -> str:
        return "".join(o["text"] for o in self.outputs if o["output_type"] == "stream" and o["name"] == name)

    @property
    def value(self) -> str:
        return "".join(o["data"]["text/plain"] for o in self.outputs if o["output_type"] == "execute_result")

    @property
    def traceback(self) -> list[str]:
        return [line for o in self.outputs if o["output_type"] == "error" for line in o["traceback"]]


class Kernel:
    """An IPython kernel of this interpreter, which finds the library where the tests found it."""

    def __init__(self, folder: pathlib.Path) -> None:
        spec = folder / "kernels" / "tested"
        spec.mkdir(parents=True)
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        env = {"PYTHONPATH": ROOT, "IPYTHONDIR": str(folder / "ipython")}
        said = {"argv": argv, "display_name": "tested", "language": "python", "env": env}
        (spec / "kernel.json").write_text(json.dumps(said))
        specs = KernelSpecManager(kernel_dirs=[str(folder / "kernels")], ensure_native_kernel=False)
        self.manager = AsyncKernelManager(kernel_name="tested", kernel_spec_manager=specs)
        self.manager.connection_file = str(folder / "connection.json")
        self.book = nbformat.v4.new_notebook()
        self.client = NotebookClient(self.book, km=self.manager, allow_errors=True, timeout=int(PATIENCE))
        self.runner = asyncio.Runner()

    def start(self) -> None:
        self.runner.run(self._start())

    async def _start(self) -> None:
        await self.client.async_start_new_kernel()
        await self.client.async_start_new_kernel_client()
        self.listener = self.manager.client()
        self.listener.start_channels(shell=False, stdin=False, hb=False, control=False)
        await self._cell(BEGIN)

    def cell(self, code: str, meanwhile: Callable[[], Awaitable[None]] | None = None) -> Cell:
        """Execute a cell; *meanwhile* acts while it runs."""
        return self.runner.run(self._both(code, meanwhile))

    async def _both(self, code: str, meanwhile: Callable[[], Awaitable[None]] | None) -> Cell:
        running = asyncio.create_task(self._cell(code))
        if meanwhile is not None:
            await meanwhile()
        return await running

    async def _cell(self, code: str) -> Cell:
        self.book.cells.append(nbformat.v4.new_code_cell(code))
        index = len(self.book.cells) - 1
        await self.client.async_execute_cell(self.book.cells[index], index)
        return Cell(list(self.book.cells[index].outputs))

    def below(self, *codes: str) -> list[str]:
        """Give what has been printed below each of these cells until the last one ended, late prints included.

        nbclient hears only the cell that runs; a second listener hears all.
        """
        return self.runner.run(self._below(codes))

    async def _below(self, codes: tuple[str, ...]) -> list[str]:
        printed = dict.fromkeys(codes, "")
        asked: dict[str, str] = {}
        while True:
            said = await self.listener.get_iopub_msg(timeout=PATIENCE)
            cause, content = said["parent_header"].get("msg_id", ""), said["content"]
            if said["msg_type"] == "execute_input":
                asked[cause] = content["code"]
            code = asked.get(cause)
            if said["msg_type"] == "stream" and code in printed:
                printed[code] += content["text"]
            if content.get("execution_state") == "idle" and code == codes[-1]:
                return list(printed.values())

    async def interrupt(self) -> None:
        await self.manager.interrupt_kernel()

    def interrupt_when(self, file: pathlib.Path, times: int = 1) -> Callable[[], Awaitable[None]]:
        """Give what interrupts as soon as a leaf has written a file; again once each further file is there."""

        async def interrupt() -> None:
            for number in range(times):
                await there(file.with_name(f"{file.name}{number or ''}"))
                await self.interrupt()

        return interrupt

    def stop(self) -> None:
        self.runner.run(self._stop())
        self.runner.close()

    async def _stop(self) -> None:
        self.client.kc.stop_channels()
        self.listener.stop_channels()
        await self.manager.shutdown_kernel(now=True)
        self.manager.context.destroy()


async def there(file: pathlib.Path) -> None:
    """Wait until a file is there."""
    until = time.monotonic() + PATIENCE
    while not file.exists():
        assert time.monotonic() < until, f"{file} did not come"
        await asyncio.sleep(0.01)


@pytest.fixture(scope="session")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    """One kernel serves all tests of cells."""
    kernel = Kernel(tmp_path_factory.mktemp("kernel"))
    kernel.start()
    yield kernel
    kernel.stop()


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


@pytest.fixture
def mark() -> Mark:
    return Mark()
