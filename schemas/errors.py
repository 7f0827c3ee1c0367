"""The one root of pressrun's errors, so that every face can say a stable code and whether trying again helps.

PressrunError
├── pressrun.domain.errors.DomainError (also a ValueError)
├── sinks.errors.SinkError
└── streams.errors.StreamError
"""

from typing import ClassVar


class PressrunError(Exception):
    """Something pressrun cannot do; the class's first docstring line is the default text."""

    code: ClassVar[str] = "internal"
    retriable: ClassVar[bool] = False

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip().splitlines()[0])
