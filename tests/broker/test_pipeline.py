"""One running system, used as people use it: exact letters, exact counts, whatever else runs beside them."""

import json
import random
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime

import psutil
import pypdfium2
import pytest
import pyzipper
from broker.apps import read_topic, send
from broker.live import POSTCARD, System, a_system, assert_clean, assert_exact, write_recipients

from pressrun.bootstrap import open_storage
from pressrun.designs import read_design_folder
from pressrun.domain.recipients.dialect import detect_dialect
from pressrun.domain.recipients.rows import read_rows
from pressrun.preparation import Order, RowsOfFile
from pressrun.submitting import Request, publish, submit_letters
from schemas.dead_letters import DeadLetter
from schemas.submissions import BatchSubmitted, InlineDesign, InlineRecipients
from sinks.verification import verify_archive
from streams.topology import ROLE_NAMES

pytestmark = pytest.mark.broker


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    directory = tmp_path_factory.mktemp("pipeline")
    (directory / "secrets").mkdir()
    (directory / "secrets" / "spring").write_text("correct horse battery\n")
    with a_system(directory) as running:
        yield running


def texts_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        page = document[0]
        text = page.get_textpage()
        found = text.get_text_range()
        text.close()
        page.close()
    finally:
        document.close()
    return re.sub(r"\s+", " ", found)


def test_a_thousand_letters_are_exact(system: System) -> None:
    total = 1_000
    batch_id = system.submit(total)

    state = system.wait_until_sealed(batch_id)

    verification = assert_exact(system, state, total)
    assert verification.entries == state.succeeded == 988
    assert_clean(system, batch_id)
    source = write_recipients(system.directory / "again.csv", total).read_bytes()
    header, *rows = (row.cells for row in read_rows([source], detect_dialect(source, whole=True)))
    with zipfile.ZipFile(system.archive(state)) as archive:
        for item in json.loads(archive.read("manifest.json"))["items"]:
            row = dict(zip(header, rows[item["index"]], strict=True))
            found = texts_of(archive.read(item["entry"]))
            assert row["last_name"] in found, item["index"]
            assert row["city"] in found, item["index"]


def test_results_delivered_three_times_and_shuffled_change_nothing(system: System) -> None:
    batch_id = system.submit(600)
    sealed = system.wait_until_sealed(batch_id)
    results = [record for record in read_topic(system.address, "results") if record.key == batch_id.encode()]
    finished = [record for record in results if b'"ItemsFinished"' in record.value]
    again = finished * 3
    random.Random(7).shuffle(again)
    second = f"{batch_id}-again"

    send(system.address, "results", [(second.encode(), _renamed(record.value, batch_id, second)) for record in again])
    accepted = next(record for record in results if b'"BatchAccepted"' in record.value)
    send(system.address, "results", [(second.encode(), _renamed(accepted.value, batch_id, second))])
    # The same results of the sealed batch, once more.
    send(system.address, "results", [(record.key, record.value) for record in again])

    # It was counted to its end; without a folder nobody can close it.
    counted = system.wait(second, lambda state: state.status in {"closing", "failed"})
    assert (counted.succeeded, counted.failed) == (sealed.succeeded, sealed.failed)
    assert system.wait_until_sealed(batch_id) == sealed


def test_two_batches_at_once_are_both_exact(system: System) -> None:
    first, second = system.submit(1_500, name="first"), system.submit(700, name="second")

    for batch_id, total in ((first, 1_500), (second, 700)):
        assert_exact(system, system.wait_until_sealed(batch_id), total)


def test_a_password_covers_every_entry(system: System) -> None:
    batch_id = system.submit(20, password_secret="spring")

    state = system.wait_until_sealed(batch_id)

    password = b"correct horse battery"
    assert verify_archive(system.archive(state), password).faults == ()
    with zipfile.ZipFile(system.archive(state)) as archive:
        assert all(entry.flag_bits & 1 for entry in archive.infolist())
    with pyzipper.AESZipFile(system.archive(state)) as archive:
        archive.setpassword(password)
        assert archive.read("failures.csv").startswith(b"index,code,message")
        assert archive.read("0000000.pdf").startswith(b"%PDF")
    logs = b"".join(path.read_bytes() for path in (system.directory / "logs").iterdir())
    assert password not in logs


def test_bad_records_on_every_topic_are_buried_and_nothing_restarts(system: System) -> None:
    topics = ("submissions", "dispatch", "items-letters", "results", "completions", "progress")
    rubbish = (
        b"\xff\xfe",
        b"{",
        b"[]",
        b'{"type":"Nonsense","version":1}',
        b'{"type":"BatchSealed","version":1}',
        b"x" * 901_000,
    )
    pids = {role: sorted(process.pid for process in system.processes(role)) for role in ROLE_NAMES}
    before = len(read_topic(system.address, "dead-letters"))

    for topic in topics:
        send(system.address, topic, [(b"rubbish", value) for value in rubbish])
    assert_exact(system, system.wait_until_sealed(system.submit(300)), 300)

    wanted = before + len(topics) * len(rubbish)
    system.until(lambda: len(read_topic(system.address, "dead-letters")) >= wanted, "every bad record is buried")
    letters = [
        DeadLetter.model_validate_json(dict(record.headers)["dead-letter"])
        for record in read_topic(system.address, "dead-letters")[before:]
    ]
    assert {letter.topic for letter in letters} == set(topics)
    assert len(letters) == len(topics) * len(rubbish)
    assert {role: sorted(process.pid for process in system.processes(role)) for role in ROLE_NAMES} == pids


def test_a_submission_that_fails_the_checks_is_rejected_with_every_fault(system: System) -> None:
    canvas = {"version": "7.4.0", "width": 300, "height": 200, "objects": [{"type": "Hologram"}]}
    submission = BatchSubmitted(
        id="inline",
        time=datetime.now(UTC),
        batch_id="inline-rejected",
        kind="letters",
        design=InlineDesign(canvas=canvas),
        recipients=InlineRecipients(rows=()),
    )

    publish(submission, system.address)

    state = system.wait("inline-rejected", lambda state: state.status == "rejected")
    codes = [fault.code for fault in state.faults]
    assert "list_empty" in codes
    assert "design_unsupported" in codes


def test_a_second_different_submission_of_a_batch_is_buried(system: System) -> None:
    batch_id = system.submit(20)
    sealed = system.wait_until_sealed(batch_id)
    before = len(read_topic(system.address, "dead-letters"))

    other = BatchSubmitted(
        id="other", time=datetime.now(UTC), batch_id=batch_id, kind="letters", name="other", plan="00" * 32
    )
    publish(other, system.address)

    system.until(lambda: len(read_topic(system.address, "dead-letters")) > before, "the conflict is buried")
    letter = DeadLetter.model_validate_json(dict(read_topic(system.address, "dead-letters")[-1].headers)["dead-letter"])
    assert letter.code == "conflict"
    assert system.wait_until_sealed(batch_id) == sealed


def test_odd_recipients_are_letters_like_any_other(system: System) -> None:
    header, row = (POSTCARD / "recipients.csv").read_text(encoding="utf-8").splitlines()[:2]
    cells = row.split(",")
    names = ["../../etc/passwd", "=HYPERLINK(1)", "<b>&amp;</b>", "{{city}}", "x" * 5_000]
    rows = [",".join([f'"{name}"', *cells[1:]]) for name in names]
    path = system.directory / "odd.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")

    submission, _ = submit_letters(
        Order(read_design_folder(POSTCARD), RowsOfFile(path), {}),
        Request(),
        storage=open_storage(system.settings),
        settings=system.settings,
        address=system.address,
    )

    state = system.wait_until_sealed(submission.batch_id)
    assert_exact(system, state, len(names))
    with zipfile.ZipFile(system.archive(state)) as archive:
        letters = {name: texts_of(archive.read(name)) for name in archive.namelist() if name.endswith(".pdf")}
    assert "{{city}}" in letters["0000003.pdf"]
    assert "<b>&amp;</b>" in letters["0000002.pdf"]


def test_nothing_listens_beyond_loopback_and_no_role_listens_at_all(system: System) -> None:
    for role in ROLE_NAMES:
        for process in system.processes(role):
            assert not [entry for entry in process.net_connections(kind="inet") if entry.status == psutil.CONN_LISTEN]
    broker = psutil.Process(int((system.directory / "broker" / "broker.pid").read_text().split()[0]))
    listening = [entry for entry in broker.net_connections(kind="inet") if entry.status == psutil.CONN_LISTEN]
    assert listening
    assert {entry.laddr.ip.removeprefix("::ffff:") for entry in listening} == {"127.0.0.1"}


def test_no_personal_data_is_in_logs_or_on_public_topics(system: System) -> None:
    canary = "Quetzalcoatlina"
    header, row = (POSTCARD / "recipients.csv").read_text(encoding="utf-8").splitlines()[:2]
    path = system.directory / "canary.csv"
    path.write_text("\n".join([header, ",".join([canary, *row.split(",")[1:]])] * 1) + "\n", encoding="utf-8")
    submission, _ = submit_letters(
        Order(read_design_folder(POSTCARD), RowsOfFile(path), {}),
        Request(notify="canary.address@example.com"),
        storage=open_storage(system.settings),
        settings=system.settings,
        address=system.address,
    )
    system.wait_until_sealed(submission.batch_id)

    said = b"".join(path.read_bytes() for path in (system.directory / "logs").iterdir())
    for topic in ("progress", "batches", "results", "dispatch", "completions"):
        said += b"".join((record.value or b"") + (record.key or b"") for record in read_topic(system.address, topic))

    assert canary.encode() not in said
    assert b"canary.address" not in said


def _renamed(value: bytes, old: str, new: str) -> bytes:
    return value.replace(old.encode(), new.encode())
