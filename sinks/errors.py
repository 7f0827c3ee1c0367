"""The errors of the sinks: what storage, segments and archives can refuse, and whether waiting helps.

SinkError (a PressrunError)
├── StorageFull          waits: no space or quota left
├── StorageUnavailable   waits: any other error of the file system
│   └── FlushFailed      ends the process: written data may be gone, and asking again would say it is not
├── UnsafeName           an id or file name that could leave its folder
├── BatchFolderMissing   nobody made the folder, or the batch is over: no folder, no work
├── BlobMissing, BlobCorrupt
├── SegmentRefused       artifacts that cannot be one segment
├── SegmentUnreadable    waits: counts as absent when one looks again
├── SealingRefused       outcomes that are not each index once
├── SealingStopped       waits: the process is asked to end
├── ArchiveUnreadable    not an archive of pressrun
├── PasswordMissing, PasswordWrong
├── WebhookRefused       see sinks.webhooks.settings
└── MailError            see sinks.mail.errors
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

from schemas.errors import PressrunError


class SinkError(PressrunError):
    """Something could not be put outside the log, or read back."""

    code: ClassVar[str] = "sink_failed"


class StorageFull(SinkError):
    """The storage has no space or no quota left."""

    code: ClassVar[str] = "storage_full"
    retriable: ClassVar[bool] = True


class StorageUnavailable(SinkError):
    """The storage cannot be read or written at the moment."""

    code: ClassVar[str] = "storage_unavailable"
    retriable: ClassVar[bool] = True


class FlushFailed(StorageUnavailable):
    """The storage could not promise that written data is on the disk."""

    code: ClassVar[str] = "flush_failed"
    retriable: ClassVar[bool] = False


class UnsafeName(SinkError):
    """A name contains what a stored name may not contain."""

    code: ClassVar[str] = "unsafe_name"


class BatchFolderMissing(SinkError):
    """The batch has no folder: it was never accepted, or it is over."""

    code: ClassVar[str] = "batch_folder_missing"


class BlobMissing(SinkError):
    """There is no blob with this digest."""

    code: ClassVar[str] = "blob_missing"


class BlobCorrupt(SinkError):
    """The stored bytes of a blob are not those it was made of."""

    code: ClassVar[str] = "blob_corrupt"


class SegmentRefused(SinkError):
    """These artifacts and failures cannot be one segment."""

    code: ClassVar[str] = "segment_refused"


class SegmentUnreadable(SinkError):
    """A segment is truncated or damaged."""

    code: ClassVar[str] = "segment_unreadable"
    retriable: ClassVar[bool] = True

    def __init__(self, message: str | None = None, segment: str | None = None) -> None:
        super().__init__(message)
        self.segment = segment


class SealingRefused(SinkError):
    """The outcomes are not exactly one for each index."""

    code: ClassVar[str] = "sealing_refused"


class SealingStopped(SinkError):
    """Sealing was interrupted and left nothing behind."""

    code: ClassVar[str] = "sealing_stopped"
    retriable: ClassVar[bool] = True


class ArchiveUnreadable(SinkError):
    """The file is not an archive that pressrun sealed."""

    code: ClassVar[str] = "archive_unreadable"


class PasswordMissing(SinkError):
    """The archive needs a password and none was given."""

    code: ClassVar[str] = "password_missing"


class PasswordWrong(SinkError):
    """The password does not open this archive."""

    code: ClassVar[str] = "password_wrong"


@contextmanager
def storage_errors() -> Iterator[None]:
    """Say an error of the operating system as one of ours; paths stay out of the message."""
    try:
        yield
    except OSError as error:
        kind = StorageFull if error.errno in {errno.ENOSPC, errno.EDQUOT} else StorageUnavailable
        raise kind(f"{(kind.__doc__ or '').strip()} ({error.strerror or type(error).__name__})") from error
