"""What is wrong with a list is counted, with places to look at, in bounded memory."""

from collections.abc import Iterable

from pressrun.domain.letters.review.findings import LINES_KEPT, MESSAGES_KEPT, Example, Finding, Tally

MISSING = "No font has U+6F22."


def a_tally(lines: Iterable[int], code: str = "glyph_missing", message: str = MISSING) -> Tally:
    tally = Tally()
    for line in lines:
        tally.add(line, code, message)
    return tally


def test_what_comes_up_is_counted_by_code_with_lines() -> None:
    tally = a_tally([4, 5])
    tally.add(3, "row_ragged", "It is ragged.")

    assert tally.list_findings() == (
        Finding("glyph_missing", 2, (Example(MISSING, 2, (4, 5)),)),
        Finding("row_ragged", 1, (Example("It is ragged.", 1, (3,)),)),
    )


def test_a_list_without_fault_has_no_findings() -> None:
    assert Tally().list_findings() == ()


def test_of_many_lines_the_first_are_kept() -> None:
    (found,) = a_tally(range(2, 1_002)).list_findings()

    assert found == Finding("glyph_missing", 1_000, (Example(MISSING, 1_000, tuple(range(2, 2 + LINES_KEPT))),))


def test_of_many_messages_the_first_are_kept_and_all_are_counted() -> None:
    tally = Tally()
    for line in range(0x4E00, 0x5000):
        tally.add(line, "glyph_missing", f"No font has U+{line:04X}.")

    (found,) = tally.list_findings()

    assert found.count == 0x200
    assert len(found.examples) == MESSAGES_KEPT
    assert found.examples[0] == Example("No font has U+4E00.", 1, (0x4E00,))
