"""The faults of a list: where they are and how names are shown in them, never with a value out of a row."""

from collections.abc import Sequence

from schemas.faults import Fault

SHOWN_CHARACTERS = 60
"""A name is cut here: the first line of a list without a header may hold a novel."""


def list_fault(code: str, message: str, remedy: str, *, line: int | None = None) -> Fault:
    """A fault of the list as a whole, or of one of its lines (counted from 1)."""
    where = "recipients" if line is None else f"recipients line {line}"
    return Fault(code=code, where=where, message=message, remedy=remedy)


def shown(name: str) -> str:
    """The name of a column or variable as it stands in a message: quoted, on one line, cut when long."""
    flat = "".join(character if character.isprintable() else " " for character in name[: SHOWN_CHARACTERS + 1])
    return f"'{flat[:SHOWN_CHARACTERS]}…'" if len(name) > SHOWN_CHARACTERS else f"'{flat}'"


def listed(names: Sequence[str], joint: str = "and") -> str:
    """Names in a row for a message: `'a', 'b' and 'c'`; after ten it says how many more there are."""
    kept = [shown(name) for name in names[:10]]
    if len(names) > len(kept):
        kept.append(f"{len(names) - len(kept)} more")
    return f"{', '.join(kept[:-1])} {joint} {kept[-1]}" if len(kept) > 1 else "".join(kept)
