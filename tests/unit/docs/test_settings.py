"""Every setting is described where people look for it."""

import pytest
from unit.docs.pages import pages, read
from webhookserver import SECRET

from pressrun.documents.settings_table import render_settings, variables_of
from pressrun.settings import Settings

NAMES = {name: variables_of(name, field) for name, field in Settings.model_fields.items()}


@pytest.mark.parametrize("name", NAMES)
def test_a_setting_has_a_description_and_stands_in_the_readme(name: str) -> None:
    assert Settings.model_fields[name].description
    assert all(f"`{variable}`" in read("README.md") for variable in NAMES[name])


@pytest.mark.parametrize("name", NAMES)
def test_a_documented_variable_sets_its_setting(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for variables in NAMES.values():
        for variable in variables:
            monkeypatch.delenv(variable, raising=False)
    values = {"broker_engine": "java", "log_level": "debug", "archive_fsync": "false", "broker_heap_mb": "1024"}
    values |= {"item_traps": "true", "crashpoints": "true", "dead_letter_share": "0.7"}
    values |= {"webhook_url": "https://example.com/", "webhook_secret": SECRET}
    value = values.get(name, "17")
    if name == "webhook_url":
        monkeypatch.setenv("PRESSRUN_WEBHOOK_SECRET", SECRET)

    for variable in NAMES[name]:
        monkeypatch.setenv(variable, value)

        assert getattr(Settings(), name) != getattr(Settings.model_construct(), name)

        monkeypatch.delenv(variable)


def test_a_variable_that_pages_name_exists() -> None:
    known = {variable for variables in NAMES.values() for variable in variables}
    known |= {"PRESSRUN_CACHE_DIR"}  # of the development broker, which knows no settings
    named = {
        word
        for page in pages()
        for word in page.read_text("utf-8").replace("=", "`").split("`")
        if word[:9] == "PRESSRUN_"
    }

    assert "PRESSRUN_DATA_DIR" in named
    assert named <= known


def test_no_secret_is_shown_as_a_default() -> None:
    assert "smtp_password" not in render_settings().lower().replace("`pressrun_smtp_password` or `smtp_password`", "")
