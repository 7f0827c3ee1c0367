"""Whatever JSON is handed in as a design, the answer is a design or a list of faults."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from canvases import a_gradient, a_rect, a_shadow, a_text, with_design
from hypothesis import given, settings
from hypothesis import strategies as st

from pressrun.domain.errors import FaultyInput
from pressrun.domain.letters import Design, DesignSource, Letter, Profile, compile_design, read_design
from schemas.faults import Fault

NAMES = st.sampled_from(
    [
        *(
            "left",
            "top",
            "width",
            "height",
            "angle",
            "scaleX",
            "scaleY",
            "skewX",
            "skewY",
            "flipX",
            "originX",
            "originY",
        ),
        *(
            "fill",
            "stroke",
            "strokeWidth",
            "strokeDashArray",
            "strokeUniform",
            "strokeMiterLimit",
            "opacity",
            "visible",
        ),
        *("rx", "ry", "radius", "x1", "y2", "text", "fontSize", "lineHeight", "charSpacing", "textAlign", "styles"),
        *("splitByGrapheme", "fontFamily", "fontWeight", "isQRCode", "variableName", "src", "cropX", "paintFirst"),
        *(
            "shadow",
            "clipPath",
            "globalCompositeOperation",
            "backgroundColor",
            "filters",
            "isVariableImage",
            "imageFit",
        ),
        *("objects", "points", "path", "direction", "underline", "overflow", "isBarcode", "qrContent", "qrLevel"),
    ]
)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2000, 2000),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["left", "center", "justify", "#f80", "rgba(1,2,3,.4)", "Open Sans", "{{x}}", "", "bold", "a b c"]),
    st.lists(st.integers(-3, 30), max_size=4),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
    st.sampled_from(
        [a_shadow(blur=4), a_gradient((0, "#f00"), (1, "rgba(0,0,255,.3)")), "multiply", "shrink", "2px 2px"]
    ),
    st.sampled_from([a_rect(0, 0), a_rect(0, 0, inverted=True), a_text("{{x}}"), [a_rect(0, 0)], [{"x": 1, "y": 9}]]),
)
OBJECTS = st.builds(
    lambda kind, properties: {"fontFamily": "Open Sans", **properties, "type": kind},
    st.sampled_from(
        ["Rect", "Circle", "Line", "Polygon", "Text", "i-text", "Textbox", "Image", "Path", "Group", 7, None]
    ),
    st.dictionaries(NAMES, VALUES, max_size=6),
)
JSON = st.recursive(VALUES, lambda inner: st.lists(inner, max_size=3), max_leaves=5)


def read_or_report(source: DesignSource) -> Design | tuple[Fault, ...]:
    try:
        return read_design(source)
    except FaultyInput as error:
        return error.faults


@settings(max_examples=150, deadline=None)
@given(items=st.lists(OBJECTS, max_size=3), width=VALUES)
def test_unlikely_objects_are_drawn_or_reported(
    a_source: Callable[..., DesignSource], items: list[Any], width: Any
) -> None:
    source = a_source(*items, width=width)

    design = read_or_report(source)

    if isinstance(design, Design):
        outcome = compile_design(design, Profile("")).stamp({})
        assert isinstance(outcome, Letter) or outcome.code in {"variable_missing", "text_off_page", "text_overflow"}
    else:
        assert design


@settings(max_examples=80, deadline=None)
@given(value=JSON, page=JSON)
def test_unlikely_json_is_reported(a_source: Callable[..., DesignSource], value: Any, page: Any) -> None:
    for design in ({"objects": value}, [value], {"pages": value}):
        source = replace(with_design(a_source(), design), page=json.dumps(page).encode())

        assert not isinstance(read_or_report(source), Design)
