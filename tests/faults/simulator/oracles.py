"""What every run must come to, whatever happened on the way; read off the log and storage, never off offsets."""

from collections.abc import Iterator

from faults.simulator.intake import SEALED
from faults.simulator.notifier import ROW, Notifier
from faults.simulator.orders import Order
from faults.simulator.scheduler import ITEMS
from faults.simulator.verdicts import require
from faults.simulator.world import World

from pressrun.domain.batches import ENDED
from pressrun.domain.notices import Notice, read_notice
from schemas.batches import BatchState
from schemas.completions import BatchCompleted
from schemas.events import Event
from schemas.items import ItemReleased
from schemas.notices import NoticeEvent
from schemas.progress import BatchProgressed
from schemas.results import BatchFailed, BatchRejected, BatchSealed, ItemsFinished, MissingAsked
from schemas.submissions import CancelBatch


def check(world: World) -> None:
    """Raise Broken for the first promise that does not hold."""
    for order in world.setting.orders:
        words = {topic: list(said(world, topic, order)) for topic in ("progress", "batches", "completions")}
        if order.is_faulty:
            check_rejection(order, words["batches"], words["progress"])
        else:
            check_conservation(world, order)
            check_announcements(order, words["progress"], words["completions"])
            check_states(words["batches"], words["progress"])
        check_notices(world, order)
    require(world.buried.count("unknown_batch") >= world.poisoned, "poison_lost", world.buried)
    check_hygiene(world)


def said(world: World, topic: str, order: Order) -> Iterator[Event]:
    """What roles said about a batch on a topic, in its order."""
    for event, _, replayed in world.log.entries[world.setting.place_of(order.batch_id, topic)]:
        if not replayed and isinstance(event, Event) and event.batch_id == order.batch_id:
            yield event


def check_conservation(world: World, order: Order) -> None:
    """Each index exactly one outcome, the right one; the archive is exactly what succeeded."""
    sealed = world.storage.read_note(order.batch_id, SEALED)
    require(isinstance(sealed, BatchSealed), "unsealed", order.batch_id)
    assert isinstance(sealed, BatchSealed)
    completed = last_completion(world, order, sealed)
    bitmaps, size = world.storage.blobs[completed.tally], (order.total + 7) // 8
    succeeded, failed, cancelled = (int.from_bytes(bitmaps[at : at + size], "little") for at in (0, size, 2 * size))
    everything = (1 << order.total) - 1
    require(
        succeeded | failed | cancelled == everything and succeeded ^ failed ^ cancelled == everything,
        "not_conserved",
        bin(succeeded),
        bin(failed),
        bin(cancelled),
    )
    require(world.storage.archives.get(order.batch_id) == succeeded, "archive_differs", bin(succeeded))
    counted = (succeeded.bit_count(), failed.bit_count(), cancelled.bit_count())
    require(counted == (sealed.succeeded, sealed.failed, sealed.cancelled), "counts_differ", counted, sealed)
    check_outcomes(world, order, succeeded, failed, cancelled)


def last_completion(world: World, order: Order, sealed: BatchSealed) -> BatchCompleted:
    """The completion that was sealed; a tally lost with the counter's state may have come twice."""
    found = [
        event
        for event in said(world, "completions", order)
        if isinstance(event, BatchCompleted)
        and (event.succeeded, event.failed, event.cancelled) == (sealed.succeeded, sealed.failed, sealed.cancelled)
    ]
    require(found, "counts_differ", sealed)
    return found[-1]


def check_outcomes(world: World, order: Order, succeeded: int, failed: int, cancelled: int) -> None:
    """What an item comes to depends on its row only, but for a cancel, and for one that killed its worker."""
    bad = sum(1 << index for index in order.failing)
    require(not succeeded & bad, "wrong_outcome", "succeeded", bin(succeeded & bad))
    require(not failed & ~bad & ~world.condemned.get(order.batch_id, 0), "wrong_outcome", "failed", bin(failed & ~bad))
    is_cancelled = any(isinstance(event, CancelBatch) for event in said_by_anyone(world, "dispatch", order))
    require(is_cancelled or not cancelled, "wrong_outcome", "cancelled", bin(cancelled))


def said_by_anyone(world: World, topic: str, order: Order) -> Iterator[Event]:
    for entry in world.log.entries[world.setting.place_of(order.batch_id, topic)]:
        if isinstance(entry.event, Event) and entry.event.batch_id == order.batch_id:
            yield entry.event


def check_announcements(order: Order, progress: list[Event], completions: list[Event]) -> None:
    """One completion and one seal that count, by their ids; counts never go down, and nothing follows the seal."""
    completed = {event.id for event in (*progress, *completions) if isinstance(event, BatchCompleted)}
    require(completed == {f"{order.batch_id}/1/completed"}, "completed_twice", completed)
    sealed = [event for event in progress if isinstance(event, BatchSealed)]
    require({event.id for event in sealed} == {f"{order.batch_id}/1/sealed"}, "sealed_twice", sealed)
    require(all(event == sealed[0] for event in sealed), "sealed_twice", "one seal says other than the first")
    highest, has_ended = (0, 0, 0), False
    last: Event | None = None
    for event in progress:
        if isinstance(event, BatchProgressed):
            counts = (event.succeeded, event.failed, event.cancelled)
            require(not has_ended, "told_after_end", event.id)
            require(all(new >= old for new, old in zip(counts, highest, strict=True)), "count_down", event)
            require(sum(counts) <= order.total, "count_over", event)
            highest = counts
        has_ended = has_ended or isinstance(event, BatchSealed | BatchFailed)
        last = last if isinstance(event, NoticeEvent) else event
    # A block that comes again may be cut shorter: it says the completion again, and the seal behind it.
    require(isinstance(last, BatchSealed | BatchFailed), "told_after_end", last)


def check_states(states: list[Event], progress: list[Event]) -> None:
    """The last state is final, and was final from the moment it was first said."""
    final = next((event for event in states if isinstance(event, BatchState) and event.status in ENDED), None)
    require(final is not None, "state_open", states[-1:])
    assert isinstance(final, BatchState)
    sealed = next(event for event in progress if isinstance(event, BatchSealed))
    require(
        (final.status, final.succeeded, final.failed, final.cancelled)
        == (sealed.status, sealed.succeeded, sealed.failed, sealed.cancelled),
        "state_differs",
        final,
    )
    for event in states[states.index(final) :]:
        assert isinstance(event, BatchState)
        require(_what(event) == _what(final), "state_reopened", event, "after", final)


def _what(state: BatchState) -> tuple[object, ...]:
    return state.status, state.succeeded, state.failed, state.cancelled


def check_rejection(order: Order, states: list[Event], progress: list[Event]) -> None:
    """A rejected batch is told of, and nothing of it is ever run."""
    last = states[-1] if states else None
    require(isinstance(last, BatchState) and last.status == "rejected", "state_open", last)
    others = [event for event in progress if not isinstance(event, BatchRejected | NoticeEvent)]
    require(any(isinstance(event, BatchRejected) for event in progress), "untold", order.batch_id)
    require(not others, "told_after_end", others)


def check_notices(world: World, order: Order) -> None:
    """Each way has its notice; a mail goes at most once for each errand, a webhook at least once."""
    notices = [notice for notice in kept_notices(world) if notice.event.batch_id == order.batch_id]
    require(len(notices) == order.notify + world.setting.has_webhook, "notice_lost", notices)
    for notice in notices:
        require(not notice.is_open, "notice_open", notice)
        errands = [mail.errand for mail in world.mails if mail.errand.startswith(notice.id)]
        taken = notice.errand in errands
        if notice.kind == "webhook":
            require(notice.state in {"sent", "failed"}, "undelivered", notice)
            require(notice.state != "sent" or taken, "undelivered", notice)
            continue
        require(len(errands) == len(set(errands)), "mailed_twice", errands)
        if notice.code != "settled":
            require(notice.state != "sent" or taken, "never_mailed", notice)
            require(notice.state != "failed" or not taken, "mailed_and_failed", notice)
        require(notice.state != "unknown" or world.has_doubt, "needless_doubt", notice)


def kept_notices(world: World) -> Iterator[Notice]:
    for process in world.processes.values():
        if isinstance(process, Notifier):
            rows = [row for key, row in world.log.changelogs[process.seat].items() if key.startswith(ROW)]
            yield from (notice for row in rows if (notice := read_notice(row)) is not None)


def check_hygiene(world: World) -> None:
    """Nothing is left: no segment, no temporary file, no row of a batch that has ended."""
    require(not any(world.storage.folders.values()), "segments_left", world.storage.folders)
    require(not world.storage.folders, "folders_left", world.storage.folders)
    require(not world.storage.temporaries, "temporaries_left", world.storage.temporaries)
    kept = (b"head/", b"marker/", b"fence/", ROW)
    for seat, rows in world.log.changelogs.items():
        left = [key for key in rows if not key.startswith(kept)]
        require(not left, "rows_left", seat, left)


def check_calm(world: World) -> None:
    """Where processes only died, nothing was missing: nobody had to ask, and no index was made without need."""
    asked = [event for order in world.setting.orders for event in said(world, "results", order) if _is_question(event)]
    require(not asked, "repair_needed", asked)
    places = (entries for place, entries in world.log.entries.items() if place.topic == ITEMS)
    repaired = [
        event for entries in places for event, _, _ in entries if isinstance(event, ItemReleased) and event.repair
    ]
    require(not repaired, "repair_needed", repaired)


def _is_question(event: Event) -> bool:
    return (isinstance(event, MissingAsked) and event.released > 0) or (
        isinstance(event, ItemsFinished) and event.segment is None
    )
