"""Signals that this process ignores stay ignored here while a command is spawned that does not ignore them."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from parallel_dsl.processes._start import not_ignored


@pytest.mark.parametrize("thread", [False, True])
def test_an_ignored_signal_is_handled_for_a_moment(thread: bool) -> None:
    """Inside it is handled by nothing, afterwards ignored as before; a signal meanwhile has no effect."""
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    seen: list[bool] = []

    def look() -> None:
        with not_ignored([signal.SIGTERM]):
            os.kill(os.getpid(), signal.SIGTERM)
            seen.append(ignored(signal.SIGTERM))
        seen.append(ignored(signal.SIGTERM))

    try:
        if thread:
            other = threading.Thread(target=look)
            other.start()
            other.join()
        else:
            look()
    finally:
        signal.signal(signal.SIGTERM, before)
    assert seen == [False, True]


def test_who_ignores_nothing_pays_nothing() -> None:
    """Signals that are not ignored are left as they are."""
    before = signal.getsignal(signal.SIGTERM)
    with not_ignored([signal.SIGTERM]):
        assert signal.getsignal(signal.SIGTERM) is before
        assert not ignored(signal.SIGTERM)


def ignored(number: signal.Signals) -> bool:
    with open("/proc/self/status") as file:
        mask = next(line for line in file if line.startswith("SigIgn")).split()[1]
    return bool(int(mask, 16) >> (number - 1) & 1)
