"""An IPython kernel of this interpreter, driven cell by cell."""

from __future__ import annotations

import asyncio
import json
import pathlib
import sys
import typing as t

import attrs
import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from outside import PATIENCE, ROOT, wait_for

if t.TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

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
        self.book = nbformat.v4.new_notebook()  # type: ignore[no-untyped-call]
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
        self.book.cells.append(nbformat.v4.new_code_cell(code))  # type: ignore[no-untyped-call]
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
                await asyncio.to_thread(wait_for, file.with_name(f"{file.name}{number or ''}"))
                await self.interrupt()

        return interrupt

    def stop(self) -> None:
        self.runner.run(self._stop())
        self.runner.close()

    async def _stop(self) -> None:
        assert self.client.kc is not None
        self.client.kc.stop_channels()
        self.listener.stop_channels()
        await self.manager.shutdown_kernel(now=True)
        self.manager.context.destroy()
