"""Placeholders are found as written, with blanks and defaults."""

import pytest

from pressrun.domain.letters.canvas.placeholders import (
    Kind,
    Slot,
    Template,
    Variable,
    cut_template,
    has_stray_braces,
    literals_of,
    merge_slots,
    read_template,
    slots_of,
)


@pytest.mark.parametrize(
    ("text", "template"),
    [
        ("", ()),
        ("plain", ("plain",)),
        ("{{name}}", (Slot("name", None),)),
        ("a {{ first name }} b", ("a ", Slot("first name", None), " b")),
        ("{{x|}}", (Slot("x", ""),)),
        ("{{ x | dear friend }}!", (Slot("x", "dear friend"), "!")),
        ("{{a}}{{b}}", (Slot("a", None), Slot("b", None))),
        ("{ {a} } {single}", ("{ {a} } {single}",)),
        ("{{größe}}", (Slot("größe", None),)),
        ("{{__class__}}", (Slot("__class__", None),)),
        ("{{a.b[0]}}", (Slot("a.b[0]", None),)),
        ("{{{name}}}", ("{", Slot("name", None), "}")),
        ("{{a\nb}}", (Slot("a\nb", None),)),
    ],
)
def test_a_text_is_split_into_literals_and_slots(text: str, template: Template) -> None:
    assert read_template(text) == template


@pytest.mark.parametrize("text", ["{{", "{{name", "{{}}", "{{ }}", "{{|x}}", "{{a{b}}"])
def test_braces_that_begin_no_placeholder_are_noticed(text: str) -> None:
    assert has_stray_braces(read_template(text))


def test_literals_hold_all_that_the_design_itself_can_print() -> None:
    assert literals_of(read_template("Dear {{name|friend}}, {{city}}")) == "Dear friend, "


def test_a_template_is_cut_where_the_style_changes() -> None:
    template, styles = cut_template("ab{{n}}cd", [0, 1, 2, 2, 1, 1, 1, 0, 0])

    assert template == ("a", "b", Slot("n", None), "cd")
    assert styles == (0, 1, 2, 0)


def test_a_variable_is_one_for_each_kind_of_its_use() -> None:
    slots: tuple[tuple[Slot, Kind], ...] = (
        (Slot("name", "friend"), "text"),
        (Slot("name", None), "qr"),
        (Slot("name", "you"), "text"),
        (Slot("photo", None), "image"),
    )

    assert merge_slots(slots) == (
        Variable("name", "friend", "text"),
        Variable("name", None, "qr"),
        Variable("photo", None, "image"),
    )


def test_slots_are_listed_with_every_repetition() -> None:
    template = read_template("{{a}} {{b|x}} {{a}}")

    assert slots_of(template) == (Slot("a", None), Slot("b", "x"), Slot("a", None))
