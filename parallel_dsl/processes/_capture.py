"""Output is drained always and kept in part: head and tail, so that no command can fill the memory."""

from __future__ import annotations

HEAD = TAIL = 512 * 1024


class Capture:
    r"""Keep the first and the last *part* bytes of a stream, and count all of it.

    Example:
        >>> kept = Capture(part=3)
        >>> kept.add(b"abcdefgh")
        >>> kept.text(), kept.size, kept.truncated
        ('abc\n... 2 bytes left out ...\nfgh', 8, True)
    """

    def __init__(self, part: int = HEAD) -> None:
        self.part = part
        self.size = 0
        self._head = bytearray()
        self._tail = bytearray()

    def add(self, data: bytes | bytearray) -> None:
        """Take what was read."""
        self.size += len(data)
        room = self.part - len(self._head)
        if room > 0:
            self._head += data[:room]
            data = data[room:]
        if data:
            self._tail += data[-self.part :]
            if len(self._tail) > 2 * self.part:  # amortised: not at every read
                del self._tail[: -self.part]

    @property
    def truncated(self) -> bool:
        """Tell whether something was left out."""
        return self.size > 2 * self.part

    def text(self) -> str:
        """Give what was kept, what cannot be decoded replaced."""
        tail = bytes(self._tail[-self.part :])
        if not self.truncated:
            return (bytes(self._head) + tail).decode("utf-8", "replace")
        gap = f"\n... {self.size - 2 * self.part} bytes left out ...\n"
        return bytes(self._head).decode("utf-8", "replace") + gap + tail.decode("utf-8", "replace")
