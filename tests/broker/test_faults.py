"""What dies in the middle is missed by nobody: every batch ends exact."""

from collections.abc import Iterator

import pytest
from broker.live import System, a_system, assert_clean, assert_exact

from pressrun.submitting import cancel_batch

pytestmark = pytest.mark.broker

TOTAL = 3_000
HALF_A_SECOND_OF_TWO_WORKERS = "2"


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Work is slowed so that a batch of 3,000 lasts some seconds."""
    with a_system(tmp_path_factory.mktemp("faults"), item_delay_ms=HALF_A_SECOND_OF_TWO_WORKERS) as running:
        yield running


def submitted_and_moving(system: System, total: int = TOTAL) -> str:
    batch_id = system.submit(total)
    state = system.wait(batch_id, lambda state: state.succeeded > 0)
    assert state.status == "running", "the batch was over before anything could happen to it"
    return batch_id


@pytest.mark.parametrize("role", ["render", "aggregate", "explode", "close", "intake"])
def test_a_role_killed_in_the_middle_loses_and_doubles_nothing(system: System, role: str) -> None:
    batch_id = submitted_and_moving(system)

    killed = system.kill(role)

    state = system.wait_until_sealed(batch_id)
    assert_exact(system, state, TOTAL)
    assert_clean(system, batch_id)
    assert killed not in [process.pid for process in system.processes(role)]


def test_a_closer_killed_while_it_seals_leaves_one_whole_archive(system: System) -> None:
    batch_id = submitted_and_moving(system)
    system.wait(batch_id, lambda state: state.status == "closing")

    system.kill("close")

    assert_exact(system, system.wait_until_sealed(batch_id), TOTAL)
    assert len(list(system.settings.archives.glob(f"{batch_id}*"))) == 1


def test_every_role_killed_at_once_goes_on_where_it_was(system: System) -> None:
    batch_id = submitted_and_moving(system)

    for role in ("render", "render", "aggregate", "explode"):
        system.kill(role)

    assert_exact(system, system.wait_until_sealed(batch_id), TOTAL)


def test_a_batch_cancelled_in_the_middle_keeps_what_was_made(system: System) -> None:
    batch_id = submitted_and_moving(system, total=20_000)

    cancel_batch(batch_id, system.address)
    cancel_batch(batch_id, system.address)

    state = system.wait(batch_id, lambda state: state.status == "cancelled")
    assert_exact(system, state, 20_000)
    assert state.cancelled > 0
    assert state.succeeded > 0
    assert_clean(system, batch_id)


def test_the_broker_killed_and_restarted_in_the_middle_loses_nothing(system: System) -> None:
    batch_id = submitted_and_moving(system)

    system.kill_broker()

    assert_exact(system, system.wait_until_sealed(batch_id), TOTAL)


def test_everything_stopped_in_the_middle_goes_on_when_started_again(system: System) -> None:
    batch_id = submitted_and_moving(system)

    system.stop()
    system.start()

    state = system.wait_until_sealed(batch_id)
    assert_exact(system, state, TOTAL)
    assert_clean(system, batch_id)


def test_a_supervisor_killed_takes_its_roles_with_it(system: System) -> None:
    processes = [process for role in ("intake", "render", "aggregate") for process in system.processes(role)]
    batch_id = submitted_and_moving(system)

    system.kill_supervisor()

    system.until(lambda: not any(process.is_running() for process in processes), "the roles have ended")
    system.start()
    assert_exact(system, system.wait_until_sealed(batch_id), TOTAL)
