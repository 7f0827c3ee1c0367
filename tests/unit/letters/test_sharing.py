"""Each character goes into the first face that has it, and whole clusters into one face."""

from pressrun.domain.letters.faces.sharing import share_out

LATIN = frozenset(map(ord, "abcnq (e"))
WIDE = frozenset(map(ord, "abcdq\u0301\u05d0()"))
EMOJI = frozenset({0x1F44D, 0x1F3FD, 0x200D, ord("a")})


def test_a_face_gets_what_the_ones_before_it_lack() -> None:
    assert share_out("abd", (0, 1), [LATIN, WIDE]) == {0: {"a", "b"}, 1: {"d"}}


def test_a_face_nothing_is_needed_of_is_left_out() -> None:
    assert share_out("ab", (0, 1), [LATIN, WIDE]) == {0: {"a", "b"}}


def test_characters_no_face_has_and_controls_are_left_out() -> None:
    assert share_out("a\u65e5\x07\n", (0, 1), [LATIN, WIDE]) == {0: {"a"}}


def test_a_mark_takes_the_letters_it_may_stand_on_to_its_own_face() -> None:
    shares = share_out("qn\u0301", (0, 1), [LATIN, WIDE])

    assert shares == {0: {"q", "n"}, 1: {"q", "\u0301"}}


def test_a_skin_tone_takes_the_symbols_along() -> None:
    thumb = frozenset({0x1F44D})

    assert share_out("\U0001f44d\U0001f3fd", (0, 1), [thumb, EMOJI])[1] == {"\U0001f44d", "\U0001f3fd"}


def test_joiners_go_to_every_face_in_use_that_has_them() -> None:
    assert share_out("a\u200d\U0001f44d", (0, 1), [LATIN, EMOJI]) == {0: {"a"}, 1: {"\U0001f44d", "\u200d"}}


def test_text_that_turns_round_needs_the_other_brackets_too() -> None:
    assert share_out("\u05d0(", (1,), [LATIN, WIDE]) == {1: {"\u05d0", "(", ")"}}


def test_a_letter_shown_by_its_parts_is_covered() -> None:
    parts = frozenset({ord("e"), 0x301})

    assert share_out("\u00e9", (0,), [parts]) == {0: {"\u00e9"}}
