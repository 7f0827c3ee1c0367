"""Reading the objects of a canvas, nested ones too: what each shows and how it is laid on what is below."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from pressrun.domain.letters.canvas.dialect import Dialect, type_name
from pressrun.domain.letters.canvas.effects import read_blend, read_shadow
from pressrun.domain.letters.canvas.objects import Clip, Content, Drawable, Group, Shape, varies
from pressrun.domain.letters.canvas.pictures import read_picture
from pressrun.domain.letters.canvas.placing import read_placement
from pressrun.domain.letters.canvas.properties import Properties
from pressrun.domain.letters.canvas.shapes import (
    read_circle,
    read_ellipse,
    read_line,
    read_path,
    read_polygon,
    read_polyline,
    read_rect,
    read_triangle,
)
from pressrun.domain.letters.canvas.texts import read_text
from pressrun.domain.letters.canvas.vocabulary import warn_of_unknown
from pressrun.domain.letters.faces.fonts import FontCase
from pressrun.domain.letters.images.gallery import Gallery
from pressrun.domain.letters.symbols.codes import read_code

# Deeper than any design made by hand; every level costs a frame of the interpreter's stack while drawing.
_DEEPEST: Final = 50
MOST_OBJECTS: Final = 20_000


@dataclass(frozen=True, slots=True)
class Desk:
    """What the readers of objects share, and how deep in groups and clips they are."""

    dialect: Dialect
    fonts: FontCase
    gallery: Gallery
    depth: int = 0


Reader = Callable[[Properties, Desk], Content | None]


def read_members(parent: Properties, desk: Desk) -> tuple[Drawable, ...]:
    """Read the objects of a canvas or group in drawing order; hidden ones are left out."""
    members = parent.raw.get("objects", [])
    if not isinstance(members, list):
        parent.fault("design_invalid", "objects is no list.", "Save the canvas with canvas.toJSON().")
        return ()
    if len(members) > MOST_OBJECTS:
        parent.fault(
            "design_too_large", f"There are more than {MOST_OBJECTS:,} objects.", "Flatten some into a picture."
        )
        return ()
    read = [_read_raw(raw, parent, f"objects[{index}]", desk) for index, raw in enumerate(members)]
    return tuple(drawable for drawable in read if drawable)


def read_member(parent: Properties, name: str, desk: Desk) -> Drawable | None:
    """Read the object a property holds, such as a clip path."""
    raw = parent.raw.get(name)
    return None if raw is None else _read_raw(raw, parent, name, desk)


def read_clip_shape(parent: Properties, desk: Desk) -> Drawable | None:
    """Read what limits an object or a canvas; it is the same in every letter."""
    shape = read_member(parent, "clipPath", desk)
    if shape and varies(shape.content):
        parent.fault(
            "design_unsupported",
            f"{parent.raw.get('type', 'The canvas')}.clipPath holds a variable; what limits an object cannot vary.",
            "Write the text of the clip path out, or use the variable in an object of its own.",
        )
    return shape


def _read_raw(raw: object, parent: Properties, name: str, desk: Desk) -> Drawable | None:
    item = parent.inside(raw if isinstance(raw, dict) else {}, f"{parent.where} {name}")
    if not isinstance(raw, dict):
        item.fault("design_invalid", "This is no object.", "Save the canvas with canvas.toJSON().")
        return None
    if desk.depth >= _DEEPEST:
        item.fault("design_too_deep", f"Groups are nested more than {_DEEPEST} deep.", "Ungroup some of them.")
        return None
    return _read_drawable(item, replace(desk, depth=desk.depth + 1))


def _read_drawable(item: Properties, desk: Desk) -> Drawable | None:
    if not item.flag("visible", default=True):
        return None
    kind = type_name(item.raw)
    reader = _READERS.get(kind)
    if reader is None:
        item.fault(
            "design_unsupported",
            f"Objects of type {item.raw.get('type')!r} are not supported.",
            "Replace the object, or flatten it into an image.",
        )
        return None
    warn_of_unknown(item, kind)
    content = _read_content(item, desk, kind, reader)
    ground = item.colour("backgroundColor", None)
    placement = read_placement(item, desk.dialect, 0.0 if kind in {"image", "group"} else 1.0)
    if kind == "line" and desk.dialect.bares_lines and isinstance(content, Shape):
        placement = replace(placement, bare=_bare_axes(item, content))
    drawable = Drawable(
        where=item.where,
        placement=placement,
        content=content or _NOTHING,
        opacity=item.opacity(),
        blend=read_blend(item),
        ground=ground,
        shadow=read_shadow(item),
        clip=_read_clip(item, desk),
    )
    return drawable if content else None


def _bare_axes(item: Properties, line: Shape) -> tuple[bool, bool]:
    butt = item.raw.get("strokeLineCap", "butt") == "butt"
    return butt and line.height == 0, butt and line.width == 0


def _read_content(item: Properties, desk: Desk, kind: str, reader: Reader) -> Content | None:
    if item.flag("isQRCode", default=False) or item.flag("isBarcode", default=False):
        return read_code(item, kind)
    return reader(item, desk)


def _read_clip(item: Properties, desk: Desk) -> Clip | None:
    raw = item.raw.get("clipPath")
    shape = read_clip_shape(item, desk)
    if shape is None or not isinstance(raw, dict):
        return None
    inner = item.inside(raw, f"{item.where} clipPath")
    return Clip(
        shape,
        inverted=inner.flag("inverted", default=False),
        absolute=inner.flag("absolutePositioned", default=False),
    )


def _read_group(item: Properties, desk: Desk) -> Group:
    return Group(item.size("width", 0.0), item.size("height", 0.0), read_members(item, desk))


_NOTHING: Final = Group(0.0, 0.0, ())
_READERS: Final[Mapping[str, Reader]] = {
    "rect": read_rect,
    "circle": read_circle,
    "ellipse": read_ellipse,
    "line": read_line,
    "polyline": read_polyline,
    "polygon": read_polygon,
    "triangle": read_triangle,
    "path": read_path,
    "image": read_picture,
    "group": _read_group,
    "text": lambda item, desk: read_text(item, desk.dialect, desk.fonts, boxed=False),
    "itext": lambda item, desk: read_text(item, desk.dialect, desk.fonts, boxed=False),
    "textbox": lambda item, desk: read_text(item, desk.dialect, desk.fonts, boxed=True),
}
