"""Intake's work: every fault is found before anything is produced, and a plan can be run by anyone."""

from pathlib import Path

import orjson
import pytest

from pressrun.designs import pack_design, unpack_design
from pressrun.domain.errors import FaultyInput
from pressrun.domain.letters import CompiledDesign, DesignSource, Letter
from pressrun.plans import BenchShelf, PlanShelf
from pressrun.preparation import Order, RowsOfFile, RowsOfObjects, prepare
from schemas.plans import Plan
from sinks.storage import LocalStorage


def an_order(design: DesignSource, *names: str) -> Order:
    return Order(design, RowsOfObjects([{"First Name": name} for name in names]), {})


def codes(raised: pytest.ExceptionInfo[FaultyInput]) -> set[str]:
    return {fault.code for fault in raised.value.faults}


def test_a_plan_holds_all_a_worker_needs(design: DesignSource, storage: LocalStorage) -> None:
    digest, plan = prepare(an_order(design, "Ada", "Grace"), storage, reserve_mb=0)

    assert Plan.model_validate_json(storage.read_blob(digest)) == plan
    assert (plan.total, plan.variables) == (2, ("first_name", "city"))
    assert plan.mapping == {"first_name": "First Name"}
    bench = BenchShelf(storage).open(digest)
    assert isinstance(bench.stamper.stamp({"first_name": "Ada"}), Letter)


def test_the_same_order_gives_the_same_plan(design: DesignSource, storage: LocalStorage) -> None:
    assert prepare(an_order(design, "Ada"), storage, reserve_mb=0) == prepare(
        an_order(design, "Ada"), storage, reserve_mb=0
    )


def test_rows_are_found_at_their_offsets(design: DesignSource, storage: LocalStorage) -> None:
    names = [f"N{index}" for index in range(2_500)]
    digest, plan = prepare(an_order(design, *names), storage, reserve_mb=0)
    shelf = PlanShelf(storage)

    assert len(plan.row_offsets) == 4
    assert orjson.loads(shelf.lines(digest, 2_048, 2_048)[0])["values"][0] == "N2048"
    assert [orjson.loads(line)["values"][0] for line in shelf.lines(digest, 1_020, 1_023)] == names[1_020:1_024]
    assert list(shelf.cells(digest, 2_499)) == ["N2499"]


def test_lines_of_two_blocks_at_once_are_refused(design: DesignSource, storage: LocalStorage) -> None:
    digest, _ = prepare(an_order(design, *"abc"), storage, reserve_mb=0)

    with pytest.raises(ValueError, match="one block"):
        PlanShelf(storage).lines(digest, 2, 3)


def test_faults_of_the_design_and_of_the_list_come_together(storage: LocalStorage) -> None:
    broken = DesignSource(b"{", None, {}, [])

    with pytest.raises(FaultyInput) as raised:
        prepare(an_order(broken), storage, reserve_mb=0)

    assert {"design_invalid", "list_empty"} <= codes(raised)


def test_a_variable_without_a_column_rejects_the_list(design: DesignSource, storage: LocalStorage) -> None:
    order = Order(design, RowsOfObjects([{"surname": "Lovelace"}]), {})

    with pytest.raises(FaultyInput) as raised:
        prepare(order, storage, reserve_mb=0)

    assert codes(raised) == {"variable_unmapped"}


def test_a_batch_that_cannot_fit_the_disk_is_refused(
    design: DesignSource, storage: LocalStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LocalStorage, "free_bytes", lambda _: 1_000)

    with pytest.raises(FaultyInput) as raised:
        prepare(an_order(design, "Ada"), storage, reserve_mb=0)

    assert codes(raised) == {"disk_too_small"}


def test_a_list_that_is_not_there_is_a_fault(design: DesignSource, storage: LocalStorage, tmp_path: Path) -> None:
    with pytest.raises(FaultyInput) as raised:
        prepare(Order(design, RowsOfFile(tmp_path / "none.csv"), {}), storage, reserve_mb=0)

    assert codes(raised) == {"file_unreadable"}


def test_a_faulty_row_is_no_fault_of_the_list(design: DesignSource, storage: LocalStorage, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("first_name,city\nAda,London\nGrace\n,Paris\n", encoding="utf-8")

    digest, plan = prepare(Order(design, RowsOfFile(path), {}), storage, reserve_mb=0)

    rows = [orjson.loads(line) for line in PlanShelf(storage).lines(digest, 0, 2)]
    assert plan.total == 3
    assert [row.get("fault", {}).get("code") for row in rows] == [None, "row_ragged", "value_missing"]


def test_a_packed_design_is_the_same_design(design: DesignSource) -> None:
    again = unpack_design(pack_design(design))

    assert pack_design(again) == pack_design(design)
    assert [font.data for font in again.fonts] == [font.data for font in design.fonts]


def test_the_compiled_design_of_a_plan_is_readable_by_another_process(
    design: DesignSource, storage: LocalStorage
) -> None:
    _, plan = prepare(an_order(design, "Ada"), storage, reserve_mb=0)

    compiled = CompiledDesign.from_bytes(storage.read_blob(plan.compiled))

    assert compiled.renderer_version == plan.renderer_version
