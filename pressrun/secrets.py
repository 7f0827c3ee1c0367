"""Secrets by name: one file each in the secrets directory; a submission says the name, never the value."""

import re
from pathlib import Path
from typing import ClassVar

from schemas.errors import PressrunError
from schemas.submissions import SECRET_NAME_PATTERN


class SecretMissing(PressrunError):
    """There is no such secret: put the password into a file of that name in the secrets directory."""

    code: ClassVar[str] = "secret_missing"
    # Once a batch was accepted, the secret's absence is a bad moment: work waits until it is back.
    retriable: ClassVar[bool] = True


def read_secret(directory: Path, name: str) -> bytes:
    """The secret without its trailing line end; raises SecretMissing."""
    path = directory / name
    if not re.fullmatch(SECRET_NAME_PATTERN, name) or not path.is_file():
        raise SecretMissing
    value = path.read_bytes().rstrip(b"\r\n")
    if not value:
        raise SecretMissing
    return value
