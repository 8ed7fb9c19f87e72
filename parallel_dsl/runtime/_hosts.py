"""Where a plan runs: the caller's thread in scripts, the caller's nursery in trio, else a thread of its own."""

from __future__ import annotations

import sys
import typing as t

import trio

from ._interrupts import Interrupts, interrupt
from ._leaf import in_leaf
from ._session import Session
from ._thread import await_beside, block_beside

ADVICE_TRIO = "run() inside trio would block its loop; try: await arun(plan)"
ADVICE_LEAF = "run() inside a leaf would be a run within a run; put the inner plan into the outer one, or await arun"


def blocking(session: Session) -> t.Any:
    """Run to the end and give the value; Ctrl-C cuts the plan, waits for its end, and leaves bare.

    Raises:
        RuntimeError: The caller is a trio task or a leaf.
    """
    if trio.lowlevel.in_trio_task():
        raise RuntimeError(ADVICE_LEAF if in_leaf() else ADVICE_TRIO)
    if in_leaf():
        raise RuntimeError(ADVICE_LEAF)
    with Interrupts(lambda: session.cancel("interrupted")) as interrupts:
        ended = block_beside(session) if _asyncio_runs() else trio.run(session.drive)
        if interrupts.seen:
            raise interrupt(ended.report)
        return ended.give()


async def awaiting(session: Session) -> t.Any:
    """Run to the end in the caller's trio run, or beside the caller's asyncio loop."""
    if trio.lowlevel.in_trio_task():
        return (await session.drive()).give()
    if _asyncio_runs():
        return (await await_beside(session)).give()
    raise RuntimeError("arun() needs a running trio or asyncio loop; in plain code try run(plan)")


def _asyncio_runs() -> bool:
    asyncio = sys.modules.get("asyncio")
    return asyncio is not None and asyncio._get_running_loop() is not None
