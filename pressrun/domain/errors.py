"""The errors of the domain: values that cannot be worked with.

DomainError (a PressrunError and a ValueError)
├── FaultyInput      a submission, design or list with one or more faults
├── PlanDamaged      a stored plan, or what it names, cannot be used any more
└── (children beside the code that raises them)
"""

from collections.abc import Sequence
from typing import ClassVar

from schemas.errors import PressrunError
from schemas.faults import Fault


class DomainError(PressrunError, ValueError):
    """A value the domain cannot work with."""

    code: ClassVar[str] = "invalid"


class PlanDamaged(DomainError):
    """What was stored for the batch is not what was accepted; it has to be submitted again."""

    code: ClassVar[str] = "blob_corrupt"


class FaultyInput(DomainError):
    """What was handed in has faults."""

    code: ClassVar[str] = "faulty_input"

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{fault.where}: {fault.message}" for fault in self.faults))
