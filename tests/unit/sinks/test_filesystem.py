"""Writes that are whole whatever the system makes of them, and temporary files that do not outlive their use."""

import errno
import fcntl
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinks.errors import FlushFailed, StorageFull, StorageUnavailable, storage_errors
from sinks.filesystem import TemporaryFile, flush, make_folder, sweep, temporary_name, write_buffers


@pytest.mark.parametrize("at_once", [1, 5, 7, 1000])
def test_buffers_are_written_whole_when_the_system_takes_a_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    real = os.write

    def write_a_part(fd: int, buffers: Sequence[bytes]) -> int:
        return real(fd, b"".join(buffers)[:at_once])

    monkeypatch.setattr(os, "writev", write_a_part)
    monkeypatch.setattr(os, "write", lambda fd, data: real(fd, bytes(data)[:at_once]))
    buffers = [b"one", b"", b"twotwo", b"three" * 10]
    with TemporaryFile(tmp_path, "final") as temporary:
        assert write_buffers(temporary.fd, buffers) == 59
        assert temporary.path.read_bytes() == b"".join(buffers)


@given(st.lists(st.binary(max_size=3), max_size=3000))
def test_more_buffers_than_one_call_takes_are_written_in_order(
    tmp_path_factory: pytest.TempPathFactory, buffers: list[bytes]
) -> None:
    with TemporaryFile(tmp_path_factory.getbasetemp(), "final") as temporary:
        write_buffers(temporary.fd, buffers)
        assert temporary.path.read_bytes() == b"".join(buffers)


def test_buffers_too_large_for_one_call_are_written_one_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "writev")
    with TemporaryFile(tmp_path, "final") as temporary:
        assert write_buffers(temporary.fd, [b"abc", b"def"], at_once=4) == 6
        assert temporary.path.read_bytes() == b"abcdef"


def test_a_temporary_file_is_private_and_gone_after_its_block(tmp_path: Path) -> None:
    with TemporaryFile(tmp_path, "final") as temporary:
        assert temporary.path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == []


def test_folders_are_private(tmp_path: Path) -> None:
    make_folder(tmp_path / "one" / "two")
    assert [path.stat().st_mode & 0o777 for path in (tmp_path / "one", tmp_path / "one" / "two")] == [0o700, 0o700]


def test_a_sweep_leaves_what_a_living_writer_holds(tmp_path: Path) -> None:
    abandoned = tmp_path / temporary_name("final")
    abandoned.touch()
    with TemporaryFile(tmp_path, "final") as held:
        assert sweep(tmp_path) == 1
        assert list(tmp_path.iterdir()) == [held.path]


def test_a_sweep_takes_only_temporary_names_with_its_prefix(tmp_path: Path) -> None:
    (tmp_path / "final.zip").touch()
    (tmp_path / temporary_name("other")).touch()
    (tmp_path / temporary_name("batch-1")).touch()
    assert sweep(tmp_path, "batch-") == 1
    assert len(list(tmp_path.iterdir())) == 2


def test_a_sweep_of_a_missing_folder_finds_nothing(tmp_path: Path) -> None:
    assert sweep(tmp_path / "absent") == 0


@pytest.mark.parametrize(
    ("number", "kind", "retriable"),
    [
        (errno.ENOSPC, StorageFull, True),
        (errno.EDQUOT, StorageFull, True),
        (errno.EIO, StorageUnavailable, True),
        (errno.EACCES, StorageUnavailable, True),
    ],
)
def test_errors_of_the_system_say_whether_waiting_helps(number: int, kind: type[Exception], retriable: bool) -> None:
    with pytest.raises(kind) as raised, storage_errors():
        raise OSError(number, os.strerror(number), "/secret/path")
    assert raised.type is kind
    assert getattr(raised.value, "retriable", None) is retriable
    assert "/secret" not in str(raised.value)


Replace = Callable[[Callable[[int], None]], None]


def fail_with(number: int) -> Callable[[int], None]:
    def fail(_fd: int) -> None:
        raise OSError(number, os.strerror(number))

    return fail


def test_a_failed_flush_is_never_tried_again(replace_fsync: Replace) -> None:
    replace_fsync(fail_with(errno.EIO))
    with pytest.raises(FlushFailed) as raised:
        flush(1)
    assert not raised.value.retriable


def test_a_flush_without_space_waits_for_space(replace_fsync: Replace) -> None:
    replace_fsync(fail_with(errno.ENOSPC))
    with pytest.raises(StorageFull):
        flush(1)


def test_a_file_swept_before_its_lock_was_taken_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = fcntl.flock
    swept: list[Path] = []

    def sweep_first(fd: int, operation: int) -> None:
        if not swept:
            (path,) = tmp_path.iterdir()
            path.unlink()
            swept.append(path)
        real(fd, operation)

    monkeypatch.setattr(fcntl, "flock", sweep_first)
    with TemporaryFile(tmp_path, "final") as temporary:
        assert list(tmp_path.iterdir()) == [temporary.path] != swept
