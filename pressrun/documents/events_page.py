"""The page docs/events.md: every topic, every event, every field."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pressrun.documents.markdown import NOTE, code, listed, table
from pressrun.documents.type_names import name_of
from pressrun.documents.vocabulary import (
    Word,
    is_changelog,
    readers_of,
    said_on,
    schemas_of,
    stream_topics,
    words,
    writers_of,
)
from schemas.events import Event
from streams.topics import CATALOGUE, DAY_MS, FOR_EVER, Topic

_ENVELOPE = tuple(Event.model_fields)

_INTRODUCTION = f"""# Topics and events

{NOTE}

What is said on the log, for those who write to it or read from it. `asyncapi.yaml` says the same to programs, and
`schemas/examples/` holds each example as a file.

Every value is a JSON object in UTF-8 of at most 900,000 bytes; a field that would be null is left out. The key is the
batch id where there is one, so that one partition has everything about a batch in order. Times are UTC. Delivery is at
least once: **the same fact has the same `id`, however often it is repeated**, so a reader that remembers ids sees each
fact once. Only `BatchState` is no fact but a state: its id is always the same, and the newest replaces the others.

Within a version new fields may appear; a reader ignores those it does not know. A change that an older reader would
misunderstand raises `version`: then the older reader stops and waits for its update, and nothing is lost.

No topic but `submissions`, `items-letters` and `dead-letters` carries personal data.
"""


def render_events_page() -> str:
    """The whole page."""
    said = words()
    definitions = schemas_of(said, "{model}")
    names = {word.name for word in said}
    parts = sorted(name for name in definitions if name not in names)
    sections = [
        _INTRODUCTION,
        _envelope(definitions),
        _topics(),
        "## Events\n",
        *(_event(word, definitions[word.name]) for word in said),
        "## Parts\n\nWhat events are made of.\n",
        *(_part(name, definitions[name]) for name in parts),
    ]
    return "\n".join(sections)


def _envelope(definitions: Mapping[str, Any]) -> str:
    fields = definitions["BatchSubmitted"]
    rows = list(_field_rows(fields, _ENVELOPE))
    rows[0] = ("`type`", "text", "yes", "What is said; the one word by which readers choose.")
    return (
        "## Envelope\n\nThe fields every event shares. `Tick` and `WindowContinued` are about no batch and have no "
        f"`batch_id`.\n\n{table(_FIELD_HEAD, rows)}\n"
    )


def _topics() -> str:
    sections = [_topic(topic) for topic in stream_topics()]
    changelogs = [
        (code(topic.name), topic.key, str(topic.partitions), topic.carries)
        for topic in CATALOGUE
        if is_changelog(topic)
    ]
    head = ("topic", "key", "partitions", "carries")
    intro = "Tables of the roles, compacted and kept for ever; nobody else reads or writes them."
    return "\n".join(["## Topics\n", *sections, f"### Changelogs\n\n{intro}\n\n{table(head, changelogs)}\n"])


def _topic(topic: Topic) -> str:
    facts = (
        ("for", "everyone: a contract" if topic.public else _intended(topic)),
        ("key", topic.key),
        ("partitions", str(topic.partitions)),
        ("kept", _retention(topic)),
        ("written by", ", ".join(writers_of(topic))),
        ("read by", ", ".join(readers_of(topic))),
        ("events", ", ".join(f"[{word.name}](#{word.name.lower()})" for word in said_on(topic.name))),
    )
    carries = topic.carries[0].upper() + topic.carries[1:]
    return f"### {topic.name}\n\n{carries}.\n\n{table(('', ''), facts)}\n"


def _intended(topic: Topic) -> str:
    return "everyone who submits: a contract" if "producers" in writers_of(topic) else "pressrun itself"


def _retention(topic: Topic) -> str:
    if topic.retention_ms == FOR_EVER:
        return "the last record of each key, for ever (compacted)"
    return f"{topic.retention_ms // DAY_MS} days, and at most one more"


def _event(word: Word, schema: Mapping[str, Any]) -> str:
    if word.name == "DeadLetter":
        place = "The header `dead-letter` of every record on `dead-letters`; the record itself is unchanged."
        names = tuple(word.model.model_fields)
    else:
        place = f"On {listed(word.topics)}."
        names = tuple(name for name in word.model.model_fields if name not in _ENVELOPE)
    rows = list(_field_rows(schema, names))
    fields = f"{table(_FIELD_HEAD, rows)}\n" if rows else "Nothing besides the envelope.\n"
    example = json.dumps(json.loads(word.example), ensure_ascii=False, indent=2)
    return f"### {word.name}\n\n{word.meaning}\n\n{place}\n\n{fields}\n```json\n{example}\n```\n"


def _part(name: str, schema: Mapping[str, Any]) -> str:
    rows = _field_rows(schema, tuple(schema["properties"]))
    return f"### {name}\n\n{schema['description']}\n\n{table(_FIELD_HEAD, rows)}\n"


_FIELD_HEAD = ("field", "type", "required", "meaning")


def _field_rows(schema: Mapping[str, Any], names: tuple[str, ...]) -> Iterator[tuple[str, str, str, str]]:
    required = schema.get("required", ())
    for name in names:
        field = schema["properties"][name]
        default = "yes" if name in required else f"default {code(json.dumps(field.get('default')))}"
        yield code(name), name_of(field), default, field.get("description", "")
