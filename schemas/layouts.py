"""How a batch's indexes lie on the partitions of its items topic, so that everyone computes the same place."""

from pydantic import BaseModel, ConfigDict, Field, field_validator

ROW_LENGTH = 1024
"""Indexes in one bitmap row, and the longest run of indexes on one partition."""


class Layout(BaseModel):
    """Runs of consecutive indexes go round the partitions; a run never crosses a bitmap row."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    partitions: int = Field(ge=1, le=1024, description="Partitions of the items topic.")
    run_length: int = Field(ge=32, le=ROW_LENGTH, description="Indexes per run, a power of two: it divides a row.")
    first_partition: int = Field(ge=0, description="Partition of the first run; spreads small batches.")

    @field_validator("run_length")
    @classmethod
    def _divides_a_row(cls, run_length: int) -> int:
        if ROW_LENGTH % run_length:
            raise ValueError("must be a power of two")
        return run_length

    def partition_of(self, index: int) -> int:
        """The partition that carries `index`."""
        return (self.first_partition + index // self.run_length) % self.partitions
