"""Putting a letter together: the objects it brings itself and the letter they make with the shared prefix."""

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pressrun.domain.letters.assembly import Skeleton
from pressrun.domain.letters.letter import Letter
from pressrun.domain.letters.tail import form_body, write_objects, write_trailer, write_xref

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
        return self.skeleton.own[place]

    def put(self, place: int, body: bytes) -> None:
        self.own[place] = body

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
    # The table of a letter that brings nothing but one content stream, whose place in the file never changes.
    xref: bytes | None = field(default=None)

    def bind(self, contents: Sequence[bytes], own: Sequence[bytes | None]) -> Letter:
        skeleton = self.skeleton
        if self.xref is None:
            objects, offsets = write_objects(skeleton, contents, own)
            xref = write_xref(skeleton, offsets)
        else:
            content = contents[0]
            objects = b"%d 0 obj\n<</Length %d>>\nstream\n%b\nendstream\nendobj\n" % (
                skeleton.contents[0],
                len(content),
                content,
            )
            xref = self.xref
        digest = self.digest.copy()
        digest.update(objects)
        identity = digest.hexdigest()[:_ID_DIGITS]
        end = xref + write_trailer(skeleton, identity, len(skeleton.prefix) + len(objects))
        digest.update(end)
        tail = objects + end
        return Letter(skeleton.prefix, tail, zlib.crc32(tail, self.crc), digest.hexdigest())


def open_binder(skeleton: Skeleton) -> Binder:
    prefix = skeleton.prefix
    simple = len(skeleton.contents) == 1 and not skeleton.own
    xref = write_xref(skeleton, [len(prefix)]) if simple else None
    return Binder(skeleton, zlib.crc32(prefix), hashlib.sha256(prefix), xref)
