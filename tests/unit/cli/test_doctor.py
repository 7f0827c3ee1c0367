"""The doctor: what it makes of a Python, an installation, a machine."""

import base64
import hashlib
import json
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import Result
from webhookserver import SECRET, Receiver

from pressrun.diagnosis import judge_installation, judge_python
from pressrun.doctor import CHECKS, examine
from pressrun.installation import Installation, inspect_installation
from pressrun.settings import Settings

Run = Callable[..., Result]


@pytest.mark.parametrize(
    ("version", "verdict"),
    [
        ((3, 10, 99), "fault"),
        ((3, 11, 14), "warning"),
        ((3, 11, 15), "ok"),
        ((3, 12, 12), "warning"),
        ((3, 12, 13), "ok"),
        ((3, 13, 11), "warning"),
        ((3, 13, 12), "ok"),
        ((3, 14, 0), "fault"),
    ],
)
def test_pythons_with_known_holes_are_warned_of(version: tuple[int, int, int], verdict: str) -> None:
    finding = judge_python(version)

    assert finding.verdict == verdict
    assert bool(finding.remedy) == (verdict != "ok")


def test_the_remedy_names_the_first_sound_python() -> None:
    assert "3.12.13" in judge_python((3, 12, 4)).remedy


@pytest.fixture
def a_distribution(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed wheel called `elsewhere` with one file, as RECORD has it."""
    content = b'"""Agents."""\n'
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    info = tmp_path / "site" / "elsewhere-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: elsewhere\nVersion: 1.0\n")
    (info / "RECORD").write_text(
        f"agents/__init__.py,sha256={digest},{len(content)}\nelsewhere-1.0.dist-info/RECORD,,\n"
    )
    file = tmp_path / "site" / "agents" / "__init__.py"
    file.parent.mkdir()
    file.write_bytes(content)
    monkeypatch.syspath_prepend(tmp_path / "site")
    return file


def test_a_wheel_whose_files_are_as_recorded_has_no_changed_file(a_distribution: Path) -> None:
    found = inspect_installation("elsewhere")

    assert (found.how, found.version, found.folder) == ("wheel", "1.0", a_distribution.parents[1])
    assert not [fault for fault in found.faults if "not the file" in fault]


def test_a_file_another_distribution_overwrote_is_found_by_its_hash(a_distribution: Path) -> None:
    a_distribution.write_text('"""Somebody else\'s agents."""\n')

    assert "agents/__init__.py is not the file that was installed" in inspect_installation("elsewhere").faults


def test_a_file_that_was_removed_is_found(a_distribution: Path) -> None:
    a_distribution.unlink()

    assert "agents/__init__.py is not the file that was installed" in inspect_installation("elsewhere").faults


def test_a_package_from_another_folder_is_found(a_distribution: Path) -> None:
    # The packages of this run come from where the tests are run, not from the folder of that wheel.
    faults = inspect_installation("elsewhere").faults

    assert any(
        fault.startswith("package streams comes from ") and str(a_distribution.parents[1]) in fault for fault in faults
    )


def test_the_installation_these_tests_run_from_is_whole(tmp_path: Path) -> None:
    # In a process of its own: the folders of the tests have names of the packages.
    program = "from pressrun.installation import inspect_installation; print(inspect_installation().faults)"

    told = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)

    assert told.stdout == "()\n"


def test_few_of_many_faults_are_told() -> None:
    finding = judge_installation(Installation("wheel", "1.0", Path("/x"), tuple(f"fault {n}" for n in range(10))))

    assert finding.verdict == "fault"
    assert finding.message == "fault 0; fault 1; fault 2; and 7 more"
    assert finding.remedy


def test_everything_is_looked_at_without_a_broker_and_each_trouble_has_a_remedy(settings: Settings) -> None:
    findings = list(examine(settings))

    assert [finding.check for finding in findings] == list(CHECKS)
    assert all(bool(finding.remedy) == (finding.verdict != "ok") for finding in findings)
    assert {finding.check: finding.verdict for finding in findings}["broker"] == "fault"


def test_the_doctor_exits_with_1_when_something_fails(run: Run) -> None:
    result = run("doctor")

    assert result.exit_code == 1
    assert "fault   broker" in result.stdout
    assert "pressrun broker start" in result.stdout


def test_the_doctor_answers_programs_in_json(run: Run) -> None:
    findings = json.loads(run("doctor", "--json").stdout)

    assert {"python", "java", "broker", "topics", "lag", "disk", "fonts", "smtp"} <= {
        each["check"] for each in findings
    }
    assert all(each.keys() == {"check", "verdict", "message", "remedy"} for each in findings)


def test_a_full_disk_is_a_fault(run: Run, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.home.mkdir(parents=True)
    free_mb = shutil.disk_usage(settings.home).free >> 20
    monkeypatch.setenv("PRESSRUN_DISK_RESERVE_MB", str(2 * free_mb))

    assert finding_of(run, "disk")["verdict"] == "fault"


def test_a_design_without_its_font_is_a_fault(run: Run, tmp_path: Path) -> None:
    design = tmp_path / "design.json"
    text = {"type": "Text", "text": "x", "fontFamily": "Nowhere", "left": 10, "top": 10, "fontSize": 20}
    design.write_text(json.dumps({"version": "7.4.0", "width": 400, "height": 300, "objects": [text]}))

    finding = finding_of(run, "fonts", "--design", design)

    assert finding["verdict"] == "fault"
    assert "Nowhere" in finding["message"]


def test_a_design_with_its_fonts_is_well(run: Run, postcard: Path) -> None:
    assert finding_of(run, "fonts", "--design", postcard)["verdict"] == "ok"


@pytest.fixture
def greeting(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[bytes]:
    """A server on loopback that greets with the parameter, once, and is the mail server of the settings."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("PRESSRUN_SMTP_PORT", str(server.getsockname()[1]))

        def greet() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(request.param)

        thread = threading.Thread(target=greet)
        thread.start()
        yield request.param
        thread.join()


@pytest.mark.parametrize(
    ("greeting", "verdict"), [(b"220 hello\r\n", "ok"), (b"554 no\r\n", "warning")], indirect=["greeting"]
)
def test_a_mail_server_is_known_by_its_greeting(run: Run, greeting: bytes, verdict: str) -> None:
    assert greeting
    assert finding_of(run, "smtp")["verdict"] == verdict


def test_a_mail_server_that_is_away_is_a_warning(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRESSRUN_SMTP_PORT", "1")

    finding = finding_of(run, "smtp")

    assert finding["verdict"] == "warning"
    assert "127.0.0.1:1" in finding["message"]


def test_a_sender_that_is_no_address_is_a_fault(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRESSRUN_SMTP_FROM", "nobody")

    assert finding_of(run, "smtp")["message"].startswith("address_invalid: ")


def test_without_a_receiver_of_webhooks_nothing_is_wrong(run: Run) -> None:
    assert finding_of(run, "webhook")["verdict"] == "ok"


def test_a_receiver_of_webhooks_is_looked_for_and_its_address_not_shown(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRESSRUN_WEBHOOK_SECRET", SECRET)
    with Receiver() as receiver:
        monkeypatch.setenv("PRESSRUN_WEBHOOK_URL", f"{receiver.url}/token-canary")
        there = finding_of(run, "webhook")
    away = finding_of(run, "webhook")

    assert (there["verdict"], away["verdict"]) == ("ok", "warning")
    assert receiver.posts == []
    assert "canary" not in str(there) + str(away)


def finding_of(run: Run, check: str, *options: object) -> dict[str, str]:
    found: list[dict[str, str]] = json.loads(run("doctor", "--json", *options).stdout)
    return next(finding for finding in found if finding["check"] == check)
