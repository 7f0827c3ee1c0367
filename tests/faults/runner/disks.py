"""Faults of disks: small file systems that fill up, and calls that fail though the disk is sound."""

import errno
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from faults.runner.arena import Arena
from faults.runner.damage import a_moving_batch, a_paused, await_status
from faults.runner.faultlog import require
from faults.runner.handing import Handed, hand_in, prepare_batch
from faults.runner.records import states_now
from faults.runner.waiting import until

BLOCK = 1 << 20


@contextmanager
def a_small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    """A file system of its own in memory; root only."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=700", "tmpfs", str(folder)], check=True)
    try:
        yield
    finally:
        # What is in memory only would be missed when the run is looked into.
        shutil.copytree(folder, folder.with_name(f"{folder.name}-kept"), symlinks=True)
        # Lazily: whoever still has a file open there must not keep the run from ending.
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def a_full_disk(folder: Path) -> Iterator[None]:
    """A file that takes whatever is left, until the context ends."""
    filler = folder / "filler"
    descriptor = os.open(filler, os.O_CREAT | os.O_WRONLY, 0o600)
    try:
        _fill(descriptor)
        yield
    finally:
        os.close(descriptor)
        filler.unlink()


def fill_output(arena: Arena) -> None:
    """No room for the archive: the batch says so, waits, and goes on when there is."""
    # Prepared where there is room: with less than it needs a batch is not even accepted.
    handed = prepare_batch(arena, arena.sizes.small // 2)
    with a_full_disk(arena.system.settings.archives):
        hand_in(arena, handed)
        _await_blocked(arena, handed)
        arena.log.note("disk full: output", handed.batch_id)


def fill_segments(arena: Arena) -> None:
    """No room for segments: the batch says so, waits, and goes on when there is."""
    with ExitStack() as stack:
        # Slow as this machine may be, no worker shall be done before the disk is full.
        with a_paused(arena, "render"):
            handed = hand_in(arena, prepare_batch(arena, arena.sizes.small * 2))
            await_status(arena, handed, "running")
            stack.enter_context(a_full_disk(arena.directory / "batches"))
        _await_blocked(arena, handed)
        arena.log.note("disk full: segments", handed.batch_id)


def fill_broker(arena: Arena) -> None:
    """No room for the log: the broker ends itself, and comes back when there is room."""
    folder = arena.directory / "broker" / "data"
    a_moving_batch(arena, arena.sizes.small * 2)
    pid = arena.system.broker_pid
    with a_full_disk(folder):
        until(lambda: _said_full(arena), "the broker met its full disk")
        arena.log.note("disk full: broker", str(pid))
    until(lambda: arena.system.broker_pid not in {None, pid}, "another broker", within=60)


def refuse_writes(arena: Arena) -> None:
    """ENOSPC from every write under the archives, by the shim: the same as a full disk, without root."""
    assert arena.shims is not None
    before = arena.shims.failures("enospc")
    handed = prepare_batch(arena, arena.sizes.small // 2)
    with arena.shims.failing("enospc", arena.system.settings.archives):
        hand_in(arena, handed)
        _await_blocked(arena, handed)
    count = arena.shims.failures("enospc") - before
    require(count, "a write was refused")
    arena.log.note("writes refused", f"{count} times")


def fail_flushes(arena: Arena) -> None:
    """EIO from every fsync of archives, then of blobs: whoever meets it ends, and never asks the same file again."""
    for folder in (arena.system.settings.archives, arena.directory / "blobs"):
        _fail_flushes_under(arena, folder)


def _fail_flushes_under(arena: Arena, folder: Path) -> None:
    assert arena.shims is not None
    shims, before = arena.shims, arena.shims.failures("eio")
    handed = prepare_batch(arena, arena.sizes.small // 4)
    with shims.failing("eio", folder):
        hand_in(arena, handed)
        until(lambda: shims.failures("eio") >= before + 2, f"two fsyncs under {folder.name} have failed")
    arena.log.note(f"fsync fails: {folder.name}", f"{shims.failures('eio') - before} times")


def _await_blocked(arena: Arena, handed: Handed) -> None:
    def is_blocked() -> bool:
        state = states_now(arena.system.address).get(handed.batch_id)
        return state is not None and state.blocked is not None

    until(is_blocked, f"{handed.batch_id} says that it is blocked", poll=0.3)


def _said_full(arena: Arena) -> bool:
    logs = (arena.directory / "broker").glob("broker.log*")
    return any("No space left on device" in path.read_text(errors="replace") for path in logs)


def _fill(descriptor: int) -> None:
    """First in large blocks, then byte by byte: a page that is left would take another small write."""
    for size in (BLOCK, 4096, 1):
        try:
            while True:
                os.write(descriptor, bytes(size))
        except OSError as error:
            require(error.errno == errno.ENOSPC, f"the disk is full, not {error}")
