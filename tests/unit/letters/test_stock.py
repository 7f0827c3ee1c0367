"""What is referred to by name is kept once, and each letter's own places follow each other."""

from pressrun.domain.letters.drawing.stock import State, Stock


def test_the_state_every_page_begins_with_needs_no_name() -> None:
    stock = Stock([])

    assert stock.state(State()) is None
    assert stock.states == {}


def test_equal_states_have_one_name_and_others_another() -> None:
    stock = Stock([])

    names = [stock.state(State(alpha=alpha, blend=blend)) for alpha, blend in ((0.5, "Normal"), (0.5, "Screen"))]

    assert stock.state(State(alpha=0.5)) == names[0]
    assert len(set(names)) == 2


def test_no_two_things_share_a_name() -> None:
    stock = Stock([])

    forms = [stock.form("q Q", kind) for kind in "LGLK"]
    patterns = [stock.pattern("<<>>") for _ in range(3)]

    assert len({*forms, *patterns}) == 7
    assert set(forms) == set(stock.forms)


def test_places_of_a_letters_own_follow_each_other() -> None:
    stock = Stock([])

    slots = [stock.slot("XObject", 2), stock.slot("Font", 6, name="R0"), stock.slot("Pattern")]

    assert [slot.first for slot in slots] == [0, 2, 8]
    assert [slot.name for slot in slots] == ["O0", "R0", "O8"]
    assert stock.slots == slots
