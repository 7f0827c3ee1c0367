"""Reads how far every notice has come, from the log of the notifier's table: what is durable, and nothing else."""

from collections.abc import Sequence
from contextlib import closing
from typing import ClassVar

from kafka.errors import KafkaError

from pressrun.domain.notices import ROW, Notice, read_notice
from pressrun.topic_reading import open_topic, read_to_end
from schemas.errors import PressrunError
from schemas.notices import NoticeKind

TOPIC = "pressrun-notify-notices-changelog"


class NoticesUnreadable(PressrunError):
    """The broker cannot be read: see `pressrun doctor`."""

    code: ClassVar[str] = "notices_unreadable"
    retriable: ClassVar[bool] = True


class NoticeUnknown(PressrunError):
    """Nobody is to be told of this batch, or it has not ended."""

    code: ClassVar[str] = "notice_unknown"


def read_notices(address: str) -> Sequence[Notice]:
    """Every notice that was ever meant, the one that moved last first; raises NoticesUnreadable."""
    rows: dict[bytes, bytes | None] = {}
    try:
        with closing(open_topic(address, TOPIC)) as consumer:
            rows.update((record.key, record.value) for record in read_to_end(consumer))
    except KafkaError as error:
        raise NoticesUnreadable(f"the broker cannot be read: {type(error).__name__}") from error
    notices = (read_notice(row) for key, row in rows.items() if key.startswith(ROW))
    return sorted((notice for notice in notices if notice), key=lambda notice: notice.changed, reverse=True)


def find_notice(address: str, batch_id: str, kind: NoticeKind = "mail") -> Notice:
    """The notice of a batch that goes this way and moved last; raises NoticeUnknown, NoticesUnreadable."""
    for notice in read_notices(address):
        if (notice.event.batch_id, notice.kind) == (batch_id, kind):
            return notice
    raise NoticeUnknown(
        f"there is no {kind} about {batch_id}: it has not ended, nobody is to be told of it, or there is no such batch"
    )
