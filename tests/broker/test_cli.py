"""The command line against whole systems: what `up`, `submit`, `show`, `watch`, `cancel` and the others promise."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from broker.systems import (
    POSTCARD,
    System,
    a_list,
    a_running_system,
    await_ready,
    end,
    said_by,
    submission,
    until,
)

from streams.devbroker import BrokerSettings, RunningBroker, broker_status, stop_broker
from streams.topics import CATALOGUE
from streams.topology import ROLE_NAMES

pytestmark = pytest.mark.broker

UNKNOWN = "20200101-000000-0000000000"


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system shared by the tests that leave it running."""
    with a_running_system(tmp_path_factory.mktemp("system")) as (system, _):
        yield system


def test_a_batch_goes_round_and_every_command_says_the_same_of_it(system: System) -> None:
    submitted = system.submit(POSTCARD / "recipients.csv", "--name", "Spring", "--wait", "--json")

    assert submitted.returncode == 3
    answer = json.loads(submitted.stdout)
    assert (answer["status"], answer["total"], answer["succeeded"], answer["failed"]) == ("sealed", 250, 247, 3)
    assert (answer["name"], answer["attempt"], answer["cancelled"], answer["error"]) == ("Spring", 1, 0, None)
    assert "sealed: 100 %, 250 of 250, 3 failed" in submitted.stderr
    assert system.answer("show", answer["batch_id"]) == answer
    assert answer in system.answer("batches")
    (archive,) = answer["archive"]
    assert Path(archive).is_absolute()
    assert len(ZipFile(archive).namelist()) == 247 + 2
    verified = system.run("verify", archive)
    assert (verified.returncode, verified.stdout) == (0, "")
    assert "247 entries, 3 in failures.csv" in verified.stderr


def test_a_batch_without_failures_exits_with_0(system: System, tmp_path: Path) -> None:
    assert system.submit(a_list(tmp_path / "list.csv", 5), "--wait").returncode == 0


def test_without_wait_the_id_is_printed_and_known_at_once(system: System, tmp_path: Path) -> None:
    submitted = system.submit(a_list(tmp_path / "list.csv", 5))

    assert submitted.returncode == 0
    shown = system.run("show", submitted.stdout.strip())
    assert shown.returncode == 0
    assert submitted.stdout.strip() in shown.stdout


def test_without_wait_json_has_id_and_total(system: System, tmp_path: Path) -> None:
    answer = json.loads(system.submit(a_list(tmp_path / "list.csv", 5), "--json").stdout)

    assert (answer["total"], answer["status"]) == (5, "submitted")
    assert system.run("watch", answer["batch_id"]).returncode == 0


@pytest.mark.parametrize("command", ["show", "watch", "cancel"])
def test_a_batch_nobody_submitted_is_unknown(system: System, command: str) -> None:
    result = system.run(command, UNKNOWN)

    assert result.returncode == 1
    assert result.stderr.startswith("batch_unknown: ")


def test_a_batch_that_has_ended_cannot_be_cancelled(system: System, tmp_path: Path) -> None:
    batch_id = json.loads(system.submit(a_list(tmp_path / "list.csv", 1), "--wait", "--json").stdout)["batch_id"]

    result = system.run("cancel", batch_id)

    assert result.returncode == 1
    assert result.stderr.startswith("batch_ended: ")


def test_a_batch_cancelled_in_the_middle_ends_cancelled_with_what_was_made(system: System, tmp_path: Path) -> None:
    with system.paused("render"):
        batch_id = system.submit(a_list(tmp_path / "list.csv", 20_000)).stdout.strip()
        until(lambda: system.answer("show", batch_id)["status"] == "running")
        assert system.run("cancel", batch_id).returncode == 0

    watched = system.run("watch", batch_id)

    assert watched.returncode == 1
    answer = system.answer("show", batch_id)
    assert answer["status"] == "cancelled"
    assert answer["succeeded"] > 0
    assert answer["cancelled"] > 0
    assert answer["succeeded"] + answer["failed"] + answer["cancelled"] == 20_000
    assert system.run("verify", *answer["archive"]).returncode == 0


def test_ctrl_c_of_a_waiting_submit_leaves_the_batch_running(system: System, tmp_path: Path) -> None:
    with system.paused("render"):
        waiting = system.start(*submission(a_list(tmp_path / "list.csv", 1_000)), "--wait", "--json")
        until(lambda: "running" in said_by(waiting))
        waiting.send_signal(signal.SIGINT)
        out, err = waiting.communicate()

    batch_id = json.loads(out)["batch_id"]
    assert waiting.returncode == 130
    assert f"pressrun watch {batch_id}" in err
    assert system.run("watch", batch_id).returncode == 0
    assert system.answer("show", batch_id)["succeeded"] == 1_000


def test_an_archive_with_a_password_is_verified_with_its_secret_only(system: System, tmp_path: Path) -> None:
    secrets = system.data_dir / "secrets"
    secrets.mkdir(exist_ok=True)
    (secrets / "letters").write_text("correct horse battery\n")
    options = ("--password-secret", "letters", "--wait", "--json")

    answer = json.loads(system.submit(a_list(tmp_path / "list.csv", 3), *options).stdout)

    without = system.run("verify", *answer["archive"])
    assert without.returncode == 1
    assert without.stderr.startswith("password_missing: ")
    assert system.run("verify", *answer["archive"], "--password-secret", "letters").returncode == 0


def test_an_archive_that_was_changed_is_not_verified(system: System, tmp_path: Path) -> None:
    answer = json.loads(system.submit(a_list(tmp_path / "list.csv", 3), "--wait", "--json").stdout)
    content = bytearray(Path(answer["archive"][0]).read_bytes())
    content[len(content) // 2] ^= 1
    changed = tmp_path / "changed.zip"
    changed.write_bytes(content)

    result = system.run("verify", changed)

    assert result.returncode == 1
    assert "0000001.pdf" in result.stdout


def test_a_role_that_is_killed_comes_back_and_works(system: System, tmp_path: Path) -> None:
    (killed,) = system.roles("intake")

    os.kill(killed, signal.SIGKILL)

    until(lambda: system.roles("intake") and killed not in system.roles("intake"))
    assert system.submit(a_list(tmp_path / "list.csv", 3), "--wait").returncode == 0


def test_the_doctor_finds_a_running_system_well(system: System) -> None:
    until(lambda: system.run("doctor").returncode == 0)

    verdicts = {finding["check"]: finding["verdict"] for finding in system.answer("doctor")}
    assert {verdicts[check] for check in ("packages", "broker", "topics", "roles", "lag", "disk")} == {"ok"}


def test_a_second_system_in_the_same_directory_is_refused_and_the_first_goes_on(system: System) -> None:
    result = system.run("up")

    assert result.returncode == 1
    assert result.stderr.startswith("system_running: ")
    assert system.run("batches").returncode == 0


def test_two_systems_run_side_by_side_and_one_ends_with_nothing_left(system: System, tmp_path: Path) -> None:
    with a_running_system(tmp_path / "other") as (other, up):
        assert {command.rpartition(" ")[2] for command in other.processes().values()} >= set(ROLE_NAMES)
        batch_id = other.submit(a_list(tmp_path / "list.csv", 3)).stdout.strip()
        assert system.run("show", batch_id).returncode == 1

        _, said = end(up)

        assert up.returncode == 0
        assert "broker stopped" in said
        assert "broker stopped" in (other.data_dir / "logs" / "up.log").read_text()
        assert other.processes() == {}
        assert not (other.data_dir / "system.json").exists()
        assert other.run("show", batch_id).stderr.startswith("system_down: ")
    assert system.run("broker", "status").returncode == 0


def test_a_batch_waits_for_the_next_system_and_so_does_who_watches_it(tmp_path: Path) -> None:
    with a_running_system(tmp_path / "system") as (system, up):
        with system.paused("render"):
            batch_id = system.submit(a_list(tmp_path / "list.csv", 300)).stdout.strip()
            watching = system.start("watch", batch_id)
            until(lambda: "running" in said_by(watching))
        end(up)
        until(lambda: "the system has ended" in said_by(watching))

    with a_running_system(tmp_path / "system"):
        _, said = watching.communicate()

    assert watching.returncode == 0
    assert "300 of 300" in said


def test_roles_end_with_a_supervisor_that_was_killed_and_the_next_finds_the_broker(tmp_path: Path) -> None:
    with a_running_system(tmp_path / "system") as (system, up):
        broker = system.run("broker", "status").stdout
        up.kill()
        up.wait()
        until(lambda: not system.roles())
        assert system.run("batches").stderr.startswith("system_down: ")
        assert system.run("broker", "status").stdout == broker

        again = system.start("up")
        try:
            await_ready(again)
            assert system.run("broker", "status").stdout == broker
            assert system.submit(a_list(tmp_path / "list.csv", 3), "--wait").returncode == 0
        finally:
            end(again)
        assert system.processes() == {}


def test_a_broker_that_is_killed_is_started_again(tmp_path: Path) -> None:
    with a_running_system(tmp_path / "system") as (system, _):
        settings = BrokerSettings(system.data_dir / "broker", None)
        broker = broker_status(settings)
        assert broker is not None
        assert broker.pid is not None

        os.kill(broker.pid, signal.SIGKILL)

        found = until(lambda: (now := broker_status(settings)) and now.pid != broker.pid and now)
        assert found.address == broker.address
        assert system.submit(a_list(tmp_path / "list.csv", 3), "--wait").returncode == 0


def test_a_system_interrupted_while_it_starts_leaves_nothing(tmp_path: Path) -> None:
    system = System(tmp_path / "system")
    up = system.start("up")
    assert up.stderr is not None
    assert "starting Kafka" in up.stderr.readline()

    up.send_signal(signal.SIGINT)
    _, said = up.communicate()

    assert up.returncode != 0
    assert "stopped before it was ready" in said
    assert system.processes() == {}
    assert not (system.data_dir / "system.json").exists()


def test_a_broker_is_started_found_and_stopped(tmp_path: Path) -> None:
    system = System(tmp_path / "system")
    try:
        started = system.run("broker", "start")
        assert system.run("broker", "status").stdout == started.stdout
        applied = system.run("topics", "apply")
        assert applied.stdout.split() == [word for topic in CATALOGUE for word in ("created", topic.name)]
        assert system.run("broker", "stop").returncode == 0
        assert system.run("broker", "status").returncode == 1
    finally:
        stop_broker(BrokerSettings(system.data_dir / "broker", None))


def test_topics_of_a_given_broker_are_listed(broker: RunningBroker, tmp_path: Path) -> None:
    system = System(tmp_path, {"PRESSRUN_BROKER": broker.address})
    system.run("topics", "apply")

    result = system.run("topics", "list")

    assert result.returncode == 0
    assert all(topic.name in result.stdout for topic in CATALOGUE)
    assert "missing" not in result.stdout


def test_the_demo_prints_postcards_and_leaves_archive_failures_and_mail_but_no_process(tmp_path: Path) -> None:
    system = System(tmp_path / "unused")

    demo = system.run("demo", "--data-dir", tmp_path / "demo")

    assert demo.returncode == 0
    archives = tmp_path / "demo" / "archives"
    (archive,) = archives.glob("*.zip")
    (failures,) = archives.glob("*-failures.csv")
    assert len(ZipFile(archive).namelist()) == 247 + 2
    assert len(failures.read_text().splitlines()) == 3 + 1
    assert (tmp_path / "demo" / "mail" / "0001.eml").exists()
    assert str(archive) in demo.stderr
    assert System(tmp_path / "demo").processes() == {}


def test_a_demo_that_is_interrupted_ends_everything_it_started(tmp_path: Path) -> None:
    system, stage = System(tmp_path / "unused"), System(tmp_path / "demo")
    demo = system.start("demo", "--data-dir", stage.data_dir)
    until(stage.roles)

    demo.send_signal(signal.SIGTERM)
    demo.communicate()

    assert demo.returncode != 0
    assert stage.processes() == {}
