"""What is open in a run: who comes next, how blocks are cut, what the mail server does, where a process dies.

The fair course leaves nothing open: everyone in turn, a commit after every block, no fault.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from schemas.events import Event

if TYPE_CHECKING:
    from faults.simulator.notifier import Answer
    from faults.simulator.processes import Process
    from faults.simulator.world import Hand, World

Fate = Literal["go", "crash", "pause", "freeze"]
"""`pause`: it goes on later; `freeze`: meanwhile another has taken its place, and it wakes as a zombie."""


class FairCourse:
    """Everyone in turn and nothing happens."""

    quiet_until: float = 0.0
    """The number of the first place that `at` is asked about; what lies before is passed."""

    def __init__(self, block: int = 3) -> None:
        self._block = block

    def pick(self, hands: Sequence["Hand"], last: "Hand | None") -> "Hand":
        """The first behind the one that was last, in the order of the pipeline."""
        if last is None:
            return hands[0]
        return next((hand for hand in hands if hand > last), hands[0])

    def block_size(self) -> int:
        return self._block

    def commits(self) -> bool:
        return True

    def arrange(self, said: list[tuple[Event, str]]) -> list[tuple[Event, str]]:
        """The order in which the broker gets what was sent at once: free between partitions, fixed on each."""
        return said

    def mail_answer(self) -> "Answer":
        return "accepted"

    def before_step(self, world: "World") -> None:
        """Faults that strike between two steps."""

    def strikes_late(self, world: "World") -> bool:  # noqa: ARG002 - others decide by it
        """Whether a fault strikes when everything is over."""
        return False

    def at(self, world: "World", process: "Process", point: str) -> Fate:  # noqa: ARG002 - others decide by it
        return "go"
