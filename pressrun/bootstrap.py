"""The one place that wires: builds the App of a role and gives its agent what it needs."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from agents import aggregate, close, explode, intake, notify, render
from pressrun.closing import AT_ONCE, Closer, abandon, clean_up
from pressrun.crashpoints import crashpoint_of
from pressrun.domain.letters import CompiledDesign
from pressrun.domain.notices import Notice
from pressrun.domain.work import Stamper
from pressrun.doorkeeper import Doorkeeper
from pressrun.hindrances import hindered
from pressrun.intents import IntentRunner
from pressrun.mailing import AddressBook, ByMail
from pressrun.plans import BenchShelf, PlanShelf
from pressrun.sealings import has_ended
from pressrun.settings import Settings
from pressrun.system import broker_of, session_timeout_of
from pressrun.telling import NOTICES_AT_ONCE, Teller, Way
from pressrun.webhooks import ByWebhook
from pressrun.workshop import LocalWorkshop
from schemas.completions import BatchCompleted
from schemas.notices import NoticeKind
from schemas.results import BatchAccepted
from sinks.errors import BlobCorrupt, BlobMissing
from sinks.storage import LocalStorage
from streams.administration import group_lag
from streams.app import BlockApp, ClusterSettings, create_app
from streams.dead_letter_limit import DeadLetterLimit
from streams.outbox import Outbox
from streams.suspects import Suspects
from streams.ticker import attach_ticker
from streams.topics import partitions_of
from streams.topology import role_named

TICK_SECONDS = 1.0

REST_SECONDS = {"explode": 0.05, "aggregate": 0.05}
"""Their blocks cost milliseconds however few records they hold; a window is worth ten times this."""

StamperLoader = Callable[[bytes], Stamper]


@dataclass(frozen=True, slots=True)
class Wiring:
    """What every role's wiring starts from."""

    app: BlockApp
    outbox: Outbox
    storage: LocalStorage
    settings: Settings
    address: str
    load_stamper: StamperLoader


def open_storage(settings: Settings) -> LocalStorage:
    """The storage of a system."""
    return LocalStorage(settings.home, settings.archives, crashpoint=crashpoint_of(settings))


def build_role(name: str, settings: Settings, *, load_stamper: StamperLoader = CompiledDesign.from_bytes) -> BlockApp:
    """The App of a role, ready to be started; raises SystemDown."""
    address = broker_of(settings)
    cluster = ClusterSettings(address, session_timeout=session_timeout_of(settings))
    roles = settings.home / "roles"
    roles.mkdir(parents=True, exist_ok=True)
    app = create_app(name, cluster, str(roles / name))
    app.rest_seconds = REST_SECONDS.get(name, 0.0)
    app.suspects = Suspects(settings.home / "suspects")
    app.crashpoint = crashpoint_of(settings)
    app.limit = DeadLetterLimit(share=settings.dead_letter_share)
    outbox = Outbox(app)
    app.condemn = outbox.give_up
    _WIRE[name](Wiring(app, outbox, open_storage(settings), settings, address, load_stamper))
    return app


def _now() -> datetime:
    return datetime.now(UTC)


def _wire_intake(wiring: Wiring) -> None:
    doorkeeper = Doorkeeper(
        wiring.storage,
        wiring.settings.secrets,
        partitions=partitions_of("items-letters"),
        batch_threshold=wiring.settings.batch_threshold,
        reserve_mb=wiring.settings.disk_reserve_mb,
    )
    contacts = AddressBook(wiring.storage, wiring.settings)
    intake.attach(wiring.app, outbox=wiring.outbox, doorkeeper=doorkeeper, contacts=contacts, clock=_now)


def _wire_explode(wiring: Wiring) -> None:
    keeper = explode.attach(
        wiring.app,
        outbox=wiring.outbox,
        rows=_Rows(wiring.storage),
        lag=lambda: _lag(wiring.address),
        clock=_now,
        steady=time.monotonic,
        partitions=partitions_of("dispatch"),
        workers=wiring.settings.workers,
    )
    _tick(wiring, "explode", lambda: keeper.is_busy)


def _wire_render(wiring: Wiring) -> None:
    workshop = LocalWorkshop(
        wiring.storage,
        BenchShelf(wiring.storage, lambda data: hindered(wiring.load_stamper(data), wiring.settings)),
        wiring.settings.secrets,
    )
    render.attach(wiring.app, outbox=wiring.outbox, workshop=workshop, clock=_now)


def _wire_aggregate(wiring: Wiring) -> None:
    ledger = aggregate.attach(
        wiring.app,
        outbox=wiring.outbox,
        blobs=wiring.storage,
        clock=_now,
        steady=time.monotonic,
        partitions=partitions_of("results"),
    )
    _tick(wiring, "aggregate", lambda: ledger.is_busy)


def _wire_close(wiring: Wiring) -> None:
    clean_up(wiring.storage)
    closer = Closer(wiring.storage, wiring.outbox, wiring.settings.secrets, fsync=wiring.settings.archive_fsync)
    runner: IntentRunner[BatchCompleted] = IntentRunner(
        closer.close, at_once=AT_ONCE, first=lambda event: event.total, end_process=wiring.app.end_process
    )
    close.attach(
        wiring.app,
        outbox=wiring.outbox,
        closer=runner,
        cleaner=partial(abandon, wiring.storage),
        clock=_now,
        partitions=partitions_of("completions"),
    )
    wiring.app.before_stop.append(closer.stop)


def _wire_notify(wiring: Wiring) -> None:
    contacts = AddressBook(wiring.storage, wiring.settings)
    ways: Mapping[NoticeKind, Way] = {
        "mail": ByMail(contacts, wiring.settings),
        "webhook": ByWebhook(wiring.settings),
    }
    teller = Teller(wiring.storage, wiring.outbox, ways)
    runner: IntentRunner[Notice] = IntentRunner(
        teller.tell, at_once=NOTICES_AT_ONCE, first=lambda notice: notice.changed, end_process=wiring.app.end_process
    )
    notify.attach(
        wiring.app,
        outbox=wiring.outbox,
        contacts=contacts,
        teller=runner,
        clock=_now,
        steady=time.monotonic,
        partitions=partitions_of("progress"),
    )


def _tick(wiring: Wiring, role: str, is_needed: Callable[[], bool]) -> None:
    attach_ticker(wiring.app, wiring.outbox, role_named(role).reads, seconds=TICK_SECONDS, is_needed=is_needed)


class _Rows(PlanShelf):
    """Implements agents.explode.Rows."""

    partitions = partitions_of("items-letters")

    def __init__(self, storage: LocalStorage) -> None:
        super().__init__(storage)
        self._notes = storage

    def can_run(self, accepted: BatchAccepted) -> bool:
        """Whether the batch has not ended and its plan can be read; nothing else is ever released."""
        if has_ended(self._notes, accepted.batch_id):
            return False
        try:
            return self.plan(accepted.plan).total == accepted.total
        except (BlobMissing, BlobCorrupt, ValueError):
            return False


async def _lag(address: str) -> int:
    pairs = (("pressrun-render", "items-letters"), ("pressrun-aggregate", "results"))
    lags = await asyncio.gather(*(asyncio.to_thread(group_lag, address, group, topic) for group, topic in pairs))
    return sum(sum(lag.values()) for lag in lags)


_WIRE: dict[str, Callable[[Wiring], None]] = {
    "intake": _wire_intake,
    "explode": _wire_explode,
    "render": _wire_render,
    "aggregate": _wire_aggregate,
    "close": _wire_close,
    "notify": _wire_notify,
}
