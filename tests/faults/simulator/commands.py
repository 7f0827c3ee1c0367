"""What people do in the middle of a run; a new command joins by one line in COMMANDS."""

import random
from collections.abc import Callable, Sequence
from typing import NamedTuple

from faults.simulator.oracles import kept_notices
from faults.simulator.orders import START, Order, cancel_of, submission_of
from faults.simulator.world import World

from pressrun.domain.notices import Notice
from schemas.events import Event
from schemas.submissions import ResendNotice, SettleNotice


class Occasion(NamedTuple):
    """Where a command comes into a run."""

    world: World
    order: Order
    chance: random.Random

    @property
    def notice(self) -> Notice | None:
        """A notice of the batch, where there is one by now."""
        notices = [n for n in kept_notices(self.world) if n.event.batch_id == self.order.batch_id]
        return self.chance.choice(notices) if notices else None


def cancel(occasion: Occasion) -> Event:
    return cancel_of(occasion.order, occasion.chance.randrange(10))


def submit_again(occasion: Occasion) -> Event:
    return submission_of(occasion.order)


def submit_otherwise(occasion: Occasion) -> Event:
    return submission_of(occasion.order).model_copy(update={"notify": "another"})


def resend(occasion: Occasion) -> Event | None:
    notice = occasion.notice
    if notice is None:
        return None
    return ResendNotice(
        id=f"resend/{notice.number}",
        time=START,
        batch_id=occasion.order.batch_id,
        about=notice.event.id,
        notice=notice.kind,
        number=notice.number,
    )


def settle(occasion: Occasion) -> Event | None:
    notice = occasion.notice
    if notice is None:
        return None
    return SettleNotice(
        id=f"settle/{notice.number}",
        time=START,
        batch_id=occasion.order.batch_id,
        about=notice.event.id,
        notice=notice.kind,
        number=notice.number,
        outcome=occasion.chance.choice(("sent", "failed")),
    )


Command = Callable[[Occasion], Event | None]

COMMANDS: Sequence[Command] = (cancel, submit_again, submit_otherwise, resend, settle)
