"""Text, IText and Textbox objects."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from pressrun.domain.letters.canvas.dialect import Dialect
from pressrun.domain.letters.canvas.paints import Paint, Pen
from pressrun.domain.letters.canvas.placeholders import Template, cut_template, has_stray_braces
from pressrun.domain.letters.canvas.placing import read_pen
from pressrun.domain.letters.canvas.properties import Properties
from pressrun.domain.letters.canvas.styles import UNSTYLED, Style, read_styles
from pressrun.domain.letters.canvas.text import Align, Overflow, TextBlock, TextStyle
from pressrun.domain.letters.faces.fonts import FontCase, find_faces, read_wish
from pressrun.domain.letters.typography.screening import describe, find_unprintable, normalise

_ALIGNS: Final[tuple[Align, ...]] = (
    "left",
    "center",
    "right",
    "justify",
    "justify-left",
    "justify-center",
    "justify-right",
)
_OVERFLOWS: Final[tuple[Overflow, ...]] = ("as_designed", "shrink", "clip", "fail")
_FIXED_BARS_UP_TO: Final = 5
# Fabric's own list (7.4 `styleProperties`); whatever else a character carries is not drawn by it either.
_STYLE_KEYS: Final = frozenset(
    {
        "fill",
        "stroke",
        "strokeWidth",
        "fontSize",
        "fontFamily",
        "fontWeight",
        "fontStyle",
        "underline",
        "overline",
        "linethrough",
        "deltaY",
        "textBackgroundColor",
        "textDecorationThickness",
        "textDecorationColor",
    }
)
# For these null means "not painted"; for every other key it means the object's own value.
_EMPTIED_BY_NULL: Final = frozenset({"fill", "stroke"})


def read_text(item: Properties, dialect: Dialect, case: FontCase, *, boxed: bool) -> TextBlock | None:
    """Read a text; `boxed` for a Textbox, which wraps at its width."""
    if item.raw.get("path") is not None:
        item.unsupported("path")
    palette = Palette(case)
    _read_style(_merge(item, UNSTYLED), palette)
    template, part_styles = _read_template(item, dialect, palette)
    styles = tuple(palette.styles)
    overflow = item.choice("overflow", _OVERFLOWS, "as_designed")
    stroked = any(style.pen_width for style in styles)
    block = TextBlock(
        template=template,
        part_styles=part_styles,
        styles=styles,
        paints=tuple(palette.paints),
        pen=_read_pen(item) if stroked else None,
        pen_first=item.choice("paintFirst", ("fill", "stroke"), "fill") == "stroke",
        line_height=item.positive("lineHeight", 1.16),
        spacing=item.number("charSpacing", 0.0) * styles[0].size / 1000,
        align=item.choice("textAlign", _ALIGNS, "left"),
        wrap=item.size("width", 0.0) if boxed else None,
        by_grapheme=boxed and item.flag("splitByGrapheme", default=False),
        widens=dialect.widens,
        splits_marks=dialect.splits_marks,
        right_to_left=item.choice("direction", ("ltr", "rtl"), "ltr") == "rtl",
        fixed_bars=dialect.major <= _FIXED_BARS_UP_TO,
        overflow=overflow,
        box_width=_read_side(item, "width", overflow),
        box_height=_read_side(item, "height", overflow),
        floor=_read_floor(item),
        may_leave_page=item.flag("allowOffPage", default=False),
    )
    if not all(style.faces for style in styles):
        return None
    _check_characters(item, block, case)
    return block


@dataclass(frozen=True, slots=True)
class Palette:
    """The styles and paints of one text, each kept once, in order of first use."""

    case: FontCase
    styles: list[TextStyle] = field(default_factory=list)
    paints: list[Paint] = field(default_factory=list)

    def style(self, style: TextStyle) -> int:
        if style not in self.styles:
            self.styles.append(style)
        return self.styles.index(style)

    def paint(self, paint: Paint | None) -> int | None:
        if paint is None:
            return None
        if paint not in self.paints:
            self.paints.append(paint)
        return self.paints.index(paint)


def _read_template(item: Properties, dialect: Dialect, palette: Palette) -> tuple[Template, tuple[int, ...]]:
    """Cut the text where its style changes; saved styles count its characters before it is normalised."""
    text = item.text("text", "")
    numbers = _number_styles(item, read_styles(item, text, splits_marks=dialect.splits_marks), palette)
    template, part_styles = cut_template(text, numbers)
    if has_stray_braces(template):
        item.fault(
            "placeholder_invalid",
            "The text holds {{ that begins no placeholder and would be printed.",
            "Write {{name}} or {{name|default}}.",
        )
    return tuple(normalise(part) if isinstance(part, str) else part for part in template), part_styles


def _number_styles(item: Properties, styles: Sequence[Style], palette: Palette) -> list[int]:
    """Return the number of each character's style, reading every distinct one once."""
    known: dict[str, int] = {}
    by_identity: dict[int, int] = {}
    warned: set[str] = set()
    for style in styles:
        if id(style) in by_identity:
            continue
        written = json.dumps(style, sort_keys=True)
        if written not in known:
            _warn_of_unknown(item, style, warned)
            known[written] = _read_style(_merge(item, style), palette)
        by_identity[id(style)] = known[written]
    return [by_identity[id(style)] for style in styles]


def _merge(item: Properties, style: Style) -> Properties:
    """Return the properties of a character: its own before the object's, which lifts nothing (no deltaY)."""
    given = {**item.raw, "deltaY": 0, **{name: value for name, value in style.items() if _counts(name, value)}}
    return item.inside({name: value for name, value in given.items() if _counts(name, value)}, item.where)


def _counts(name: str, value: object) -> bool:
    return value is not None or name in _EMPTIED_BY_NULL


def _warn_of_unknown(item: Properties, style: Style, warned: set[str]) -> None:
    for name in sorted(style.keys() - _STYLE_KEYS - warned):
        item.warn(f"styles.{name}")
        warned.add(name)


def _read_style(item: Properties, palette: Palette) -> int:
    """Read the style of an object or of a character and return its number.

    What is wrong with the object itself would be found again with each style: it is said once.
    """
    faults = list(item.faults)
    item.faults.clear()
    style = _write_style(item, palette)
    found = [fault for fault in item.faults if fault not in faults]
    item.faults[:] = faults + found
    return palette.style(style)


def _write_style(item: Properties, palette: Palette) -> TextStyle:
    stroke = palette.paint(item.paint("stroke", None))
    width = item.size("strokeWidth", 1.0)
    stroked = stroke is not None and width > 0
    return TextStyle(
        faces=find_faces(item, read_wish(item), palette.case) or (),
        size=item.positive("fontSize", 40.0),
        fill=palette.paint(item.paint("fill", "rgb(0,0,0)")),
        stroke=stroke if stroked else None,
        pen_width=width if stroked else None,
        underline=item.flag("underline", default=False),
        overline=item.flag("overline", default=False),
        linethrough=item.flag("linethrough", default=False),
        thickness=item.size("textDecorationThickness", 66.667),
        decoration=palette.paint(item.colour("textDecorationColor", None)),
        rise=item.number("deltaY", 0.0),
        ground=palette.paint(item.colour("textBackgroundColor", None)),
    )


def _check_characters(item: Properties, block: TextBlock, case: FontCase) -> None:
    """Find what the design itself prints and no face at hand shows."""
    for part, style in zip(block.template, block.part_styles, strict=True):
        printed = part if isinstance(part, str) else part.default or ""
        covered = frozenset[int]().union(*(case.faces[face].coverage for face in block.styles[style].faces))
        if found := find_unprintable(printed, covered):
            item.fault(
                f"design_{found[0]}",
                f"The text holds {describe(found[1])}, which cannot be printed in any font at hand.",
                "Change the text, or add a font that has the character.",
            )
            return


def _read_pen(item: Properties) -> Pen | None:
    """Read caps, joins and dashes also where only single characters are stroked."""
    pen: Mapping[str, object] = {"stroke": "#000", "strokeWidth": 1}
    return read_pen(item.inside({**item.raw, **pen}, item.where))


def _read_side(item: Properties, name: str, overflow: Overflow) -> float | None:
    """Return a side of the box as saved; what overflow measures against has to be there."""
    side = item.size(name, 0.0)
    if side:
        return side
    if overflow != "as_designed":
        item.fault(
            "design_invalid",
            f"overflow is {overflow}, and the text has no {name} to measure against.",
            f"Save the object with its {name}.",
        )
    return None


def _read_floor(item: Properties) -> float:
    floor = item.positive("overflowFloor", 0.5)
    if floor <= 1:
        return floor
    item.fault("design_invalid", "overflowFloor is more than 1.", "Set overflowFloor to a share from 0 to 1.")
    return 0.5
