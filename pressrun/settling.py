"""Publishes what a person decides about a notice: send it once more, or what became of it."""

from datetime import UTC, datetime
from typing import ClassVar, Literal

from pressrun.domain.notices import Notice
from pressrun.submitting import publish
from schemas.errors import PressrunError
from schemas.submissions import ResendNotice, SettleNotice


class NoticeSettled(PressrunError):
    """What became of the notice is known, or it is on its way."""

    code: ClassVar[str] = "notice_settled"


def resend_notice(notice: Notice, address: str) -> None:
    """Ask for an ended notice to be sent once more; raises NoticeSettled while it is on its way, and NotPublished."""
    if notice.is_open:
        raise NoticeSettled(f"the notice is {notice.state}: it is sent without being asked")
    publish(ResendNotice.model_validate(_command(notice, "resend")), address)


def settle_notice(notice: Notice, outcome: Literal["sent", "failed"], address: str) -> None:
    """Say what became of an unknown notice; raises NoticeSettled where that is known, and NotPublished."""
    if notice.state != "unknown":
        raise NoticeSettled(f"the notice is {notice.state}: only one that is unknown can be settled")
    publish(SettleNotice.model_validate(_command(notice, "settle") | {"outcome": outcome}), address)


def _command(notice: Notice, word: str) -> dict[str, object]:
    return {
        "id": f"{notice.id}/{notice.number}/{word}",
        "time": datetime.now(UTC),
        "batch_id": notice.event.batch_id,
        "about": notice.event.id,
        "notice": notice.kind,
        "number": notice.number,
    }
