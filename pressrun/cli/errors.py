"""What a command refuses to do.

PressrunError
├── BatchUnknown
├── BatchEnded
├── BrokerDown
├── FileUnwritable
└── MachineRefused
"""

from typing import ClassVar

from schemas.errors import PressrunError


class BatchUnknown(PressrunError):
    """There is no batch of this id in the system of this data directory."""

    code: ClassVar[str] = "batch_unknown"


class BatchEnded(PressrunError):
    """The batch has ended: nothing can be cancelled any more."""

    code: ClassVar[str] = "batch_ended"


class BrokerDown(PressrunError):
    """No broker runs for this data directory: `pressrun broker start`, or `pressrun up` for everything."""

    code: ClassVar[str] = "broker_down"
    retriable: ClassVar[bool] = True


class FileUnwritable(PressrunError):
    """The file cannot be written."""

    code: ClassVar[str] = "file_unwritable"


class MachineRefused(PressrunError):
    """The operating system did not allow something."""

    code: ClassVar[str] = "machine_refused"
