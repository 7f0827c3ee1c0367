"""Whether the code that runs is the code that was installed: origins of the packages, and hashes of their files.

The five packages have plain names. Another distribution with a top-level `agents` overwrites ours without a word, and
the origin alone would still look right: the hashes in the wheel's RECORD tell.
"""

import base64
import csv
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path

PACKAGES = ("pressrun", "streams", "agents", "schemas", "sinks")


@dataclass(frozen=True, slots=True)
class Installation:
    """`how` is "wheel", "editable" or "none"; `faults` are sentences."""

    how: str
    version: str
    folder: Path
    faults: tuple[str, ...]


def inspect_installation(name: str = "pressrun") -> Installation:
    """Look at the distribution of that name in this environment."""
    origins = {package: _origin(package) for package in PACKAGES}
    try:
        installed = distribution(name)
    except PackageNotFoundError:
        folder = origins["pressrun"] or Path()
        return Installation("none", "", folder, tuple(_foreign(origins, folder)))
    if _is_editable(installed):
        folder = origins["pressrun"] or Path()
        return Installation("editable", installed.version, folder, tuple(_foreign(origins, folder)))
    folder = Path(str(installed.locate_file(""))).resolve()
    faults = (*_foreign(origins, folder), *_changed_files(installed))
    return Installation("wheel", installed.version, folder, faults)


def _origin(package: str) -> Path | None:
    """The folder a package is found in."""
    spec = find_spec(package)
    return Path(spec.origin).resolve().parent.parent if spec and spec.origin else None


def _is_editable(installed: Distribution) -> bool:
    """PEP 610 has it in direct_url.json."""
    text = installed.read_text("direct_url.json")
    return bool(text and json.loads(text).get("dir_info", {}).get("editable"))


def _foreign(origins: dict[str, Path | None], folder: Path) -> Iterator[str]:
    for package, origin in origins.items():
        if origin is None:
            yield f"package {package} is not found"
        elif origin != folder:
            yield f"package {package} comes from {origin}, not {folder}"


def _changed_files(installed: Distribution) -> Iterator[str]:
    """From RECORD itself: `Distribution.files` leaves out what is not there, from Python 3.12 on."""
    for name, recorded, _ in csv.reader((installed.read_text("RECORD") or "").splitlines()):
        is_ours = bool(recorded) and name.split("/")[0] in PACKAGES
        if is_ours and not _is_as_recorded(Path(str(installed.locate_file(name))), recorded):
            yield f"{name} is not the file that was installed"


def _is_as_recorded(path: Path, recorded: str) -> bool:
    """RECORD holds `algorithm=` and URL-safe base64 without padding (the wheel specification)."""
    algorithm, _, expected = recorded.partition("=")
    try:
        digest = hashlib.new(algorithm, path.read_bytes()).digest()
    except OSError:
        return False
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == expected
