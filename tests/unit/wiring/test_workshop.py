"""The workshop: letters of one plan share their beginning on disk, failures lie beside them, no folder is no work."""

import zipfile
from pathlib import Path

import pytest
from builders import BATCH, an_item

from pressrun.domain.letters import DesignSource
from pressrun.domain.work import Failed, Made, make_letter
from pressrun.plans import BenchShelf
from pressrun.preparation import Order, RowsOfObjects, prepare
from pressrun.workshop import LocalWorkshop
from schemas.items import ItemReleased
from sinks.sidecar import FailedItem, decode_sidecar
from sinks.storage import LocalStorage

NAMES = ("Ada", "Grace", "Edsger")


@pytest.fixture
def workshop(storage: LocalStorage, tmp_path: Path) -> LocalWorkshop:
    return LocalWorkshop(storage, BenchShelf(storage), tmp_path / "secrets")


@pytest.fixture
def items(design: DesignSource, storage: LocalStorage) -> list[ItemReleased]:
    recipients = RowsOfObjects([{"first_name": name} for name in NAMES])
    plan, _ = prepare(Order(design, recipients, {}), storage, reserve_mb=0)
    return [an_item(index, plan=plan).model_copy(update={"values": (name, None)}) for index, name in enumerate(NAMES)]


def make_all(workshop: LocalWorkshop, items: list[ItemReleased]) -> list[Made | Failed]:
    bench = workshop.open(items[0].plan)
    assert bench is not None
    return [make_letter(bench.stamper, bench.variables, item) for item in items]


def test_letters_lie_in_a_segment_that_has_their_beginning_once(
    workshop: LocalWorkshop, items: list[ItemReleased], storage: LocalStorage
) -> None:
    folder = storage.create_batch_folder(BATCH, 1)
    made = make_all(workshop, items)

    size = workshop.store(items[0], "s-1", made)

    assert size == (folder / "s-1.zip").stat().st_size
    with zipfile.ZipFile(folder / "s-1.zip") as segment:
        shared, *tails = [segment.read(name) for name in segment.namelist()]
    letters = [outcome for outcome in made if isinstance(outcome, Made)]
    assert [shared + tail for tail in tails] == [letter.shared + letter.tail for letter in letters]
    assert len(tails) == len(NAMES)
    assert len({id(letter.shared) for letter in letters}) == 1


def test_failures_lie_beside_the_letters(
    workshop: LocalWorkshop, items: list[ItemReleased], storage: LocalStorage
) -> None:
    folder = storage.create_batch_folder(BATCH, 1)

    workshop.store(items[0], "s-1", [*make_all(workshop, items), Failed(3, "row_ragged", "3 of 2 cells")])

    sidecar = decode_sidecar((folder / "s-1.json").read_bytes())
    assert [entry.index for entry in sidecar.entries] == [0, 1, 2]
    assert sidecar.failures == (FailedItem(3, "row_ragged", "3 of 2 cells"),)


def test_a_batch_that_is_over_gets_no_segment(workshop: LocalWorkshop, items: list[ItemReleased]) -> None:
    assert workshop.store(items[0], "s-1", make_all(workshop, items)) is None
