"""The preload shims do to a role exactly what they are told, and nothing to anybody else."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from faults.runner.shims import Shims, build_shims

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("cc") is None, reason="LD_PRELOAD is Linux's, and the shims are built by cc"
)

TOUCH = """
import os, sys, time
fd = os.open(sys.argv[1], os.O_CREAT | os.O_WRONLY)
for call in (lambda: os.write(fd, b"x"), lambda: os.writev(fd, [b"x"]), lambda: os.fsync(fd)):
    try:
        call()
        print("done")
    except OSError as error:
        print(error.strerror)
"""
CLOCKS = "import time; print(time.time(), time.monotonic())"
DAY = 86_400


@pytest.fixture(scope="module")
def shims(tmp_path_factory: pytest.TempPathFactory) -> Shims:
    return build_shims(tmp_path_factory.mktemp("shims"))


def run_preloaded(shims: Shims, script: str, *arguments: object, is_role: bool = True) -> list[str]:
    role = {"PRESSRUN_ROLE_NUMBER": "0"} if is_role else {}
    done = subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        env={**os.environ, **shims.environment, **role},
        capture_output=True,
        check=True,
        text=True,
    )
    return done.stdout.splitlines()


def test_writes_fail_under_the_folder_while_the_flag_is_there_and_are_counted(shims: Shims, tmp_path: Path) -> None:
    full = "No space left on device"

    with shims.failing("enospc", tmp_path):
        said = run_preloaded(shims, TOUCH, tmp_path / "file")

    assert said == [full, full, "done"]
    assert shims.failures("enospc") == 2
    assert run_preloaded(shims, TOUCH, tmp_path / "file") == ["done", "done", "done"]


def test_flushes_fail_under_the_folder_only(shims: Shims, tmp_path: Path) -> None:
    (tmp_path / "hit").mkdir()

    with shims.failing("eio", tmp_path / "hit"):
        hit = run_preloaded(shims, TOUCH, tmp_path / "hit" / "file")
        spared = run_preloaded(shims, TOUCH, tmp_path / "file")

    assert hit == ["done", "done", "Input/output error"]
    assert spared == ["done", "done", "done"]


def test_the_wall_clock_of_a_role_moves_and_its_steady_clock_does_not(shims: Shims) -> None:
    (before,) = run_preloaded(shims, CLOCKS)

    shims.move_clock(-30 * DAY)
    (after,) = run_preloaded(shims, CLOCKS)

    moved, passed = (float(b) - float(a) for a, b in zip(before.split(), after.split(), strict=True))
    assert moved == pytest.approx(passed - 30 * DAY, abs=1)
    assert len(shims.who_saw(-30 * DAY)) == 1


def test_a_process_that_is_no_role_is_left_alone(shims: Shims, tmp_path: Path) -> None:
    shims.move_clock(2 * DAY)
    (role,) = run_preloaded(shims, CLOCKS)

    with shims.failing("enospc", tmp_path):
        said = run_preloaded(shims, TOUCH, tmp_path / "file", is_role=False)
    (other,) = run_preloaded(shims, CLOCKS, is_role=False)

    assert said == ["done", "done", "done"]
    assert float(other.split()[0]) < float(role.split()[0]) - DAY
