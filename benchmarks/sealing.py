"""Letters a second from the segments of a batch to its sealed archive, beside a bare loop that writes the same bytes.

    python -m benchmarks.sealing [--letters 100000] [--shared 30000] [--tail 3000] [--folder FOLDER]

The bare loop knows every header in advance, reads nothing, checks nothing and keeps no directory: nothing that writes
this archive through the page cache can be faster. It runs once handing its pages back, as sealing does, and once not.
"""

import argparse
import hashlib
import os
import random
import tempfile
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

from sinks.archive import Sealing, seal_archive
from sinks.archive_writer import SLICE_BYTES
from sinks.filesystem import flush, forget_pages, write_buffers
from sinks.segments import Artifact, entry_name, write_segment
from sinks.storage import LocalStorage
from sinks.zip_format import local_header, plain_entry

BATCH = "sealing-alone"
LETTERS_PER_SEGMENT = 512


def make_artifacts(letters: int, shared_bytes: int, tail_bytes: int) -> Iterator[Artifact]:
    """Letters that begin alike, with tails that differ."""
    chance = random.Random(1)  # noqa: S311 - filling, not a secret
    shared, filling = chance.randbytes(shared_bytes), chance.randbytes(tail_bytes + 4096)
    crc32, digest = zlib.crc32(shared), hashlib.sha256(shared)
    for index in range(letters):
        tail = filling[index % 4096 : index % 4096 + tail_bytes]
        whole = digest.copy()
        whole.update(tail)
        yield Artifact(index, shared, tail, shared_bytes + tail_bytes, zlib.crc32(tail, crc32), whole.hexdigest())


def write_segments(storage: LocalStorage, artifacts: list[Artifact]) -> float:
    """Seconds for what the workers do."""
    folder = storage.create_batch_folder(BATCH, 1)
    started = time.perf_counter()
    for start in range(0, len(artifacts), LETTERS_PER_SEGMENT):
        write_segment(folder, f"s-{start:07d}", artifacts[start : start + LETTERS_PER_SEGMENT], [])
    return time.perf_counter() - started


def seal(storage: LocalStorage, letters: int) -> tuple[float, float]:
    """Seconds and CPU seconds to the flushed archive, which is removed."""
    succeeded = ((1 << letters) - 1).to_bytes((letters + 7) // 8, "little")
    none = bytes(len(succeeded))
    sealing = Sealing(BATCH, 1, letters, succeeded, none, none, (), lambda _index: ())
    started, cpu = time.perf_counter(), time.process_time()
    seal_archive(sealing, storage, stop=lambda: False)
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    storage.archive_path(BATCH, 1).unlink()
    return seconds, cpu


def write_bare(path: Path, artifacts: list[Artifact], *, forget: bool) -> float:
    """Seconds for headers and letters in slices as large as sealing's, flushed at the end."""
    headers = [local_header(plain_entry(entry_name(a.index, "pdf"), a.crc32, a.size)) for a in artifacts]
    per_slice = max(1, SLICE_BYTES // artifacts[0].size)
    fd, written = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR), 0
    started = time.perf_counter()
    for start in range(0, len(artifacts), per_slice):
        letters = zip(headers[start : start + per_slice], artifacts[start : start + per_slice], strict=True)
        written += write_buffers(fd, [part for header, a in letters for part in (header, a.shared, a.tail)])
        if forget:
            forget_pages(fd, max(0, written - (256 << 20)))
    flush(fd)
    seconds = time.perf_counter() - started
    os.close(fd)
    path.unlink()
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=100_000)
    parser.add_argument("--shared", type=int, default=30_000, help="bytes with which all letters begin")
    parser.add_argument("--tail", type=int, default=3_000, help="bytes of each letter's own")
    parser.add_argument("--folder", help="where the files lie; another disk, or memory")
    asked = parser.parse_args()
    artifacts = list(make_artifacts(asked.letters, asked.shared, asked.tail))
    with tempfile.TemporaryDirectory(prefix="pressrun-bench-", dir=asked.folder) as root:
        storage = LocalStorage(Path(root), Path(root) / "archives")
        tell("segments", asked.letters, write_segments(storage, artifacts))
        seconds, cpu = seal(storage, asked.letters)
        tell("sealing", asked.letters, seconds, f", {cpu / asked.letters * 1e6:.1f} µs CPU a letter")
        for forget in (True, False):
            name = "bare loop, pages handed back" if forget else "bare loop"
            tell(name, asked.letters, write_bare(Path(root) / "bare", artifacts, forget=forget))


def tell(name: str, letters: int, seconds: float, more: str = "") -> None:
    print(f"{name:>28}: {letters / seconds:>9,.0f} letters/s, {seconds / letters * 1e6:6.1f} µs a letter{more}")


if __name__ == "__main__":
    main()
