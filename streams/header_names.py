"""Lets both clients read records whose header names are not UTF-8: they would stop at such a record for ever.

Kafka takes any bytes for a header's name. aiokafka 0.14 and kafka-python 3.0 decode names strictly while they fetch, so
one such record, by anybody who may write to a topic, would hold up its whole partition.
"""

import struct
from collections.abc import Iterator
from typing import Any

import aiokafka.consumer.fetcher
import kafka.record.memory_records
from aiokafka.record.default_records import _DefaultRecordBatchPy as StrictBatch  # the Cython one hides its buffer
from aiokafka.record.memory_records import MemoryRecords
from kafka.record.default_records import DefaultRecordBatch

_LENGTH = struct.Struct(">qi")
"""A batch begins with its offset and the length of what follows (https://kafka.apache.org/documentation/#recordbatch)."""


def read_any_header_name() -> None:
    """From now on both clients of this process show what is no UTF-8 in a header's name with backslashes."""
    aiokafka.consumer.fetcher.MemoryRecords = TolerantRecords
    kafka.record.memory_records.DefaultRecordBatch = _TolerantSyncBatch


class TolerantRecords:
    """aiokafka's record batches of one fetch; a batch that cannot be read strictly is read again, slowly."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 0
        self._records: Any = MemoryRecords(data)

    def size_in_bytes(self) -> int:
        """Bytes of the whole fetch, a cut-off last batch included."""
        return int(self._records.size_in_bytes())

    def has_next(self) -> bool:
        """Whether a whole batch follows."""
        return bool(self._records.has_next())

    def next_batch(self) -> Any:
        """The next batch; None after the last."""
        batch = self._records.next_batch()
        if batch is None:
            return None
        start = self._position
        _, length = _LENGTH.unpack_from(self._data, start)
        self._position = start + _LENGTH.size + length
        return _TolerantBatch(batch, memoryview(self._data)[start : self._position])


class _TolerantBatch:
    def __init__(self, batch: Any, data: memoryview) -> None:
        self._batch = batch
        self._data = data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batch, name)

    def __next__(self) -> Any:
        """Control batches are read by `next`."""
        return next(self._batch)

    def __iter__(self) -> Iterator[Any]:
        try:
            return iter(list(self._batch))
        except UnicodeDecodeError:
            return iter(list(_LenientBatch(self._data)))


class _LenientBatch(StrictBatch):
    _buffer: Any

    def _maybe_uncompress(self) -> None:
        super()._maybe_uncompress()
        self._buffer = _LenientBytes(self._buffer)


class _TolerantSyncBatch(DefaultRecordBatch):
    _buffer: Any

    def _read_msg(self, *arguments: Any) -> Any:
        try:
            return super()._read_msg(*arguments)
        except UnicodeDecodeError:
            strict, self._buffer = self._buffer, _LenientBytes(self._buffer)
            try:
                return super()._read_msg(*arguments)
            finally:
                self._buffer = strict


class _LenientBytes(bytes):
    """Bytes whose slices decode in any case: both clients cut a name out of the buffer and decode it."""

    def __getitem__(self, where: Any) -> Any:
        part = super().__getitem__(where)
        return _LenientBytes(part) if isinstance(part, bytes) else part

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:  # noqa: ARG002 - never strict here
        return super().decode(encoding, "backslashreplace")
