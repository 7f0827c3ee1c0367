"""Administration of a cluster that is not there."""

import socket
import threading
from collections.abc import Iterator

import pytest

from streams.administration import ClusterUnavailable, apply_topics, cluster_summary, connect, group_lag, missing_topics


@pytest.fixture
def mute_server() -> Iterator[str]:
    """Takes connections and never answers, like a broker that hangs."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize("address", ["127.0.0.1:1", "no-port", "127.0.0.1:not-a-number", "127.0.0.1:99999"])
def test_an_address_where_nothing_answers_is_a_retriable_error(address: str) -> None:
    with pytest.raises(ClusterUnavailable, match="nothing answers there") as failed:
        missing_topics(address)

    assert failed.value.retriable
    assert failed.value.code == "cluster_unavailable"


def test_every_question_says_the_same_about_an_absent_cluster() -> None:
    with pytest.raises(ClusterUnavailable):
        apply_topics("127.0.0.1:1")
    with pytest.raises(ClusterUnavailable):
        cluster_summary("127.0.0.1:1")
    with pytest.raises(ClusterUnavailable):
        group_lag("127.0.0.1:1", "pressrun-render", "items-letters")


def test_a_cluster_that_hangs_is_given_up_and_leaves_no_thread_behind(mute_server: str) -> None:
    before = set(threading.enumerate())

    with pytest.raises(ClusterUnavailable), connect(mute_server, within_s=0.3):
        pass

    assert set(threading.enumerate()) == before
