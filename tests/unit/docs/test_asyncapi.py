"""docs/asyncapi.yaml says to programs what docs/events.md says to people."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from unit.docs.pages import read

from pressrun.documents.vocabulary import Word, said_on, stream_topics, words
from streams.topics import Topic

DOCUMENT: dict[str, Any] = yaml.safe_load(read("docs/asyncapi.yaml"))


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def resolve(reference: str) -> Any:
    found: Any = DOCUMENT
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return found


@pytest.mark.parametrize("topic", stream_topics(), ids=lambda topic: topic.name)
def test_a_topic_is_a_channel_with_its_events(topic: Topic) -> None:
    channel = DOCUMENT["channels"][topic.name]

    assert channel["address"] == topic.name
    assert channel["bindings"]["kafka"]["partitions"] == topic.partitions
    assert set(channel["messages"]) == {word.name for word in said_on(topic.name)}


def test_every_reference_leads_somewhere() -> None:
    found = set(references(DOCUMENT))

    assert len(found) > len(words())
    for reference in found:
        assert resolve(reference)


def test_producers_and_consumers_find_their_operations() -> None:
    actions = {name: operation["action"] for name, operation in DOCUMENT["operations"].items()}

    assert actions == {
        "receive-submissions": "receive",
        "send-progress": "send",
        "send-batches": "send",
        "send-dead-letters": "send",
    }


@pytest.mark.parametrize("word", [word for word in words() if word.name != "DeadLetter"], ids=lambda word: word.name)
def test_a_message_has_the_schema_of_its_model_and_its_example(word: Word) -> None:
    message = DOCUMENT["components"]["messages"][word.name]
    schema = resolve(message["payload"]["$ref"])

    assert set(schema["properties"]) == set(word.model.model_fields)
    assert {"type", "version", "id", "time"} <= set(schema["required"])
    assert schema["properties"]["type"]["const"] == word.name
    word.model.model_validate(message["examples"][0]["payload"], strict=False)


def test_a_dead_letter_is_described_as_a_header() -> None:
    message = DOCUMENT["components"]["messages"]["DeadLetter"]

    assert message["headers"]["required"] == ["dead-letter"]
