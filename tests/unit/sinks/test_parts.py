"""Parts: artifacts are put together from a shared part and a tail, whatever begins how and however large it is."""

import os
import random
import zipfile
from collections.abc import Callable
from itertools import count
from pathlib import Path

from sinks.archive import Holes, Sealed, Sealing, seal_archive
from sinks.archive_writer import SLICE_BYTES
from sinks.parts import PartReader
from sinks.segments import Artifact, write_segment
from sinks.storage import LocalStorage
from sinks.survey import load_entries, survey_segments


def never() -> bool:
    return False


def read_contents(path: Path) -> list[bytes]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return [archive.read(name) for name in archive.namelist()]


def test_artifacts_may_begin_in_several_ways_or_share_nothing(
    storage: LocalStorage, folder: Path, an_artifact: Callable[..., Artifact], a_sealing: Callable[..., Sealing]
) -> None:
    beginnings = [b"", *(b"beginning %d" % number for number in range(7))]
    artifacts = [an_artifact(index, shared=beginnings[index * 5 % 8]) for index in range(40)]
    write_segment(folder, "a", artifacts[:25], [])
    write_segment(folder, "b", artifacts[20:], [])
    sealed = seal_archive(a_sealing(40), storage, stop=never)
    assert isinstance(sealed, Sealed)
    assert read_contents(sealed.path)[:40] == [artifact.shared + artifact.tail for artifact in artifacts]


def test_an_artifact_may_be_larger_than_what_is_read_and_written_at_once(
    storage: LocalStorage, folder: Path, an_artifact: Callable[..., Artifact], a_sealing: Callable[..., Sealing]
) -> None:
    large = random.Random(1).randbytes(2 * SLICE_BYTES + 1)
    artifacts = [an_artifact(0), an_artifact(1, large), an_artifact(2), an_artifact(3, b"own", shared=large)]
    write_segment(folder, "a", artifacts, [])
    asked = count()
    sealed = seal_archive(a_sealing(4), storage, stop=lambda: next(asked) < 0)
    assert isinstance(sealed, Sealed)
    assert read_contents(sealed.path)[:4] == [artifact.shared + artifact.tail for artifact in artifacts]
    # The segment; two slices of the large tail, one of its rest and the large shared part; the two tables; the end.
    assert next(asked) == 7


def test_a_segment_that_becomes_shorter_while_it_is_copied_counts_as_absent(
    storage: LocalStorage,
    folder: Path,
    an_artifact: Callable[..., Artifact],
    a_sealing: Callable[..., Sealing],
    left_behind: Callable[[], list[str]],
) -> None:
    write_segment(folder, "a", [an_artifact(index) for index in range(400)], [])
    write_segment(folder, "b", [an_artifact(400)], [])
    calls = count()

    def cut_the_last() -> bool:
        if next(calls) == 2:
            os.truncate(folder / "b.zip", 150)
        return False

    assert seal_archive(a_sealing(401), storage, stop=cut_the_last) == Holes(((400, 400),), ("b",))
    assert left_behind() == []


def test_a_shared_part_is_read_once_however_many_segments_hold_it(
    folder: Path, an_artifact: Callable[..., Artifact]
) -> None:
    for index in range(3):
        write_segment(folder, f"s-{index}", [an_artifact(index)], [])
    survey = survey_segments(folder, 3, suffix="pdf", is_encrypted=False, stop=never)
    with PartReader() as reader:
        pieces = [list(reader.read(segment, load_entries(segment)[0])) for segment in survey.segments]
    assert [b"".join(each) for each in pieces] == [
        an_artifact(index).shared + an_artifact(index).tail for index in range(3)
    ]
    assert len({id(shared) for shared, _ in pieces}) == 1


def test_only_a_few_shared_parts_are_kept(folder: Path, an_artifact: Callable[..., Artifact]) -> None:
    write_segment(folder, "a", [an_artifact(index, shared=b"beginning %d" % index) for index in range(40)], [])
    (segment,) = survey_segments(folder, 40, suffix="pdf", is_encrypted=False, stop=never).segments
    first, *others = load_entries(segment)
    with PartReader() as reader:
        shared = next(reader.read(segment, first))
        assert next(reader.read(segment, first)) is shared
        for entry in others:
            next(reader.read(segment, entry))
        again = next(reader.read(segment, first))
    assert again == shared
    assert again is not shared
