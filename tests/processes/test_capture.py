"""What is kept of output is its head and its tail, whatever the sizes of the pieces it comes in."""

from __future__ import annotations

import hypothesis
import hypothesis.strategies as st

from parallel_dsl.processes._capture import Capture


@hypothesis.given(st.lists(st.binary(max_size=40)), st.integers(1, 12))
def test_head_and_tail_are_kept(pieces: list[bytes], part: int) -> None:
    """The head is the first bytes, the tail the last, and together they are all of it if it fits."""
    whole = b"".join(pieces)
    capture = Capture(part=part)
    for piece in pieces:
        capture.add(piece)
    head, tail = capture.kept()
    assert head == whole[:part]
    assert tail == whole[part:][-part:]
    assert (capture.size, capture.truncated) == (len(whole), len(whole) > 2 * part)


@hypothesis.given(st.text(), st.integers(1, 12))
def test_the_cut_splits_no_character(text: str, part: int) -> None:
    """Output that is good UTF-8 has no replacement characters, and the bytes left out are counted exactly."""
    hypothesis.assume("\ufffd" not in text and "bytes left out" not in text)
    part += 3  # a character has up to four bytes
    data = text.encode()
    capture = Capture(part=part)
    capture.add(data)
    shown = capture.text()
    assert "\ufffd" not in shown
    if capture.truncated:
        before, _, rest = shown.partition("\n... ")
        count, _, after = rest.partition(" bytes left out ...\n")
        if "\n... " not in text:
            assert len(before.encode()) + int(count) + len(after.encode()) == len(data)
            assert text.startswith(before)
            assert text.endswith(after)


def test_bad_utf8_is_replaced() -> None:
    """What cannot be decoded does not fail, cut or whole."""
    for part in (2, 100):
        capture = Capture(part=part)
        capture.add(b"\xff\xfe ok \xff\x80\x80\x80\x80")
        assert "\ufffd" in capture.text()


def test_memory_is_bounded() -> None:
    """However much comes, and byte by byte, no more than head and tail is held."""
    capture = Capture(part=1000)
    for _ in range(50_000):
        capture.add(b"x")
    capture.add(b"y" * 1_000_000)
    assert sum(map(len, capture.kept())) == 2000
    assert len(capture._head) + len(capture._ring) == 2000
