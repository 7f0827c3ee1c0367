"""The preload shims of a run: built by the machine's C compiler, switched by files."""

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

SOURCES = Path(__file__).parents[1] / "shim"
NAMES = ("disk", "clock")


@dataclass(frozen=True, slots=True)
class Shims:
    """Shared objects in `folder`, and the flags by which roles are told what to suffer."""

    folder: Path

    @property
    def environment(self) -> Mapping[str, str]:
        return {
            "LD_PRELOAD": " ".join(str(self.folder / f"{name}.so") for name in NAMES),
            "FAULT_FLAGS": str(self.folder),
            "FAULT_CLOCK": str(self.folder / "clock"),
        }

    @contextmanager
    def failing(self, flag: Literal["eio", "enospc"], under: Path) -> Iterator[None]:
        """Meanwhile fsync (`eio`) or writing (`enospc`) fails for what lies under a folder."""
        path = self.folder / flag
        draft = path.with_suffix(".draft")
        draft.write_text(str(under.resolve()), encoding="utf-8")
        draft.rename(path)
        try:
            yield
        finally:
            path.unlink()

    def failures(self, flag: Literal["eio", "enospc"]) -> int:
        """How often a call was made to fail."""
        path = self.folder / f"{flag}.count"
        return path.stat().st_size if path.exists() else 0

    def move_clock(self, seconds: int) -> None:
        """So far from the true time, for every role."""
        draft = self.folder / "clock.draft"
        draft.write_text(str(seconds), encoding="ascii")
        draft.rename(self.folder / "clock")

    def who_saw(self, seconds: int) -> set[int]:
        """Processes that have met this offset."""
        path = self.folder / "clock.seen"
        lines = path.read_text(encoding="ascii").splitlines() if path.exists() else []
        return {int(pid) for pid, offset in map(str.split, lines) if int(offset) == seconds}


def build_shims(folder: Path) -> Shims:
    """Compile all; raises CalledProcessError."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        target, source = folder / f"{name}.so", SOURCES / f"{name}.c"
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", target, source, "-ldl"], check=True)
    return Shims(folder)
