"""Storage of the simulated world: segments, blobs, notes and archives with the promises of sinks.storage."""

from collections.abc import Generator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

from faults.simulator.verdicts import Broken

from schemas.results import BatchFailed, BatchRejected, BatchSealed
from sinks.errors import BatchFolderMissing, BlobMissing, StorageFull

Note = BatchSealed | BatchFailed | BatchRejected | str | bytes


class Segment(NamedTuple):
    """Indexes of the artifacts in it as bits; one that is not `whole` has its sidecar only, or a flipped bit."""

    bits: int
    whole: bool


@dataclass(slots=True)
class Storage:
    """Everything on the disk; each method is one act that is durable when it returns."""

    folders: dict[str, dict[str, Segment]] = field(default_factory=dict)
    notes: dict[tuple[str, str], Note] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)
    """Blobs that cannot be read until they are put again."""
    archives: dict[str, int] = field(default_factory=dict)
    temporaries: set[tuple[str, str]] = field(default_factory=set)
    is_full: bool = False

    def clone(self) -> "Storage":
        """The same files, to be continued in another way."""
        return Storage(
            {batch_id: dict(folder) for batch_id, folder in self.folders.items()},
            dict(self.notes),
            dict(self.blobs),
            set(self.lost),
            dict(self.archives),
            set(self.temporaries),
            self.is_full,
        )

    def put_blob(self, data: bytes) -> str:
        self._require_space()
        digest = sha256(data).hexdigest()
        self.blobs[digest] = data
        self.lost.discard(digest)
        return digest

    def read_blob(self, digest: str) -> bytes:
        if digest not in self.blobs or digest in self.lost:
            raise BlobMissing
        return self.blobs[digest]

    def put_if_absent(self, batch_id: str, name: str, note: Note) -> bool:
        self._require_space()
        if (batch_id, "") not in self.notes:
            raise BatchFolderMissing
        if (batch_id, name) in self.notes:
            return False
        self.notes[batch_id, name] = note
        return True

    def read_note(self, batch_id: str, name: str) -> Note | None:
        return self.notes.get((batch_id, name))

    def remove_note(self, batch_id: str, name: str) -> None:
        self.notes.pop((batch_id, name), None)

    def create_batch_folder(self, batch_id: str) -> None:
        """The batch's own folder and that of its attempt."""
        self._require_space()
        self.notes.setdefault((batch_id, ""), "folder")
        self.folders.setdefault(batch_id, {})

    def write_segment(self, batch_id: str, name: str, bits: int) -> Generator[str, None, None]:
        """Temporary files, the sidecar's name, the ZIP's name: a crash may come after each. Raises StorageFull."""
        self._require_space()
        temporary = (batch_id, name)
        self.temporaries.add(temporary)
        yield "segment.written"
        folder = self.folders.get(batch_id)
        if folder is None:
            self.temporaries.discard(temporary)
            raise BatchFolderMissing
        there = folder.get(name)
        if there is not None and there.whole and there.bits != bits:
            raise Broken("segment_reused", f"{name} had other content before")
        if there is None:
            folder[name] = Segment(bits, whole=False)
        yield "segment.described"
        if self.folders.get(batch_id) is not folder:
            raise BatchFolderMissing
        folder[name] = Segment(bits, whole=True)
        self.temporaries.discard(temporary)

    def available(self, batch_id: str) -> int:
        """Indexes that are in a readable segment, as bits; raises BatchFolderMissing."""
        folder = self.folders.get(batch_id)
        if folder is None:
            raise BatchFolderMissing
        bits = 0
        for segment in folder.values():
            if segment.whole:
                bits |= segment.bits
        return bits

    def link_archive(self, batch_id: str, bits: int) -> bool:
        """Whether ours is the one that is there now."""
        self._require_space()
        if batch_id in self.archives:
            return False
        self.archives[batch_id] = bits
        return True

    def remove_segments(self, batch_id: str) -> None:
        self.folders.pop(batch_id, None)
        self.temporaries = {kept for kept in self.temporaries if kept[0] != batch_id or kept[1] == "archive"}

    def sweep_temporaries(self, batch_id: str) -> None:
        self.temporaries = {kept for kept in self.temporaries if kept[0] != batch_id}

    def sweep_notes(self, batch_id: str) -> None:
        """Notes are written in one act here: none is ever half there."""

    def _require_space(self) -> None:
        if self.is_full:
            raise StorageFull
