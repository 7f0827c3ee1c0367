"""What people do in the middle of a run; a new command joins by one line in COMMANDS."""

import random
from collections.abc import Callable, Sequence

from faults.simulator.oracles import kept_notices
from faults.simulator.orders import START, Order, cancel_of, submission_of
from faults.simulator.world import World

from pressrun.domain.notices import Notice
from schemas.events import Event
from schemas.submissions import ResendNotice, SettleNotice


def cancel(world: World, order: Order, chance: random.Random) -> Event:
    return cancel_of(order, chance.randrange(10))


def submit_again(world: World, order: Order, chance: random.Random) -> Event:
    return submission_of(order)


def submit_otherwise(world: World, order: Order, chance: random.Random) -> Event:
    return submission_of(order).model_copy(update={"notify": "another"})


def resend(world: World, order: Order, chance: random.Random) -> Event | None:
    notice = _notice_of(world, order)
    if notice is None:
        return None
    return ResendNotice(
        id=f"resend/{notice.number}",
        time=START,
        batch_id=order.batch_id,
        about=notice.event.id,
        number=notice.number,
    )


def settle(world: World, order: Order, chance: random.Random) -> Event | None:
    notice = _notice_of(world, order)
    if notice is None:
        return None
    return SettleNotice(
        id=f"settle/{notice.number}",
        time=START,
        batch_id=order.batch_id,
        about=notice.event.id,
        number=notice.number,
        outcome=chance.choice(("sent", "failed")),
    )


def _notice_of(world: World, order: Order) -> Notice | None:
    return next((notice for notice in kept_notices(world) if notice.event.batch_id == order.batch_id), None)


Command = Callable[[World, Order, random.Random], Event | None]

COMMANDS: Sequence[Command] = (cancel, submit_again, submit_otherwise, resend, settle)
