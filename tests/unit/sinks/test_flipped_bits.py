"""A flipped bit in a segment is a hole or nothing, wherever it is and whenever it flips: never a wrong entry."""

import zipfile
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from sinks.archive import Holes, Sealed, Sealing, seal_archive
from sinks.errors import SegmentUnreadable
from sinks.parts import PartReader
from sinks.segments import Artifact, FailedItem, write_segment
from sinks.storage import LocalStorage
from sinks.survey import load_entries, survey_segments

PASSWORD = b"correct horse battery"
TOTAL = 4


def never() -> bool:
    return False


def flip(path: Path, place: int, bit: int = 0) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 1 << bit
    path.write_bytes(data)


def read_letters(path: Path) -> list[bytes]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return [archive.read(name) for name in archive.namelist() if name.endswith(".pdf")]


def contents_of(artifacts: list[Artifact]) -> list[bytes]:
    return [artifact.shared + artifact.tail for artifact in artifacts]


@pytest.mark.parametrize("suffix", ["zip", "json"])
@pytest.mark.parametrize("password", [None, PASSWORD])
def test_every_flipped_bit_makes_the_segment_a_hole(
    storage: LocalStorage,
    folder: Path,
    an_artifact: Callable[..., Artifact],
    a_sealing: Callable[..., Sealing],
    suffix: str,
    password: bytes | None,
) -> None:
    write_segment(folder, "a", [an_artifact(index) for index in range(2)], [], password=password)
    write_segment(folder, "b", [an_artifact(index) for index in range(2, TOTAL)], [], password=password)
    damaged = folder / f"a.{suffix}"
    whole = damaged.read_bytes()
    for place in range(len(whole)):
        flip(damaged, place, place % 8)
        assert seal_archive(a_sealing(TOTAL, password=password), storage, stop=never) == Holes(((0, 1),), ("a",)), place
        damaged.write_bytes(whole)


def test_a_repaired_item_is_taken_in_place_of_the_damaged_one(
    storage: LocalStorage, folder: Path, an_artifact: Callable[..., Artifact], a_sealing: Callable[..., Sealing]
) -> None:
    artifacts = [an_artifact(index) for index in range(2)]
    write_segment(folder, "a", artifacts, [])
    flip(folder / "a.zip", 100)
    write_segment(folder, "b", artifacts, [])

    sealed = seal_archive(a_sealing(2), storage, stop=never)

    assert isinstance(sealed, Sealed)
    assert sealed.unreadable == ("a",)
    assert read_letters(sealed.path) == contents_of(artifacts)


@pytest.mark.parametrize("suffix", ["zip", "json"])
@pytest.mark.parametrize("is_repaired", [False, True])
def test_a_bit_that_flips_behind_the_survey_is_never_sealed(
    storage: LocalStorage,
    folder: Path,
    an_artifact: Callable[..., Artifact],
    a_sealing: Callable[..., Sealing],
    left_behind: Callable[[], list[str]],
    suffix: str,
    *,
    is_repaired: bool,
) -> None:
    artifacts = [an_artifact(index, shared=b"") for index in range(500)]
    write_segment(folder, "a", artifacts[:400], [])
    write_segment(folder, "b", artifacts[400:], [])
    if is_repaired:
        write_segment(folder, "c", artifacts[400:], [])
    segments, asked = 2 + is_repaired, count()
    damaged = folder / f"b.{suffix}"
    place = damaged.read_bytes().index(artifacts[450].tail) if suffix == "zip" else 80

    def flip_when_all_are_surveyed() -> bool:
        if next(asked) == segments:
            flip(damaged, place)
        return False

    result = seal_archive(a_sealing(500), storage, stop=flip_when_all_are_surveyed)

    assert next(asked) > segments
    assert left_behind() == []
    if not is_repaired:
        assert result == Holes(((400, 499),), ("b",))
    else:
        assert isinstance(result, Sealed)
        assert result.unreadable == ("b",)
        assert read_letters(result.path) == contents_of(artifacts)


def test_a_shared_part_that_changes_behind_the_survey_is_noticed(
    folder: Path, an_artifact: Callable[..., Artifact]
) -> None:
    write_segment(folder, "a", [an_artifact(0)], [])
    (segment,) = survey_segments(folder, 1, suffix="pdf", is_encrypted=False, stop=never).segments
    (entry,) = load_entries(segment)
    flip(segment.zip_path, segment.shared[0].start)

    with PartReader() as reader, pytest.raises(SegmentUnreadable):
        list(reader.read(segment, entry))


def test_a_segment_removed_behind_the_survey_is_a_hole(
    storage: LocalStorage, folder: Path, an_artifact: Callable[..., Artifact], a_sealing: Callable[..., Sealing]
) -> None:
    artifacts = [an_artifact(index, shared=b"") for index in range(500)]
    write_segment(folder, "a", artifacts[:400], [])
    write_segment(folder, "b", artifacts[400:], [])
    asked = count()

    def remove_when_surveyed() -> bool:
        if next(asked) == 2:
            (folder / "b.zip").unlink()
        return False

    assert seal_archive(a_sealing(500), storage, stop=remove_when_surveyed) == Holes(((400, 499),), ())


def test_a_reason_that_was_in_a_damaged_segment_is_asked_for_once(
    storage: LocalStorage, folder: Path, an_artifact: Callable[..., Artifact], a_sealing: Callable[..., Sealing]
) -> None:
    write_segment(folder, "a", [an_artifact(0)], [])
    write_segment(folder, "b", [], [FailedItem(1, "text_overflow", "Too long.")])
    flip(folder / "b.json", 20)
    asking = a_sealing(2, failed=[1], wants_reasons=True)

    assert seal_archive(asking, storage, stop=never) == Holes(((1, 1),), ("b",))
    assert isinstance(seal_archive(a_sealing(2, failed=[1]), storage, stop=never), Sealed)


def test_a_failure_without_a_reason_is_no_hole_where_nothing_is_damaged(
    storage: LocalStorage, folder: Path, an_artifact: Callable[..., Artifact], a_sealing: Callable[..., Sealing]
) -> None:
    write_segment(folder, "a", [an_artifact(0)], [])

    assert isinstance(seal_archive(a_sealing(2, failed=[1], wants_reasons=True), storage, stop=never), Sealed)
