"""docs/events.md tells every topic, event and field."""

import re

import pytest
from unit.docs.pages import read

from pressrun.documents.type_names import name_of
from pressrun.documents.vocabulary import Word, stream_topics, words
from streams.topics import CATALOGUE, Topic
from streams.topology import ROLES

PAGE = read("docs/events.md")


def section(heading: str) -> str:
    found = re.search(rf"^### {re.escape(heading)}\n(.*?)(?=^##)", PAGE + "\n##", flags=re.MULTILINE | re.DOTALL)
    assert found, f"there is no section {heading}"
    return found[1]


@pytest.mark.parametrize("topic", stream_topics(), ids=lambda topic: topic.name)
def test_a_topic_has_its_facts(topic: Topic) -> None:
    text = section(topic.name)

    assert f"| partitions | {topic.partitions} |" in text
    assert f"| key | {topic.key} |" in text


def test_every_changelog_is_there() -> None:
    text = section("Changelogs")

    assert all(topic.name in text for topic in CATALOGUE if topic not in stream_topics())


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_a_role_stands_where_it_reads_and_writes(role: object) -> None:
    reads, says, name = role.reads, role.says, role.name  # type: ignore[attr-defined] # parametrised with Role

    assert re.search(rf"\| read by \|.*\b{name}\b", section(reads))
    assert all(re.search(rf"\| written by \|.*\b{name}\b", section(topic)) for topic in says)


@pytest.mark.parametrize("word", words(), ids=lambda word: word.name)
def test_an_event_has_its_meaning_and_a_row_for_each_field(word: Word) -> None:
    text = section(word.name)
    envelope = {"type", "version", "id", "time", "batch_id"} if word.name != "DeadLetter" else set()

    assert word.meaning in text
    assert all(f"| `{name}` |" in text for name in word.model.model_fields if name not in envelope)


def test_what_every_record_must_have_is_said_to_be_required() -> None:
    envelope = PAGE.split("## Envelope")[1].split("## Topics")[0]

    for name in ("type", "version", "id", "time"):
        assert re.search(rf"\| `{name}` \| [^|]+ \| yes \|", envelope)


@pytest.mark.parametrize(
    ("schema", "name"),
    [
        ({"type": "integer", "minimum": 1, "exclusiveMaximum": 1000}, "integer from 1 to 999"),
        ({"type": "integer", "minimum": 0}, "integer from 0"),
        ({"type": "integer"}, "integer"),
        ({"type": "string", "format": "date-time"}, "time"),
        ({"type": "string", "pattern": "^a$"}, "text like `^a$`"),
        ({"type": "string", "maxLength": 100_000}, "text of at most 100,000 characters"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "text or null"),
        ({"type": "array", "items": {"$ref": "IndexRange"}}, "list of [IndexRange](#indexrange)"),
        ({"type": "object", "additionalProperties": {"type": "string"}}, "object of text"),
        ({"type": "object", "additionalProperties": True}, "object"),
        ({"const": "letters", "type": "string"}, "`letters`"),
        ({"enum": ["high", "low"], "type": "string"}, "`high`, `low`"),
        ({}, "any JSON"),
    ],
)
def test_a_type_is_said_for_people(schema: dict[str, object], name: str) -> None:
    assert name_of(schema) == name
