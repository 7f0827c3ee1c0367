"""What dies in the middle is missed by nobody: every batch ends exact."""

import errno
import os
import subprocess
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from aiosmtpd.controller import Controller
from broker.apps import read_topic
from broker.live import System, a_system, assert_clean, assert_exact
from mailserver import FreePortController

from pressrun.submitting import cancel_batch

pytestmark = pytest.mark.broker

TOTAL = 3_000
HALF_A_SECOND_OF_TWO_WORKERS = "2"


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Work is slowed so that a batch of 3,000 lasts some seconds."""
    with a_system(tmp_path_factory.mktemp("faults"), item_delay_ms=HALF_A_SECOND_OF_TWO_WORKERS) as running:
        yield running


def submitted_and_moving(system: System, total: int = TOTAL) -> str:
    batch_id = system.submit(total)
    state = system.wait(batch_id, lambda state: state.succeeded > 0)
    assert state.status == "running", "the batch was over before anything could happen to it"
    return batch_id


@pytest.mark.parametrize("role", ["render", "aggregate", "explode", "close", "intake"])
def test_a_role_killed_in_the_middle_loses_and_doubles_nothing(system: System, role: str) -> None:
    batch_id = submitted_and_moving(system)

    killed = system.kill(role)

    state = system.wait_until_sealed(batch_id)
    assert_exact(system, state, TOTAL)
    assert_clean(system, batch_id)
    assert killed not in [process.pid for process in system.processes(role)]


def test_a_closer_killed_while_it_seals_leaves_one_whole_archive(system: System) -> None:
    batch_id = submitted_and_moving(system)
    # Where both come in one fetch only the last state is seen.
    system.wait(batch_id, lambda state: state.status in {"closing", "sealed"})

    system.kill("close")

    assert_exact(system, system.wait_until_sealed(batch_id), TOTAL)
    assert len(list(system.settings.archives.glob(f"{batch_id}*"))) == 1


def test_every_role_killed_at_once_goes_on_where_it_was(system: System) -> None:
    batch_id = submitted_and_moving(system)

    for role in ("render", "render", "aggregate", "explode"):
        system.kill(role)

    assert_exact(system, system.wait_until_sealed(batch_id), TOTAL)


def test_a_batch_cancelled_in_the_middle_keeps_what_was_made(system: System) -> None:
    batch_id = submitted_and_moving(system, total=20_000)

    cancel_batch(batch_id, system.address)
    cancel_batch(batch_id, system.address)

    state = system.wait(batch_id, lambda state: state.status == "cancelled")
    assert_exact(system, state, 20_000)
    assert state.cancelled > 0
    assert state.succeeded > 0
    assert_clean(system, batch_id)


def test_the_broker_killed_and_restarted_in_the_middle_loses_nothing(system: System) -> None:
    batch_id = submitted_and_moving(system)

    system.kill_broker()

    assert_exact(system, system.wait_until_sealed(batch_id), TOTAL)


def test_everything_stopped_in_the_middle_goes_on_when_started_again(system: System) -> None:
    batch_id = submitted_and_moving(system)

    system.stop()
    system.start()

    state = system.wait_until_sealed(batch_id)
    assert_exact(system, state, TOTAL)
    assert_clean(system, batch_id)


def test_a_supervisor_killed_takes_its_roles_with_it(system: System) -> None:
    processes = [process for role in ("intake", "render", "aggregate") for process in system.processes(role)]
    batch_id = submitted_and_moving(system)

    system.kill_supervisor()

    system.until(lambda: not any(process.is_running() for process in processes), "the roles have ended")
    system.start()
    assert_exact(system, system.wait_until_sealed(batch_id), TOTAL)


@pytest.mark.skipif(os.geteuid() != 0, reason="a small file system can be mounted by root only; CI is root")
def test_a_full_disk_is_said_and_waited_for(tmp_path: Path) -> None:
    batches = tmp_path / "batches"
    batches.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=600m", "tmpfs", str(batches)], check=True)
    try:
        with a_system(tmp_path, item_delay_ms="2", disk_reserve_mb="1") as system:
            batch_id = submitted_and_moving(system, total=2_000)
            filler = fill(batches)

            system.wait(batch_id, lambda state: state.blocked == "disk")
            filler.unlink()

            state = system.wait_until_sealed(batch_id)
            assert state.blocked is None
            assert_exact(system, state, 2_000)
    finally:
        subprocess.run(["umount", str(batches)], check=True)


def fill(folder: Path) -> Path:
    """A file that takes what is left."""
    path = folder / "filler"
    with path.open("wb", buffering=0) as file, pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        write_for_ever(file)
    return path


def write_for_ever(file: BinaryIO) -> None:
    while True:
        file.write(bytes(1 << 20))


def test_a_mail_server_that_is_down_holds_up_no_archive(tmp_path: Path) -> None:
    mailbox = Mailbox()
    controller = FreePortController(mailbox, hostname="127.0.0.1")
    controller.start()
    port = controller.port
    controller.stop()
    with a_system(tmp_path, smtp_port=str(port)) as system:
        batch_id = system.submit(50, notify="ann@example.com")
        assert_exact(system, system.wait_until_sealed(batch_id), 50)
        system.until(lambda: b'"waiting"' in notices(system), "the mail waits")

        again = Controller(mailbox, hostname="127.0.0.1", port=port)
        again.start()
        try:
            system.until(lambda: mailbox.subjects, "the mail follows")
            system.until(lambda: b'"sent"' in notices(system), "it is said to be sent")
        finally:
            again.stop()

    assert len(mailbox.subjects) == 1


class Mailbox:
    def __init__(self) -> None:
        self.subjects: list[str] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.subjects.append(str(message_from_bytes(envelope.content)["Subject"]))
        return "250 OK"


def notices(system: System) -> bytes:
    records = read_topic(system.address, "progress")
    return b"".join(record.value for record in records if b'"NoticeEnded"' in record.value)
