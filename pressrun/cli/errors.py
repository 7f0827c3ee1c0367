"""What a command refuses to do.

PressrunError
├── BatchUnknown
└── BatchEnded
"""

from typing import ClassVar

from schemas.errors import PressrunError


class BatchUnknown(PressrunError):
    """There is no batch of this id in the system of this data directory."""

    code: ClassVar[str] = "batch_unknown"


class BatchEnded(PressrunError):
    """The batch has ended: nothing can be cancelled any more."""

    code: ClassVar[str] = "batch_ended"
