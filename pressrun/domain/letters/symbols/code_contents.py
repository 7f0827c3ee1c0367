"""What a code holds: a template filled in for a recipient, or the reason why that cannot be encoded."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from pressrun.domain.letters.canvas.placeholders import Slot, Template, slots_of
from pressrun.domain.letters.stamping.letter import Refusal
from pressrun.domain.letters.symbols import barcodes
from pressrun.domain.letters.symbols.qr_grid import Level, capacities, fits
from pressrun.domain.letters.typography.screening import describe


class Flaw(NamedTuple):
    """A stable code, and what is wrong as the end of a sentence that begins with the content's name."""

    code: str
    message: str


def fill_template(template: Template, record: Mapping[str, str]) -> str | Refusal:
    """Return the content; a value that is missing or empty and has no default is refused, for it would lead astray."""
    filled: list[str] = []
    for part in template:
        if isinstance(part, str):
            filled.append(part)
        elif value := record.get(part.variable):
            filled.append(value)
        elif part.default is not None:
            filled.append(part.default)
        else:
            return _refuse_empty(part, record)
    return "".join(filled)


def _refuse_empty(slot: Slot, record: Mapping[str, str]) -> Refusal:
    name = f"{{{{{slot.variable}}}}}"
    if slot.variable in record:
        return Refusal("variable_missing", f"{name} is empty, and a code needs content.")
    return Refusal("variable_missing", f"There is no value for {name}.")


def find_qr_flaw(text: str, level: Level) -> Flaw | None:
    try:
        length = len(text.encode())
    except UnicodeEncodeError as error:
        return Flaw("glyph_missing", f"holds {describe(text[error.start])}, half a surrogate pair")
    if not length:
        return Flaw("variable_missing", "is empty, and a code needs content")
    if not fits(length, level):
        most = capacities(level)[-1]
        return Flaw("qr_too_long", f"has {length} bytes; a QR code of level {level} holds at most {most} bytes")
    return None


def find_barcode_flaw(text: str) -> Flaw | None:
    if not text:
        return Flaw("variable_missing", "is empty, and a code needs content")
    if not text.isascii():
        beyond = next(character for character in text if not character.isascii())
        return Flaw("barcode_unencodable", f"holds {describe(beyond)}, and Code 128 holds ASCII alone")
    if len(text) > barcodes.MOST_CHARACTERS:
        most = barcodes.MOST_CHARACTERS
        return Flaw("barcode_too_long", f"has {len(text)} characters; a barcode holds at most {most} here")
    return None


def find_flaw(text: str, kind: Literal["qr", "code128"], level: Level) -> Flaw | None:
    """Return what keeps a content from being encoded, or None."""
    return find_qr_flaw(text, level) if kind == "qr" else find_barcode_flaw(text)


def refuse(template: Template, flaw: Flaw) -> Refusal:
    """Name the variables whose values make the content."""
    names = dict.fromkeys(f"{{{{{slot.variable}}}}}" for slot in slots_of(template))
    return Refusal(flaw.code, f"The code of {', '.join(names)} {flaw.message}.")
