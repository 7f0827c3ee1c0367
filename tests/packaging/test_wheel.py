"""The wheel holds what it needs and nothing else, and works away from the checkout."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).parents[2]
NOT_COPIED = shutil.ignore_patterns(".*", "var", "build", "dist", "*.egg-info", "__pycache__")
PACKAGES = ("agents", "pressrun", "schemas", "sinks", "streams")
OF_THE_CHECKOUT = ("pressrun/documents", "schemas/examples")
"""What writes the documentation, and what it and other systems read, is no part of the program."""


class Installation:
    """An environment with the installed wheel, and an empty folder to run in."""

    def __init__(self, environment: Path, folder: Path) -> None:
        self.environment = environment
        self.folder = folder

    def run(self, program: str, *arguments: object) -> "subprocess.CompletedProcess[str]":
        """Run a program of the environment in the empty folder, with nothing of ours in its surroundings."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(("PRESSRUN_", "PYTHON"))}
        return _run([self.environment / "bin" / program, *arguments], cwd=self.folder, env=own)


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy: the build leaves folders beside what it builds."""
    copy = tmp_path_factory.mktemp("checkout") / "pressrun"
    shutil.copytree(ROOT, copy, ignore=NOT_COPIED)
    built = copy / "dist"
    done = _run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", built, copy], cwd=copy)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = built.iterdir()
    return wheel


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Only the wheel is installed; its dependencies are those of the environment that runs the tests."""
    environment, folder = tmp_path_factory.mktemp("environment"), tmp_path_factory.mktemp("elsewhere")
    made = _run([sys.executable, "-m", "venv", "--without-pip", environment], cwd=folder)
    assert made.returncode == 0, made.stderr
    python = environment / "bin" / "python"
    done = _run(
        [sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel], cwd=folder
    )
    assert done.returncode == 0, done.stdout + done.stderr
    # After the installation, and as a plain path: of an editable pressrun among them neither pip nor Python takes note.
    (site,) = environment.glob("lib/python*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return Installation(environment, folder)


@pytest.fixture(scope="session")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_holds_the_five_packages_and_its_metadata_only(names: set[str]) -> None:
    tops = {PurePosixPath(name).parts[0] for name in names}

    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)
    assert len(tops) == len(PACKAGES) + 1


def test_the_wheel_holds_every_file_of_its_packages(names: set[str]) -> None:
    """A new package or data file that pyproject.toml does not name would be missing after installation only."""
    wanted = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    wanted = {name for name in wanted if not name.startswith(OF_THE_CHECKOUT)}

    assert {name for name in names if ".dist-info/" not in name} == wanted


def test_the_wheel_holds_no_tests_and_no_bytecode(names: set[str]) -> None:
    assert not [name for name in names if "test" in name or name.endswith(".pyc")]


def test_the_command_says_its_version(installed: Installation, wheel: Path) -> None:
    run = installed.run("pressrun", "--version")

    assert run.returncode == 0, run.stderr
    assert run.stdout.split()[-1] == wheel.name.split("-")[1]


def test_the_packages_come_from_the_installation(installed: Installation) -> None:
    code = "import importlib, json; print(json.dumps([importlib.import_module(name).__file__ for name in {!r}]))"

    run = installed.run("python", "-c", code.format(PACKAGES))

    assert run.returncode == 0, run.stderr
    assert all(Path(file).is_relative_to(installed.environment) for file in json.loads(run.stdout))


def test_every_module_of_the_wheel_can_be_imported(installed: Installation, names: set[str]) -> None:
    modules = sorted(
        name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for name in names
        if name.endswith(".py") and not name.endswith("__main__.py")
    )

    run = installed.run("python", "-c", f"import importlib; [importlib.import_module(name) for name in {modules!r}]")

    assert run.returncode == 0, run.stderr


def test_the_installation_finds_itself_unharmed(installed: Installation) -> None:
    code = (
        "from pressrun.installation import inspect_installation as look; found = look(); print(found.how, found.faults)"
    )

    run = installed.run("python", "-c", code)

    assert run.stdout.strip() == "wheel ()", run.stderr


def test_a_letter_is_rendered_away_from_the_checkout(installed: Installation) -> None:
    header, first, *_ = (ROOT / "examples/postcard/recipients.csv").read_text(encoding="utf-8").splitlines()
    record = installed.folder / "record.json"
    record.write_text(json.dumps(dict(zip(header.split(","), first.split(","), strict=True))), encoding="utf-8")
    out = installed.folder / "letter.pdf"

    run = installed.run(
        "pressrun", "letters", "render", "--design", ROOT / "examples/postcard", "--record", record, "--out", out
    )

    assert run.returncode == 0, run.stderr
    assert out.read_bytes().startswith(b"%PDF-")


def test_a_missing_broker_is_said_with_what_to_do(installed: Installation) -> None:
    run = installed.run("pressrun", "broker", "status")

    assert run.returncode == 1
    assert "pressrun broker start" in run.stderr
    assert str(installed.folder) in run.stderr
    assert "Traceback" not in run.stderr


def test_the_development_broker_finds_its_files(installed: Installation) -> None:
    run = installed.run("python", "-c", "from streams.devbroker.artifacts import pinned_kafka_version as v; print(v())")

    assert run.stdout.startswith("4."), run.stderr


def _run(
    command: Sequence[object], *, cwd: Path, env: dict[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(list(map(str, command)), cwd=cwd, env=env, capture_output=True, text=True, check=False)
