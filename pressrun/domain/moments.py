"""A moment as decisions need it: the time people read, and a steady count of seconds that no clock change moves."""

from datetime import datetime
from typing import NamedTuple


class Moment(NamedTuple):
    """`time` (UTC) is written into records; `seconds`, of a steady clock, is what elapsed time is measured by.

    Seconds compare only within one process: whoever reads them back from a table counts from then on.
    """

    time: datetime
    seconds: float
