"""Which column each variable is taken from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressrun.domain.errors import FaultyInput
from pressrun.domain.recipients.mapping import Want, map_columns
from schemas.faults import Fault


def a_want(name: str, *, required: bool = True) -> Want:
    return Want(name=name, required=required)


def the_faults(header: list[str], wants: list[Want], explicit: dict[str, str] | None = None) -> list[Fault]:
    with pytest.raises(FaultyInput) as caught:
        map_columns(header, wants, explicit or {})
    return list(caught.value.faults)


def test_the_same_name_is_taken() -> None:
    assert map_columns(["city", "name"], [a_want("name"), a_want("city")], {}) == {"name": 1, "city": 0}


@pytest.mark.parametrize(
    "column", ["First Name", "FIRST_NAME", "first-name", "first.name", "firstname", " First  name"]
)
def test_case_and_separators_are_ignored(column: str) -> None:
    assert map_columns(["x", column], [a_want("first_name")], {}) == {"first_name": 1}


def test_accents_compare_in_one_form() -> None:
    assert map_columns(["PRE\u0301NOM"], [a_want("pr\u00e9nom")], {}) == {"pr\u00e9nom": 0}


def test_the_exact_name_wins_over_a_similar_one() -> None:
    assert map_columns(["Name", "name"], [a_want("name")], {}) == {"name": 1}


def test_the_explicit_mapping_wins_over_the_same_name() -> None:
    assert map_columns(["name", "Nick Name"], [a_want("name")], {"name": "nick_name"}) == {"name": 1}


def test_one_column_may_serve_two_variables() -> None:
    assert map_columns(["code"], [a_want("code"), a_want("qr")], {"qr": "code"}) == {"qr": 0, "code": 0}


def test_an_optional_variable_without_a_column_is_left_out() -> None:
    assert map_columns(["name"], [a_want("name"), a_want("title", required=False)], {}) == {"name": 0}


def test_a_required_variable_without_a_column_is_a_fault_that_names_the_nearest() -> None:
    (fault,) = the_faults(["Full name", "Fist name", "city"], [a_want("first_name")])
    assert fault.code == "variable_unmapped"
    assert "'first_name'" in fault.message
    assert "'Fist name'" in fault.remedy


def test_two_similar_columns_are_ambiguous() -> None:
    (fault,) = the_faults(["First Name", "first-name"], [a_want("first_name")])
    assert fault.code == "column_ambiguous"
    assert "'First Name' or 'first-name'" in fault.message


def test_an_unknown_variable_in_the_mapping_is_a_fault() -> None:
    (fault,) = the_faults(["name"], [a_want("name")], {"nmae": "name"})
    assert (fault.code, "'name'" in fault.remedy) == ("map_unknown_variable", True)


def test_an_unknown_column_in_the_mapping_is_one_fault() -> None:
    (fault,) = the_faults(["city"], [a_want("name")], {"name": "ctiy"})
    assert (fault.code, "'city'" in fault.remedy) == ("map_unknown_column", True)


def test_all_faults_are_said_at_once() -> None:
    faults = the_faults(["city"], [a_want("name"), a_want("zip")], {"x": "city", "zip": "y"})
    assert sorted(fault.code for fault in faults) == ["map_unknown_column", "map_unknown_variable", "variable_unmapped"]


@given(st.lists(st.text(max_size=8), max_size=6), st.lists(st.text(max_size=8), max_size=6), st.data())
def test_any_names_give_columns_or_faults(header: list[str], names: list[str], data: st.DataObject) -> None:
    explicit = data.draw(st.dictionaries(st.sampled_from([*names, "?"]), st.sampled_from([*header, "?"])))
    try:
        mapping = map_columns(header, [a_want(name) for name in names], explicit)
    except FaultyInput:
        return
    assert set(mapping) == set(names)
    assert all(0 <= column < len(header) for column in mapping.values())
