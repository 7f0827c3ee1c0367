"""One writer for each varying object: a recipient's values in, PDF operators or a refusal out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pressrun.domain.letters.geometry import object_matrix
from pressrun.domain.letters.letter import Refusal
from pressrun.domain.letters.objects import TextBlock
from pressrun.domain.letters.operators import number, operands
from pressrun.domain.letters.placeholders import Slot, slots_of
from pressrun.domain.letters.program import LayerStep, Program, QrStep, Step, TextStep
from pressrun.domain.letters.qr import CAPACITY, QUIET_ZONE, QrDrawer, fits, row_bytes
from pressrun.domain.letters.screening import LAYOUT_CHARACTERS, describe, find_unprintable, normalise
from pressrun.domain.letters.setting import open_setting
from pressrun.domain.letters.shaping import Shaper, open_shaper
from pressrun.domain.letters.typesetting import Box, Typesetter, open_typesetter

Record = Mapping[str, str]
Writer = Callable[[Record], str | Refusal]


def open_writers(program: Program) -> tuple[Writer, ...]:
    """Return one writer per step, in drawing order."""
    shapers = [open_shaper(typeface) for typeface in program.typefaces]
    drawer = QrDrawer({table.version: table for table in program.tables})
    return tuple(_open_writer(step, program.trim, shapers, drawer) for step in program.steps)


def _open_writer(step: Step, trim: Box, shapers: Sequence[Shaper], drawer: QrDrawer) -> Writer:
    match step:
        case LayerStep(form):
            operators = f"/{form} Do\n"
            return lambda _record: operators
        case TextStep(block, state):
            return _open_text(block, state, trim, shapers)
        case QrStep():
            return _open_qr(step, drawer)


@dataclass(frozen=True, slots=True)
class TextWriter:
    """Writes a text with its placeholders filled in."""

    block: TextBlock
    typesetter: Typesetter
    printable: frozenset[str]
    page: Box

    def __call__(self, record: Record) -> str | Refusal:
        filled: list[str] = []
        for part in self.block.template:
            value = part if isinstance(part, str) else fill_slot(part, record)
            if value is None:
                return _refuse_missing(self.block, record)
            filled.append(value)
        text = normalise("".join(filled))
        if not self.printable.issuperset(text):
            return _refuse_characters(self, text, record)
        operators = self.typesetter.set_text(text, self.page)
        return _refuse_overflow(self.block) if operators is None else operators


def _open_text(block: TextBlock, state: str | None, trim: Box, shapers: Sequence[Shaper]) -> TextWriter:
    setting = open_setting(block, shapers)
    substituted = "".join(character for character, _ in block.substitutes)
    printable = frozenset(setting.shaper.typeface.characters + substituted + LAYOUT_CHARACTERS)
    return TextWriter(block, open_typesetter(block, setting, state), printable, trim)


def fill_slot(slot: Slot, record: Record) -> str | None:
    """Return what is printed for a slot: its default stands in for a missing or empty value."""
    return record.get(slot.variable) or (record.get(slot.variable) if slot.default is None else slot.default)


def _refuse_missing(block: TextBlock, record: Record) -> Refusal:
    missing = [slot.variable for slot in slots_of(block.template) if fill_slot(slot, record) is None]
    return Refusal("variable_missing", f"There is no value for {_names(missing)}.")


def _refuse_overflow(block: TextBlock) -> Refusal:
    names = _names([slot.variable for slot in slots_of(block.template)])
    return Refusal("text_off_page", f"The text with {names} does not fit on the trimmed page ({block.where}).")


def _refuse_characters(writer: TextWriter, text: str, record: Record) -> Refusal:
    """Name the first character that cannot be printed, and the variables that bring it."""
    covered = frozenset(map(ord, writer.printable))
    code, character = find_unprintable(text, covered) or ("glyph_missing", "\ufffd")
    slots = slots_of(writer.block.template)
    names = [slot.variable for slot in slots if character in normalise(fill_slot(slot, record) or "")]
    where = _names(names or [slot.variable for slot in slots])
    reason = "is of a script that is not supported" if code == "script_unsupported" else "has no glyph in the font"
    return Refusal(code, f"{describe(character)} in {where} {reason}.")


def _names(variables: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(f"{{{{{variable}}}}}" for variable in variables))


@dataclass(frozen=True, slots=True)
class QrWriter:
    """Writes a QR code as a one-bit image mask on a white ground; crisp at any zoom, no hairlines between rows."""

    variable: str
    drawer: QrDrawer
    opening: str
    side: float
    closing: str

    def __call__(self, record: Record) -> str | Refusal:
        try:
            content = record[self.variable].encode()
        except KeyError:
            return Refusal("variable_missing", f"There is no value for {{{{{self.variable}}}}}.")
        except UnicodeEncodeError as error:
            half = describe(error.object[error.start])
            return Refusal("glyph_missing", f"{half} in {{{{{self.variable}}}}} is half a surrogate pair.")
        if not content:
            return Refusal("variable_missing", f"{{{{{self.variable}}}}} is empty, and a QR code needs content.")
        if not fits(len(content)):
            limit = f"a QR code holds at most {CAPACITY[-1]} bytes"
            return Refusal("qr_too_long", f"{{{{{self.variable}}}}} has {len(content)} bytes; {limit}.")
        return self._write(*self.drawer.draw(content))

    def _write(self, symbol: int, size: int) -> str:
        module = self.side / (size + 2 * QUIET_ZONE)
        edge = number(module * size / 2)
        span = number(module * size)
        stride = row_bytes(size)
        rows = symbol.to_bytes(stride * size, "big").hex()
        return (
            f"{self.opening}{span} 0 0 -{span} -{edge} {edge} cm\n"
            f"BI /W {size} /H {size} /IM true /D [1 0] /F /AHx ID\n{rows}>\nEI {self.closing}"
        )


def _open_qr(step: QrStep, drawer: QrDrawer) -> QrWriter:
    box = step.box
    matrix = operands(object_matrix(box.placement, box.width, box.height))
    ground = f"1 g {number(-box.width / 2)} {number(-box.height / 2)} {number(box.width)} {number(box.height)} re f 0 g"
    state = f"/{step.state} gs " if step.state else ""
    return QrWriter(box.variable, drawer, f"q {state}{matrix} cm {ground} ", min(box.width, box.height), "Q\n")
