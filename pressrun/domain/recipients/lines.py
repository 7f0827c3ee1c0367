"""Turns the bytes of a list into lines as they stream by, refusing wrong bytes with the line they stand on."""

import codecs
import re
from collections.abc import Iterable, Iterator
from io import StringIO

from pressrun.domain.errors import FaultyInput
from pressrun.domain.recipients.faults import list_fault

LONGEST_ROW = 1024 * 1024
"""Characters that may stream by without a row coming to its end; the memory of reading is bounded by it."""

AFTER_THE_LAST = "\x00"
"""The line given after the last one; NUL cannot stand in a list."""

LINE_END = re.compile(r"\r\n|\r|\n")


class ListLines:
    """The lines of a list with their ends, cut at CR, LF and CRLF only, then AFTER_THE_LAST.

    `ended` says that the last line has been given; whoever parses sets `pending` to 0 at the end of each row.
    Iterating raises FaultyInput with `list_undecodable`, `list_nul` or `row_too_long`.
    """

    def __init__(self, blocks: Iterable[bytes], encoding: str) -> None:
        self.pending = 0
        self.ended = False
        self._blocks = blocks
        self._encoding = encoding
        self._given = 0
        self._carried = ""

    def __iter__(self) -> Iterator[str]:
        for text in self._texts():
            lines = StringIO(self._carried + text, newline="").readlines()
            # A line that ends in CR waits as well: its LF may begin the next block.
            self._carried = lines.pop() if lines and not lines[-1].endswith("\n") else ""
            self._given += len(lines)
            yield from lines
        if self._carried:
            yield self._carried
        self.ended = True
        yield AFTER_THE_LAST

    def _texts(self) -> Iterator[str]:
        decoder = codecs.getincrementaldecoder(self._encoding)()
        at_start = True
        for block in self._blocks:
            text = self._decoded(decoder, block)
            if at_start and text:
                text = text.removeprefix("\ufeff")
                at_start = False
            self._refuse_endless_row()
            self.pending += len(text)
            yield text
        yield self._decoded(decoder, b"", final=True)

    def _decoded(self, decoder: codecs.IncrementalDecoder, block: bytes, *, final: bool = False) -> str:
        try:
            text = decoder.decode(block, final)
        except UnicodeDecodeError as error:
            line = self._line_after(error.object[: error.start].decode(self._encoding, errors="ignore"))
            message = f"The bytes here are not {self._encoding.upper()}, unlike the beginning of the list."
            fault = list_fault("list_undecodable", message, "Save the whole list in UTF-8.", line=line)
            # Not chained: the original carries the bytes of the rows with it.
            raise FaultyInput([fault]) from None
        if AFTER_THE_LAST in text:
            message = "There is a NUL character (U+0000): the file is binary or damaged."
            line = self._line_after(text[: text.index(AFTER_THE_LAST)])
            raise FaultyInput([list_fault("list_nul", message, "Save the list as CSV in UTF-8.", line=line)])
        return text

    def _refuse_endless_row(self) -> None:
        if self.pending > LONGEST_ROW:
            message = f"No row comes to its end within {LONGEST_ROW:,} characters."
            remedy = "Check the quotation marks and line ends."
            raise FaultyInput([list_fault("row_too_long", message, remedy, line=self._given + 1)])

    def _line_after(self, text: str) -> int:
        return self._given + len(LINE_END.findall(self._carried + text)) + 1
