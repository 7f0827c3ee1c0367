"""Repeated pictures as PDF tiling patterns (PDF 1.7, 8.7.3)."""

from typing import Final

from pressrun.domain.letters.paints import Pattern

# What is not repeated steps farther than any page reaches.
_FAR: Final = 100_000


def tile_entries(pattern: Pattern, size: tuple[int, int]) -> str:
    """Return the entries of a pattern's dictionary but its matrix and resources; `size` in the picture's pixels."""
    width, height = size
    across = width if pattern.repeat in {"repeat", "repeat-x"} else _FAR
    down = height if pattern.repeat in {"repeat", "repeat-y"} else _FAR
    return f"/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 {width} {height}]/XStep {across}/YStep {down}"


def tile_content(pattern: Pattern, size: tuple[int, int]) -> bytes:
    width, height = size
    return f"q {width} 0 0 -{height} 0 {height} cm /I{pattern.raster} Do Q".encode("ascii")
