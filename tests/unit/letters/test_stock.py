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


def test_a_form_shows_what_stands_inside_it_and_what_masks_that() -> None:
    stock = Stock([])
    leaf, mask, beside = stock.form("0 0 9 9 re f"), stock.form("0 g"), stock.form("1 g")
    masked = stock.state(State(mask=mask))
    middle = stock.form(f"q /{masked} gs /{leaf} Do Q")
    outer = stock.form(f"q /{middle} Do Q\n/I0 Do")

    assert stock.shown(outer) == {middle, leaf, mask}
    assert beside not in stock.shown(outer)
