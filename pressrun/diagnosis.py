"""What the doctor finds, and what it makes of a Python and of an installation."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from pressrun.installation import Installation

Verdict: TypeAlias = Literal["ok", "warning", "fault"]

SOUND_PATCHES = {(3, 11): 15, (3, 12): 13, (3, 13): 12}
"""The first patch of each Python without CVE-2024-6923, CVE-2026-1299 (mail headers) and CVE-2024-0450 (zipfile)."""

FAULTS_TOLD = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check came to; the remedy is empty where all is well."""

    check: str
    verdict: Verdict
    message: str
    remedy: str = ""


def judge_python(version: tuple[int, int, int]) -> Finding:
    """Whether this Python is supported and free of the holes we know."""
    said = ".".join(map(str, version))
    oldest = SOUND_PATCHES.get(version[:2])
    if oldest is None:
        return Finding("python", "fault", f"Python {said} is not supported", "Use Python 3.11, 3.12 or 3.13.")
    if version[2] < oldest:
        message = f"Python {said} has known holes in mail headers and ZIP reading (CVE-2026-1299, CVE-2024-0450)"
        return Finding("python", "warning", message, f"Update to {version[0]}.{version[1]}.{oldest} or newer.")
    return Finding("python", "ok", f"Python {said}")


def judge_installation(found: Installation) -> Finding:
    """Whether the packages are ours, whole."""
    if found.faults:
        more = len(found.faults) - FAULTS_TOLD
        message = "; ".join(found.faults[:FAULTS_TOLD]) + (f"; and {more} more" if more > 0 else "")
        remedy = "Install pressrun anew, in an environment of its own: another distribution overwrote it."
        return Finding("packages", "fault", message, remedy)
    if found.how == "wheel":
        return Finding("packages", "ok", f"pressrun {found.version}, every file as in the wheel's RECORD")
    return Finding(
        "packages", "ok", f"pressrun {found.version} from {found.folder} ({found.how}: no hashes to compare)"
    )
