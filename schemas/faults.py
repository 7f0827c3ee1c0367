"""A fault: what is wrong with something that was handed in, said so that a person can put it right."""

from pydantic import BaseModel, ConfigDict, Field


class Fault(BaseModel):
    """One thing wrong with a submission, a design or a list; a submission is rejected with all of them at once."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    code: str = Field(description="Stable, snake_case; programs may depend on it.")
    where: str = Field(description="The place: `design.json objects[3]`, `recipients line 12`, `--map`.")
    message: str = Field(description="What is wrong and why, for people; never a value out of a recipient's row.")
    remedy: str = Field(description="What to do about it.")
