"""Reads the bytes of a record strictly: a record is an event we know, a bad record, or from a newer version."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from schemas.errors import PressrunError
from schemas.events import Record

MAX_RECORD_BYTES = 900_000
"""Larger records are refused at the doors; one found on the log is a bad record."""


EventT = TypeVar("EventT", bound=Record)
ModelT = TypeVar("ModelT", bound=BaseModel)


class BadRecord(PressrunError):
    """The record cannot be read."""

    code: ClassVar[str] = "bad_record"

    def __init__(self, reason_code: str, reason: str) -> None:
        self.reason_code = reason_code
        super().__init__(reason)


class VersionTooNew(PressrunError):
    """The record's version is newer than this program's: update it; the record waits."""

    code: ClassVar[str] = "version_too_new"


class _Envelope(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)

    type: str
    version: int


class Decoder:
    """Decodes records of the given types; types in `ignored` are someone else's and come back as None."""

    def __init__(self, *types: type[Record], ignored: Iterable[str] = ()) -> None:
        self._types: Mapping[str, type[Record]] = {kind.model_fields["type"].default: kind for kind in types}
        self._ignored = frozenset(ignored)

    def decode(self, value: bytes | None) -> Record | None:
        """The event; raises BadRecord, or VersionTooNew, which is no fault of the record's."""
        if value is None:
            raise BadRecord("empty", "the record has no value")
        if len(value) > MAX_RECORD_BYTES:
            raise BadRecord("oversized", f"{len(value)} bytes; at most {MAX_RECORD_BYTES} are read")
        envelope = _read(_Envelope, value)
        if envelope.type in self._ignored:
            return None
        kind = self._types.get(envelope.type)
        if kind is None:
            raise BadRecord("unknown_type", "no such type is read from this topic")
        if envelope.version > 1:
            raise VersionTooNew(f"{envelope.type} version {envelope.version}; this program knows version 1")
        return _read(kind, value)


def decode_one(kind: type[EventT], value: bytes | None) -> EventT:
    """The fast way for a topic that carries one type: a second look only where the first fails."""
    try:
        if value is not None and len(value) <= MAX_RECORD_BYTES:
            event = kind.model_validate_json(value)
            # A default would stand in for an envelope that is not there; the slow way says so.
            if "type" in event.model_fields_set and "version" in event.model_fields_set:
                return event
    except ValidationError:
        pass
    read = Decoder(kind).decode(value)
    assert isinstance(read, kind)
    return read


def _read(model: type[ModelT], value: bytes) -> ModelT:
    try:
        return model.model_validate_json(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        code = "not_json" if first["type"] == "json_invalid" else "invalid"
        raise BadRecord(code, f"{_where(model, first['loc'])}: {first['msg']}") from None


def _where(model: type[BaseModel], location: tuple[int | str, ...]) -> str:
    """Names declared fields and positions only: the keys of a free object are data, and may be a megabyte long."""
    known = _field_names(model)
    return ".".join(str(part) if isinstance(part, int) or part in known else "…" for part in location) or "record"


@cache
def _field_names(model: type[BaseModel]) -> frozenset[str]:
    schema = model.model_json_schema()
    objects = (schema, *schema.get("$defs", {}).values())
    return frozenset(name for declared in objects for name in declared.get("properties", {}))
