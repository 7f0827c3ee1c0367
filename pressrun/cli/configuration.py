"""The settings of a command, or every fault of the environment they are read from."""

from pydantic import ValidationError

from pressrun.domain.errors import FaultyInput
from pressrun.settings import Settings
from schemas.faults import Fault


def read_settings() -> Settings:
    """Raises FaultyInput; a value is never shown, it may be a password."""
    try:
        return Settings()
    except ValidationError as error:
        faults = [(_variable(fault["loc"]), fault["msg"]) for fault in error.errors(include_input=False)]
    raise FaultyInput(
        [
            Fault(code="setting_invalid", where=name, message=message, remedy="Correct or unset this variable.")
            for name, message in faults
        ]
    )


def _variable(location: tuple[int | str, ...]) -> str:
    name = str(location[0]).upper()
    return name if name.startswith("PRESSRUN_") else f"PRESSRUN_{name}"
