"""What every record about one notice shares: which event it tells of, by which way, and which try is meant."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.events import Event

NoticeKind = Literal["mail", "webhook"]
NoticeOutcome = Literal["sent", "failed", "unknown", "waiting"]
TryNumber = Annotated[int, Field(ge=1, lt=2**31, description="Which try, from 1.")]


class NoticeEvent(Event):
    """A fact or a command about one notice."""

    about: str = Field(max_length=200, description="Id of the event the notice tells of.")
    notice: NoticeKind = Field(default="mail", description="The way the notice goes.")
    number: TryNumber
