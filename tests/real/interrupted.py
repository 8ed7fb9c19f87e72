"""A program that runs a plan with commands and threads, and tells how it was interrupted."""

from __future__ import annotations

import sys
import threading
import time

import trio

import parallel_dsl as dsl


def block() -> None:
    """Wait in a thread."""
    time.sleep(0.05)


async def wait() -> None:
    """Wait in the loop."""
    await trio.sleep(0.02)


def plan() -> dsl.Plan[object]:
    """Give a plan that goes on for long."""
    rounds = dsl.Stage.map(
        dsl.All(dsl.Command("sleep 0.05"), dsl.Call(block), dsl.Call(wait).retry(2), dsl.Settled(dsl.Call(wait))),
        over=list(range(2000)),
    )
    return dsl.All(rounds, dsl.Command("sleep 60 & sleep 60", shell=True))


def main() -> int:
    """Run it until it is interrupted; then run something else."""
    threading.Timer(0.0, lambda: print("ready", flush=True)).start()
    try:
        dsl.run(plan())
    except KeyboardInterrupt as error:
        caught: BaseException | None = error
    else:
        caught = None
    assert type(caught) is KeyboardInterrupt, caught
    assert dsl.report_of(caught).counts["running"] == 0
    assert dsl.run(dsl.All(dsl.Value(1), dsl.Command("echo again")))[1].ok
    print("fine", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
