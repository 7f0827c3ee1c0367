"""A block of results counted: what is said first, what is shown after, and nothing of what has ended."""

from builders import BATCH, NOW, a_moment, a_rejection, a_result, an_accepted

from pressrun.domain.batches import Say, Show
from pressrun.domain.counting import count
from pressrun.domain.ledger import Ledger
from schemas.batches import BatchState
from schemas.progress import BatchProgressed
from schemas.results import BatchReceived

RECEIVED = BatchReceived(id="received", time=NOW, batch_id=BATCH, kind="letters", name="Spring")


def test_counts_are_shown_only_after_they_are_stored() -> None:
    counted = count(Ledger({}), [an_accepted(10), a_result((0, 3))], a_moment())

    assert {type(shown.event) for shown in counted.shown} == {BatchProgressed, BatchState}
    assert not [effect for effect in counted.effects if isinstance(effect, Show)]


def test_what_a_batch_was_before_is_not_shown_when_it_has_ended_in_the_same_block() -> None:
    counted = count(Ledger({}), [RECEIVED, a_rejection()], a_moment())

    assert counted.shown == ()
    (state,) = [e.event for e in counted.effects if isinstance(e, Say) and isinstance(e.event, BatchState)]
    assert state.status == "rejected"
