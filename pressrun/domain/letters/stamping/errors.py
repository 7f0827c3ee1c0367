"""What can be wrong with a stored compiled design.

DomainError
├── CompiledDesignDamaged
└── CompiledDesignOutdated
"""

from typing import ClassVar

from pressrun.domain.errors import DomainError


class CompiledDesignDamaged(DomainError):
    """These bytes are no compiled design, or not all of one."""

    code: ClassVar[str] = "compiled_design_damaged"


class CompiledDesignOutdated(DomainError):
    """The compiled design was made by another renderer version; compile the design again."""

    code: ClassVar[str] = "compiled_design_outdated"
