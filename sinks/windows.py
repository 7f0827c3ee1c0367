"""Reading a segment front to back: few large reads, handed out as the small stretches asked for."""

from collections.abc import Iterator

from sinks.errors import SegmentUnreadable
from sinks.filesystem import read_at

WINDOW_BYTES = 1 << 20


class Window:
    """What was last read of a file; one megabyte holds the tails of some three hundred letters."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._start = self._end = 0
        self._data = b""

    def read(self, start: int, end: int) -> Iterator[bytes]:
        """Yield the bytes from `start` to `end`, in pieces of at most a window, or raise SegmentUnreadable."""
        while start < end:
            stop = min(end, start + WINDOW_BYTES)
            if start < self._start or stop > self._end:
                self._move(start, stop)
            yield self._data[start - self._start : stop - self._start]
            start = stop

    def _move(self, start: int, stop: int) -> None:
        self._data = read_at(self._fd, start, WINDOW_BYTES)
        self._start, self._end = start, start + len(self._data)
        if self._end < stop:
            raise SegmentUnreadable("A segment is shorter than its sidecar says.")
