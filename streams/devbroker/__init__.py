"""A real Kafka broker on loopback for development, tests and benchmarks, started by Docker or by the local Java."""

from streams.devbroker.broker import broker_status, start_broker, stop_broker
from streams.devbroker.settings import BrokerSettings, RunningBroker

__all__ = ["BrokerSettings", "RunningBroker", "broker_status", "start_broker", "stop_broker"]
