"""Designs on their way in: folders read from disk, and the one stored form that submissions may also carry inline."""

import base64
import binascii
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pressrun.domain.errors import FaultyInput
from pressrun.domain.letters import DesignSource, FontFile
from schemas.faults import Fault
from schemas.submissions import InlineDesign, InlineFont

LARGEST_FILE = 32 << 20
"""Bytes of one asset or font; larger ones are no postcard's."""


def read_design_folder(design: Path, page: Path | None = None, fonts: Path | None = None) -> DesignSource:
    """A design folder, or its design.json; raises FaultyInput for what is not there or cannot be read."""
    folder, canvas = (design, design / "design.json") if design.is_dir() else (design.parent, design)
    page = page or (folder / "page.json" if (folder / "page.json").is_file() else None)
    fonts = fonts or folder / "fonts"
    return DesignSource(
        design=_read(canvas, "--design"),
        page=_read(page, "--page") if page else None,
        assets=_read_assets(folder),
        fonts=_read_fonts(fonts),
    )


def pack_design(source: DesignSource) -> bytes:
    """The stored form: an InlineDesign as JSON, equal bytes for equal designs."""
    design = InlineDesign(
        canvas=_parse_canvas(source.design),
        page=_parse(source.page, "page.json") if source.page else None,
        assets={name: base64.b64encode(data).decode() for name, data in sorted(source.assets.items())},
        fonts=tuple(
            InlineFont.model_validate(
                {
                    "family": font.family,
                    "weight": font.weight,
                    "style": font.style,
                    "data": base64.b64encode(font.data).decode(),
                }
            )
            for font in source.fonts
        ),
    )
    return json.dumps(design.model_dump(), sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def unpack_design(packed: bytes) -> DesignSource:
    """A stored design; raises FaultyInput."""
    try:
        design = InlineDesign.model_validate_json(packed)
    except ValidationError as error:
        raise _fault("design_invalid", "stored design", f"it is not a design: {error.error_count()} faults") from None
    return source_of(design)


def source_of(design: InlineDesign) -> DesignSource:
    """An inline design as bytes; raises FaultyInput for what is not base64."""
    return DesignSource(
        design=json.dumps(design.canvas).encode(),
        page=json.dumps(design.page).encode() if design.page is not None else None,
        assets={name: _decode(data, f"assets {name}") for name, data in design.assets.items()},
        fonts=[
            FontFile(font.family, font.weight, font.style, _decode(font.data, f"fonts {font.family}"))
            for font in design.fonts
        ],
    )


def _read_assets(folder: Path) -> Mapping[str, bytes]:
    """Every file under `assets/`; a picture is looked up among these, so that no `src` is ever used as a path."""
    found = sorted(path for path in (folder / "assets").rglob("*") if path.is_file() and not path.is_symlink())
    return {path.relative_to(folder).as_posix(): _read(path, "assets") for path in found}


def _read_fonts(folder: Path) -> list[FontFile]:
    index = folder / "fonts.json"
    if not index.is_file():
        return []
    entries = _parse(_read(index, "fonts.json"), "fonts.json", kind=list)
    try:
        return [
            FontFile(
                str(entry["family"]),
                int(entry.get("weight", 400)),
                str(entry.get("style", "normal")),
                _read(folder / Path(str(entry["file"])).name, "fonts.json"),
            )
            for entry in entries
        ]
    except (KeyError, TypeError, ValueError, AttributeError):
        message = "each entry needs family, weight, style and file"
        raise _fault("fonts_invalid", "fonts.json", message) from None


def _read(path: Path, where: str) -> bytes:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise _fault("file_too_large", where, f"{path.name} is larger than {LARGEST_FILE >> 20} MiB")
        return path.read_bytes()
    except OSError as error:
        raise _fault("file_unreadable", where, f"{path.name} cannot be read: {error.strerror}") from None


def _parse_canvas(data: bytes) -> dict[str, Any]:
    """A canvas, or several pages under `pages`, as a list of them is stored."""
    try:
        return {"pages": json.loads(data)} if data.lstrip().startswith(b"[") else _parse(data, "design.json")
    except (ValueError, RecursionError):
        raise _fault("design_invalid", "design.json", "it is not JSON") from None


def _parse(data: bytes, where: str, kind: type = dict) -> Any:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        raise _fault("design_invalid", where, "it is not JSON") from None
    if not isinstance(value, kind):
        raise _fault("design_invalid", where, f"it is not a JSON {'object' if kind is dict else 'list'}")
    return value


def _decode(data: str, where: str) -> bytes:
    try:
        return base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        raise _fault("design_invalid", where, "it is not base64") from None


def _fault(code: str, where: str, message: str) -> FaultyInput:
    return FaultyInput([Fault(code=code, where=where, message=message, remedy="Put the file right and submit again.")])
