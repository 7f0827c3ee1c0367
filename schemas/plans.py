"""The plan: what intake found out about a batch; a stored, immutable blob that items name by its hash."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.events import Digest, Kind


class Plan(BaseModel):
    """Everything needed to do, close and explain a batch, whoever does it and whenever."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    version: Literal[1] = Field(default=1, description="Version of this form.")
    kind: Kind = Field(description="The kind of work.")
    total: int = Field(ge=1, lt=2**31, description="Items in the batch.")
    rows: Digest = Field(description="Canonical rows: NDJSON, one line per item.")
    row_offsets: tuple[int, ...] = Field(description="Byte offset of every 1,024th line, and the blob's size last.")
    row_checksums: tuple[int, ...] = Field(
        default=(), description="CRC-32 of each of these blocks of 1,024 lines; older plans have none."
    )
    columns: tuple[str, ...] = Field(description="Headers of the list as handed in, for failures.csv.")
    variables: tuple[str, ...] = Field(description="The variables whose values a canonical row carries, in order.")
    design: Digest = Field(description="The design as handed in.")
    compiled: Digest = Field(description="The compiled design.")
    renderer_version: str = Field(description="What compiled the design: other versions may draw otherwise.")
    mapping: dict[str, str] = Field(description="Variable to column header.")
    output_bytes: int = Field(ge=0, description="Estimated size of the archive.")
    password_secret: str | None = Field(default=None, description="Name of the secret with the archive's password.")


class Contact(BaseModel):
    """Whom to tell about a batch; kept in the batch's folder because it is personal data and the log is public."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    name: str = Field(description="What people call the batch.")
    notify: str | None = Field(description="Address of the notice.")
    fingerprint: str = Field(description="Hash of what was submitted: a second, different submission is a conflict.")
