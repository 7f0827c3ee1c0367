"""The page about verifying: its check without pressrun comes to what pressrun says."""

import hashlib
import zlib
from pathlib import Path
from typing import Any

import pytest
from unit.docs.pages import read, snippets

from sinks.archive import Sealed, Sealing, seal_archive
from sinks.segments import Artifact, write_segment
from sinks.storage import LocalStorage


@pytest.mark.parametrize("total", [0, 1, 2, 7])
def test_the_check_without_pressrun_finds_the_same_merkle_root(tmp_path: Path, total: int) -> None:
    (program,) = snippets(read("docs/verifying.md"), "python")
    names: dict[str, Any] = {}
    exec(compile(program, "verifying.md", "exec"), names)
    storage = LocalStorage(tmp_path / "root", tmp_path / "archives")
    folder = storage.create_batch_folder("batch-0001", 1)
    write_segment(folder, "a", [an_artifact(index) for index in range(total)], [])
    everything = ((1 << total) - 1).to_bytes((total + 7) // 8, "little")
    nothing = bytes(len(everything))
    sealing = Sealing("batch-0001", 1, total, everything, nothing, nothing, (), lambda _index: ())
    sealed = seal_archive(sealing, storage, stop=lambda: False)
    assert isinstance(sealed, Sealed)

    assert names["check"](str(sealed.path)) == sealed.merkle_root


def an_artifact(index: int) -> Artifact:
    content = b"letter %d" % index
    return Artifact(index, b"", content, len(content), zlib.crc32(content), hashlib.sha256(content).hexdigest())
