"""What an oracle found: nothing, or in words what is wrong; and how many items were lost or doubled."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verdict:
    """`lost`: items without an outcome; `doubled`: items, mails or announcements there is more than one of."""

    wrong: tuple[str, ...] = ()
    lost: int = 0
    doubled: int = 0


def together(verdicts: Iterable[Verdict]) -> Verdict:
    found = list(verdicts)
    return Verdict(
        tuple(line for verdict in found for line in verdict.wrong),
        sum(verdict.lost for verdict in found),
        sum(verdict.doubled for verdict in found),
    )
