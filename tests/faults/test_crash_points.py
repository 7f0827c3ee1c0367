"""Whoever dies at whatever point of the way, the batch ends exact and nobody is told twice."""

import itertools
import time
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import pytest
from broker.apps import read_topic
from broker.live import System, a_system, assert_clean, assert_exact
from faults.crashing.rounds import BEFORE_ALL, PASSED_ONCE, Round, all_of_them, once_each
from mailserver import FreePortController
from webhookserver import SECRET, Receiver

from pressrun.crashpoints import POINTS, Crashpoints
from pressrun.notices import read_notices
from schemas.notices import NoticeKind

pytestmark = pytest.mark.broker

TOTAL = 1_500
DELAY_MS = "2"
"""A second and a half of two workers: some windows, some blocks of each."""
QUIET_SECONDS = 15.0
"""Nobody has passed an armed point for so long: nobody will."""
POLL_SECONDS = 0.1
MOST_BATCHES = 5

Due: TypeAlias = Mapping[str, tuple[int, ...]]
"""Points and the passes at which somebody is to die there."""


class Postbox:
    """Keeps the subject of every mail it takes."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.taken.append(envelope.content)
        return "250 taken"

    def about(self, batch_id: str) -> int:
        return sum(batch_id.encode() in mail for mail in self.taken)


class Scene:
    """One system for all rounds, and how often an undisturbed batch passes each point in it."""

    def __init__(self, system: System, postbox: Postbox, receiver: Receiver) -> None:
        self.system = system
        self.postbox = postbox
        self.receiver = receiver
        self._totals = itertools.count(TOTAL)
        self.points = Crashpoints(system.directory / "crashpoints")
        self.passes = self._count_passes()

    def _count_passes(self) -> Mapping[str, int]:
        for point in POINTS:
            self.points.arm(point, BEFORE_ALL)
        self.run()
        folder = self.system.directory / "crashpoints"
        made = {point: BEFORE_ALL - int((folder / point).read_text()) for point in POINTS}
        for point in POINTS:
            (folder / point).unlink()
        return made

    def run(self) -> str:
        """One batch from its submission to the end of its notice; returns its id when all of it was exact."""
        # Of another size each time: the same tally would be the same blob, stored already.
        total = next(self._totals)
        batch_id = self.system.submit(total, notify="ann@example.com")
        state = self.system.wait_until_sealed(batch_id)
        assert_exact(self.system, state, total)
        self.system.until(lambda: self.outcome_of(batch_id, "mail"), "the mail has an outcome")
        self.system.until(lambda: self.outcome_of(batch_id, "webhook"), "the webhook has an outcome")
        return batch_id

    def await_deaths(self, due: Due) -> Due:
        """Until all have died that can; then what was not reached, with as many passes as this batch made."""
        quiet_since, left = time.monotonic(), self.left(due)
        while not have_died(due, left) and time.monotonic() - quiet_since < QUIET_SECONDS:
            time.sleep(POLL_SECONDS)
            if (now := self.left(due)) != left:
                quiet_since, left = time.monotonic(), now
        for point in due:
            self.points.disarm(point)
        fewer = {point: passes for point, passes in due.items() if len(left[point]) == len(passes)}
        assert have_died({point: passes for point, passes in due.items() if point not in fewer}, left), left
        return {point: (max(passes[0] - left[point][0], 1), *passes[1:]) for point, passes in fewer.items()}

    def left(self, due: Due) -> Due:
        return {point: self.points.left(point) for point in due}

    def outcome_of(self, batch_id: str, kind: NoticeKind) -> str | None:
        """What became of a notice about a batch, as soon as that is certain or certain never to be."""
        notices = read_notices(self.system.address)
        states = [notice.state for notice in notices if (notice.event.batch_id, notice.kind) == (batch_id, kind)]
        return next((state for state in states if state in {"sent", "failed", "unknown"}), None)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    postbox = Postbox()
    controller = FreePortController(postbox, hostname="127.0.0.1")
    controller.start()
    settings = {"crashpoints": "1", "item_delay_ms": DELAY_MS, "smtp_port": str(controller.port)}
    try:
        with Receiver() as receiver:
            settings |= {"webhook_url": receiver.url, "webhook_secret": SECRET}
            with a_system(tmp_path_factory.mktemp("crash-points"), **settings) as system:
                yield Scene(system, postbox, receiver)
    finally:
        controller.stop()


def test_every_point_lies_on_the_way_of_a_batch(scene: Scene) -> None:
    assert [point for point in POINTS if not scene.passes[point]] == []


@pytest.mark.parametrize("armed", once_each(), ids=str)
def test_a_death_at_a_point_loses_and_doubles_nothing(scene: Scene, armed: Round) -> None:
    die_and_look(scene, armed)


@pytest.mark.crashes
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("armed", all_of_them(), ids=str)
def test_a_death_at_any_pass_and_again_while_recovering_loses_and_doubles_nothing(scene: Scene, armed: Round) -> None:
    die_and_look(scene, armed)


def have_died(due: Due, left: Due) -> bool:
    """Whether all have; a second death is let off where nobody comes by a second time."""
    return all(len(left[point]) <= (len(passes) > 1 and point in PASSED_ONCE) for point, passes in due.items())


def die_and_look(scene: Scene, armed: Round) -> None:
    """Batches until each has died at its pass: one that is cut into fewer windows passes some points less often."""
    due: Due = armed.passes(scene.passes)
    for _ in range(MOST_BATCHES):
        for point, passes in due.items():
            scene.points.arm(point, *passes)
        batch_id = scene.run()
        due = scene.await_deaths(due)
        look(scene, armed, batch_id)
        if not due:
            return
    pytest.fail(f"no batch passes so often: {due}")


def look(scene: Scene, armed: Round, batch_id: str) -> None:
    """Every promise about one batch."""
    outcome = scene.outcome_of(batch_id, "mail")
    assert scene.postbox.about(batch_id) == (1 if outcome == "sent" else scene.postbox.about(batch_id)) <= 1
    assert outcome == "sent" or any(point.startswith(("mail.", "notify.", "webhook.")) for point in armed.points)
    assert scene.outcome_of(batch_id, "webhook") == "sent"
    posts = scene.receiver.about(batch_id)
    assert len({(post.id, post.body) for post in posts}) == 1
    assert all(post.is_genuine for post in posts)
    assert_clean(scene.system, batch_id)
    assert_said_once(scene.system, batch_id)


def assert_said_once(system: System, batch_id: str) -> None:
    """However often it was said, each end of the batch has one id."""
    for kind in (b'"BatchCompleted"', b'"BatchSealed"'):
        said = [record.value for record in read_topic(system.address, "progress") if kind in record.value]
        ids = {value.split(b'"id":"')[1].split(b'"')[0] for value in said if batch_id.encode() in value}
        assert len(ids) == 1, ids
