"""Merkle trees by RFC 6962, section 2.1: one digest that says what every entry of an archive is.

A leaf is hashed behind a byte 0x00 and a node behind 0x01, so that neither can be taken for the other. A tree of n
leaves has on its left the largest power of two that is less than n. The root of no leaves is the SHA-256 of nothing.
"""

from hashlib import sha256


class MerkleTree:
    """Takes leaves one after the other; memory is one digest for each level (20 for a million leaves)."""

    def __init__(self) -> None:
        self._count = 0
        # Roots of whole subtrees, the largest first: one for each bit of the count.
        self._roots: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Append a leaf."""
        digest = sha256(b"\0" + leaf).digest()
        count, roots = self._count, self._roots
        self._count = count + 1
        while count & 1:
            digest = sha256(b"\1" + roots.pop() + digest).digest()
            count >>= 1
        roots.append(digest)

    def root(self) -> str:
        """Return the root of the leaves so far, in hexadecimal."""
        if not self._roots:
            return sha256().hexdigest()
        digest, *rest = reversed(self._roots)
        for left in rest:
            digest = sha256(b"\1" + left + digest).digest()
        return digest.hex()
