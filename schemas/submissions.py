"""What is said on `submissions`: by producers, the command line and, later, the API and schedules."""

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.events import Digest, Event, Kind, Priority
from schemas.notices import NoticeEvent

SECRET_NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"  # noqa: S105 - the shape of a name, not a secret


class InlineFont(BaseModel):
    """One face of a font, carried inside a submission."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    family: str = Field(max_length=200, description="The name the canvas uses as fontFamily.")
    weight: int = Field(default=400, ge=1, le=1000, description="400 is regular, 700 bold.")
    style: Literal["normal", "italic", "oblique"] = Field(default="normal", description="The canvas's fontStyle.")
    data: str = Field(description="The font file, base64.")


class InlineDesign(BaseModel):
    """A design carried inside a submission (the whole record is at most 900 kB)."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    canvas: dict[str, object] = Field(description="Fabric.js canvas JSON.")
    page: dict[str, object] | None = Field(default=None, description="Page size in mm, bleed and canvas size.")
    assets: dict[str, str] = Field(default={}, description="Pictures by the `src` the canvas uses, base64.")
    fonts: tuple[InlineFont, ...] = Field(default=(), description="Every face the canvas uses.")


class InlineRecipients(BaseModel):
    """A list carried inside a submission."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    rows: tuple[dict[str, object], ...] = Field(description="One object per recipient: column to value.")
    mapping: dict[str, str] = Field(default={}, description="Variable to column, where the names differ.")


class BatchSubmitted(Event):
    """Someone handed in a batch: a ready plan, or a design and a list from which intake makes one."""

    topics: ClassVar[tuple[str, ...]] = ("submissions",)

    type: Literal["BatchSubmitted"] = "BatchSubmitted"
    kind: Kind = Field(description="The kind of work.")
    name: str = Field(default="", max_length=200, description="What people call the batch.")
    priority: Priority | None = Field(default=None, description="null: high below the batch threshold, else normal.")
    notify: Annotated[str, Field(max_length=254)] | None = Field(default=None, description="Address of the notice.")
    password_secret: Annotated[str, Field(pattern=SECRET_NAME_PATTERN)] | None = Field(
        default=None, description="Name of the secret that holds the archive's password."
    )
    plan: Digest | None = Field(default=None, description="A stored plan; then nothing inline is read.")
    design: InlineDesign | None = Field(default=None, description="A design carried along.")
    stored_design: Digest | None = Field(default=None, description="A design stored before, by its digest.")
    recipients: InlineRecipients | None = Field(default=None, description="A list carried along.")


class CancelBatch(Event):
    """Stop the batch: nothing more is released, what was made is sealed."""

    topics: ClassVar[tuple[str, ...]] = ("submissions", "dispatch")

    type: Literal["CancelBatch"] = "CancelBatch"


class ResendNotice(NoticeEvent):
    """Send a notice once more, by a person's decision; `number` is the try that is known to have ended.

    One about another try than the last changes nothing: two people who ask at once are sent one mail.
    """

    topics: ClassVar[tuple[str, ...]] = ("submissions", "progress")

    type: Literal["ResendNotice"] = "ResendNotice"


class SettleNotice(NoticeEvent):
    """Say what became of a notice that is `unknown`; `number` is the try nobody can know of."""

    topics: ClassVar[tuple[str, ...]] = ("submissions", "progress")

    type: Literal["SettleNotice"] = "SettleNotice"
    outcome: Literal["sent", "failed"] = Field(description="What the person found out.")
