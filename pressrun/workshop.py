"""The worker's bench and store: opens plans, writes the segments of what was made."""

from collections.abc import Sequence
from pathlib import Path

import structlog

from pressrun.domain.errors import PlanDamaged
from pressrun.domain.work import Failed, Made, Outcome
from pressrun.plans import Bench, BenchShelf
from pressrun.secrets import read_secret
from schemas.items import ItemReleased
from sinks.errors import BatchFolderMissing, BlobCorrupt, BlobMissing
from sinks.segments import Artifact, write_segment
from sinks.sidecar import FailedItem
from sinks.storage import LocalStorage

logger = structlog.get_logger("pressrun.workshop")


class LocalWorkshop:
    """Implements agents.render.Workshop on local storage."""

    def __init__(self, storage: LocalStorage, shelf: BenchShelf, secrets: Path) -> None:
        self._storage = storage
        self._shelf = shelf
        self._secrets = secrets

    def open(self, plan: str) -> Bench | None:
        """The plan ready for work; None if nobody stored it. Raises PlanDamaged where what is stored cannot be used."""
        try:
            self._shelf.plan(plan)
        except BlobMissing:
            return None
        except (BlobCorrupt, ValueError) as error:
            raise PlanDamaged("The stored plan is damaged.") from error
        try:
            return self._shelf.open(plan)
        except (BlobMissing, BlobCorrupt, ValueError) as error:
            logger.warning("plan_unreadable", plan=plan, error=repr(error))
            raise PlanDamaged("The stored compiled design is missing or damaged.") from error

    def store(self, item: ItemReleased, name: str, outcomes: Sequence[Outcome]) -> int | None:
        """Bytes of the segment; None where the batch's folder is gone: no folder, no work."""
        folder = self._storage.batch_folder(item.batch_id, item.attempt)
        if folder is None:
            return None
        plan = self._shelf.open(item.plan).plan
        password = read_secret(self._secrets, plan.password_secret) if plan.password_secret else None
        artifacts = [Artifact(*made) for made in outcomes if isinstance(made, Made)]
        failures = [FailedItem(f.index, f.code, f.message) for f in outcomes if isinstance(f, Failed)]
        try:
            return write_segment(
                folder, name, artifacts, failures, password=password, crashpoint=self._storage.crashpoint
            )
        except BatchFolderMissing:
            return None
