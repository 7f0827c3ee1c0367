"""How long a notice waits for its next try, and after how many it is given up."""

from schemas.notices import NoticeKind

LONGEST_MAIL_WAIT_SECONDS = 60.0
MINUTE, HOUR = 60.0, 3600.0
WEBHOOK_WAITS = (
    5.0,
    30.0,
    2 * MINUTE,
    10 * MINUTE,
    30 * MINUTE,
    1 * HOUR,
    4 * HOUR,
    10 * HOUR,
    20 * HOUR,
    24 * HOUR,
    36 * HOUR,
)
"""Between the twelve tries at a webhook, seconds; four days in all: a receiver may be down over a long weekend."""


def seconds_until_next(kind: NoticeKind, tries: int, repeat: int) -> float:
    """The wait after the `tries`-th try, or after the `repeat`-th failure (from 0) to begin one, where `tries` is 0."""
    if kind == "webhook" and tries:
        # After the last try only the end is to be said.
        return WEBHOOK_WAITS[tries - 1] if tries <= len(WEBHOOK_WAITS) else 0.0
    return min(2.0 ** min(repeat, 16), LONGEST_MAIL_WAIT_SECONDS)


def is_given_up(kind: NoticeKind, tries: int) -> bool:
    """Whether so many tries were enough; a mail server is waited for as long as it takes."""
    return kind == "webhook" and tries > len(WEBHOOK_WAITS)
