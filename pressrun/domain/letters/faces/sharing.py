"""Which face is to have which characters: the first that has glyphs for one, and whole clusters in one face."""

import unicodedata
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import Final

from fontTools.unicodedata import mirrored, script_extension

from pressrun.domain.letters.typography.screening import (
    is_bidirectional,
    is_covered,
    is_direct,
    is_printable,
    is_silent,
)

# Skin tones and the letters of flags are symbols by category, but belong to the cluster of another.
_MODIFIERS: Final = frozenset(map(chr, (*range(0x1F3FB, 0x1F400), *range(0x1F1E6, 0x1F200))))
_ANY_SCRIPT: Final = frozenset({"Zyyy", "Zinh"})


def share_out(
    characters: Iterable[str], faces: Sequence[int], coverages: Sequence[Collection[int]]
) -> dict[int, set[str]]:
    """Return what each of a text's faces must have; `coverages` are those of all faces, by number.

    Faces of which nothing is needed are left out, and so are characters no face has.
    """
    printed = sorted(_with_mirrored({character for character in characters if is_printable(character)}))
    shares: dict[int, set[str]] = {}
    for character in printed:
        if not _follows(character):
            face = next((face for face in faces if is_covered(character, coverages[face])), None)
            if face is not None:
                shares.setdefault(face, set()).add(character)
    followers = [character for character in printed if _follows(character)]
    for follower in followers:
        _share_follower(follower, printed, faces, coverages, shares)
    return shares


def _share_follower(
    follower: str,
    printed: Sequence[str],
    faces: Sequence[int],
    coverages: Sequence[Collection[int]],
    shares: dict[int, set[str]],
) -> None:
    """Give a mark to every face in use that has it; the first that has it also takes the letters it may stand on."""
    able = [face for face in faces if ord(follower) in coverages[face]]
    for face in able:
        if face in shares:
            shares[face].add(follower)
    if able and able[0] != faces[0] and not is_silent(follower):
        bases = {base for base in printed if _carries(base, follower) and is_covered(base, coverages[able[0]])}
        shares.setdefault(able[0], set()).update(bases, follower)


def _with_mirrored(characters: set[str]) -> set[str]:
    """Add the other bracket of each pair where text can run from right to left: it is drawn instead."""
    if not any(map(is_bidirectional, characters)):
        return characters
    others = (mirrored(ord(character)) for character in characters)
    return characters | {chr(other) for other in others if other}


@cache
def _follows(character: str) -> bool:
    """Say whether a character belongs to the cluster of the one before it."""
    return unicodedata.category(character)[0] == "M" or character in _MODIFIERS or is_silent(character)


def _carries(base: str, follower: str) -> bool:
    if follower in _MODIFIERS:
        return unicodedata.category(base) == "So"
    if is_direct(base) or not (base.isalnum() or base in "#*"):
        return False
    scripts = _scripts(follower)
    return bool(scripts & _ANY_SCRIPT) or not scripts.isdisjoint(_scripts(base))


@cache
def _scripts(character: str) -> frozenset[str]:
    return frozenset(script_extension(character))
