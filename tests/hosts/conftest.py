"""One kernel for all tests of cells, and a mark for the processes of one test."""

from __future__ import annotations

import typing as t

import pytest
from driven_kernel import Kernel
from outside import Mark

if t.TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    """One kernel serves all tests of cells, and is gone before other tests count processes."""
    kernel = Kernel(tmp_path_factory.mktemp("kernel"))
    kernel.start()
    yield kernel
    kernel.stop()


@pytest.fixture
def mark() -> Mark:
    return Mark()
