"""Builders of artifacts, segments and sealings, and the storage they live in."""

import fcntl
import hashlib
import os
import sys
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from sinks.archive import Sealing
from sinks.segments import Artifact
from sinks.storage import LocalStorage

BATCH_ID = "batch-0001"


SHARED = b"what all letters share"


def build_artifact(index: int, tail: bytes | None = None, *, shared: bytes = SHARED) -> Artifact:
    own = b"recipient %d" % index * (1 + index % 7) if tail is None else tail
    whole = shared + own
    return Artifact(index, shared, own, len(whole), zlib.crc32(whole), hashlib.sha256(whole).hexdigest())


def build_bitmap(total: int, indexes: Iterable[int]) -> bytes:
    return sum(1 << index for index in indexes).to_bytes((total + 7) // 8, "little")


def build_sealing(
    total: int,
    *,
    failed: Iterable[int] = (),
    cancelled: Iterable[int] = (),
    columns: tuple[str, ...] = ("name", "city"),
    password: bytes | None = None,
    wants_reasons: bool = False,
) -> Sealing:
    others = set(failed) | set(cancelled)
    succeeded = (index for index in range(total) if index not in others)
    cells = [f"cell {number}" for number in range(len(columns))]
    return Sealing(
        batch_id=BATCH_ID,
        attempt=1,
        total=total,
        succeeded=build_bitmap(total, succeeded),
        failed=build_bitmap(total, failed),
        cancelled=build_bitmap(total, cancelled),
        columns=columns,
        cells_of=lambda _index: cells,
        password=password,
        wants_reasons=wants_reasons,
    )


@pytest.fixture(scope="session")
def an_artifact() -> Callable[..., Artifact]:
    return build_artifact


@pytest.fixture(scope="session")
def a_bitmap() -> Callable[[int, Iterable[int]], bytes]:
    return build_bitmap


@pytest.fixture(scope="session")
def a_sealing() -> Callable[..., Sealing]:
    return build_sealing


@pytest.fixture
def storage(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path / "root", tmp_path / "archives")


@pytest.fixture
def folder(storage: LocalStorage) -> Path:
    return storage.create_batch_folder(BATCH_ID, 1)


@pytest.fixture
def left_behind(tmp_path: Path) -> Callable[[], list[str]]:
    """Return the temporary names that are anywhere in the storage."""
    return lambda: [name for _, folders, files in os.walk(tmp_path) for name in folders + files if "partial" in name]


@pytest.fixture
def replace_fsync(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[int], None]], None]:
    """Let something else happen where the system would wait for the disk."""

    def replace(act: Callable[[int], None]) -> None:
        monkeypatch.setattr(os, "fsync", act)
        if sys.platform == "darwin":
            monkeypatch.setattr(fcntl, "fcntl", lambda fd, *_command: act(fd))

    return replace


@pytest.fixture
def flushed(replace_fsync: Callable[[Callable[[int], None]], None]) -> list[int]:
    """Return the inodes of what is flushed from now on, in order."""
    inodes: list[int] = []
    replace_fsync(lambda fd: inodes.append(os.fstat(fd).st_ino))
    return inodes
