"""Says numbers and names the way people read them."""

import unicodedata

_LONGEST_NAME = 120


def count(number: int) -> str:
    """`12,345`."""
    return f"{number:,}"


def percentage(part: int, total: int) -> str:
    """One decimal, rounded towards the middle: `100 %` means all and `0 %` none."""
    if total <= 0 or part <= 0:
        return "0 %"
    if part >= total:
        return "100 %"
    tenths = min(max(round(part * 1000 / total), 1), 999)
    return f"{tenths / 10:.1f} %"


def size(number: int) -> str:
    """Bytes in decimal units, as file managers show them: `1.4 GB`."""
    amount = float(number)
    for unit in ("bytes", "kB", "MB", "GB"):
        if amount < 999.5:
            return f"{number} bytes" if unit == "bytes" else f"{amount:.3g} {unit}"
        amount /= 1000
    return f"{amount:,.3g} TB"


def one_line(text: str) -> str:
    """Text on one line without control and direction characters, cut after 120 characters."""
    kept = "".join(" " if unicodedata.category(each)[0] in "ZC" else each for each in text)
    flat = " ".join(kept.split())
    return flat if len(flat) <= _LONGEST_NAME else f"{flat[: _LONGEST_NAME - 1]}…"
