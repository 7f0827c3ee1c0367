"""The schedule in the rows of a table: one row per running batch; pace and turns need not survive."""

from collections.abc import Mapping, MutableMapping

from pressrun.domain.scheduling import Running, Schedule

BATCH = b"batch/"


def read_schedule(rows: Mapping[bytes, bytes], workers: int) -> Schedule:
    """The schedule as it was last stored."""
    batches = [Running.model_validate_json(rows[key]) for key in list(rows) if key.startswith(BATCH)]
    return Schedule(running={batch.batch_id: batch for batch in batches}, workers=workers)


def write_schedule(rows: MutableMapping[bytes, bytes], before: Schedule, after: Schedule) -> None:
    """Store what changed between two schedules."""
    for batch_id, batch in after.running.items():
        if before.running.get(batch_id) is not batch:
            rows[_key(batch_id)] = batch.model_dump_json().encode()
    for batch_id in before.running.keys() - after.running.keys():
        rows.pop(_key(batch_id), None)


def _key(batch_id: str) -> bytes:
    return BATCH + batch_id.encode()
