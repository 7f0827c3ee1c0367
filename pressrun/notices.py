"""Reads how far every notice has come from the log of the notifier's table, and publishes what people say about one."""

from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from pressrun.domain.notices import ROW, Notice, read_notice
from pressrun.submitting import publish
from schemas.errors import PressrunError
from schemas.submissions import ResendNotice, SettleNotice

TOPIC = "pressrun-notify-notices-changelog"
POLL_MS = 250


class NoticesUnreadable(PressrunError):
    """The broker cannot be read: see `pressrun doctor`."""

    code: ClassVar[str] = "notices_unreadable"
    retriable: ClassVar[bool] = True


class NoticeUnknown(PressrunError):
    """Nobody is to be told of this batch, or it has not ended."""

    code: ClassVar[str] = "notice_unknown"


class NoticeSettled(PressrunError):
    """What became of the notice is known, or it is on its way."""

    code: ClassVar[str] = "notice_settled"


def read_notices(address: str) -> Sequence[Notice]:
    """Every notice that was ever meant, the one that moved last first; raises NoticesUnreadable."""
    rows: dict[bytes, bytes | None] = {}
    try:
        with closing(_consumer(address)) as consumer:
            ends = consumer.end_offsets(list(consumer.assignment()))
            while any(consumer.position(place) < end for place, end in ends.items()):
                for records in consumer.poll(timeout_ms=POLL_MS).values():
                    rows.update((record.key, record.value) for record in records)
    except KafkaError as error:
        raise NoticesUnreadable(f"the broker cannot be read: {type(error).__name__}") from error
    notices = (read_notice(row) for key, row in rows.items() if key.startswith(ROW))
    return sorted((notice for notice in notices if notice), key=lambda notice: notice.changed, reverse=True)


def find_notice(address: str, batch_id: str) -> Notice:
    """The notice of a batch that moved last; raises NoticeUnknown, NoticesUnreadable."""
    for notice in read_notices(address):
        if notice.event.batch_id == batch_id:
            return notice
    raise NoticeUnknown(
        f"there is no notice about {batch_id}: it has not ended, nobody is to be told of it, or there is no such batch"
    )


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


def _consumer(address: str) -> Any:
    consumer = KafkaConsumer(
        bootstrap_servers=address, group_id=None, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    places = [TopicPartition(TOPIC, number) for number in sorted(consumer.partitions_for_topic(TOPIC) or ())]
    consumer.assign(places)
    consumer.seek_to_beginning(*places)
    return consumer
