"""What can go wrong between two steps; each fault says whether it found something to strike."""

import random
from collections.abc import Callable, Mapping
from functools import partial

from faults.simulator.commands import COMMANDS, Command, Occasion
from faults.simulator.log import Entry, Place, Seat
from faults.simulator.orders import BATCH_IDS, START
from faults.simulator.processes import Process
from faults.simulator.scheduler import ITEMS
from faults.simulator.worker import Worker
from faults.simulator.world import World

from schemas.events import Record
from schemas.items import ItemReleased
from schemas.results import ItemsCancelled, ItemsFinished
from schemas.ticks import Tick

Strike = Callable[[World, random.Random], bool]


def lose_state(world: World, chance: random.Random) -> bool:
    """A role's table is gone, here and in its changelog; before its first commit ever nobody could notice."""
    seats = [seat for seat, process in world.processes.items() if process.keeps_table and seat in world.log.committed]
    if not seats:
        return False
    process = world.processes[chance.choice(seats)]
    world.log.changelogs[process.seat].clear()
    world.note(f"lost: state of {process.seat}")
    world.end(process)
    return True


def replay_last_third(world: World, chance: random.Random) -> bool:
    """The newest records of a partition come again, shuffled."""
    place = _any_place(world, chance)
    entries = world.log.entries[place]
    again = [entry for entry in entries[-(len(entries) + 2) // 3 :] if not isinstance(entry.event, Tick)]
    chance.shuffle(again)
    entries += [entry._replace(replayed=True) for entry in again if entry.event is not None]
    world.note(f"replayed: {len(again)} records of {place}")
    return bool(again)


def repeat_one(world: World, chance: random.Random) -> bool:
    """One record comes a second time, late."""
    place = _any_place(world, chance)
    entry = chance.choice(world.log.entries[place])
    if entry.event is None:
        return False
    world.log.entries[place].append(entry._replace(replayed=True))
    world.note(f"repeated: {entry.event.type} on {place}")
    return True


def lose_segment(world: World, chance: random.Random) -> bool:
    """A segment is gone from storage, or a bit of it has flipped."""
    found = [(folder, name) for folder in world.storage.folders.values() for name in folder]
    if not found:
        return False
    folder, name = chance.choice(found)
    if chance.random() < 0.5:
        del folder[name]
    else:
        folder[name] = folder[name]._replace(whole=False)
    world.note(f"lost: segment {name}")
    return True


def lose_tally(world: World, chance: random.Random) -> bool:
    """A stored tally can no longer be read."""
    if not world.storage.blobs or not world.storage.folders:
        return False
    world.storage.lost.add(chance.choice(list(world.storage.blobs)))
    world.note("lost: tally")
    return True


def lose_result(world: World, chance: random.Random) -> bool:
    """One unread result is lost from the log."""
    return _lose_unread(world, chance, "results", ItemsFinished)


def lose_item(world: World, chance: random.Random) -> bool:
    """One unread item is lost from the log."""
    return _lose_unread(world, chance, ITEMS, ItemReleased)


def _lose_unread(world: World, chance: random.Random, topic: str, kind: type[Record]) -> bool:
    found = [
        (entries, at)
        for process in world.processes.values()
        if process.topic == topic
        for entries in [world.log.entries[process.place]]
        for at in range(_first_unread(process), len(entries))
        if isinstance(entries[at].event, kind) and not process.is_at_work
    ]
    if not found:
        return False
    entries, at = chance.choice(found)
    world.note(f"lost: record {at} of {topic}")
    entries[at] = Entry(None, entries[at].key)
    return True


def _first_unread(process: Process) -> int:
    """What was there when the seat changed hands may be in the rows: lost from both, nobody could tell it again."""
    return max(process.position, process.news_from)


def lose_broker(world: World, chance: random.Random) -> bool:
    """The broker is away for so long that every process with something in hand gives up."""
    for process in list(world.processes.values()):
        if chance.random() < 0.7:
            world.end(process)
    world.seconds += chance.choice((1.0, 40.0, 600.0))
    world.note("the broker was away")
    return True


def fill_disk(world: World, chance: random.Random) -> bool:
    """No space is left, for a few steps."""
    world.storage.is_full = True
    world.full_until = world.steps + chance.randrange(3, 30)
    world.note("the disk is full")
    return True


def jump_clock(world: World, chance: random.Random) -> bool:
    """The clock on the wall is set; the steady one is not."""
    world.clock_error += chance.choice((2.0, -1.0, -30.0)) * 86_400
    world.note("the clock jumps")
    return True


def let_time_pass(world: World, chance: random.Random) -> bool:
    """Everybody is slow for a while."""
    world.seconds += chance.choice((4.0, 6.0, 35.0))
    return True


def lose_suspects(world: World, chance: random.Random) -> bool:
    """A worker comes back on another machine, without its notes."""
    seats = [seat for seat in world.suspects if isinstance(world.processes[seat], Worker)]
    if not seats:
        return False
    seat: Seat = chance.choice(seats)
    del world.suspects[seat]
    world.end(world.processes[seat])
    return True


def take_seat(world: World, chance: random.Random) -> bool:
    """A worker joins or leaves: a seat changes hands between two blocks."""
    process: Process = chance.choice(list(world.processes.values()))
    if process.is_at_work:
        return False
    process.commit()
    world.note(f"rebalanced: {process.seat}")
    world.end(process)
    return True


def poison(world: World, chance: random.Random) -> bool:
    """A record about a batch that nobody submitted; it must end in the dead letters."""
    stranger = BATCH_IDS[-1]
    event = ItemsCancelled(id="poison", time=START, batch_id=stranger, attempt=1, ranges=())
    partition = chance.randrange(world.setting.partitions)
    world.log.entries[Place("results", partition)].append(Entry(event, stranger, replayed=True))
    world.poisoned += 1
    world.note("poisoned: results")
    return True


def ask(command: Command, world: World, chance: random.Random) -> bool:
    """Somebody asks for something."""
    event = command(Occasion(world, chance.choice(world.setting.orders), chance))
    if event is None:
        return False
    world.put(event, "submissions")
    world.note(f"commanded: {event.type}")
    return True


def _any_place(world: World, chance: random.Random) -> Place:
    return chance.choice([place for place, entries in world.log.entries.items() if entries])


FAULTS: Mapping[str, Strike] = {
    strike.__name__: strike
    for strike in (
        lose_state,
        replay_last_third,
        repeat_one,
        lose_segment,
        lose_tally,
        lose_result,
        lose_item,
        lose_broker,
        fill_disk,
        jump_clock,
        let_time_pass,
        lose_suspects,
        take_seat,
        poison,
    )
} | {f"command: {command.__name__}": partial(ask, command) for command in COMMANDS}
