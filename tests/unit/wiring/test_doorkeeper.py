"""The doorkeeper: the same submission gets the same answer, a different one of the same id is a conflict."""

import pytest
from builders import BATCH, NOW

from pressrun.designs import pack_design
from pressrun.domain.letters import DesignSource
from pressrun.doorkeeper import Doorkeeper
from pressrun.settings import Settings
from schemas.decoding import BadRecord
from schemas.results import BatchAccepted, BatchRejected
from schemas.submissions import BatchSubmitted, InlineRecipients
from sinks.storage import LocalStorage


def a_doorkeeper(storage: LocalStorage, settings: Settings) -> Doorkeeper:
    return Doorkeeper(storage, settings.secrets, partitions=8, batch_threshold=100, reserve_mb=0)


def an_inline(digest: str, names: int = 3, **changes: object) -> BatchSubmitted:
    rows: tuple[dict[str, object], ...] = tuple({"first_name": f"N{index}"} for index in range(names))
    return BatchSubmitted(
        id="inline",
        time=NOW,
        batch_id=BATCH,
        kind="letters",
        stored_design=digest,
        recipients=InlineRecipients(rows=rows),
    ).model_copy(update=changes)


@pytest.fixture
def stored(design: DesignSource, storage: LocalStorage) -> str:
    return storage.put_blob(pack_design(design))


def test_an_inline_submission_becomes_a_plan(stored: str, storage: LocalStorage, settings: Settings) -> None:
    decision = a_doorkeeper(storage, settings).decide(an_inline(stored))

    assert isinstance(decision, BatchAccepted)
    assert (decision.total, decision.priority) == (3, "high")
    assert storage.batch_folder(BATCH, 1) is not None


def test_a_large_batch_has_normal_priority(stored: str, storage: LocalStorage, settings: Settings) -> None:
    decision = a_doorkeeper(storage, settings).decide(an_inline(stored, names=100))

    assert isinstance(decision, BatchAccepted)
    assert decision.priority == "normal"


def test_a_repeated_submission_gets_the_same_answer(stored: str, storage: LocalStorage, settings: Settings) -> None:
    doorkeeper = a_doorkeeper(storage, settings)

    assert doorkeeper.decide(an_inline(stored)) == doorkeeper.decide(an_inline(stored, id="again"))


def test_other_content_under_the_same_id_is_a_conflict(stored: str, storage: LocalStorage, settings: Settings) -> None:
    doorkeeper = a_doorkeeper(storage, settings)
    doorkeeper.decide(an_inline(stored))

    with pytest.raises(BadRecord) as raised:
        doorkeeper.decide(an_inline(stored, names=4))

    assert raised.value.reason_code == "conflict"


def test_a_sealed_batch_is_never_accepted_again(stored: str, storage: LocalStorage, settings: Settings) -> None:
    doorkeeper = a_doorkeeper(storage, settings)
    doorkeeper.decide(an_inline(stored))
    storage.put_if_absent(BATCH, "sealed.json", b"{}")

    assert doorkeeper.decide(an_inline(stored)) is None


def test_a_rejected_batch_stays_rejected_and_has_no_folder(
    stored: str, storage: LocalStorage, settings: Settings
) -> None:
    doorkeeper = a_doorkeeper(storage, settings)
    wrong = an_inline(stored, password_secret="spring")
    first = doorkeeper.decide(wrong)
    settings.secrets.mkdir()
    (settings.secrets / "spring").write_text("secret")

    again = doorkeeper.decide(wrong)

    assert isinstance(first, BatchRejected)
    assert [fault.code for fault in first.faults] == ["secret_missing"]
    assert again == first
    assert storage.batch_folder(BATCH, 1) is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"recipients": None}, "recipients_missing"),
        ({"stored_design": None}, "design_missing"),
        ({"stored_design": "00" * 32}, "blob_missing"),
        ({"plan": "00" * 32}, "blob_missing"),
    ],
)
def test_what_is_not_there_is_a_fault(
    stored: str, storage: LocalStorage, settings: Settings, changes: dict[str, object], code: str
) -> None:
    decision = a_doorkeeper(storage, settings).decide(an_inline(stored).model_copy(update=changes))

    assert isinstance(decision, BatchRejected)
    assert [fault.code for fault in decision.faults] == [code]


def test_a_blob_that_is_no_plan_is_a_fault(stored: str, storage: LocalStorage, settings: Settings) -> None:
    decision = a_doorkeeper(storage, settings).decide(an_inline(stored, plan=stored))

    assert isinstance(decision, BatchRejected)
    assert [fault.code for fault in decision.faults] == ["plan_invalid"]


def test_a_list_that_breaks_its_reader_rejects_the_batch(
    stored: str, storage: LocalStorage, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("pressrun.doorkeeper.prepare", broken)

    decision = a_doorkeeper(storage, settings).decide(an_inline(stored))

    assert isinstance(decision, BatchRejected)
    assert [fault.code for fault in decision.faults] == ["submission_unreadable"]


def test_only_submitted_batches_are_known(stored: str, storage: LocalStorage, settings: Settings) -> None:
    doorkeeper = a_doorkeeper(storage, settings)
    doorkeeper.decide(an_inline(stored))

    assert doorkeeper.knows(BATCH)
    assert not doorkeeper.knows("batch-9999")
