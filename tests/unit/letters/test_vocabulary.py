"""A property nobody knows is named with its object; what an editor saves for itself is passed over."""

from collections.abc import Callable
from typing import Any

import pytest
from canvases import a_canvas, a_group, a_photo, a_rect, a_text, warnings_of, with_design

from pressrun.domain.letters import DesignSource, read_design

Build = Callable[..., DesignSource]


@pytest.mark.parametrize(
    ("item", "named"),
    [
        (a_rect(cornerGlow=3), "Rect.cornerGlow"),
        (a_rect(text="no text"), "Rect.text"),
        (a_text(rx=3), "Text.rx"),
        (a_text(textShadow="1px"), "Text.textShadow"),
        (a_group(points=[]), "Group.points"),
        (a_photo(radius=4), "Image.radius"),
        ({"type": "circle", "radius": 4, "rx": 4}, "circle.rx"),
    ],
)
def test_a_property_the_type_does_not_have_is_named(a_source: Build, item: dict[str, Any], named: str) -> None:
    (warning,) = read_design(a_source(item)).warnings

    assert (warning.code, warning.where) == ("property_unknown", "design.json objects[0]")
    assert warning.message.startswith(f"{named} ")
    assert named.split(".")[1] in warning.remedy


def test_a_warning_says_which_object_inside_others_it_is(a_source: Build) -> None:
    design = read_design(a_source(a_group(a_rect(), a_rect(clipPath=a_rect(glow=1)))))

    assert [warning.where for warning in design.warnings] == ["design.json objects[0] objects[1] clipPath"]


def test_a_canvas_property_nobody_knows_is_named(a_source: Build) -> None:
    assert warnings_of(a_source(vignette=0.5)) == ["The"]
    assert "vignette" in read_design(a_source(vignette=0.5)).warnings[0].message


@pytest.mark.parametrize(
    "properties",
    [
        {"selectable": False, "lockMovementX": True, "hoverCursor": "move", "objectCaching": False, "id": "a1"},
        {"cornerColor": "red", "borderDashArray": [1], "padding": 3, "excludeFromExport": True, "name": "box"},
        {"originX": "left", "strokeUniform": True, "paintFirst": "stroke", "fillRule": "evenodd", "skewX": 3},
    ],
)
def test_what_is_drawn_or_only_for_the_editor_is_no_warning(a_source: Build, properties: dict[str, Any]) -> None:
    assert warnings_of(a_source(a_rect(**properties), a_text(**properties))) == []


def test_every_property_of_a_saved_canvas_is_known(a_source: Build) -> None:
    canvas = a_canvas(background="#fff", overlay="#0000", clipPath=a_rect(), backgroundImage=None, overlayImage=None)

    assert warnings_of(with_design(a_source(), canvas)) == []


def test_warnings_do_not_keep_a_design_from_being_read(a_source: Build) -> None:
    design = read_design(a_source(a_rect(glow=1), a_text("{{name}}", glow=2)))

    assert len(design.warnings) == 2
    assert [variable.name for variable in design.variables] == ["name"]


def test_the_fabric_cases_are_read_without_a_warning(
    fabric_cases: Any, read_source: Callable[..., DesignSource]
) -> None:
    for folder in sorted(path.parent for path in fabric_cases.glob("*/design.json")):
        assert read_design(read_source(folder, fabric_cases / "fonts")).warnings == (), folder.name
