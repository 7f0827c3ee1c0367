"""Whatever a value holds: stamping gives a letter or a reason, text keeps to its box, equal input gives equal bytes."""

import os
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fidelity.published import Pixels
from fidelity.recipients import HEIGHT, WIDTH, a_design_of, a_template, a_text, profile_of, some_recipients
from fidelity.viewers import draw_with_pdfium
from hypothesis import given, settings
from hypothesis import strategies as st

from pressrun.domain.letters import CompiledDesign, Letter, Profile, Refusal, compile_design, read_design

LATIN = "".join(map(chr, range(0x20, 0x7F))) + "".join(map(chr, range(0xA0, 0x180)))

BOX = {"left": 150, "top": 120, "width": 220, "height": 90}

AROUND = 3
"""Pixels by which ink may leave its box: side bearings, and the accents of capitals."""

FINISHED = "letters of these bytes"

any_text = st.text(st.characters(exclude_categories=[]), max_size=60)
"""Lone surrogates and control characters too."""

a_word = st.text(st.sampled_from(LATIN), min_size=1, max_size=30)

some_lines = st.lists(st.lists(a_word, max_size=12).map(" ".join), min_size=1, max_size=8)


@cache
def a_template_for_anyone() -> CompiledDesign:
    return compile_design(read_design(a_template()), profile_of(some_recipients(20, seed=7)))


@cache
def a_box_that(overflow: str, kind: str) -> CompiledDesign:
    text = a_text(kind, (BOX["left"], BOX["top"]), "{{text|}}", fontSize=24, **OVERFLOWS[overflow])
    sized = {**text, "width": BOX["width"], "height": BOX["height"], "strokeWidth": 0}
    return compile_design(read_design(a_design_of(sized)), Profile(LATIN))


OVERFLOWS: Mapping[str, Mapping[str, Any]] = {"shrink": {"overflow": "shrink"}, "clip": {"overflow": "clip"}}


def ink_outside(drawn: Pixels) -> int:
    """Pixels that are not white, beyond the box and what may stand around it."""
    left, top = BOX["left"] - AROUND, BOX["top"] - AROUND
    right, bottom = BOX["left"] + BOX["width"] + AROUND, BOX["top"] + BOX["height"] + AROUND
    outside = drawn.min(-1) < 128
    outside[top:bottom, left:right] = False
    return int(np.count_nonzero(outside))


@given(name=any_text, city=any_text, address=any_text, note=any_text, link=any_text)
@settings(deadline=None)
def test_stamping_never_throws_on_any_text(**record: str) -> None:
    outcome = a_template_for_anyone().stamp(record)

    assert isinstance(outcome, Letter | Refusal)


@pytest.mark.parametrize("kind", ["Text", "Textbox"])
@pytest.mark.parametrize("overflow", OVERFLOWS)
@given(lines=some_lines)
@settings(deadline=None, max_examples=25)
def test_text_that_shrinks_or_is_clipped_keeps_to_its_box(overflow: str, kind: str, lines: list[str]) -> None:
    # A Text is measured across only: it has no height of its own.
    text = "\n".join(lines) if kind == "Textbox" or overflow == "clip" else lines[0]

    outcome = a_box_that(overflow, kind).stamp({"text": text})

    if isinstance(outcome, Refusal):
        # What does not fit at the floor of its size is refused, and never cut.
        assert (overflow, outcome.code) == ("shrink", "text_overflow")
    else:
        assert not ink_outside(draw_with_pdfium(outcome.prefix + outcome.tail, WIDTH, HEIGHT))


@given(seed=st.integers(0, 1000))
@settings(deadline=None, max_examples=5)
def test_equal_input_gives_equal_bytes(seed: int) -> None:
    (values,) = some_recipients(1, seed)

    first, second = (compile_design(read_design(a_template()), profile_of([values])) for _ in range(2))

    assert first.to_bytes() == second.to_bytes()
    assert first.stamp(values) == second.stamp(values)


def test_other_processes_with_other_hash_seeds_write_the_same_bytes() -> None:
    digests = {_digests_elsewhere(hash_seed) for hash_seed in ("0", "1", "2")}

    assert len(digests) == 1
    assert FINISHED in digests.pop()


def _digests_elsewhere(hash_seed: str) -> str:
    program = f"""
from fidelity.recipients import a_template, profile_of, some_recipients
from hashlib import sha256
from pressrun.domain.letters import compile_design, read_design
recipients = some_recipients(10, seed=3)
compiled = compile_design(read_design(a_template()), profile_of(recipients))
print(sha256(compiled.to_bytes()).hexdigest())
print(*(compiled.stamp(values, proof=True).sha256 for values in recipients))
print({FINISHED!r})
"""
    root = Path(__file__).parents[2]
    paths = os.pathsep.join([str(root), str(root / "tests")])
    environment = os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": paths}
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment
    ).stdout
