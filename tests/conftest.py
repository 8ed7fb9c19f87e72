"""What is there before the first test is left alone by the garbage collector: it took half of a long run."""

from __future__ import annotations

import gc

import hypothesis as hypothesis  # its hooks ask the collector who holds what, and must do so before


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
