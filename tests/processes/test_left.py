"""What is in a pipe when the readers stop is taken, without waiting and without end."""

from __future__ import annotations

import os

import trio

from parallel_dsl.processes._capture import Capture
from parallel_dsl.processes._run import CHUNK, LEFT_CHUNKS, _take_what_is_left


def test_what_is_left_is_taken_though_a_writer_lives() -> None:
    """All that is in the pipe is read; an empty pipe that somebody still holds is not waited for."""

    async def main() -> None:
        reader, writer = os.pipe()
        os.write(writer, b"x" * 60_000)
        capture = Capture()
        async with trio.lowlevel.FdStream(reader) as stream:
            _take_what_is_left(stream, capture)
            _take_what_is_left(stream, capture)
            assert capture.size == 60_000
            os.close(writer)
            _take_what_is_left(stream, capture)

    trio.run(main)


def test_who_writes_on_and_on_does_not_hold_us() -> None:
    """A source without end is read for a bounded number of pieces."""

    async def main() -> None:
        capture = Capture()
        async with trio.lowlevel.FdStream(os.open("/dev/zero", os.O_RDONLY)) as stream:
            _take_what_is_left(stream, capture)
        assert capture.size == CHUNK * LEFT_CHUNKS

    trio.run(main)
