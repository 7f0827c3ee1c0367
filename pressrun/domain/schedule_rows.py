"""The schedule in the rows of a table: one row per running batch; pace and turns need not survive."""

from collections.abc import Mapping, MutableMapping

from pressrun.domain.schedules import Running, Schedule

BATCH = b"batch/"


class ScheduleKeeper:
    """Keeps the schedule decoded between two blocks; read again from the rows when the partition comes."""

    def __init__(self, rows: MutableMapping[bytes, bytes], workers: int) -> None:
        self._rows = rows
        self._workers = workers
        self._schedule: Schedule | None = None

    def load(self, seconds: float) -> Schedule:
        """The schedule as it was last stored."""
        if self._schedule is None:
            self._schedule = read_schedule(self._rows, self._workers, seconds)
        return self._schedule

    def store(self, schedule: Schedule) -> None:
        """Write what changed since `load`."""
        write_schedule(self._rows, self._schedule or Schedule(), schedule)
        self._schedule = schedule

    def forget(self) -> None:
        """After a rebalance the rows may be others."""
        self._schedule = None

    @property
    def is_busy(self) -> bool:
        """Whether any batch runs; before the rows were read that is not known."""
        return self._schedule is None or bool(self._schedule.running)


def read_schedule(rows: Mapping[bytes, bytes], workers: int, seconds: float) -> Schedule:
    """The schedule as it was last stored; silence is counted from `seconds`: the clock of before is not ours."""
    batches = [Running.model_validate_json(rows[key]) for key in list(rows) if key.startswith(BATCH)]
    batches = [batch.model_copy(update={"quiet_since": seconds}) for batch in batches]
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
