"""The table of settings in the README, from the one tree that has them."""

from pathlib import Path
from typing import Any

from pydantic import AliasChoices
from pydantic.fields import FieldInfo

from pressrun.documents.markdown import code, table
from pressrun.settings import Settings


def render_settings() -> str:
    """One row per setting: its variables, the default, the meaning."""
    rows = [
        (" or ".join(map(code, variables_of(name, field))), _default(field.default), field.description or "")
        for name, field in Settings.model_fields.items()
    ]
    return table(("variable", "default", "meaning"), rows)


def variables_of(name: str, field: FieldInfo) -> tuple[str, ...]:
    """The environment variables of a setting; the first one set wins."""
    if isinstance(field.validation_alias, AliasChoices):
        return tuple(dict.fromkeys(str(choice) for choice in field.validation_alias.choices))
    return (f"{Settings.model_config.get('env_prefix', '')}{name.upper()}",)


def _default(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return code(str(value).lower())
    return code(value.as_posix() if isinstance(value, Path) else value)
