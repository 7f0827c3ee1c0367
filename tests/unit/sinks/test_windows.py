"""Windows: any stretch as it is in the file, few reads, and a file that is too short is said to be."""

import os
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinks.checksums import Stretch, read_checksums
from sinks.errors import SegmentUnreadable
from sinks.windows import WINDOW_BYTES, Window

CONTENT = bytes(range(256)) * (WINDOW_BYTES * 3 // 256)

Open = Callable[[bytes], int]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    """Open files with some content for reading."""
    fds: list[int] = []

    def open_it(content: bytes) -> int:
        path = tmp_path_factory.mktemp("window") / "file"
        path.write_bytes(content)
        fds.append(os.open(path, os.O_RDONLY))
        return fds[-1]

    yield open_it
    for fd in fds:
        os.close(fd)


places = st.integers(0, len(CONTENT))


@given(st.lists(st.tuples(places, places).map(sorted), max_size=5))
def test_any_stretch_is_as_it_is_in_the_file(opened: Open, stretches: list[list[int]]) -> None:
    window = Window(opened(CONTENT))
    read = [list(window.read(start, end)) for start, end in stretches]
    for (start, end), pieces in zip(stretches, read, strict=True):
        assert b"".join(pieces) == CONTENT[start:end]
        assert all(len(piece) <= WINDOW_BYTES for piece in pieces)


def test_stretches_side_by_side_are_read_together(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    real, reads = os.pread, []

    def pread(fd: int, length: int, start: int) -> bytes:
        reads.append(start)
        return real(fd, length, start)

    window = Window(opened(CONTENT))
    monkeypatch.setattr(os, "pread", pread)
    for start in range(0, len(CONTENT), 3000):
        assert list(window.read(start, min(start + 3000, len(CONTENT))))
    assert len(reads) <= 5


def test_a_file_that_is_too_short_is_unreadable(opened: Open) -> None:
    window = Window(opened(b"0123456789"))
    assert b"".join(window.read(2, 10)) == b"23456789"
    for start, end in ((2, 11), (10, 11), (50, 60)):
        with pytest.raises(SegmentUnreadable):
            list(window.read(start, end))


def test_parts_that_overlap_are_unreadable(opened: Open) -> None:
    fd = opened(b"0123456789")
    with pytest.raises(SegmentUnreadable):
        read_checksums(fd, 10, [Stretch(2, 6, 0), Stretch(5, 8, 0)])
    with pytest.raises(SegmentUnreadable):
        read_checksums(fd, 10, [Stretch(2, 11, 0)])
