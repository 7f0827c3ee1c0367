"""Faults of what lies on disks and in the log: flipped bits, lost state, emptied changelogs."""

import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from faults.runner import processes
from faults.runner.arena import Arena
from faults.runner.faultlog import require
from faults.runner.handing import Handed, hand_in, prepare_batch
from faults.runner.records import read_said, results_of, states_now
from faults.runner.waiting import until
from kafka import TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.protocol.consumer import OffsetSpec

from pressrun.startup import broker_settings_of
from schemas.plans import Plan
from schemas.progress import Status
from sinks.blobs import blob_path
from streams.administration import connect
from streams.devbroker import start_broker
from streams.topics import CATALOGUE

WHOLE_OR_SAID = frozenset({"sealed", "rejected", "failed:blob_corrupt", "failed:blob_missing"})
"""What a damaged input may lead to: an exact archive, or an end that says what is damaged; never a wrong archive."""


def a_moving_batch(arena: Arena, total: int) -> Handed:
    """One that has some results and not all."""
    handed = hand_in(arena, prepare_batch(arena, total))
    until(lambda: results_of(arena.system.address, handed.batch_id), "the first results")
    return handed


def flip_segments(arena: Arena) -> None:
    """One bit in every segment and sidecar of a batch whose items are all done, before the closer looks at them."""
    choices = arena.choices("segments")
    with a_paused(arena, "close"):
        handed = _completed(arena, prepare_batch(arena, arena.sizes.small))
        for path in _segments(arena, handed):
            flip_bit(path, choices)
            arena.log.note(f"bit flipped in a {'segment' if path.suffix == '.zip' else 'sidecar'}", path.name)


def flip_tally(arena: Arena) -> None:
    """One bit in the blob that tells the closer which index has which outcome."""
    choices = arena.choices("tally")
    with a_paused(arena, "close"):
        handed = _completed(arena, prepare_batch(arena, arena.sizes.small // 4, ends=WHOLE_OR_SAID, own_design=True))
        said = read_said(arena.system.address, "completions")
        tally = next(one.body["tally"] for one in said if one.body.get("batch_id") == handed.batch_id)
        flip_bit(blob_path(_blobs(arena), tally), choices)
        arena.log.note("bit flipped in a tally", tally)


def flip_inputs(arena: Arena) -> None:
    """One bit in each blob a batch is made from, each time of another batch, before it is submitted."""
    choices = arena.choices("blobs")
    for name in ("plan", "rows", "design", "compiled"):
        handed = prepare_batch(arena, arena.sizes.small // 4, ends=WHOLE_OR_SAID, own_design=True)
        digest = handed.submission.plan if name == "plan" else _digest(handed.plan, name)
        assert digest is not None
        flip_bit(blob_path(_blobs(arena), digest), choices)
        arena.log.note(f"bit flipped in a blob: {name}", digest)
        hand_in(arena, handed)


def lose_state(arena: Arena) -> None:
    """The state directories of all roles removed in the middle of a batch, and every role killed at once."""
    a_moving_batch(arena, arena.sizes.small)
    state = arena.directory / "roles"
    processes.kill_all(arena)
    shutil.rmtree(state)
    arena.log.note("state directory deleted", str(state))


def empty_changelogs(arena: Arena) -> None:
    """Everything stopped in the middle of a batch, every changelog emptied to its end, everything started again."""
    a_moving_batch(arena, arena.sizes.small * 2)
    arena.system.stop()
    broker = start_broker(broker_settings_of(arena.system.settings))
    with connect(broker.address) as admin:
        for topic in CATALOGUE:
            if topic.name.endswith("-changelog"):
                _empty(admin, topic.name, topic.partitions)
                arena.log.note("changelog emptied", topic.name)
    shutil.rmtree(arena.directory / "roles")
    arena.system.start()


def flip_bit(path: Path, choices: random.Random) -> None:
    """Exactly one, wherever in the file; the file is written over, so that it keeps its place."""
    before = path.read_bytes()
    bit = choices.randrange(len(before) * 8)
    changed = bytearray(before)
    changed[bit // 8] ^= 1 << bit % 8
    path.write_bytes(changed)
    require(path.read_bytes() != before, f"a bit is flipped in {path}")


@contextmanager
def a_paused(arena: Arena, role: str) -> Iterator[None]:
    """Nobody of this role does anything meanwhile; who stands still for long wakes up as a zombie."""
    processes = until(lambda: arena.system.processes(role), f"a process of {role}")
    for process in processes:
        process.suspend()
    until(lambda: all(p.status() == psutil.STATUS_STOPPED for p in processes), f"{role} is stopped")
    try:
        yield
    finally:
        for process in processes:
            process.resume()


def await_status(arena: Arena, handed: Handed, status: Status) -> None:
    """Until the batch is publicly in this state."""

    def is_there() -> bool:
        state = states_now(arena.system.address).get(handed.batch_id)
        return state is not None and state.status == status

    until(is_there, f"{handed.batch_id} is {status}", poll=0.3)


def _completed(arena: Arena, handed: Handed) -> Handed:
    hand_in(arena, handed)
    await_status(arena, handed, "closing")
    return handed


def _segments(arena: Arena, handed: Handed) -> list[Path]:
    folder = arena.system.settings.home / "batches" / handed.batch_id / "1"
    found = sorted(path for path in folder.iterdir() if path.suffix in {".zip", ".json"})
    require(found, "there are segments")
    return found


def _blobs(arena: Arena) -> Path:
    return arena.system.settings.home / "blobs"


def _digest(plan: Plan, name: str) -> str:
    return str(getattr(plan, name))


def _empty(admin: Any, topic: str, partitions: int) -> None:
    """Records can only be deleted where the policy says so, which it does for this moment."""
    places = [TopicPartition(topic, number) for number in range(partitions)]
    _set_policy(admin, topic, "compact,delete")
    admin.delete_records(dict.fromkeys(places, -1))
    _set_policy(admin, topic, "compact")
    starts = admin.list_partition_offsets(dict.fromkeys(places, OffsetSpec.EARLIEST))
    ends = admin.list_partition_offsets(dict.fromkeys(places, OffsetSpec.LATEST))
    require(all(starts[place].offset == ends[place].offset for place in places), f"{topic} is empty")


def _set_policy(admin: Any, topic: str, policy: str) -> None:
    admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, configs={"cleanup.policy": policy})])
