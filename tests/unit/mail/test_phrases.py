"""Numbers and names as people read them."""

import pytest

from sinks.mail import phrases


@pytest.mark.parametrize(
    ("part", "total", "shown"),
    [
        (0, 0, "0 %"),
        (0, 10, "0 %"),
        (10, 10, "100 %"),
        (1, 3, "33.3 %"),
        (1, 1_000_000, "0.1 %"),
        (999_999, 1_000_000, "99.9 %"),
    ],
)
def test_a_percentage_says_all_or_none_only_when_it_is(part: int, total: int, shown: str) -> None:
    assert phrases.percentage(part, total) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1_000, "1 kB"),
        (999_499, "999 kB"),
        (999_600, "1 MB"),
        (1_432_000_000, "1.43 GB"),
        (2_500_000_000_000, "2.5 TB"),
    ],
)
def test_a_size_has_three_digits_and_a_unit(number: int, shown: str) -> None:
    assert phrases.size(number) == shown


def test_a_name_is_shown_on_one_line_without_direction_characters() -> None:
    assert phrases.one_line(" Spring\r\nletters\u202e \x00\u200bgpj ") == "Spring letters gpj"


def test_a_long_name_is_cut() -> None:
    assert len(phrases.one_line("x" * 5_000)) == 120
