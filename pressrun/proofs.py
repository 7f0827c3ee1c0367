"""Letters of a design to look at first, made the way a batch makes them, but without broker and storage."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from pressrun.domain.letters import CompiledDesign, Design, DesignSource, Letter, Refusal, compile_design, read_design
from pressrun.domain.letters.review.choices import Choice, Recipient, choose_records
from pressrun.domain.letters.review.contact_sheet import Cell, draw_contact_sheet
from pressrun.domain.letters.review.contents import lines_of
from pressrun.domain.letters.review.rulers import open_ruler
from pressrun.domain.recipients.inline import rows_of_objects
from pressrun.lists import open_reading, read_list
from pressrun.preparation import RowsOfFile, RowsOfObjects, wants_of


@dataclass(frozen=True, slots=True)
class ProofOrder:
    """What is asked of a proof: at most `size` recipients, those of the sample drawn with `seed`."""

    title: str
    rows: RowsOfFile | RowsOfObjects
    mapping: Mapping[str, str]
    size: int
    seed: int


@dataclass(frozen=True, slots=True)
class Proof:
    """A contact sheet as PDF, who is on it and of how many; `refused` of those chosen get no letter."""

    pdf: bytes
    choices: tuple[Choice, ...]
    total: int
    refused: int


def prove_letter(source: DesignSource, record: Mapping[str, object]) -> Letter | Refusal:
    """The letter of one recipient, compiled for this record alone, even where text leaves the page.

    Raises FaultyInput for the design and the names.
    """
    design = read_design(source)
    reading = read_list(rows_of_objects([record]), wants_of(design), {}, columns_required=False)
    (recipient,) = reading.recipients
    if recipient.refusal:
        return recipient.refusal
    return compile_design(design, reading.profile()).stamp(recipient.record, proof=True)


def prove_design(design: Design, order: ProofOrder) -> Proof:
    """Choose the recipients that stress a design most, and lay their letters out on a contact sheet.

    The list is read once and never held. Raises FaultyInput for the list.
    """
    with open_reading(order.rows, wants_of(design), order.mapping) as reading:
        choices = choose_records(
            reading.recipients,
            design.variables,
            size=order.size,
            seed=order.seed,
            together=lines_of(design),
            measure=open_ruler(design.faces),
            covered=partial(_is_covered, frozenset().union(*(face.coverage for face in design.faces))),
        )
    compiled = compile_design(design, reading.profile())
    cells = [_draw_cell(compiled, choice) for choice in choices]
    total = reading.canonical.total
    title = f"{order.title}: {len(cells)} of {total:,} recipients, seed {order.seed}"
    pdf = draw_contact_sheet(title, cells, _page_size(design), len(design.sheets))
    return Proof(pdf, choices, total, sum(cell.letter is None for cell in cells))


def _draw_cell(compiled: CompiledDesign, choice: Choice) -> Cell:
    outcome = _stamp(compiled, choice.recipient)
    heading, remarks = f"Line {choice.recipient.line}", tuple(map(str, choice.reasons))
    if isinstance(outcome, Refusal):
        return Cell(heading, remarks, None, outcome.code, outcome.message)
    return Cell(heading, remarks, outcome.prefix + outcome.tail)


def _stamp(compiled: CompiledDesign, recipient: Recipient) -> Letter | Refusal:
    return recipient.refusal or compiled.stamp(recipient.record)


def _is_covered(coverage: frozenset[int], character: str) -> bool:
    return ord(character) in coverage


def _page_size(design: Design) -> tuple[float, float]:
    page = design.sheets[0].page
    return page.width - 2 * page.bleed, page.height - 2 * page.bleed
