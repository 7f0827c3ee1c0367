"""Ports on loopback that stay free for a broker that comes back."""

import secrets
import socket
import time
from collections.abc import Iterator

# Below the ports that Linux (from 32768) and macOS (from 49152) hand to outgoing connections: a remembered port
# from that range would sooner or later be some client's.
LOWEST, HIGHEST = 20_000, 29_999
POLL_S = 0.05


def choose_free_ports(count: int) -> tuple[int, ...]:
    """`count` different ports nobody listens on now, chosen at random so that two brokers rarely meet."""
    chosen: set[int] = set()
    for port in _candidates():
        if port not in chosen and is_free(port):
            chosen.add(port)
        if len(chosen) == count:
            break
    return tuple(chosen)


def is_free(port: int) -> bool:
    """Whether a server could listen on it; connections of a dead server that still linger do not count."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def becomes_free(port: int, *, within_s: float) -> bool:
    deadline = time.monotonic() + within_s
    while not is_free(port):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_S)
    return True


def _candidates() -> Iterator[int]:
    while True:
        yield LOWEST + secrets.randbelow(HIGHEST - LOWEST + 1)
