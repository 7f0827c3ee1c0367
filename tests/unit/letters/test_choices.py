"""The recipients of a proof are those that stress the design, each with the reasons why."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence

import pytest

from pressrun.domain.letters.canvas.placeholders import Variable
from pressrun.domain.letters.review.choices import Choice, Recipient, choose_records
from pressrun.domain.letters.stamping.letter import Refusal

NAME = Variable("name", None, "text")
CITY = Variable("city", "your town", "text")
LINK = Variable("link", None, "qr")


def a_recipient(line: int, **values: str) -> Recipient:
    return Recipient(line, {"name": "Ann", "city": "Town", "link": "x"} | values)


def a_list(*changed: Recipient, length: int = 50) -> list[Recipient]:
    """Recipients on lines 2 and on, all the same but for those given."""
    given = {recipient.line: recipient for recipient in changed}
    return [given.get(line, a_recipient(line)) for line in range(2, length + 2)]


def choose(recipients: Sequence[Recipient], size: int = 12, seed: int = 0, **options: object) -> tuple[Choice, ...]:
    return choose_records(recipients, (NAME, CITY, LINK), size=size, seed=seed, **options)  # type: ignore[arg-type]  # passed on


def reasons_of(choices: Sequence[Choice], line: int) -> list[str]:
    return [str(reason) for choice in choices if choice.recipient.line == line for reason in choice.reasons]


def test_the_longest_value_of_each_variable_is_shown() -> None:
    choices = choose(a_list(a_recipient(20, name="Bartholomew"), a_recipient(30, city="Llanfairpwll")))

    assert "longest {{name}}: 11 characters" in reasons_of(choices, 20)
    assert "longest {{city}}: 12 characters" in reasons_of(choices, 30)


def test_longest_is_what_is_widest_by_the_measure_given() -> None:
    def measure(value: str) -> float:
        return value.count("W") + len(value) / 100

    choices = choose(a_list(a_recipient(20, name="illiilliilli"), a_recipient(30, name="WWW")), measure=measure)

    assert "longest {{name}}: 3 characters" in reasons_of(choices, 30)


def test_values_that_share_a_line_are_weighed_together() -> None:
    rows = a_list(
        a_recipient(20, name="N" * 9), a_recipient(30, city="C" * 9), a_recipient(40, name="n" * 8, city="c" * 8)
    )

    choices = choose(rows, together=[("name", "city")])

    assert "longest {{name}} {{city}} together: 16 characters" in reasons_of(choices, 40)


def test_a_value_of_several_lines_is_shown() -> None:
    choices = choose(a_list(a_recipient(20, name="A\nB\r\nC")))

    assert "most lines: 3" in reasons_of(choices, 20)


def test_a_missing_optional_value_is_shown() -> None:
    choices = choose(a_list(Recipient(20, {"name": "Ann", "link": "x"})))

    assert "without {{city}}; values missing: 1" in reasons_of(choices, 20)


def test_the_rarest_character_is_shown_by_its_code_point() -> None:
    choices = choose(a_list(a_recipient(20, name="Ańn"), *(a_recipient(line, name="Änn") for line in range(30, 40))))

    assert "rare character U+0144; rows with it: 1" in reasons_of(choices, 20)


def test_a_character_that_no_font_has_comes_before_rarer_ones() -> None:
    missing = [a_recipient(line, name="漢") for line in range(30, 40)]

    choices = choose(a_list(a_recipient(20, name="Ańn"), *missing), covered=lambda character: character != "漢")

    assert "character U+6F22, which no font here has; rows with it: 10" in reasons_of(choices, 30)


def test_a_character_that_many_have_is_not_rare() -> None:
    choices = choose(a_list(*(a_recipient(line, name="Ånn") for line in range(10, 50))))

    assert "rare" not in {reason.kind for choice in choices for reason in choice.reasons}


@pytest.mark.parametrize(("size", "sampled"), [(1, 0), (2, 0), (3, 1), (12, 2), (24, 4)])
def test_a_part_of_the_places_is_kept_for_the_sample(size: int, sampled: int) -> None:
    special = [Recipient(line, {}, Refusal(f"code_{line}", "It is refused.")) for line in range(10, 50)]

    choices = choose(a_list(*special, length=100), size=size)

    assert len(choices) == size
    assert [choice.reasons[0].kind for choice in choices].count("sample") == sampled


def test_characters_of_one_recipient_take_one_place() -> None:
    choices = choose(a_list(a_recipient(20, name="ąćęłń"), a_recipient(30, name="ů")))

    assert [reason.kind for choice in choices for reason in choice.reasons if choice.recipient.line in {20, 30}].count(
        "rare"
    ) == 2


def test_the_densest_code_is_counted_in_bytes() -> None:
    choices = choose(a_list(a_recipient(20, link="é" * 30), a_recipient(30, link="e" * 40)))

    assert "densest code {{link}}: 60 bytes" in reasons_of(choices, 20)


def test_the_first_row_of_each_fault_is_shown() -> None:
    refused = [Recipient(line, {}, Refusal("row_ragged", "It is ragged.")) for line in (20, 21)]

    choices = choose(a_list(*refused))

    assert reasons_of(choices, 20) == ["first with row_ragged"]
    assert reasons_of(choices, 21) == []


def test_no_reason_shows_a_value() -> None:
    secret = Recipient(20, {"name": "Secret\nlong name", "link": "secret-link" * 9})

    choices = choose(a_list(secret), together=[("name", "city")])

    assert len(reasons_of(choices, 20)) > 3
    assert not any("ecret" in reason for reason in reasons_of(choices, 20))


def test_places_left_over_are_filled_with_a_sample() -> None:
    choices = choose(a_list())

    sampled = [choice for choice in choices if [reason.kind for reason in choice.reasons] == ["sample"]]
    assert len(choices) == 12
    assert len(sampled) >= 2


def test_something_typical_is_shown_even_where_much_is_special() -> None:
    choices = choose(a_list(*(a_recipient(line, name=chr(0x100 + line) * line) for line in range(10, 40))), size=4)

    assert [reason.kind for choice in choices for reason in choice.reasons].count("sample") == 1


def test_another_seed_draws_another_sample() -> None:
    rows = a_list(length=500)

    drawn = [{choice.recipient.line for choice in choose(rows, seed=seed)} for seed in (1, 1, 2)]

    assert drawn[0] == drawn[1] != drawn[2]


def test_choices_are_in_the_order_of_the_list() -> None:
    lines = [choice.recipient.line for choice in choose(a_list(a_recipient(40, name="Bartholomew")))]

    assert lines == sorted(lines)


@pytest.mark.parametrize("length", [0, 1, 5])
def test_a_short_list_is_shown_whole(length: int) -> None:
    assert len(choose(a_list(length=length))) == length


def test_the_list_is_gone_through_once_and_not_held() -> None:
    alive = 0

    class Row(dict[str, str]):
        def __init__(self, name: str) -> None:
            nonlocal alive
            super().__init__(name=name, city="Town", link="x")
            alive += 1

        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    most = 0

    def rows() -> Iterator[Recipient]:
        nonlocal most
        for line in range(5_000):
            # A new character in every row, as in a list of Chinese names.
            yield Recipient(line, Row(chr(0x4E00 + line)))
            most = max(most, alive)

    choose_records(rows(), (NAME, CITY, LINK), size=12, seed=0)

    assert most < 300


def test_the_choice_does_not_depend_on_the_hash_seed() -> None:
    program = (
        "from pressrun.domain.letters.review.choices import *\n"
        "from pressrun.domain.letters.canvas.placeholders import Variable\n"
        "rows = [Recipient(n, {'name': ''.join(chr(0x4E00 + (n * k) % 997) for k in range(9))}) for n in range(600)]\n"
        "print(choose_records(rows, [Variable('name', None, 'text')], size=12, seed=3))\n"
    )

    printed = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(printed) == 1
