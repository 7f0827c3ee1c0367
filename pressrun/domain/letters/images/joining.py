"""Many tiles of a picture joined into one, so that no viewer draws a seam between them."""

import io
import struct
import zlib
from typing import Final

from PIL import Image

from pressrun.domain.letters.drawing.tiling import Cell
from pressrun.domain.letters.images.rasters import Raster, Samples, raster_of

# What is joined is drawn once per page; beyond this the tiles stay apart.
_MOST_PIXELS: Final = 16_000_000
_COLOUR_TYPES: Final = {"gray": 0, "rgb": 2}
_PALETTE: Final = 3


def join_tiles(raster: Raster, cell: Cell) -> Raster | None:
    """Return the tiles of a cell as one picture; None where that is one tile, too large, or not screen colours."""
    columns, rows = cell.right - cell.left, cell.bottom - cell.top
    tile = raster.colour
    if columns * rows == 1 or columns * rows * tile.width * tile.height > _MOST_PIXELS or tile.space == "cmyk":
        return None
    image = _decode(tile).convert("RGBA")
    if raster.alpha:
        image.putalpha(_decode(raster.alpha).convert("L"))
    joined = Image.new("RGBA", (columns * tile.width, rows * tile.height))
    for row in range(rows):
        for column in range(columns):
            joined.paste(image, (column * tile.width, row * tile.height))
    return raster_of(joined)


def _decode(samples: Samples) -> Image.Image:
    """Return the pixels of samples that are a JPEG file, or the body of a PNG one (PNG 1.2, 11.2)."""
    if samples.coding == "dct":
        return Image.open(io.BytesIO(samples.data))
    kind = _PALETTE if samples.palette else _COLOUR_TYPES[samples.space]
    head = struct.pack(">IIBBBBB", samples.width, samples.height, 8, kind, 0, 0, 0)
    parts = [(b"IHDR", head), *([(b"PLTE", samples.palette)] if samples.palette else [])]
    parts += [(b"IDAT", samples.data), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    )
    return Image.open(io.BytesIO(b"\x89PNG\r\n\x1a\n" + body))
