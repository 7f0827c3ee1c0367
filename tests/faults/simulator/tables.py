"""A role's table: rows in memory, and the writes that its changelog has not got yet."""

from typing import Any


class Table(dict[bytes, bytes]):
    """Rows of one partition; a dict, so that the real code reads it at full speed."""

    __slots__ = ("unflushed",)

    def __init__(self, rows: dict[bytes, bytes]) -> None:
        super().__init__(rows)
        self.unflushed: dict[bytes, bytes | None] = {}

    def __setitem__(self, key: bytes, value: bytes) -> None:
        super().__setitem__(key, value)
        self._keep(key, value)

    def __delitem__(self, key: bytes) -> None:
        super().__delitem__(key)
        self._keep(key, None)

    def pop(self, key: bytes, default: Any = None) -> Any:
        if key in self:
            self._keep(key, None)
        return super().pop(key, default)

    def _keep(self, key: bytes, value: bytes | None) -> None:
        """As streams.tables: what is written again goes behind what was written in between."""
        self.unflushed.pop(key, None)
        self.unflushed[key] = value

    def clone(self) -> "Table":
        """The same rows and writes, to be continued in another way."""
        twin = Table(self)
        twin.unflushed = dict(self.unflushed)
        return twin
