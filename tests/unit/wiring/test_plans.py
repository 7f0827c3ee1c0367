"""Stored rows are read as they were stored or not at all."""

from pathlib import Path

import pytest

from pressrun.domain.letters import DesignSource
from pressrun.plans import PlanShelf
from pressrun.preparation import Order, RowsOfObjects, prepare, store_plan
from schemas.plans import Plan
from sinks.errors import BlobCorrupt
from sinks.storage import LocalStorage

TOTAL = 2_100


@pytest.fixture
def prepared(design: DesignSource, storage: LocalStorage) -> tuple[str, Plan]:
    rows = RowsOfObjects([{"First Name": f"N{index}"} for index in range(TOTAL)])
    return prepare(Order(design, rows, {}), storage, reserve_mb=0)


def flip(settings_home: Path, digest: str, place: int, bit: int) -> None:
    (path,) = settings_home.rglob(digest)
    data = bytearray(path.read_bytes())
    data[place] ^= 1 << bit
    path.write_bytes(data)


def test_a_flipped_bit_anywhere_in_a_block_of_rows_is_found(
    prepared: tuple[str, Plan], storage: LocalStorage, tmp_path: Path
) -> None:
    digest, plan = prepared
    start, end = plan.row_offsets[1:3]
    for place in range(start, end, (end - start) // 40):
        flip(tmp_path, plan.rows, place, place % 8)
        shelf = PlanShelf(storage)
        with pytest.raises(BlobCorrupt):
            shelf.lines(digest, 1_024, 1_030)
        assert len(shelf.lines(digest, 0, 1_023)) == 1_024
        assert list(shelf.cells(digest, TOTAL - 1)) == [f"N{TOTAL - 1}"]
        flip(tmp_path, plan.rows, place, place % 8)

    assert list(PlanShelf(storage).cells(digest, 1_024)) == ["N1024"]


def test_each_block_of_rows_has_its_checksum(prepared: tuple[str, Plan]) -> None:
    _, plan = prepared

    assert len(plan.row_checksums) == len(plan.row_offsets) - 1 == 3


def test_a_plan_from_before_there_were_checksums_can_be_used(prepared: tuple[str, Plan], storage: LocalStorage) -> None:
    _, plan = prepared
    old = store_plan(plan.model_copy(update={"row_checksums": ()}), storage)

    assert list(PlanShelf(storage).cells(old, 1_500)) == ["N1500"]


def test_a_flipped_bit_in_a_plan_is_found(prepared: tuple[str, Plan], storage: LocalStorage, tmp_path: Path) -> None:
    digest, _ = prepared
    flip(tmp_path, digest, 60, 1)

    with pytest.raises(BlobCorrupt):
        PlanShelf(storage).plan(digest)
