"""Reads the dead letters, and publishes one again where it came from, once: the notes on the log are the lock.

PressrunError
├── DeadLettersUnreadable
├── DeadLetterUnknown
├── OriginExpired
├── AlreadyReplayed
├── RepairRefused
└── ReplayUnknown
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, ClassVar, Literal, Self, TypeAlias

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError
from pydantic import ValidationError

from schemas.dead_letters import HEADER, ORIGIN_HEADER, REPLAY_HEADER, DeadLetter, ReplayNoted
from schemas.decoding import MAX_RECORD_BYTES
from schemas.errors import PressrunError
from streams.header_names import read_any_header_name

TOPIC = "dead-letters"
PLACE = TopicPartition(TOPIC, 0)
"""The topic has one partition: its offsets name dead letters, and its order decides who may replay one."""
POLL_MS = 250
PUBLISH_SECONDS = 30

State: TypeAlias = Literal["waiting", "unknown", "replayed"]


class DeadLettersUnreadable(PressrunError):
    """The broker cannot be read: see `pressrun doctor`."""

    code: ClassVar[str] = "dead_letters_unreadable"
    retriable: ClassVar[bool] = True


class DeadLetterUnknown(PressrunError):
    """There is no dead letter at this offset: `pressrun dead-letters list` shows which there are."""

    code: ClassVar[str] = "dead_letter_unknown"


class OriginExpired(PressrunError):
    """The record was too large to be kept here, and its topic does not have it any more."""

    code: ClassVar[str] = "origin_expired"


class AlreadyReplayed(PressrunError):
    """The dead letter was published again before: `--again` publishes it once more."""

    code: ClassVar[str] = "already_replayed"


class RepairRefused(PressrunError):
    """The record cannot be published like this."""

    code: ClassVar[str] = "repair_refused"


class ReplayUnknown(PressrunError):
    """The broker did not acknowledge: nobody knows whether the record was published."""

    code: ClassVar[str] = "replay_unknown"
    retriable: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class Buried:
    """A dead letter without its record; `offset` is its own on `dead-letters`, `size` is of the record's value."""

    offset: int
    letter: DeadLetter
    size: int
    notes: tuple[ReplayNoted, ...] = ()

    @property
    def state(self) -> State:
        """`unknown`: a replay was begun and it is not known whether the record was published."""
        if any(note.state == "done" for note in self.notes):
            return "replayed"
        return "unknown" if self.notes else "waiting"


@dataclass(frozen=True, slots=True)
class RawRecord:
    """Key and value, as they were published."""

    key: bytes | None
    value: bytes | None


@dataclass(slots=True)
class Pile:
    """What lies on the topic; `strangers` are records that are neither dead letters nor notes of ours."""

    letters: dict[int, Buried] = field(default_factory=dict)
    strangers: int = 0

    def take(self, offset: int, headers: Sequence[tuple[str, bytes | None]], size: int) -> None:
        """The next record of the topic."""
        found = dict(headers)
        try:
            if HEADER in found:
                self.letters[offset] = Buried(offset, DeadLetter.model_validate_json(found[HEADER] or b""), size)
            elif REPLAY_HEADER in found:
                self._note(ReplayNoted.model_validate_json(found[REPLAY_HEADER] or b""))
            else:
                self.strangers += 1
        except ValidationError:
            self.strangers += 1

    def _note(self, note: ReplayNoted) -> None:
        buried = self.letters.get(note.letter)
        # A letter that has expired leaves its notes behind for a while.
        if buried is not None:
            self.letters[note.letter] = Buried(buried.offset, buried.letter, buried.size, (*buried.notes, note))


class DeadLetters:
    """The dead letters of a broker."""

    def __init__(self, address: str) -> None:
        read_any_header_name()
        self._address = address
        with _broker_errors():
            self._consumer: Any = KafkaConsumer(
                bootstrap_servers=address, group_id=None, enable_auto_commit=False, auto_offset_reset="none"
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._consumer.close()

    def read_to_end(self) -> Pile:
        """All of them as of now; raises DeadLettersUnreadable."""
        pile = Pile()
        with _broker_errors():
            start = self._consumer.beginning_offsets([PLACE])[PLACE]
            end = self._consumer.end_offsets([PLACE])[PLACE]
            for record in self._read(PLACE, start, end):
                pile.take(record.offset, record.headers, len(record.value or b""))
        return pile

    def find(self, offset: int) -> Buried:
        """One of them, by its offset; raises DeadLetterUnknown."""
        buried = self.read_to_end().letters.get(offset)
        if buried is None:
            raise DeadLetterUnknown(
                f"there is no dead letter {offset}: `pressrun dead-letters list` shows which there are"
            )
        return buried

    def record_of(self, buried: Buried) -> RawRecord:
        """The bad record itself, from its origin where it was too large to be kept; raises OriginExpired."""
        letter = buried.letter
        place = TopicPartition(letter.topic, letter.partition) if letter.left_out else PLACE
        offset = letter.offset if letter.left_out else buried.offset
        with _broker_errors():
            start = self._consumer.beginning_offsets([place])[place]
            record = next(self._read(place, offset, offset + 1), None) if offset >= start else None
        if record is None or record.offset != offset:
            raise OriginExpired(
                f"{letter.topic} has no record {letter.offset} on partition {letter.partition} any more"
            )
        return RawRecord(record.key, record.value)

    def _read(self, place: TopicPartition, start: int, end: int) -> Iterator[Any]:
        """Records from offset `start` to before `end`; some offsets hold none."""
        self._consumer.assign([place])
        self._consumer.seek(place, start)
        while self._consumer.position(place) < end:
            for records in self._consumer.poll(timeout_ms=POLL_MS).values():
                yield from (record for record in records if record.offset < end)


def replay(address: str, offset: int, *, repaired: bytes | None = None, again: bool = False) -> Buried:
    """Publish a dead letter, or its repaired value, to the topic, partition and key it came from; returns it.

    A note is put on the log before the act and another after it. Of two who replay at once the one whose note comes
    first has the right. Raises AlreadyReplayed without `again`, DeadLetterUnknown, OriginExpired, RepairRefused,
    DeadLettersUnreadable and ReplayUnknown.
    """
    if repaired is not None and len(repaired) > MAX_RECORD_BYTES:
        raise RepairRefused(f"the repaired record has {len(repaired)} bytes; at most {MAX_RECORD_BYTES} are read")
    with DeadLetters(address) as letters, _Replayer(address) as replayer:
        buried = letters.find(offset)
        if not again:
            require_waiting(buried)
        record = letters.record_of(buried)
        if record.key is None and record.value is None and repaired is None:
            raise RepairRefused(f"dead letter {offset} has neither key nor value: publish a repaired one with --file")
        begun = _note(buried, repaired=repaired is not None)
        replayer.note(begun)
        if not again:
            require_first(letters.find(offset), begun)
        replayer.publish(buried, record if repaired is None else RawRecord(record.key, repaired))
        replayer.note(begun.model_copy(update={"state": "done", "time": datetime.now(UTC)}))
    return buried


def require_waiting(buried: Buried) -> None:
    """Raises AlreadyReplayed where a replay of the letter was ever begun."""
    if buried.state == "replayed":
        raise AlreadyReplayed(f"dead letter {buried.offset} was published again before: --again does it once more")
    if buried.state == "unknown":
        raise AlreadyReplayed(
            f"a replay of dead letter {buried.offset} was begun and may have been published: look, then use --again"
        )


def require_first(buried: Buried, begun: ReplayNoted) -> None:
    """Raises AlreadyReplayed where someone else's note about the letter comes before `begun` on the log."""
    if buried.notes[0].id != begun.id:
        raise AlreadyReplayed(f"dead letter {buried.offset} is being published again by someone else")


def count_by_code(letters: Sequence[Buried]) -> Mapping[str, int]:
    """How many there are of each code, the most frequent first."""
    counts: dict[str, int] = {}
    for buried in letters:
        counts[buried.letter.code] = counts.get(buried.letter.code, 0) + 1
    return dict(sorted(counts.items(), key=lambda pair: -pair[1]))


class _Replayer:
    """Publishes records and notes, each acknowledged."""

    def __init__(self, address: str) -> None:
        with _broker_errors():
            self._producer: Any = KafkaProducer(
                bootstrap_servers=address, acks="all", enable_idempotence=True, max_request_size=1_100_000
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._producer.close(timeout=5)

    def note(self, note: ReplayNoted) -> None:
        self._send(TOPIC, PLACE.partition, RawRecord(None, b""), REPLAY_HEADER, note.model_dump_json().encode())

    def publish(self, buried: Buried, record: RawRecord) -> None:
        letter = buried.letter
        origin = f"{TOPIC}/{PLACE.partition}/{buried.offset}".encode()
        self._send(letter.topic, letter.partition, record, ORIGIN_HEADER, origin)

    def _send(self, topic: str, partition: int, record: RawRecord, header: str, about: bytes) -> None:
        try:
            sent = self._producer.send(
                topic, partition=partition, key=record.key, value=record.value, headers=[(header, about)]
            )
            sent.get(timeout=PUBLISH_SECONDS)
        except KafkaError as error:
            raise ReplayUnknown(f"{topic} did not acknowledge the record: {type(error).__name__}") from error


def _note(buried: Buried, *, repaired: bool) -> ReplayNoted:
    identity = f"{buried.offset}/replay/{secrets.token_hex(8)}"
    return ReplayNoted(id=identity, letter=buried.offset, state="begun", repaired=repaired, time=datetime.now(UTC))


@contextmanager
def _broker_errors() -> Iterator[None]:
    try:
        yield
    except KafkaError as error:
        raise DeadLettersUnreadable(f"the broker cannot be read: {type(error).__name__}") from error
