"""Decides about submissions read from the log: what was accepted before stays accepted, with the same words."""

import hashlib
import zlib
from pathlib import Path

import structlog

from pressrun.designs import source_of, unpack_design
from pressrun.domain.errors import FaultyInput
from pressrun.domain.letters import DesignSource
from pressrun.domain.schedules import plan_layout
from pressrun.preparation import Order, RowsOfObjects, prepare
from pressrun.sealings import has_ended
from pressrun.secrets import SecretMissing, read_secret
from schemas.decoding import BadRecord
from schemas.errors import PressrunError
from schemas.faults import Fault
from schemas.plans import Contact, Plan
from schemas.results import BatchAccepted, BatchRejected
from schemas.submissions import BatchSubmitted
from sinks.storage import LocalStorage

REJECTED = "rejected.json"
"""Note in a batch's folder: the faults it was rejected for; a repeat gets the same answer."""

CONTACT = "contact.json"
"""Note in a batch's folder: who wants to be told, and the fingerprint of what was submitted."""

UNREADABLE = (ArithmeticError, LookupError, RecursionError, TypeError, ValueError)
"""What reading a monstrous design or list may still raise: it rejects the batch, or intake would fall over it again."""

logger = structlog.get_logger("pressrun.doorkeeper")


class Doorkeeper:
    """Implements agents.intake.Doorkeeper on local storage."""

    def __init__(
        self, storage: LocalStorage, secrets: Path, *, partitions: int, batch_threshold: int, reserve_mb: int
    ) -> None:
        self._storage = storage
        self._secrets = secrets
        self._partitions = partitions
        self._threshold = batch_threshold
        self._reserve_mb = reserve_mb

    def knows(self, batch_id: str) -> bool:
        """Whether a batch of this id was submitted."""
        return self._storage.read_note(batch_id, CONTACT) is not None

    def decide(self, submission: BatchSubmitted) -> BatchAccepted | BatchRejected | None:
        """The decision, the same for the same submission; raises BadRecord for a different one of the same id."""
        if has_ended(self._storage, submission.batch_id):
            self._remember(submission)
            return None
        rejected = self._storage.read_note(submission.batch_id, REJECTED)
        if rejected is not None:
            self._remember(submission)
            return BatchRejected.model_validate_json(rejected)
        self._storage.create_batch_folder(submission.batch_id, 1)
        self._remember(submission)
        try:
            digest, plan = self._plan(submission)
        except FaultyInput as error:
            return self._reject(submission, error.faults)
        except UNREADABLE as error:
            # Its type only: the text of such an error may quote what was submitted.
            logger.warning("submission_unreadable", batch_id=submission.batch_id, error=type(error).__name__)
            return self._reject(submission, _unreadable(error).faults)
        return self._accepted(submission, digest, plan)

    def _reject(self, submission: BatchSubmitted, faults: tuple[Fault, ...]) -> BatchRejected:
        event = BatchRejected(
            id=f"{submission.batch_id}/rejected",
            time=submission.time,
            batch_id=submission.batch_id,
            kind=submission.kind,
            faults=faults,
        )
        self._storage.put_if_absent(submission.batch_id, REJECTED, event.model_dump_json().encode())
        self._storage.remove_segments(submission.batch_id, 1)
        return event

    def _remember(self, submission: BatchSubmitted) -> None:
        contact = Contact(name=submission.name, notify=submission.notify, fingerprint=_fingerprint(submission))
        if not self._storage.put_if_absent(submission.batch_id, CONTACT, contact.model_dump_json().encode()):
            known = self._storage.read_note(submission.batch_id, CONTACT)
            if known is None or Contact.model_validate_json(known).fingerprint != contact.fingerprint:
                raise BadRecord("conflict", "a batch of this id was submitted before, with other content")

    def _plan(self, submission: BatchSubmitted) -> tuple[str, Plan]:
        if submission.password_secret:
            self._check_secret(submission.password_secret)
        if submission.plan is not None:
            return submission.plan, self._stored_plan(submission.plan)
        if submission.recipients is None:
            raise _faulty("recipients_missing", "recipients", "there are neither recipients nor a stored plan")
        order = Order(
            design=self._design(submission),
            rows=RowsOfObjects(submission.recipients.rows),
            mapping=submission.recipients.mapping,
            password_secret=submission.password_secret,
        )
        return prepare(order, self._storage, reserve_mb=self._reserve_mb)

    def _design(self, submission: BatchSubmitted) -> DesignSource:
        if submission.design is not None:
            return source_of(submission.design)
        if submission.stored_design is None:
            raise _faulty("design_missing", "design", "there is neither a design nor the digest of a stored one")
        return unpack_design(self._blob(submission.stored_design, "stored_design"))

    def _stored_plan(self, digest: str) -> Plan:
        stored = self._blob(digest, "plan")
        try:
            return Plan.model_validate_json(stored)
        except ValueError:
            raise _faulty("plan_invalid", "plan", "the stored blob is no plan") from None

    def _blob(self, digest: str, where: str) -> bytes:
        try:
            return self._storage.read_blob(digest)
        except PressrunError as error:
            if error.retriable:
                raise
            raise _faulty("blob_missing", where, "nothing readable is stored under this digest") from None

    def _check_secret(self, name: str) -> None:
        try:
            read_secret(self._secrets, name)
        except SecretMissing as error:
            raise _faulty(error.code, "password_secret", str(error)) from None

    def _accepted(self, submission: BatchSubmitted, digest: str, plan: Plan) -> BatchAccepted:
        urgent = plan.total < self._threshold
        return BatchAccepted(
            id=f"{submission.batch_id}/accepted",
            time=submission.time,
            batch_id=submission.batch_id,
            attempt=1,
            kind=plan.kind,
            name=submission.name,
            priority=submission.priority or ("high" if urgent else "normal"),
            total=plan.total,
            plan=digest,
            layout=plan_layout(plan.total, self._partitions, zlib.crc32(submission.batch_id.encode())),
            submitted_at=submission.time,
        )


def _fingerprint(submission: BatchSubmitted) -> str:
    """What makes two submissions the same: everything but the moment they were sent."""
    return hashlib.sha256(submission.model_dump_json(exclude={"id", "time"}).encode()).hexdigest()


def _unreadable(error: Exception) -> FaultyInput:
    return _faulty("submission_unreadable", "submission", f"it cannot be read ({type(error).__name__})")


def _faulty(code: str, where: str, message: str) -> FaultyInput:
    return FaultyInput([Fault(code=code, where=where, message=message, remedy="Put it right and submit again.")])
