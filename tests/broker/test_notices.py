"""Notices on a whole system: wherever the notifier dies, whatever people resend or settle, the mails are counted."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from broker.apps import read_topic
from broker.live import System, a_system
from mailserver import FreePortController
from webhookserver import SECRET, Receiver

from pressrun.crashpoints import Crashpoints
from pressrun.domain.notices import Notice
from pressrun.notices import find_notice, read_notices
from pressrun.settling import resend_notice, settle_notice
from pressrun.submitting import publish
from schemas.dead_letters import HEADER, DeadLetter
from schemas.notices import NoticeKind
from schemas.submissions import ResendNotice

pytestmark = pytest.mark.broker

ADDRESS = "ann.canary@example.com"


class Mailbox:
    """Takes every mail, by the batch its subject names."""

    def __init__(self) -> None:
        self.subjects: list[str] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        lines = envelope.original_content.decode().splitlines()
        self.subjects += [line for line in lines if line.startswith("Subject: ")]
        return "250 OK"

    def count(self, batch_id: str) -> int:
        return sum(batch_id in subject for subject in self.subjects)


@pytest.fixture(scope="module")
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory, mailbox: Mailbox, receiver: Receiver) -> Iterator[System]:
    """A system whose roles end at the points armed in its data directory."""
    server = FreePortController(mailbox, hostname="127.0.0.1")
    server.start()
    settings = {"smtp_port": str(server.port), "webhook_url": receiver.url, "webhook_secret": SECRET}
    try:
        with a_system(tmp_path_factory.mktemp("notices"), crashpoints="1", **settings) as running:
            yield running
    finally:
        server.stop()


def told(system: System) -> str:
    """A batch that has ended and of whose end somebody is to be told."""
    batch_id = system.submit(1, notify=ADDRESS)
    system.wait_until_sealed(batch_id)
    return batch_id


def dying_at(system: System, point: str) -> str:
    """A batch at whose notice the notifier died."""
    crashpoints = Crashpoints(system.settings.home / "crashpoints")
    crashpoints.arm(point, 1)
    batch_id = told(system)
    system.until(lambda: not crashpoints.is_armed(point), f"the notifier dies at {point}")
    return batch_id


def notice_of(system: System, batch_id: str, kind: NoticeKind = "mail") -> Notice | None:
    notices = read_notices(system.address)
    return next((notice for notice in notices if (notice.event.batch_id, notice.kind) == (batch_id, kind)), None)


def settled(system: System, batch_id: str, state: str, number: int = 1, kind: NoticeKind = "mail") -> Notice:
    """The notice, once it has come to this."""
    system.until(
        lambda: (notice := notice_of(system, batch_id, kind)) and (notice.state, notice.number) == (state, number),
        f"{kind} {number} is {state}",
    )
    return find_notice(system.address, batch_id, kind)


def heard(system: System, batch_id: str) -> list[Mapping[str, Any]]:
    """Everything said of the batch's mail on `progress`."""
    values = [json.loads(record.value) for record in read_topic(system.address, "progress") if record.value]
    return [value for value in values if value["batch_id"] == batch_id and value.get("notice") == "mail"]


def command(system: System, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "pressrun", "notices", *arguments],
        env={**os.environ, "PRESSRUN_DATA_DIR": str(system.directory)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("point", ["notify.after_intent", "mail.recorded", "mail.told"])
def test_a_notifier_that_dies_where_the_outcome_can_be_known_sends_one_mail(
    system: System, mailbox: Mailbox, point: str
) -> None:
    batch_id = dying_at(system, point)

    settled(system, batch_id, "sent")

    assert mailbox.count(batch_id) == 1


@pytest.mark.parametrize(("point", "mails"), [("mail.begun", 0), ("mail.sent", 1)])
def test_a_notifier_that_dies_while_it_sends_leaves_an_unknown_that_a_person_resends_once(
    system: System, mailbox: Mailbox, point: str, mails: int
) -> None:
    batch_id = dying_at(system, point)
    notice = settled(system, batch_id, "unknown")
    assert notice.code == "interrupted"
    assert mailbox.count(batch_id) == mails

    for _ in range(3):
        resend_notice(notice, system.address)
    settled(system, batch_id, "sent", number=2)
    after = told(system)
    settled(system, after, "sent")

    assert mailbox.count(batch_id) == mails + 1
    assert [said["number"] for said in heard(system, batch_id) if said["type"] == "NoticeBegun"] == [1, 2]


def test_a_person_settles_an_unknown_notice_and_nothing_is_sent(system: System, mailbox: Mailbox) -> None:
    batch_id = dying_at(system, "mail.begun")
    notice = settled(system, batch_id, "unknown")

    for outcome in ("failed", "sent"):
        settle_notice(notice, outcome, system.address)

    assert settled(system, batch_id, "failed").code == "settled"
    said = [(word["outcome"], word.get("code")) for word in heard(system, batch_id) if word["type"] == "NoticeEnded"]
    assert said == [("unknown", "interrupted"), ("failed", "settled")]
    assert mailbox.count(batch_id) == 0


def test_everything_stopped_and_started_again_sends_no_second_mail(system: System, mailbox: Mailbox) -> None:
    batch_id = told(system)
    settled(system, batch_id, "sent")
    unknown = dying_at(system, "mail.sent")
    settled(system, unknown, "unknown")

    system.stop()
    system.start()
    after = told(system)
    settled(system, after, "sent")

    assert [mailbox.count(each) for each in (batch_id, unknown, after)] == [1, 1, 1]


def test_commands_about_no_notice_are_dead_letters(system: System) -> None:
    quiet = system.submit(1)
    system.wait_until_sealed(quiet)
    known = told(system)
    settled(system, known, "sent")
    for batch_id, about in (("batch-nobody-knows", "x"), (quiet, f"{quiet}/1/sealed"), (known, f"{known}/9/sealed")):
        notice = find_notice(system.address, known)
        resend = ResendNotice(
            id=f"{batch_id}/resend", time=notice.changed, batch_id=batch_id, about=about, number=notice.number
        )
        publish(resend, system.address)

    system.until(lambda: len(reasons(system)) >= 3, "three dead letters")

    assert sorted(reasons(system)) == [
        ("progress", "unknown_notice"),
        ("submissions", "unknown_batch"),
        ("submissions", "unknown_notice"),
    ]


def reasons(system: System) -> list[tuple[str, str]]:
    letters = [
        DeadLetter.model_validate_json(dict(record.headers)[HEADER])
        for record in read_topic(system.address, "dead-letters")
    ]
    return [(letter.topic, letter.code) for letter in letters]


def test_the_command_line_lists_resends_and_settles_and_never_shows_an_address(
    system: System, mailbox: Mailbox
) -> None:
    batch_id = dying_at(system, "mail.begun")
    settled(system, batch_id, "unknown")

    listed = json.loads(command(system, "list", "--state", "unknown", "--json").stdout)
    assert batch_id in [each["batch_id"] for each in listed]
    assert command(system, "resend", batch_id).returncode == 0
    settled(system, batch_id, "sent", number=2)
    refused = command(system, "settle", batch_id, "--as", "failed")
    assert (refused.returncode, refused.stderr.split(":")[0]) == (1, "notice_settled")
    shown = command(system, "list")
    assert "unknown" in command(system, "resend", "batch-nobody-knows").stderr

    assert batch_id in shown.stdout
    assert "canary" not in shown.stdout + json.dumps(listed)
    assert mailbox.count(batch_id) == 1


def test_no_address_is_on_the_log_or_in_a_log(system: System) -> None:
    settled(system, told(system), "sent")

    for topic in ("progress", "results", "batches", "pressrun-notify-notices-changelog"):
        assert not [record for record in read_topic(system.address, topic) if b"canary" in (record.value or b"")]
    logs = [path for path in system.settings.logs.rglob("*") if path.is_file()]
    assert logs
    assert not [path for path in logs if b"canary" in path.read_bytes()]


@pytest.mark.parametrize(
    ("point", "number", "posts"),
    [("webhook.begun", 2, 1), ("webhook.sent", 2, 2), ("webhook.recorded", 1, 1), ("webhook.told", 1, 1)],
)
def test_a_webhook_whose_sender_dies_arrives_with_the_same_id_each_time(
    system: System, receiver: Receiver, point: str, number: int, posts: int
) -> None:
    batch_id = dying_at(system, point)

    settled(system, batch_id, "sent", number, "webhook")

    taken = receiver.about(batch_id)
    assert len(taken) == posts
    assert len({(post.id, post.body) for post in taken}) == 1
    assert all(post.is_genuine for post in taken)
    assert json.loads(taken[0].body)["type"] == "BatchSealed"


def test_a_receiver_that_is_gone_is_asked_again_when_a_person_says_so(system: System, receiver: Receiver) -> None:
    receiver.statuses = [410]
    batch_id = told(system)
    settled(system, batch_id, "failed", 1, "webhook")

    answer = command(system, "resend", batch_id, "--by", "webhook")

    assert answer.returncode == 0, answer.stderr
    settled(system, batch_id, "sent", 2, "webhook")
    first, second = receiver.about(batch_id)
    assert first.id == second.id
