"""Remembers which records a worker had in hand, so that what ends workers again and again can be told and left out.

A process that is killed says nothing. So before each body its block is noted in a small file of its partition, and the
note is taken back after it. Whoever finds a note gets those records one by one; a record that was in hand when a worker
ended, with others or alone, three times is condemned: its agent gives it up instead of trying it again.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from streams.lanes import Place

TRIES = 3

_NOTE = re.compile(rb"(\d{1,19}) (\d{1,19}) (\d{1,3})\n")


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Offsets of the records in hand when a worker ended, both included, and how often that happened."""

    first: int
    last: int
    tries: int

    def __contains__(self, offset: int) -> bool:
        return self.first <= offset <= self.last

    @property
    def is_condemned(self) -> bool:
        """Whether it is one record, and enough workers have ended with it."""
        return self.first == self.last and self.tries >= TRIES


NOBODY = Suspicion(0, -1, 0)


class Suspects:
    """The notes of a role's partitions, a file each in a folder; without a folder nothing is noted.

    Nothing is flushed: a note has to outlive the process, not the machine. Two tiny writes a block cost 10 µs.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._files: dict[Place, int] = {}

    def find(self, place: "Place") -> Suspicion:
        """What the last worker of the partition had in hand when it ended."""
        try:
            note = _NOTE.match(os.pread(self._open(place), 64, 0)) if self._folder else None
        except OSError:
            return NOBODY
        return Suspicion(*map(int, note.groups())) if note else NOBODY

    def note(self, place: "Place", suspicion: Suspicion) -> None:
        """These records are in hand from now on."""
        self._write(place, b"%d %d %d\n" % (suspicion.first, suspicion.last, suspicion.tries))

    def clear(self, place: "Place") -> None:
        """Nothing is in hand any more."""
        self._write(place, b"-\n")

    def _write(self, place: "Place", note: bytes) -> None:
        if self._folder is None:
            return
        try:
            os.pwrite(self._open(place), note.ljust(64), 0)
        except OSError:
            # On a full disk nothing is remembered; the work itself says that the disk is full.
            return

    def _open(self, place: "Place") -> int:
        assert self._folder is not None
        if place not in self._files:
            self._folder.mkdir(parents=True, exist_ok=True)
            path = self._folder / f"{place.topic}-{place.partition}"
            self._files[place] = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        return self._files[place]
