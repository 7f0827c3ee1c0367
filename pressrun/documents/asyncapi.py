"""The document docs/asyncapi.yaml: channels from the catalogue, messages and JSON Schema from the models."""

import json
import tomllib
from pathlib import Path
from typing import Any

import yaml

from pressrun.documents.vocabulary import (
    PARTIES,
    Word,
    readers_of,
    said_on,
    schemas_of,
    stream_topics,
    words,
    writers_of,
)
from schemas.dead_letters import HEADER
from streams.topics import FOR_EVER, Topic

SPECIFICATION = "3.0.0"
KAFKA_BINDING = "0.5.0"
_SCHEMAS = "#/components/schemas/{model}"

_HEAD = "# Written by `python -m pressrun.documents`; change the code it speaks of instead.\n"
_DESCRIPTION = (
    "Batches of personalised work on Apache Kafka: publish BatchSubmitted on submissions, follow progress and batches."
    " Delivery is at least once; the same fact has the same id. docs/events.md says the same to people."
)


def render_asyncapi(root: Path) -> str:
    """The document as YAML; `root` is the checkout, whose pyproject.toml names the version."""
    version = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    said = words()
    document = {
        "asyncapi": SPECIFICATION,
        "info": {"title": "pressrun", "version": version, "description": _DESCRIPTION},
        "defaultContentType": "application/json",
        "channels": {topic.name: _channel(topic) for topic in stream_topics()},
        "operations": dict(_operation(topic) for topic in stream_topics() if _is_at_the_edge(topic)),
        "components": {"messages": {word.name: _message(word) for word in said}, "schemas": schemas_of(said, _SCHEMAS)},
    }
    return _HEAD + yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120)


def _channel(topic: Topic) -> dict[str, Any]:
    is_contract = topic.public or "producers" in writers_of(topic)
    settings: dict[str, Any] = {"cleanup.policy": [topic.cleanup]}
    if topic.retention_ms != FOR_EVER:
        settings["retention.ms"] = topic.retention_ms
    return {
        "address": topic.name,
        "description": topic.carries[0].upper() + topic.carries[1:] + ".",
        "tags": [{"name": "public" if is_contract else "internal"}],
        "messages": {word.name: {"$ref": f"#/components/messages/{word.name}"} for word in said_on(topic.name)},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "topicConfiguration": settings,
                "bindingVersion": KAFKA_BINDING,
            }
        },
    }


def _is_at_the_edge(topic: Topic) -> bool:
    """Whether anyone but the roles speaks or listens; how the roles speak among themselves is no contract."""
    return bool(set(PARTIES) & {*writers_of(topic), *readers_of(topic)})


def _operation(topic: Topic) -> tuple[str, dict[str, Any]]:
    is_input = bool(set(PARTIES) & set(writers_of(topic)))
    name = f"{'receive' if is_input else 'send'}-{topic.name}"
    return name, {
        "action": "receive" if is_input else "send",
        "channel": {"$ref": f"#/channels/{topic.name}"},
        "summary": topic.carries[0].upper() + topic.carries[1:] + ".",
    }


def _message(word: Word) -> dict[str, Any]:
    message: dict[str, Any] = {"name": word.name, "summary": word.meaning, "contentType": "application/json"}
    example = json.loads(word.example)
    if word.topics == ("dead-letters",):
        header = {"type": "string", "description": f"JSON of #/components/schemas/{word.name}."}
        message["headers"] = {"type": "object", "required": [HEADER], "properties": {HEADER: header}}
        message["contentType"] = "application/octet-stream"
        message["payload"] = {"description": "The record as it was found."}
        return message | {"examples": [{"name": word.name, "headers": {HEADER: json.dumps(example)}}]}
    message["payload"] = {"$ref": f"#/components/schemas/{word.name}"}
    if "batch_id" in word.model.model_fields:
        key = {"type": "string", "description": "The batch id."}
        message["bindings"] = {"kafka": {"key": key, "bindingVersion": KAFKA_BINDING}}
    return message | {"examples": [{"name": word.name, "payload": example}]}
