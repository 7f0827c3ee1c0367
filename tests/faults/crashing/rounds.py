"""Which crash points are armed together: one of each role, so that all die in one batch and come back side by side."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal

from pressrun.crashpoints import POINTS

Place = Literal["first", "middle", "last"]
PLACES: tuple[Place, ...] = ("first", "middle", "last")

ROLE_OF = {"segment": "render", "blob": "aggregate", "mail": "notify", "webhook": "notify"}
"""Who passes the points that are not named after a role (blobs: tallies; intake's are passed by the submitter)."""

PASSED_ONCE = frozenset(
    {
        "blob.written",
        "close.linked",
        "close.noted",
        "close.segments_removed",
        "close.after_sealed_said",
        "close.after_ended_said",
        "mail.begun",
        "mail.sent",
        "mail.recorded",
        "mail.told",
        "webhook.recorded",
        "webhook.told",
    }
)
"""What is done there is done for good: whoever takes over finds it, and mostly does not come by again."""

BEFORE_ALL = 1_000_000_000
"""As many passes are never made: the file counts them down and nobody dies."""


@dataclass(frozen=True)
class Round:
    """Points to arm, and at which of their passes."""

    points: tuple[str, ...]
    place: Place = "first"
    again: bool = False

    def passes(self, made: Mapping[str, int]) -> dict[str, tuple[int, ...]]:
        """For each point the pass to die at, of as many as an undisturbed batch makes; and the first pass after it."""
        return {point: self._numbers(made.get(point, 1)) for point in self.points}

    def _numbers(self, made: int) -> tuple[int, ...]:
        number = {"first": 1, "middle": (made + 1) // 2, "last": made}[self.place]
        return (max(number, 1), 1) if self.again else (max(number, 1),)

    def __str__(self) -> str:
        return "+".join(self.points) + f"@{self.place}" + ("-twice" if self.again else "")


def role_of(point: str) -> str:
    """The role that dies there."""
    owner = point.split(".", maxsplit=1)[0]
    return ROLE_OF.get(owner, owner)


def once_each() -> Sequence[Round]:
    """Every point once, at its first pass."""
    return tuple(Round(points) for points in _side_by_side())


def all_of_them() -> Sequence[Round]:
    """Every point at its first, middle and last pass, once and again while recovering."""
    return tuple(
        Round(points, place, again) for points in _side_by_side() for place in PLACES for again in (False, True)
    )


def _side_by_side() -> Iterator[tuple[str, ...]]:
    by_role: dict[str, list[str]] = {}
    for point in POINTS:
        by_role.setdefault(role_of(point), []).append(point)
    for points in zip_longest(*by_role.values()):
        yield tuple(point for point in points if point is not None)
