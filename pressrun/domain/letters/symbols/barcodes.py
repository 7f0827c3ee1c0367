"""Code 128 (ISO/IEC 15417): the bars of a text."""

from itertools import accumulate
from typing import Final

from reportlab.graphics.barcode.code128 import Code128, Code128Auto

# At a quarter of a millimetre to the module 80 letters are 23 cm long: more than a sheet or a scanner takes.
MOST_CHARACTERS: Final = 80
# ISO/IEC 15417:2007, 4.6: light modules on either side.
QUIET_ZONE: Final = 10
# Start, check and stop symbols: 11 modules each, and 2 for the bar that ends the stop symbol.
_FRAME_MODULES: Final = 35
_SYMBOL_MODULES: Final = 11


def draw_bars(text: str) -> tuple[tuple[tuple[int, int], ...], int]:
    """Return the bars as (left edge, width), and the width of all, in modules; `text` is ASCII.

    Of reportlab's two encoders the second is shorter at times where control characters stand, and never elsewhere.
    """
    encoders = (Code128,) if text.isprintable() else (Code128, Code128Auto)
    pattern = min((_encode(encoder, text) for encoder in encoders), key=len)
    # Capitals are bars, small letters spaces; A and a are one module wide, D and d four.
    widths = [ord(element) & 31 for element in pattern]
    edges = list(accumulate(widths, initial=0))
    return tuple(zip(edges[::2], widths[::2], strict=False)), edges[-1]


def most_modules(characters: int) -> int:
    """Return the width of a text of so many letters in modules, quiet zones not counted; digits take half of it."""
    return _FRAME_MODULES + _SYMBOL_MODULES * characters


def _encode(encoder: type[Code128], text: str) -> str:
    code = encoder(text, quiet=0)
    code.validate()
    code.encode()
    pattern: str = code.decompose()
    return pattern
