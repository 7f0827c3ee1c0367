"""Letters of recipients with awkward data: every line comes out, every code decodes, and stamping draws what a design
with the values written into it draws."""

import io
import re
import unicodedata
from collections.abc import Iterator, Mapping

import numpy as np
import pikepdf
import pytest
import zxingcpp
from fidelity.pictures import differing_pixels
from fidelity.recipients import HEIGHT, WIDTH, Values, a_plain_design, a_template, profile_of, some_recipients
from fidelity.viewers import VIEWERS, extract_texts
from fidelity.words import tighten
from PIL import Image

from pressrun.domain.letters import Letter, Profile, Refusal, compile_design, read_design

AT_ONCE = 25
"""Recipients of one batch; twenty batches are 500."""

BATCHES = [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(1, 20))]

MOST_DIFFERING = {"pdfium": 0.0, "poppler": 0.002}
"""Share of pixels: poppler sets glyphs on quarters of a pixel, so 0.001 px of rounding can move a stem to the next."""

MOST_DIFFERENT = {"pdfium": 0.05, "poppler": 0.5}
"""Mean difference of a channel of 255, for the same reason."""


def stamped(seed: int) -> Iterator[tuple[Values, bytes]]:
    """A batch of recipients with their letters."""
    recipients = some_recipients(AT_ONCE, seed)
    compiled = compile_design(read_design(a_template()), profile_of(recipients))
    for values in recipients:
        yield values, pdf_of(compiled.stamp({name: value for name, value in values.items() if value}, proof=True))


def pdf_of(letter: Letter | Refusal) -> bytes:
    assert isinstance(letter, Letter), letter
    return letter.prefix + letter.tail


def drawn_plainly(values: Values) -> bytes:
    return pdf_of(compile_design(read_design(a_plain_design(values)), Profile("")).stamp({}, proof=True))


def expected_lines(values: Values) -> Iterator[str]:
    yield from (values["name"], values["city"], f"Dear {values['name']}, the offer for {values['city']} ends soon.")
    yield from values["address"].split("\n")
    yield from f"Note: {values['note']}".split("\n")


def lost_lines(values: Values, texts: Mapping[str, list[str]]) -> list[tuple[str, str]]:
    """Which viewer does not find which line; white space apart, as a wrapped line is two lines to a viewer."""
    return [
        (viewer, line)
        for viewer, found in texts.items()
        for line in expected_lines(values)
        if not any(all(is_found(word, text) for word in words_of(line)) for text in found)
    ]


def words_of(line: str) -> list[str]:
    """The whole line, but its words where it holds right-to-left ones: viewers put those in either order."""
    return re.findall(r"\w+", without_points(line)) if is_right_to_left(line) else [line]


def is_found(word: str, text: str) -> bool:
    if tighten(word, "NFKC") in tighten(without_points(text), "NFKC"):
        return True
    # PDFium turns round what stands between two points by itself.
    return is_right_to_left(word) and sorted(word) in map(sorted, re.findall(r"\w+", without_points(text)))


def without_points(text: str) -> str:
    """Hebrew points are left out: viewers give them before or after their letter."""
    return "".join(char for char in unicodedata.normalize("NFKC", text) if not 0x591 <= ord(char) <= 0x5C7)


def is_right_to_left(text: str) -> bool:
    return any(unicodedata.bidirectional(char) in {"R", "AL"} for char in text)


def codes_in(pdf: bytes) -> list[str]:
    page = VIEWERS["pdfium"](pdf, WIDTH * 2, HEIGHT * 2)
    return [found.text for found in zxingcpp.read_barcodes(Image.fromarray(page.astype(np.uint8)))]


@pytest.mark.parametrize("seed", BATCHES)
def test_every_line_of_a_letter_comes_out_as_text(seed: int) -> None:
    lost = [loss for values, pdf in stamped(seed) for loss in lost_lines(values, extract_texts(pdf))]

    assert not lost


@pytest.mark.parametrize("seed", BATCHES)
def test_every_code_decodes_to_its_content(seed: int) -> None:
    unread = [values["link"] for values, pdf in stamped(seed) if codes_in(pdf) != [values["link"]]]

    assert not unread


@pytest.mark.parametrize("seed", BATCHES)
def test_a_stamped_letter_is_a_pdf_without_a_fault(seed: int) -> None:
    faults = []
    for _, pdf in stamped(seed):
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            faults += [*opened.get_warnings(), *opened.check_pdf_syntax()]

    assert not faults


@pytest.mark.parametrize("viewer", VIEWERS)
@pytest.mark.parametrize("seed", BATCHES)
def test_stamping_draws_what_a_design_with_the_values_written_into_it_draws(seed: int, viewer: str) -> None:
    for values, pdf in stamped(seed):
        letter, plain = (VIEWERS[viewer](drawing, WIDTH, HEIGHT) for drawing in (pdf, drawn_plainly(values)))

        assert differing_pixels(letter, plain).mean() <= MOST_DIFFERING[viewer]
        assert np.abs(letter - plain).mean() <= MOST_DIFFERENT[viewer]
