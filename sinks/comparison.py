"""Comparing a verified archive with what was said when it was sealed: its manifest could be a forgery, this is not."""

from collections.abc import Iterator

from schemas.results import BatchSealed
from sinks.verification import Verification

_FRAME_DIFFERS = (
    "every entry is as it was sealed, but not what lies around them (headers, failures.csv, directory): "
    "the SHA-256 of the file is another"
)


def compare_with_record(found: Verification, sealed: BatchSealed) -> tuple[str, ...]:
    """Return what is otherwise than in the record of the sealing; where that has no digests, the numbers are compared.

    The record is that of the attempt whose archive this should be, not of the one the archive says it is.
    """
    if (found.batch_id, found.attempt) != (sealed.batch_id, sealed.attempt):
        return (f"this is {_name(found)}, and not {_name(sealed)}",)
    faults = tuple(_compare_numbers(found, sealed))
    if sealed.merkle_root not in {None, found.merkle_root}:
        faults += ("the manifest is not the one that was sealed: its Merkle root is another",)
    is_other = bool(sealed.archive_sha256) and found.sha256 not in sealed.archive_sha256
    if is_other and not (faults or found.faults):
        faults += (_FRAME_DIFFERS,)
    return faults


def _name(archive: Verification | BatchSealed) -> str:
    return f"the archive of batch {archive.batch_id}, attempt {archive.attempt}"


def _compare_numbers(found: Verification, sealed: BatchSealed) -> Iterator[str]:
    numbers = (
        ("items", found.total, sealed.total),
        ("entries", found.entries, sealed.succeeded),
        ("rows in failures.csv", found.failures, sealed.failed + sealed.cancelled),
        ("bytes", found.size, sealed.archive_bytes),
    )
    for what, there, said in numbers:
        if there != said:
            yield f"the archive has {there} {what} and was sealed with {said}"
