"""Copying a stretch of one file to the end of another, in slices between which one can stop."""

import errno
import os
from collections.abc import Callable

from sinks.errors import SealingStopped, SegmentUnreadable
from sinks.filesystem import write_whole

# A disk of 100 MB/s takes 80 ms for it, so a process asked to end does not wait longer.
SLICE_BYTES = 8 << 20
_BUFFER_BYTES = 1 << 20

# What copy_file_range says where it cannot: between file systems, or not at all (old kernels, some network disks).
_CANNOT_COPY_IN_KERNEL = {errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM}


def copy_stretch(source: int, start: int, end: int, target: int, stop: Callable[[], bool]) -> None:
    """Append the bytes from `start` to `end` of one descriptor to another.

    Raises SealingStopped when `stop` says so before a slice, and SegmentUnreadable when the source ends early.
    """
    while start < end:
        if stop():
            raise SealingStopped
        slice_end = min(end, start + SLICE_BYTES)
        while start < slice_end:
            start += _copy_some(source, start, slice_end - start, target)


def _copy_some(source: int, start: int, length: int, target: int) -> int:
    # Zero may mean the end, or a file system on which the call does nothing; reading tells.
    copied = _copy_in_kernel(source, start, length, target) or _copy_through_memory(source, start, length, target)
    if not copied:
        raise SegmentUnreadable("A segment became shorter while it was copied.")
    return copied


def _copy_in_kernel(source: int, start: int, length: int, target: int) -> int:
    if not hasattr(os, "copy_file_range"):
        return 0
    try:
        return os.copy_file_range(source, target, length, offset_src=start)
    except OSError as error:
        if error.errno in _CANNOT_COPY_IN_KERNEL:
            return 0
        raise


def _copy_through_memory(source: int, start: int, length: int, target: int) -> int:
    return write_whole(target, os.pread(source, min(length, _BUFFER_BYTES), start))
