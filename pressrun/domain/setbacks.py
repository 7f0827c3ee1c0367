"""The words that a batch waits for something, and that it cannot end as it should; whoever finds it says it so."""

from datetime import datetime

from schemas.errors import PressrunError
from schemas.faults import Fault
from schemas.results import BatchBlocked, BatchFailed


def blocked(batch_id: str, attempt: int, reason: str, time: datetime) -> BatchBlocked:
    """The word that a batch waits, and for what."""
    return BatchBlocked(
        id=f"{batch_id}/{attempt}/blocked/{reason}", time=time, batch_id=batch_id, attempt=attempt, reason=reason
    )


def failed(batch_id: str, attempt: int, where: str, error: PressrunError, time: datetime) -> BatchFailed:
    """The word that a batch cannot end as it should."""
    remedy = "Submit the list again; the role's log says more."
    return BatchFailed(
        id=f"{batch_id}/{attempt}/failed",
        time=time,
        batch_id=batch_id,
        attempt=attempt,
        error=Fault(code=error.code, where=where, message=str(error), remedy=remedy),
    )
