"""Measured figures as a table for people and as JSON for programs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Cell: TypeAlias = str | int | float


@dataclass(frozen=True, slots=True)
class Table:
    """Rows by name; `missing` are those that were not measured, with the reason."""

    title: str
    columns: Sequence[str]
    rows: Mapping[str, Sequence[Cell]]
    missing: Mapping[str, str]

    def as_lines(self) -> list[str]:
        width = max(map(len, [self.title, *self.rows, *self.missing]))
        cells = [[_shown(cell) for cell in row] for row in self.rows.values()]
        widths = [max(map(len, column)) for column in zip(self.columns, *cells, strict=True)]
        lines = [_line(self.title, self.columns, width, widths)]
        lines += [_line(name, row, width, widths) for name, row in zip(self.rows, cells, strict=True)]
        return [*lines, *(f"{name:<{width}}  not measured: {reason}" for name, reason in self.missing.items())]

    def as_record(self) -> dict[str, object]:
        rows = {name: dict(zip(self.columns, row, strict=True)) for name, row in self.rows.items()}
        return {"title": self.title, "rows": rows, "missing": dict(self.missing)}


def _line(name: str, cells: Sequence[str], width: int, widths: Sequence[int]) -> str:
    return "  ".join([f"{name:<{width}}", *(f"{cell:>{size}}" for cell, size in zip(cells, widths, strict=True))])


def _shown(cell: Cell) -> str:
    if isinstance(cell, float):
        return f"{cell:,.0f}" if cell >= 1_000 else f"{cell:.3g}" if cell < 0.1 else f"{cell:,.2f}"
    return f"{cell:,}" if isinstance(cell, int) else cell
