"""What became of a mail, told apart by what is certain: that is what lets it be sent at most once."""

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
    """The end of the mail may have reached the server, and no answer came: a person decides."""

    reason: str
    code: str = "mail_unanswered"


MailOutcome: TypeAlias = Sent | NotSent | Unknown
