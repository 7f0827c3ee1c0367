"""What a broker directory remembers."""

import base64
import socket
from pathlib import Path

import pytest

from streams.devbroker.errors import BrokerFailed
from streams.devbroker.identity import IDENTITY_FILE, Identity, directory_key, new_identity, recall, remember
from streams.devbroker.ports import HIGHEST, LOWEST, becomes_free, choose_free_ports, is_free


def test_what_was_remembered_is_recalled(tmp_path: Path) -> None:
    identity = new_identity("java", "4.4.0")

    remember(tmp_path, identity)

    assert recall(tmp_path) == identity


def test_a_fresh_directory_remembers_nothing(tmp_path: Path) -> None:
    assert recall(tmp_path) is None


@pytest.mark.parametrize("content", ["", "{", "[]", '{"engine": "java"}'])
def test_a_broken_memory_is_an_error_and_never_new_ports(tmp_path: Path, content: str) -> None:
    (tmp_path / IDENTITY_FILE).write_text(content)

    with pytest.raises(BrokerFailed, match=IDENTITY_FILE):
        recall(tmp_path)


def test_a_cluster_id_is_sixteen_bytes_and_no_option() -> None:
    ids = {new_identity("java", "4.4.0").cluster_id for _ in range(200)}

    assert len(ids) == 200
    assert all(len(base64.urlsafe_b64decode(cluster_id + "==")) == 16 for cluster_id in ids)
    assert not any(cluster_id.startswith("-") for cluster_id in ids)


def test_the_address_is_on_loopback() -> None:
    assert Identity("java", 20_000, 20_001, "id", "4.4.0").address == "127.0.0.1:20000"


def test_a_directory_has_one_key_by_any_of_its_names(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "one")

    assert directory_key(tmp_path / "one") == directory_key(tmp_path / "link")
    assert directory_key(tmp_path / "one") != directory_key(tmp_path / "two")


def test_chosen_ports_are_different_free_and_outside_the_ranges_for_clients() -> None:
    ports = choose_free_ports(20)

    assert len(set(ports)) == 20
    assert all(LOWEST <= port <= HIGHEST and is_free(port) for port in ports)


def test_a_port_with_a_listener_does_not_become_free() -> None:
    (port,) = choose_free_ports(1)
    with socket.create_server(("127.0.0.1", port)):
        assert not becomes_free(port, within_s=0)
    assert becomes_free(port, within_s=0)
