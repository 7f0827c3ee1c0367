"""Which roles are ready for work: each notes its own process once its partitions have come and its rows are there."""

import os
from collections.abc import Iterator
from pathlib import Path

from streams.topics import partitions_of
from streams.topology import ROLES


def note_ready(home: Path, role: str, number: int) -> None:
    """Say that this process, filling the given place of the role, reads its topic from now on."""
    path = _note(home, role, number)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".noted")
    temporary.write_text(f"{os.getpid()}\n", encoding="ascii")
    temporary.replace(path)


def is_ready(home: Path, role: str, number: int, pid: int) -> bool:
    """Whether exactly this process has said so; an earlier one's note says nothing."""
    try:
        return _note(home, role, number).read_text(encoding="ascii") == f"{pid}\n"
    except FileNotFoundError:
        return False


def count_ready(home: Path, role: str) -> int:
    """Processes of a role that said so and are alive."""
    return sum(_is_alive(path) for path in (home / "roles").glob(f"{role}-*.ready"))


def pulse_path(home: Path, role: str, number: int) -> Path:
    """Where a process writes down its signs of life (streams.pulse)."""
    return home / "roles" / f"{role}-{number}.pulse"


def note_halted(home: Path, role: str, number: int) -> None:
    """Say that this place of the role stays empty until a person has looked."""
    path = _halted(home, role, number)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def forget_halted(home: Path, role: str, number: int) -> None:
    _halted(home, role, number).unlink(missing_ok=True)


def halted_roles(home: Path) -> tuple[str, ...]:
    """Roles of which a place stays empty."""
    return tuple(sorted({path.name.rsplit("-", 1)[0] for path in (home / "roles").glob("*.halted")}))


def processes_of(workers: int) -> Iterator[tuple[str, int]]:
    """How many processes each role has."""
    for role in ROLES:
        yield role.name, workers if role.is_scaled else 1


def needed_of(workers: int) -> Iterator[tuple[str, int]]:
    """How many processes of each role can become ready: those beyond the partitions stand by without any."""
    for role in ROLES:
        yield role.name, min(workers, partitions_of(role.reads)) if role.is_scaled else 1


def _note(home: Path, role: str, number: int) -> Path:
    return home / "roles" / f"{role}-{number}.ready"


def _halted(home: Path, role: str, number: int) -> Path:
    return home / "roles" / f"{role}-{number}.halted"


def _is_alive(note: Path) -> bool:
    try:
        os.kill(int(note.read_text(encoding="ascii")), 0)
    except (OSError, ValueError):
        return False
    return True
