"""Mixed lines are put in the order the Unicode bidirectional algorithm gives them (UAX 9)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressrun.domain.letters.typography.bidi import order_runs, resolve_levels

HEBREW, ARABIC, THREE = "\u05d0", "\u0645", "\u0663"
SAMPLES = "ab12 .,()[]%+-/" + HEBREW + ARABIC + THREE + "\u0301\u05b8\u2066\u2067\u2068\u2069\u202a\u202b\u202c\u202e"


def as_seen(text: str, *, right_to_left: bool = False) -> str:
    """Return the characters from left to right."""
    runs = order_runs(text, right_to_left=right_to_left)
    return "".join(text[run.start : run.end][:: -1 if run.right_to_left else 1] for run in runs)


# Levels as bidi-js 1.0, which passes Unicode's own conformance tests, gives them.
@pytest.mark.parametrize(
    ("text", "base", "levels"),
    [
        ("abc", 0, [0, 0, 0]),
        ("abc", 1, [2, 2, 2]),
        (HEBREW * 3, 0, [1, 1, 1]),
        (f"a {HEBREW}.", 0, [0, 0, 1, 0]),
        (f"a {HEBREW}.", 1, [2, 1, 1, 1]),
        (f"{HEBREW} 12/3", 1, [1, 1, 2, 2, 2, 2]),
        (f"{ARABIC} 12/3", 1, [1, 1, 2, 2, 2, 2]),
        (f"{HEBREW} 45%", 0, [1, 1, 2, 2, 2]),
        (f"a ({HEBREW}) b", 0, [0, 0, 0, 1, 0, 0, 0]),
        (f"{HEBREW} (a) {HEBREW}", 0, [1, 0, 0, 0, 0, 0, 1]),
        (f"{HEBREW} (a) {HEBREW}", 1, [1, 1, 1, 2, 1, 1, 1]),
        (f"a\u2067{HEBREW}1\u2069b", 0, [0, 0, 1, 2, 0, 0]),
        (f"{THREE}\u202b)\u202a+/", 0, [2, 2, 1, 1, 2, 2]),
        (f" {THREE}\u202b[%+1/\u202e/.{HEBREW}(", 0, [0, 2, 2, 1, 1, 1, 2, 1, 1, 3, 3, 3, 3]),
        ("\u0301\u0663\u202b 2 $\u05b8", 0, [0, 2, 2, 1, 2, 1, 1, 1]),
    ],
)
def test_each_character_has_the_level_of_the_standard(text: str, base: int, levels: list[int]) -> None:
    assert resolve_levels(text, base) == levels


def test_a_hebrew_line_is_seen_from_right_to_left() -> None:
    assert as_seen("\u05d0\u05d1 \u05d2", right_to_left=True) == "\u05d2 \u05d1\u05d0"


def test_a_house_number_keeps_its_order_in_a_hebrew_line() -> None:
    assert as_seen("\u05d0\u05d1 12", right_to_left=True) == "12 \u05d1\u05d0"


def test_punctuation_at_the_end_stands_left_in_a_line_from_right_to_left() -> None:
    assert as_seen("abc!", right_to_left=True) == "!abc"
    assert as_seen("abc!") == "abc!"


@given(st.text(st.sampled_from(SAMPLES), max_size=40), st.booleans())
def test_every_character_is_seen_once(text: str, right_to_left: bool) -> None:
    runs = order_runs(text, right_to_left=right_to_left)

    assert sorted(place for run in runs for place in range(run.start, run.end)) == list(range(len(text)))


@given(st.text(max_size=40))
def test_a_text_without_such_letters_stays_as_it_is(text: str) -> None:
    plain = "".join(character for character in text if character.isascii())

    assert as_seen(plain) == plain
