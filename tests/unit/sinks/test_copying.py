"""Copying a stretch: all of it, in slices, by whatever way the system has."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinks.copying import SLICE_BYTES, copy_stretch
from sinks.errors import SealingStopped, SegmentUnreadable

Copy = Callable[[bytes, int, int], bytes]


def never() -> bool:
    return False


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    """Copy a stretch of some content behind a prefix, and return what the file then holds."""

    def run(content: bytes, start: int, end: int) -> bytes:
        source, target = tmp_path / "source", tmp_path / "target"
        source.write_bytes(content)
        with source.open("rb") as read, target.open("wb", 0) as written:
            written.write(b"before ")
            copy_stretch(read.fileno(), start, end, written.fileno(), never)
        return target.read_bytes()

    return run


def test_a_stretch_is_appended(copy: Copy) -> None:
    assert copy(b"0123456789", 2, 7) == b"before 23456"


def test_a_stretch_of_nothing_changes_nothing(copy: Copy) -> None:
    assert copy(b"0123456789", 3, 3) == b"before "


def test_a_stretch_of_many_slices_is_whole(copy: Copy) -> None:
    content = os.urandom(1 << 10) * (20 << 10)
    assert len(content) > 2 * SLICE_BYTES
    assert copy(content, 1, len(content) - 1) == b"before " + content[1:-1]


def test_a_file_system_on_which_the_kernel_copies_nothing_is_read(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "copy_file_range", lambda *_arguments, **_options: 0, raising=False)
    assert copy(b"0123456789", 2, 7) == b"before 23456"


def test_a_system_without_a_copying_kernel_is_read(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "copy_file_range", raising=False)
    assert copy(b"0123456789", 2, 7) == b"before 23456"


def test_an_error_that_is_no_missing_feature_is_not_hidden(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object, **_options: object) -> int:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "copy_file_range", fail, raising=False)
    with pytest.raises(OSError, match="Input/output"):
        copy(b"0123456789", 2, 7)


def test_a_source_that_ends_early_is_unreadable(copy: Copy) -> None:
    with pytest.raises(SegmentUnreadable):
        copy(b"0123456789", 2, 11)


@given(slices=st.integers(1, 5))
def test_stopping_is_asked_before_every_slice(tmp_path_factory: pytest.TempPathFactory, slices: int) -> None:
    base = tmp_path_factory.getbasetemp()
    size = slices * SLICE_BYTES
    answers = iter([False] * (slices - 1) + [True])
    with (base / "sparse").open("w+b") as source, (base / "copied").open("wb") as target:
        source.truncate(size)
        with pytest.raises(SealingStopped):
            copy_stretch(source.fileno(), 0, size, target.fileno(), lambda: next(answers))
        assert os.fstat(target.fileno()).st_size == size - SLICE_BYTES
