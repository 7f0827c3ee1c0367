"""Every setting of a system, in one frozen tree read from the environment; built only by the doors and `bootstrap`."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from sinks.webhooks.settings import WebhookRefused, check_address, read_key

MIB = 1 << 20


def _also(name: str, plain: str) -> AliasChoices:
    """Our prefixed variable, or the plain one that other services of this kind read."""
    return AliasChoices(f"PRESSRUN_{name}", plain)


def _told(check: Callable[[str], object], value: SecretStr) -> None:
    """What pydantic tells of is a ValueError."""
    try:
        check(value.get_secret_value())
    except WebhookRefused as error:
        raise ValueError(str(error)) from None


class Settings(BaseSettings):
    """Set by environment variables: the field's name in capitals after `PRESSRUN_`."""

    model_config = SettingsConfigDict(
        env_prefix="PRESSRUN_", frozen=True, extra="ignore", populate_by_name=True, hide_input_in_errors=True
    )

    data_dir: Path = Field(default=Path("var"), description="All state, output and logs of one system live under it.")
    broker: str | None = Field(default=None, description="host:port of a Kafka broker; empty: one is started.")
    broker_engine: Literal["auto", "docker", "java"] = Field(
        default="auto", description="What may run the development broker."
    )
    broker_heap_mb: int = Field(default=512, ge=256, description="Java heap of the development broker, MiB.")
    session_timeout: float | None = Field(
        default=None, description="Seconds until a silent worker is given up; empty: 3 on our broker, 6 on another."
    )
    output_dir: Path | None = Field(
        default=None,
        validation_alias=_also("OUTPUT_DIR", "BATCH_OUTPUT_DIR"),
        description="Folder of the archives; empty: `archives` in the data directory.",
    )
    secrets_dir: Path | None = Field(
        default=None, description="Folder with one file per secret, named as submissions name it; empty: `secrets`."
    )
    workers: int = Field(
        default=2,
        ge=1,
        le=64,
        validation_alias=_also("WORKERS", "BATCH_WORKER_CONCURRENCY"),
        description="Processes that do the work; as many as cores.",
    )
    batch_threshold: int = Field(
        default=100,
        ge=0,
        validation_alias=_also("BATCH_THRESHOLD", "BATCH_THRESHOLD"),
        description="Batches with fewer items get high priority unless they say otherwise.",
    )
    archive_fsync: bool = Field(default=True, description="Flush archives to the disk before they count as sealed.")
    disk_reserve_mb: int = Field(default=256, ge=0, description="MiB of free disk no submission may plan with.")
    smtp_host: str = Field(
        default="127.0.0.1", validation_alias=_also("SMTP_HOST", "SMTP_HOST"), description="Mail server."
    )
    smtp_port: int = Field(
        default=25, validation_alias=_also("SMTP_PORT", "SMTP_PORT"), description="Port of the mail server."
    )
    smtp_user: str | None = Field(
        default=None, validation_alias=_also("SMTP_USER", "SMTP_USER"), description="User name at the mail server."
    )
    smtp_password: SecretStr | None = Field(
        default=None, validation_alias=_also("SMTP_PASSWORD", "SMTP_PASSWORD"), description="Password of that user."
    )
    smtp_from: str = Field(
        default="pressrun@localhost",
        validation_alias=_also("SMTP_FROM", "SMTP_FROM"),
        description="Sender address of notices.",
    )
    webhook_url: SecretStr | None = Field(
        default=None, description="Where a webhook about every batch that has ended goes: https://; empty: nowhere."
    )
    webhook_secret: SecretStr | None = Field(
        default=None,
        validate_default=True,
        description="What webhooks are signed with: `whsec_` and 24 to 64 bytes in Base64.",
    )
    item_delay_ms: float = Field(
        default=0.0, ge=0, description="For tests only: milliseconds added to the work on each item."
    )
    item_traps: bool = Field(
        default=False, description="For tests only: a value `__kill__` kills the worker, `__hang__` hangs it."
    )
    crashpoints: bool = Field(
        default=False, description="For tests only: processes end at the points armed in the data directory."
    )
    dead_letter_share: float = Field(
        default=0.5,
        gt=0,
        le=1,
        description="A role of whose last 1,000 records more than this was bad stops; 1: never.",
    )
    silence_seconds: float = Field(
        default=30.0, gt=1, description="A role whose work gives no sign of life for so long is ended and begun again."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="Of the role logs.")

    @field_validator("webhook_url")
    @classmethod
    def _reachable_safely(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None:
            _told(check_address, url)
        return url

    @field_validator("webhook_secret")
    @classmethod
    def _fit_to_sign(cls, secret: SecretStr | None, known: ValidationInfo) -> SecretStr | None:
        if secret is not None:
            _told(read_key, secret)
        elif known.data.get("webhook_url") is not None:
            raise ValueError("webhooks are signed: set it where PRESSRUN_WEBHOOK_URL is set")
        return secret

    @property
    def home(self) -> Path:
        """The data directory, absolute."""
        return self.data_dir.expanduser().resolve()

    @property
    def archives(self) -> Path:
        return (self.output_dir.expanduser().resolve()) if self.output_dir else self.home / "archives"

    @property
    def secrets(self) -> Path:
        return (self.secrets_dir.expanduser().resolve()) if self.secrets_dir else self.home / "secrets"

    @property
    def logs(self) -> Path:
        return self.home / "logs"
