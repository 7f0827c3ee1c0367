"""Text reaches the shaper in runs of one script, and is counted in the characters people see."""

import pytest

from pressrun.domain.letters.typography.scripts import runs_right_to_left, split_graphemes, split_scripts


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("office", [("Latn", "office")]),
        ("12,5", [("Zyyy", "12,5")]),
        ("\u00fcber", [("Latn", "\u00fcber")]),
        ("abc\u0434\u0435", [("Latn", "abc"), ("Cyrl", "\u0434\u0435")]),
        ("(\u05d0) a", [("Hebr", "(\u05d0) "), ("Latn", "a")]),
        ("e\u0301-\u03b1", [("Latn", "e\u0301-"), ("Grek", "\u03b1")]),
        ("\u2013", [("Zyyy", "\u2013")]),
    ],
)
def test_what_scripts_share_goes_with_its_neighbours(text: str, runs: list[tuple[str, str]]) -> None:
    assert split_scripts(text) == runs


@pytest.mark.parametrize(
    "cluster",
    ["g\u0303", "\u0915\u094d\u0937\u093f", "\U0001f469\u200d\U0001f680", "\U0001f1e9\U0001f1ea", "\u0e01\u0e33"],
)
def test_what_people_see_as_one_character_is_one(cluster: str) -> None:
    assert split_graphemes(f"a{cluster}b") == ["a", cluster, "b"]


def test_the_direction_of_a_run_is_its_scripts() -> None:
    assert [runs_right_to_left(name) for name in ("Hebr", "Arab", "Latn", "Deva", "Zyyy")] == [True, True] + [False] * 3
