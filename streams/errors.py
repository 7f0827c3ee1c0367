"""The errors of carrying facts.

StreamError
├── TopicMissing        a topic of the catalogue is not on the broker
├── BodyUnfinished      an agent's body ended without saying what became of its block
├── BodyOvertaken       partitions came to a worker whose body was still at work
├── AcknowledgementLost the broker answers, and one acknowledgement never comes
└── RecoveryStuck       the broker answers, and reading on after a rebalance never begins
"""

from typing import ClassVar

from schemas.errors import PressrunError


class StreamError(PressrunError):
    """Facts cannot be carried."""

    code: ClassVar[str] = "stream"


class TopicMissing(StreamError):
    """A topic is missing: run `pressrun topics apply`."""

    code: ClassVar[str] = "topic_missing"


class BodyUnfinished(StreamError):
    """An agent's body ended without done(), later() or a pending effect."""

    code: ClassVar[str] = "body_unfinished"


class BodyOvertaken(StreamError):
    """A rebalance ended before a body did: what it read is no longer sure to be true."""

    code: ClassVar[str] = "body_overtaken"
    retriable: ClassVar[bool] = True


class AcknowledgementLost(StreamError):
    """The broker answers, and yet an acknowledgement does not come: what was sent comes again from a new process."""

    code: ClassVar[str] = "acknowledgement_lost"
    retriable: ClassVar[bool] = True


class RecoveryStuck(StreamError):
    """The broker answers, and yet its partitions do not come to this process: a new one asks again."""

    code: ClassVar[str] = "recovery_stuck"
    retriable: ClassVar[bool] = True
