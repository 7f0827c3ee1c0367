"""What became of a notice, told apart by what is certain: that is what lets a mail be sent at most once."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Sent:
    """The server has taken it."""


@dataclass(frozen=True, slots=True)
class NotSent:
    """The server has certainly not taken it; `retriable` when a later attempt may fare better."""

    reason: str
    retriable: bool
    code: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """All of it may have reached the server, and no answer came."""

    reason: str
    code: str


Delivery: TypeAlias = Sent | NotSent | Unknown

Leave: TypeAlias = Callable[[], Awaitable[bool]]
"""Asked at the last moment at which nothing has been sent; without its yes nothing is handed over."""


async def granted() -> bool:
    """The leave of whoever needs none."""
    return True
