"""Putting a letter together: the objects it brings itself and the letter they make with the shared prefix."""

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pressrun.domain.letters.stamping.assembly import Skeleton
from pressrun.domain.letters.stamping.letter import Letter
from pressrun.domain.letters.stamping.tail import form_body, write_end, write_objects

if TYPE_CHECKING:
    from hashlib import _Hash

# Hex digits of a document's /ID: 16 bytes, as PDF 1.7, 14.4 recommends.
_ID_DIGITS: Final = 32


@dataclass(frozen=True, slots=True)
class Sheaf:
    """The objects one letter brings in its slots, collected while it is written; one letter at a time."""

    skeleton: Skeleton
    own: list[bytes | None]

    def clear(self) -> None:
        self.own[:] = [None] * len(self.own)

    def number(self, place: int) -> int:
        """Return the object number of a place."""
        return self.skeleton.first + self.skeleton.pages + place

    def put(self, place: int, body: bytes) -> None:
        self.own[place] = body

    def put_all(self, place: int, bodies: Sequence[bytes]) -> None:
        """Bring objects that follow each other."""
        self.own[place : place + len(bodies)] = bodies

    def put_form(self, place: int, operators: str) -> None:
        self.own[place] = form_body(operators, self.skeleton)

    def put_masked(self, state: int, form: int, pattern: str, operators: str) -> None:
        """Bring a state that masks by the brightness of a form which paints with one pattern, called P."""
        self.own[form] = form_body(operators, self.skeleton, pattern=pattern)
        body = f"<</SMask<</Type/Mask/S/Luminosity/G {self.number(form)} 0 R>>>>"
        self.own[state] = body.encode("ascii")


@dataclass(frozen=True, slots=True)
class Binder:
    """The prefix's checksums so far, from which those of each letter go on."""

    skeleton: Skeleton
    crc: int
    digest: "_Hash"

    def bind(self, contents: Sequence[bytes], own: Sequence[bytes | None]) -> Letter:
        skeleton = self.skeleton
        objects, offsets = write_objects(skeleton, contents, own)
        digest = self.digest.copy()
        digest.update(objects)
        identity = digest.hexdigest()[:_ID_DIGITS]
        end = write_end(skeleton, offsets, identity, len(skeleton.prefix) + len(objects))
        digest.update(end)
        tail = objects + end
        return Letter(skeleton.prefix, tail, zlib.crc32(tail, self.crc), digest.hexdigest())


def open_binder(skeleton: Skeleton) -> Binder:
    prefix = skeleton.prefix
    return Binder(skeleton, zlib.crc32(prefix), hashlib.sha256(prefix))
