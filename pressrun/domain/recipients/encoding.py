"""Finds the character encoding of a list from its first bytes: byte order mark, strict UTF-8, then a guess."""

import codecs
import re
from itertools import accumulate

from charset_normalizer import from_bytes

from pressrun.domain.errors import FaultyInput
from pressrun.domain.recipients.code_pages import likely_code_page
from pressrun.domain.recipients.faults import list_fault

_MARKS = (
    # UTF-32 first: its little-endian mark begins with that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SIGNATURES = (
    (b"PK\x03\x04", "an Excel workbook or another ZIP file"),
    (b"PK\x05\x06", "an empty ZIP file"),
    (b"\xd0\xcf\x11\xe0", "an old or encrypted Office document"),
    (b"%PDF-", "a PDF document"),
    (b"\x1f\x8b", "a gzip file"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"{\\rtf", "an RTF document"),
    (b"SQLite format 3\x00", "a SQLite database"),
    (b"PAR1", "a Parquet file"),
)
_MULTIBYTE = {
    "shift_jis": re.compile("[\u3040-\u30ff\u4e00-\u9fff]"),
    "gb18030": re.compile("[\u4e00-\u9fff]"),
    "big5": re.compile("[\u4e00-\u9fff]"),
    "euc_kr": re.compile("[\uac00-\ud7a3]"),
}
"""Each with the characters its lists consist of: a western code page read as one of these gives rare ones."""

_BESIDE_LATIN = re.compile("[A-Za-z][\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]")
"""`Br` and a Chinese character: a western word with an accent, read wrongly."""

_SAMPLED_BYTES = 16_384
"""Enough lines with accents for a guess."""

_SAVE_AS = "Save the list as CSV in UTF-8 (Excel: 'CSV UTF-8') and submit it again."


def detect_encoding(head: bytes, *, whole: bool) -> str:
    """The encoding of a list as a Python codec name; a leading U+FEFF is left to the reader.

    Raises FaultyInput with `list_not_text`, `list_nul` or `list_undecodable`.
    """
    for mark, name in _MARKS:
        if head.startswith(mark):
            _refuse_undecodable(head, name, whole=whole)
            return name
    _refuse_other_formats(head)
    return "utf-8" if _decodes(head, "utf-8", whole=whole) else _guess(head, whole=whole)


def _refuse_other_formats(head: bytes) -> None:
    for signature, what in _SIGNATURES:
        if head.startswith(signature):
            raise FaultyInput([list_fault("list_not_text", f"The file is {what}, not a CSV file.", _SAVE_AS)])
    if b"\x00" not in head:
        return
    if _looks_like_utf_16(head):
        message = "The file looks like UTF-16 without a byte order mark."
        raise FaultyInput([list_fault("list_not_text", message, _SAVE_AS)])
    line = len(re.findall(rb"\r\n|\r|\n", head[: head.index(b"\x00")])) + 1
    message = "There is a NUL character (U+0000): the file is binary or damaged."
    raise FaultyInput([list_fault("list_nul", message, _SAVE_AS, line=line)])


def _looks_like_utf_16(head: bytes) -> bool:
    even, odd = head[0::2].count(0), head[1::2].count(0)
    # Latin text in UTF-16 has a zero in every second byte; other scripts still have it at spaces, digits, line ends.
    return max(even, odd) * 10 > len(head) and min(even, odd) * 10 < max(even, odd)


def _refuse_undecodable(head: bytes, encoding: str, *, whole: bool) -> None:
    if not _decodes(head, encoding, whole=whole):
        message = f"The file begins with the mark of {encoding.upper()} and then breaks its rules."
        raise FaultyInput([list_fault("list_undecodable", message, _SAVE_AS)])


def _decodes(head: bytes, encoding: str, *, whole: bool) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(head, final=whole)
    except UnicodeDecodeError:
        return False
    return True


def _guess(head: bytes, *, whole: bool) -> str:
    sample = _accented_lines(head, whole=whole)
    page = likely_code_page(sample)
    if page is not None:
        return page
    candidates = [name for name in _MULTIBYTE if _decodes(head, name, whole=whole) and _is_east_asian(sample, name)]
    # It is not asked about code pages: it reads Núñez as cp1250 and gives Núńez.
    best = from_bytes(sample, cp_isolation=candidates, enable_fallback=False).best() if candidates else None
    if best is None:
        message = "The bytes of the file are not UTF-8, and no other encoding gives believable words."
        raise FaultyInput([list_fault("list_undecodable", message, _SAVE_AS)])
    return best.encoding


def _is_east_asian(sample: bytes, encoding: str) -> bool:
    text = sample.decode(encoding, errors="ignore")
    special = sum(not character.isascii() for character in text)
    usual = len(_MULTIBYTE[encoding].findall(text))
    return usual >= 0.7 * special and len(_BESIDE_LATIN.findall(text)) <= 0.1 * usual


def _accented_lines(head: bytes, *, whole: bool) -> bytes:
    """Lines with bytes beyond ASCII, as many as a guess needs, and whole: half a character is in no encoding."""
    lines = re.split(rb"[\r\n]+", head)
    accented = [line for line in (lines if whole or len(lines) == 1 else lines[:-1]) if not line.isascii()]
    lengths = accumulate(len(line) + 1 for line in accented)
    enough = sum(1 for length in lengths if length <= _SAMPLED_BYTES)
    return b"\n".join(accented[: max(enough, 1)])
