"""Settings of webhooks: what cannot be signed or reached safely is told before anything starts, and never shown."""

import pytest
from webhookserver import SECRET

from pressrun.cli.configuration import read_settings
from pressrun.domain.errors import FaultyInput
from schemas.faults import Fault

ELSEWHERE = "https://example.com/token-canary"


def faults_of(monkeypatch: pytest.MonkeyPatch, **environment: str) -> list[Fault]:
    for name in ("URL", "SECRET"):
        monkeypatch.delenv(f"PRESSRUN_WEBHOOK_{name}", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(f"PRESSRUN_WEBHOOK_{name}", value)
    try:
        read_settings()
    except FaultyInput as error:
        return list(error.faults)
    return []


def test_none_is_set_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    assert faults_of(monkeypatch) == []
    assert read_settings().webhook_url is None


def test_an_address_with_its_secret_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    assert faults_of(monkeypatch, URL=ELSEWHERE, SECRET=SECRET) == []


@pytest.mark.parametrize(
    ("environment", "where"),
    [
        ({"URL": ELSEWHERE}, "PRESSRUN_WEBHOOK_SECRET"),
        ({"URL": ELSEWHERE, "SECRET": "whsec_c2hvcnQ="}, "PRESSRUN_WEBHOOK_SECRET"),
        ({"URL": "http://example.com/token-canary", "SECRET": SECRET}, "PRESSRUN_WEBHOOK_URL"),
        ({"URL": "https://ann:canary@example.com/", "SECRET": SECRET}, "PRESSRUN_WEBHOOK_URL"),
    ],
)
def test_what_cannot_be_used_is_one_fault_at_its_variable(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], where: str
) -> None:
    (fault,) = faults_of(monkeypatch, **environment)

    assert (fault.code, fault.where) == ("setting_invalid", where)
    assert "canary" not in fault.message
    assert environment.get("SECRET", SECRET) not in fault.message


def test_neither_is_shown_by_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    faults_of(monkeypatch, URL=ELSEWHERE, SECRET=SECRET)

    assert "canary" not in repr(read_settings())
    assert SECRET not in repr(read_settings())
