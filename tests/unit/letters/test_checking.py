"""A check stamps a letter for every recipient, keeps none, and says what would go wrong and where."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from pressrun.checks import Check, check_letters
from pressrun.domain.letters import DesignSource, read_design
from pressrun.preparation import RowsOfObjects

Checked = Callable[..., Check]


def a_text(text: str = "Dear {{name}}", **properties: Any) -> dict[str, Any]:
    return {"type": "Text", "fontFamily": "Open Sans", "text": text, "left": 300, "top": 200} | properties


def a_code(**properties: Any) -> dict[str, Any]:
    place = {"left": 300, "top": 200, "width": 120, "height": 120, "strokeWidth": 0}
    return {"type": "Rect", "isQRCode": True, "variableName": "link", **place} | properties


def a_photo() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (30, 20), "teal").save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def checked(a_source: Callable[..., DesignSource]) -> Checked:
    def check(*objects: dict[str, Any], recipients: list[dict[str, object]], **options: Any) -> Check:
        return check_letters(read_design(a_source(*objects, **options)), RowsOfObjects(recipients), {})

    return check


def refusals_of(check: Check) -> dict[str, list[int]]:
    assert check.recipients is not None
    return {
        finding.code: sorted(line for example in finding.examples for line in example.lines)
        for finding in check.recipients.refusals
    }


def test_a_text_that_must_fit_and_does_not_is_found(checked: Checked) -> None:
    box = a_text(type="Textbox", width=100, height=30, fontSize=20, overflow="fail")

    check = checked(box, recipients=[{"name": "Ann"}, {"name": "Bartholomew " * 9}])

    assert refusals_of(check) == {"text_overflow": [2]}


def test_a_text_that_leaves_the_page_is_found(checked: Checked) -> None:
    check = checked(a_text(fontSize=60), recipients=[{"name": "Ann"}, {"name": "Bartholomew" * 9}])

    assert refusals_of(check) == {"text_off_page": [2]}


def test_a_picture_that_is_not_there_is_found(checked: Checked) -> None:
    place = {"type": "Image", "src": "assets/a.png", "width": 30, "height": 20, "left": 100, "top": 100}
    place |= {"isVariableImage": True, "variableName": "photo"}
    recipients = [{"photo": "assets/a.png"}, {"photo": "assets/absent.png"}, {"photo": "https://example.com/a.png"}]

    check = checked(place, recipients=recipients, assets={"assets/a.png": a_photo()})

    assert refusals_of(check) == {"image_missing": [2, 3]}


def test_a_variable_of_text_and_code_needs_one_value(checked: Checked) -> None:
    check = checked(a_text("{{link}}"), a_code(), recipients=[{"link": "https://example.com"}, {"link": ""}])

    assert refusals_of(check) == {"value_missing": [2]}


def test_each_recipient_is_counted_once(checked: Checked) -> None:
    check = checked(
        a_text("{{name}} {{city}}"), recipients=[{"name": "\u6f22", "city": "\u6f22"}, {"name": "", "city": ""}]
    )

    assert check.recipients is not None
    assert (check.recipients.total, check.recipients.refused) == (2, 2)


def test_warnings_are_of_the_design_whoever_the_recipients_are(checked: Checked) -> None:
    shadow = {"color": "#000", "blur": 4, "offsetX": 2, "offsetY": 2}

    check = checked(a_text(shadow=shadow, wobble=1), recipients=[{"name": "Ann"}])

    assert {warning.code for warning in check.warnings} == {"property_unknown", "shadow_slow"}
    assert refusals_of(check) == {}


def test_without_a_list_only_the_design_is_looked_at(a_source: Callable[..., DesignSource]) -> None:
    check = check_letters(read_design(a_source(a_text())), None, {})

    assert check.recipients is None
    assert [variable.name for variable in check.variables] == ["name"]
