"""Output is drained always and kept in part: head and tail, so that no command can fill the memory."""

from __future__ import annotations

import codecs

PART = 512 * 1024  # of the head, and of the tail


class Capture:
    r"""Keep the first and the last *part* bytes of a stream, and count all of it.

    Never holds more than twice *part*, whatever comes, and in pieces of whatever size; a long line
    without an end is nothing special.

    Example:
        >>> kept = Capture(part=3)
        >>> kept.add(b"abcdefgh")
        >>> kept.text(), kept.size, kept.truncated
        ('abc\n... 2 bytes left out ...\nfgh', 8, True)
    """

    def __init__(self, part: int = PART) -> None:
        self.part = part
        self.size = 0
        self._head = bytearray()
        self._ring = bytearray()  # grows up to `part`, then is written round and round
        self._next = 0  # where the oldest byte of a full ring is

    def add(self, data: bytes) -> None:
        """Take what was read."""
        self.size += len(data)
        room = self.part - len(self._head)
        if room > 0:
            self._head += data[:room]
            data = data[room:]
        data = data[-self.part :]
        room = self.part - len(self._ring)
        self._ring += data[:room]
        self._overwrite(data[room:])

    def _overwrite(self, data: bytes) -> None:
        first = data[: self.part - self._next]
        rest = data[len(first) :]
        self._ring[self._next : self._next + len(first)] = first
        self._ring[: len(rest)] = rest
        self._next = (self._next + len(data)) % self.part

    @property
    def truncated(self) -> bool:
        """Tell whether something was left out."""
        return self.size > 2 * self.part

    def kept(self) -> tuple[bytes, bytes]:
        """Give the head and the tail that are kept; together they are everything unless truncated."""
        return bytes(self._head), bytes(self._ring[self._next :] + self._ring[: self._next])

    def text(self) -> str:
        """Give what was kept, what cannot be decoded replaced; the cut splits no character."""
        head, tail = self.kept()
        if not self.truncated:
            return (head + tail).decode("utf-8", "replace")
        tail = _from_a_character_on(tail)
        before, used = codecs.utf_8_decode(head, "replace", False)
        gap = f"\n... {self.size - used - len(tail)} bytes left out ...\n"
        return before + gap + tail.decode("utf-8", "replace")


def _from_a_character_on(data: bytes) -> bytes:
    """Drop the rest of a character that begins before *data*: at most three continuation bytes."""
    at = 0
    while at < min(3, len(data)) and data[at] & 0xC0 == 0x80:
        at += 1
    return data[at:]
