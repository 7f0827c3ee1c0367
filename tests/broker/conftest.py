"""One real broker for the whole run; a machine that cannot run one fails loudly, with what to install."""

from collections.abc import Iterator

import pytest

from streams.devbroker import BrokerSettings, RunningBroker, start_broker, stop_broker


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBroker]:
    """A usable broker without topics. Tests share it: name topics and groups of your own, or apply the catalogue."""
    settings = BrokerSettings(tmp_path_factory.mktemp("broker"), None)
    yield start_broker(settings, log=print)
    stop_broker(settings)
