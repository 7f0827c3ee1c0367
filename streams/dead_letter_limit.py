"""Tells when a worker buries most of what it reads: then not the records are bad, but the program."""

from collections import deque
from dataclasses import dataclass, field
from typing import ClassVar

from streams.errors import StreamError

EXIT_FLOOD = 79
"""Exit code of a worker stopped by the limit: it is not to be started again until a person has looked."""


class DeadLetterFlood(StreamError):
    """Most of what was read went to the dead letters: the worker stops, uncommitted, until a person has looked."""

    code: ClassVar[str] = "dead_letter_flood"


@dataclass(slots=True)
class DeadLetterLimit:
    """Counts what a worker read and buried lately; more than `share` of the last `of_last` records is too much.

    At least `least` must have been buried, so that a handful of bad records on a quiet topic stops nobody. The counts
    are of this process. With a share of 1 there is no limit: so a person lets a flood through.
    """

    share: float = 0.5
    least: int = 200
    of_last: int = 1000
    _read: int = 0
    _buried_at: deque[int] = field(default_factory=deque)

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1 or not 0 < self.least <= self.of_last:
            raise ValueError("the share is above 0 and at most 1, the least at most the records it is counted over")

    def read(self, records: int) -> None:
        """So many records were handed out, before any of them is buried."""
        self._read += records
        self._forget()

    def bury(self) -> None:
        """One of them is to be buried; raises DeadLetterFlood where that would be one too many: it is not buried."""
        self._buried_at.append(self._read)
        self._forget()
        if self.is_flooded:
            seen = min(self._read, self.of_last)
            raise DeadLetterFlood(
                f"{len(self._buried_at)} of the last {seen} records read are bad; see dead-letters.md"
            )

    @property
    def is_flooded(self) -> bool:
        """Whether it is too much now."""
        buried = len(self._buried_at)
        return buried >= self.least and buried > self.share * min(self._read, self.of_last)

    def _forget(self) -> None:
        while self._buried_at and self._buried_at[0] <= self._read - self.of_last:
            self._buried_at.popleft()
