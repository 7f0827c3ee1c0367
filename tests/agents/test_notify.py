"""The notifier: a notice is on the log before the mailer is shown it, and shown until it is known what became of it."""

from collections.abc import Collection, Mapping, Sequence

from builders import BATCH, NOW, a_moment, a_rejection, a_sealing
from stage import Stage, a_stage

from agents import notify
from pressrun.domain.notices import Notice, begun_of, ended_of, mean, read_notice
from schemas.notices import NoticeKind, NoticeOutcome
from schemas.progress import BatchProgressed, NoticeEnded
from schemas.submissions import ResendNotice, SettleNotice
from sinks.errors import StorageFull


class NotingRunner:
    def __init__(self) -> None:
        self.intents: Mapping[str, Notice] = {}

    def wake(self, intents: Mapping[str, Notice]) -> None:
        self.intents = intents

    def notices(self) -> Sequence[Notice]:
        return list(self.intents.values())


class FakeContacts:
    def ways(self, batch_id: str) -> Collection[NoticeKind]:
        return ["mail"] if batch_id == BATCH else []


class FullDisk(FakeContacts):
    """Cannot answer the second question."""

    def __init__(self) -> None:
        self.asked = 0

    def ways(self, batch_id: str) -> Collection[NoticeKind]:
        self.asked += 1
        if self.asked == 2:
            raise StorageFull
        return super().ways(batch_id)


def a_notifier(contacts: FakeContacts | None = None) -> tuple[Stage, NotingRunner]:
    stage, runner = a_stage(), NotingRunner()
    notify.attach(
        stage.app,
        outbox=stage.outbox,
        contacts=contacts or FakeContacts(),
        teller=runner,
        clock=stage.clock,
        steady=stage.steady,
        partitions=4,
    )
    return stage, runner


MEANT = mean(a_sealing())


def a_notice_ended(outcome: NoticeOutcome) -> NoticeEnded:
    return ended_of(MEANT, 1, outcome, None, a_moment())


def a_resend(about: str = MEANT.event.id) -> ResendNotice:
    return ResendNotice(id="resend", time=NOW, batch_id=BATCH, about=about, number=1)


def a_settlement() -> SettleNotice:
    return SettleNotice(id="settle", time=NOW, batch_id=BATCH, about=MEANT.event.id, number=1, outcome="sent")


def rows_of(stage: Stage) -> list[str]:
    return [notice.state for row in stage.app.rows.values() if (notice := read_notice(row))]


async def test_only_batches_with_an_address_are_told_about() -> None:
    stage, runner = a_notifier()

    async with stage.playing():
        await stage.give(a_sealing(), a_sealing(batch_id="batch-0002"))

    assert [notice.event.batch_id for notice in runner.notices()] == [BATCH]


class BothWays(FakeContacts):
    def ways(self, batch_id: str) -> Collection[NoticeKind]:
        return [*super().ways(batch_id), "webhook"]


async def test_each_way_has_a_notice_of_its_own_and_what_is_said_of_one_leaves_the_other() -> None:
    stage, runner = a_notifier(BothWays())

    async with stage.playing():
        await stage.give(a_sealing())
        assert {notice.id for notice in runner.notices()} == {f"{MEANT.event.id}/mail", f"{MEANT.event.id}/webhook"}
        await stage.give(ended_of(mean(a_sealing(), "webhook"), 1, "sent", None, a_moment()))

    assert [notice.kind for notice in runner.notices()] == ["mail"]
    assert sorted(rows_of(stage)) == ["meant", "sent"]


async def test_a_rejection_is_told_too() -> None:
    stage, runner = a_notifier()

    async with stage.playing():
        await stage.give(a_rejection())

    assert [notice.event.type for notice in runner.notices()] == ["BatchRejected"]


async def test_a_notice_is_on_the_log_before_it_is_shown_to_the_mailer() -> None:
    stage, runner = a_notifier()
    shown_at_the_flush: list[int] = []

    async def flushed() -> None:
        shown_at_the_flush.append(len(runner.intents))

    stage.app.rows.flushed = flushed  # type: ignore[method-assign] # the broker's acknowledgement
    async with stage.playing():
        await stage.give(a_sealing())

    assert shown_at_the_flush == [0]
    assert rows_of(stage) == ["meant"]


async def test_a_notice_that_is_being_sent_stays_with_the_mailer_under_its_name() -> None:
    stage, runner = a_notifier()

    async with stage.playing():
        await stage.give(a_sealing())
        meant = list(runner.intents)
        await stage.give(begun_of(MEANT, 1, a_moment()))

    assert rows_of(stage) == ["sending"]
    assert list(runner.intents) == meant


async def test_an_ended_notice_is_kept_and_no_longer_shown_and_a_waiting_one_is() -> None:
    stage, runner = a_notifier()

    async with stage.playing():
        await stage.give(a_sealing(), a_notice_ended("waiting"))
        assert len(runner.intents) == 1
        await stage.give(a_notice_ended("unknown"))

    assert runner.intents == {}
    assert rows_of(stage) == ["unknown"]


async def test_a_resend_shows_the_notice_once_more_and_its_repeat_does_not() -> None:
    stage, runner = a_notifier()

    async with stage.playing():
        await stage.give(a_sealing(), a_notice_ended("unknown"))
        await stage.give(a_resend(), a_resend())
        assert [notice.number for notice in runner.notices()] == [2]
        await stage.give(ended_of(MEANT, 2, "sent", None, a_moment()), a_resend())

    assert runner.intents == {}


async def test_a_settled_notice_is_said_to_be_and_its_repeat_is_not() -> None:
    stage, runner = a_notifier()

    async with stage.playing():
        await stage.give(a_sealing(), a_notice_ended("unknown"), a_settlement(), a_settlement())

    assert [(event.outcome, event.code) for event in stage.outbox.events(NoticeEnded)] == [("sent", "settled")]
    assert rows_of(stage) == ["sent"]
    assert runner.intents == {}


async def test_a_command_about_no_notice_is_buried_and_its_neighbours_are_heard() -> None:
    stage, runner = a_notifier()

    async with stage.playing():
        await stage.give(a_resend("batch-0001/9/sealed"), a_settlement(), a_sealing())

    assert stage.outbox.buried == [(0, "unknown_notice"), (1, "unknown_notice")]
    assert len(runner.intents) == 1


async def test_open_notices_are_shown_again_after_a_recovery_and_those_taken_away_are_not() -> None:
    stage, runner = a_notifier()
    async with stage.playing():
        await stage.give(a_sealing(), a_rejection())
    rejection = next(key for key, row in stage.app.rows.items() if b"BatchRejected" in row)
    del stage.app.rows[rejection]
    runner.intents = {}

    for react in stage.app.after_seek:
        react()

    assert [notice.event.type for notice in runner.notices()] == ["BatchSealed"]


async def test_a_block_that_must_wait_means_the_same_notices_when_it_comes_again() -> None:
    stage, runner = a_notifier(FullDisk())

    async with stage.playing():
        assert (await stage.give(a_sealing(), a_rejection())).is_stale
        await stage.give(a_sealing(), a_rejection())

    assert len(runner.intents) == 2


async def test_other_progress_is_read_past() -> None:
    stage, runner = a_notifier()
    progressed = BatchProgressed(
        id="p", time=NOW, batch_id=BATCH, attempt=1, status="running", total=1, succeeded=0, failed=0, cancelled=0
    )

    async with stage.playing():
        await stage.give(progressed, b"garbage")

    assert runner.intents == {}
    assert [code for _, code in stage.outbox.buried] == ["not_json"]
