"""When a broker can be used: an open port is not enough, clients would still be told to come back later."""

import time
from collections.abc import Callable

from streams.administration import ClusterRefused, ClusterUnavailable, connect

# The hash of a one-letter group id is its code point, so these five groups sit on all five partitions of
# __consumer_offsets (offsets.topic.num.partitions): each of them has to be loaded.
PROBED_GROUPS = ("a", "b", "c", "d", "e")
POLL_S = 0.1
LOOK_LIMIT_S = 5.0


def await_ready(address: str, *, within_s: float, still_alive: Callable[[], bool] = lambda: True) -> str | None:
    """Wait until an admin call and group-coordinator look-ups succeed; None, or why they did not.

    Ends early when `still_alive` says the broker has died.
    """
    deadline = time.monotonic() + within_s
    while still_alive():
        reason = why_not_ready(address)
        if reason is None:
            return None
        if time.monotonic() > deadline:
            return f"not usable within {within_s:.0f} s: {reason}"
        time.sleep(POLL_S)
    return "the process ended"


def why_not_ready(address: str) -> str | None:
    """One look at `host:port[,host:port]`; None when the broker is usable now."""
    try:
        with connect(address, within_s=LOOK_LIMIT_S) as admin:
            admin.list_topics()
            admin.list_group_offsets(dict.fromkeys(PROBED_GROUPS))
    except (ClusterUnavailable, ClusterRefused) as error:
        return str(error)
    return None
