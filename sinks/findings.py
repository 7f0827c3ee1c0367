"""What verifying an archive finds: which items are there or explained, and a bounded list of faults."""

from sinks.bitmaps import add, bitmap_length, contains, subtract, unite

FAULTS_TOLD = 100


class Findings:
    """Collects while an archive is read; memory is two bits for each item, and the first faults."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.entries = 0
        self.failures = 0
        self._present = bytearray(bitmap_length(total))
        self._explained = bytearray(bitmap_length(total))
        self._faults: list[str] = []
        self._fault_count = 0

    @property
    def present(self) -> bytes:
        """The items that have an entry, as a bitmap."""
        return bytes(self._present)

    def blame(self, fault: str) -> None:
        """Note a fault; only the first hundred are kept."""
        self._fault_count += 1
        if self._fault_count <= FAULTS_TOLD:
            self._faults.append(fault)

    def tell(self) -> tuple[str, ...]:
        """Return the faults, and how many more there are."""
        more = self._fault_count - len(self._faults)
        return (*self._faults, f"and {more} more") if more else tuple(self._faults)

    def note_entry(self, index: int) -> None:
        """Note that an item has its entry; the manifest has checked that the index is one of the batch."""
        self.entries += 1
        add(self._present, index)

    def note_failure(self, index: int) -> None:
        """Note that an item is explained in the table of failures."""
        self.failures += 1
        if index >= self.total:
            self.blame(f"item {index} in failures.csv is not of this batch")
        elif contains(self._present, index):
            self.blame(f"item {index} is both an entry and a failure")
        elif contains(self._explained, index):
            self.blame(f"item {index} is in failures.csv twice")
        else:
            add(self._explained, index)

    def blame_unexplained(self) -> None:
        """Note the items that are neither an entry nor a failure as one fault."""
        everything = ((1 << self.total) - 1).to_bytes(len(self._present), "little")
        missing = int.from_bytes(subtract(everything, unite(self._present, self._explained)), "little")
        if missing:
            first = (missing & -missing).bit_length() - 1
            self.blame(f"{missing.bit_count()} items are neither an entry nor a failure, the first is {first}")
