"""Reads recipients that came as objects inside a submission as if they were the rows of a list."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from pressrun.domain.errors import FaultyInput
from pressrun.domain.recipients.faults import list_fault, shown
from pressrun.domain.recipients.header import check_columns
from pressrun.domain.recipients.rows import ListRow, RowFault

_SURROGATE = re.compile("[\ud800-\udfff]")
_LONGEST_INTEGER_BITS = 64
_KINDS = {bool: "true or false", float: "a decimal number", list: "a list", dict: "an object", int: "a huge number"}


def rows_of_objects(recipients: Sequence[Mapping[str, object]]) -> tuple[tuple[str, ...], Iterator[ListRow]]:
    """The header (all keys in the order of their first appearance) and the rows; `line` is the place from 1.

    Text is taken as it is, whole numbers as their digits, null and absent keys as empty; anything else is a fault of
    its row (`value_not_text`). Raises FaultyInput as the header of a file would, and when there are no recipients.
    """
    if not recipients:
        message = "There are no recipients."
        raise FaultyInput([list_fault("list_empty", message, "Submit at least one recipient.")])
    keys = tuple(dict.fromkeys(key for recipient in recipients for key in recipient))
    header = tuple(unicodedata.normalize("NFC", key).strip() for key in keys)
    faults = check_columns(header, line=None)
    if faults:
        raise FaultyInput(faults)
    return header, (_row(place, recipient, keys) for place, recipient in enumerate(recipients, start=1))


def _row(place: int, recipient: Mapping[str, object], keys: Sequence[str]) -> ListRow:
    cells = tuple(_text(recipient.get(key)) for key in keys)
    wrong = next((key for key, cell in zip(keys, cells, strict=True) if cell is None), None)
    fault = None if wrong is None else _not_text(wrong, recipient[wrong])
    return ListRow(place, tuple(cell or "" for cell in cells), fault)


def _text(value: object) -> str | None:
    if isinstance(value, str):
        return None if _SURROGATE.search(value) else value
    if value is None:
        return ""
    if type(value) is int and value.bit_length() <= _LONGEST_INTEGER_BITS:
        return str(value)
    return None


def _not_text(key: str, value: object) -> RowFault:
    kind = _KINDS.get(type(value), "broken text (half of a surrogate pair)")
    return RowFault("value_not_text", f"{shown(key)} holds {kind}; write it as text, as it is to appear.")
