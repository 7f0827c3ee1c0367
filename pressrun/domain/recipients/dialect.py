"""Finds out how a list is written: encoding, delimiter and quote character, from its first bytes."""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO

from pressrun.domain.recipients.encoding import detect_encoding

DELIMITERS = (";", ",", "\t", "|")
"""In the order in which ties are decided: `Ann;1,5;2,5` has as many cells either way, and half the world writes it."""

_TAB_BONUS = 0.04
"""Tabs hardly occur inside text."""

_ONE_COLUMN = (",", '"')
_SAMPLED_CHARACTERS = 65_536
_SAMPLED_ROWS = 500
_EXCEL_HINT = re.compile(r"\ufeff?sep=([,;\t|])\r?\n?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a list is written; line ends need no mention, CR, LF and CRLF are all read."""

    encoding: str
    delimiter: str
    quotechar: str


def detect_dialect(head: bytes, whole: bool) -> Dialect:
    """The dialect of a list; `head` is its first 64 to 256 KiB, or all of it when `whole`.

    Raises FaultyInput when the bytes are not text: `list_not_text`, `list_nul` or `list_undecodable`.
    """
    encoding = detect_encoding(head, whole=whole)
    text = codecs.getincrementaldecoder(encoding)().decode(head).removeprefix("\ufeff")
    sample = _whole_lines(text[:_SAMPLED_CHARACTERS], whole=whole and len(text) <= _SAMPLED_CHARACTERS)
    hint = _EXCEL_HINT.match(sample)
    delimiters = (hint[1],) if hint else DELIMITERS
    body = sample[hint.end() :] if hint else sample
    readings = [(delimiter, _quotechar(body, delimiter)) for delimiter in delimiters]
    scores = [_evenness(body, *reading) for reading in readings]
    best = scores.index(max(scores))
    return Dialect(encoding, *(readings[best] if scores[best] or hint else _ONE_COLUMN))


def _whole_lines(text: str, *, whole: bool) -> str:
    if whole:
        return text
    end = max(text.rfind("\n"), text.rfind("\r"))
    return text if end < 0 else text[: end + 1]


def _quotechar(sample: str, delimiter: str) -> str:
    """An apostrophe quotes only when whole cells stand in apostrophes and none in quotation marks."""
    edge = re.escape(delimiter)
    counted = {
        quote: len(re.findall(rf"(?:^|{edge}){quote}[^{quote}\r\n]*{quote}(?={edge}|\r|\n|\Z)", sample, re.MULTILINE))
        for quote in "\"'"
    }
    return "'" if counted["'"] > 1 and not counted['"'] else '"'


def _evenness(sample: str, delimiter: str, quotechar: str) -> float:
    """The share of rows that agree on a width above one; a little more for a wider table; 0 when most have one cell."""
    widths = Counter(_widths(sample, delimiter, quotechar))
    rows = sum(widths.values())
    wide = [(count, width) for width, count in widths.items() if width > 1]
    if not wide or widths[1] * 2 > rows:
        return 0.0
    count, width = max(wide)
    return count / rows + 0.02 * (1 - 1 / width) + (_TAB_BONUS if delimiter == "\t" else 0.0)


def _widths(sample: str, delimiter: str, quotechar: str) -> Iterator[int]:
    reader = csv.reader(StringIO(sample, newline=""), delimiter=delimiter, quotechar=quotechar)
    try:
        for _, cells in zip(range(_SAMPLED_ROWS), reader, strict=False):
            if any(cells):
                yield len(cells)
    except csv.Error:
        # A quote that this reading leaves open: the rows before it still count.
        return
