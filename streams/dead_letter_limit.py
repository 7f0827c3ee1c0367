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
class _Portion:
    read: int
    buried: int = 0


@dataclass(slots=True)
class DeadLetterLimit:
    """Counts what a worker read and buried lately; more than `share` of the last `of_last` records is too much.

    At least `least` must have been buried, so that a handful of bad records on a quiet topic stops nobody. What was
    read at once is counted whole, so it may be the last 1,500 records. The counts are of this process. With a share
    of 1 there is no limit: so a person lets a flood through.
    """

    share: float = 0.5
    least: int = 200
    of_last: int = 1000
    _portions: deque[_Portion] = field(default_factory=deque)

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1 or not 0 < self.least <= self.of_last:
            raise ValueError("the share is above 0 and at most 1, the least at most the records it is counted over")

    def read(self, records: int) -> None:
        """So many records were handed out, before any of them is buried."""
        self._portions.append(_Portion(records))
        while self._read - self._portions[0].read >= self.of_last:
            self._portions.popleft()

    def bury(self) -> None:
        """One more is to be buried; raises DeadLetterFlood where that is too much: then it is not to be."""
        if not self._portions:
            self.read(1)
        self._portions[-1].buried += 1
        if self.is_flooded:
            raise DeadLetterFlood(f"{self._buried} of the last {self._read} records that were read are bad")

    @property
    def is_flooded(self) -> bool:
        """Whether it is too much now."""
        return self._buried >= self.least and self._buried > self.share * self._read

    @property
    def _read(self) -> int:
        return sum(portion.read for portion in self._portions)

    @property
    def _buried(self) -> int:
        return sum(portion.buried for portion in self._portions)
