"""Whether codes can be read once they are printed: the size of their modules, for each recipient's own content."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Final

from pressrun.domain.letters.canvas.design import Design
from pressrun.domain.letters.canvas.placeholders import slots_of
from pressrun.domain.letters.review.contents import Placed, list_placed
from pressrun.domain.letters.stamping.letter import Refusal
from pressrun.domain.letters.symbols.code_contents import fill_template
from pressrun.domain.letters.symbols.codes import CodeBox, module_mm, small_module
from schemas.faults import Fault

_MM_PER_POINT: Final = 25.4 / 72

Inspect = Callable[[Mapping[str, str]], Iterator[Fault]]


def list_small_codes(design: Design) -> tuple[Fault, ...]:
    """List the codes without variables whose modules are too small."""
    inspections = [_open_inspection(placed, box) for placed, box in _codes(design) if not slots_of(box.content)]
    return tuple(fault for inspect in inspections if (fault := inspect({})))


def open_inspection(design: Design) -> Inspect:
    """Return what lists the codes with variables whose modules are too small for a record that can be stamped."""
    inspections = [_open_inspection(placed, box) for placed, box in _codes(design) if slots_of(box.content)]

    def inspect(record: Mapping[str, str]) -> Iterator[Fault]:
        return (fault for look in inspections if (fault := look(record)))

    return inspect


def _codes(design: Design) -> Iterator[tuple[Placed, CodeBox]]:
    for placed in list_placed(design):
        if isinstance(placed.drawable.content, CodeBox):
            yield placed, placed.drawable.content


def _open_inspection(placed: Placed, box: CodeBox) -> Callable[[Mapping[str, str]], Fault | None]:
    mm_per_pixel = min(placed.page.scale) * _MM_PER_POINT

    @cache
    def inspect_length(length: int) -> Fault | None:
        return small_module(placed.drawable.where, module_mm(box, length, mm_per_pixel, placed.matrix))

    def inspect(record: Mapping[str, str]) -> Fault | None:
        content = fill_template(box.content, record)
        return None if isinstance(content, Refusal) else inspect_length(_length(box, content))

    return inspect


def _length(box: CodeBox, content: str) -> int:
    return len(content.encode()) if box.kind == "qr" else len(content)
