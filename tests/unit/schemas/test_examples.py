"""Every event has one example, and whoever reads or writes events can rely on it."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from pressrun.documents.vocabulary import EXAMPLES, is_changelog, record_models, said_on, stream_topics, words
from pressrun.doorkeeper import Doorkeeper
from schemas.dead_letters import DeadLetter
from schemas.decoding import BadRecord, Decoder, VersionTooNew, decode_one
from schemas.events import Event, Record
from schemas.results import BatchAccepted
from schemas.submissions import BatchSubmitted
from sinks.storage import LocalStorage
from streams.topics import CATALOGUE

MODELS = record_models()
each_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)


def an_example(model: type[Record]) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((EXAMPLES / f"{model.__name__}.json").read_bytes())
    return document


def as_bytes(document: dict[str, Any]) -> bytes:
    return json.dumps(document).encode()


def test_every_event_has_exactly_one_example_and_every_example_is_of_an_event() -> None:
    names = {model.__name__ for model in MODELS} | {DeadLetter.__name__}

    assert {path.name for path in EXAMPLES.iterdir()} == {f"{name}.json" for name in names}


def test_the_walk_finds_events_of_every_topic() -> None:
    assert {"BatchSubmitted", "ItemReleased", "BatchState", "Tick"} <= {model.__name__ for model in MODELS}


def test_an_events_type_is_the_name_of_its_model() -> None:
    assert [model.model_fields["type"].default for model in MODELS] == [model.__name__ for model in MODELS]


@each_model
def test_an_example_is_read_strictly_and_says_every_field_it_has(model: type[Record]) -> None:
    example = an_example(model)

    event = model.model_validate_json(as_bytes(example))

    assert example.keys() <= model.model_fields.keys()
    assert json.loads(event.model_dump_json(exclude_unset=True)) == example


@each_model
def test_an_example_has_no_unknown_field_at_any_depth(model: type[Record]) -> None:
    event = model.model_validate_json(as_bytes(an_example(model)))

    assert set(_paths(an_example(model))) <= set(_paths(json.loads(event.model_dump_json())))


@each_model
def test_an_event_comes_back_from_the_log_as_it_was_said(model: type[Record]) -> None:
    event = model.model_validate_json(as_bytes(an_example(model)))

    assert Decoder(model).decode(event.model_dump_json(exclude_none=True).encode()) == event


@each_model
def test_a_consumer_one_version_older_reads_an_event_with_a_field_it_does_not_know(model: type[Record]) -> None:
    newer = an_example(model) | {"added_later": {"anything": [1]}}

    assert Decoder(model).decode(as_bytes(newer)) == model.model_validate_json(as_bytes(an_example(model)))


@each_model
@pytest.mark.parametrize("version", [2, 17])
def test_an_event_of_a_newer_version_stops_the_reader_and_is_no_bad_record(model: type[Record], version: int) -> None:
    newer = as_bytes(an_example(model) | {"version": version, "added_later": True})

    with pytest.raises(VersionTooNew, match=f"{model.__name__} version {version}"):
        Decoder(model).decode(newer)
    with pytest.raises(VersionTooNew):
        decode_one(model, newer)


@each_model
@pytest.mark.parametrize("field", ["type", "version", "id", "time"])
def test_an_event_without_a_field_of_the_envelope_is_a_bad_record(model: type[Record], field: str) -> None:
    document = an_example(model)
    del document[field]

    with pytest.raises(BadRecord) as refusal:
        Decoder(model).decode(as_bytes(document))
    assert refusal.value.reason_code == "invalid"


@each_model
def test_an_event_about_a_batch_names_the_batch_of_the_examples(model: type[Record]) -> None:
    is_about_a_batch = issubclass(model, Event)

    assert ("batch_id" in an_example(model)) == is_about_a_batch
    assert an_example(model).get("batch_id", "20260401-091500-4f6c2a9b1e") == "20260401-091500-4f6c2a9b1e"


@each_model
def test_a_number_written_as_text_is_not_read(model: type[Record]) -> None:
    with pytest.raises(ValidationError):
        model.model_validate_json(as_bytes(an_example(model) | {"version": "1"}))


def test_the_header_of_a_dead_letter_is_read_and_says_every_field() -> None:
    example = (EXAMPLES / "DeadLetter.json").read_bytes()

    letter = DeadLetter.model_validate_json(example)

    assert json.loads(letter.model_dump_json()) == json.loads(example)


def test_events_are_said_only_on_topics_of_the_catalogue() -> None:
    names = {topic.name for topic in CATALOGUE if not is_changelog(topic)}

    assert {topic for word in words() for topic in word.topics} == names
    assert all(word.topics for word in words())


@pytest.mark.parametrize("topic", stream_topics(), ids=lambda topic: topic.name)
def test_every_topic_carries_some_event(topic: Any) -> None:
    assert said_on(topic.name)


def test_every_field_says_what_it_means() -> None:
    silent = [
        f"{word.name}.{name}"
        for word in words()
        for name, field in word.model.model_fields.items()
        if name != "type" and not field.description
    ]

    assert silent == []


def test_the_submission_of_the_examples_is_accepted_by_the_doorkeeper(tmp_path: Path) -> None:
    storage = LocalStorage(tmp_path, tmp_path / "archives")
    doorkeeper = Doorkeeper(storage, tmp_path / "secrets", partitions=8, batch_threshold=100, reserve_mb=0)
    submission = BatchSubmitted.model_validate_json((EXAMPLES / "BatchSubmitted.json").read_bytes())

    decision = doorkeeper.decide(submission)

    expected = BatchAccepted.model_validate_json((EXAMPLES / "BatchAccepted.json").read_bytes())
    assert isinstance(decision, BatchAccepted)
    assert decision.model_copy(update={"plan": expected.plan}) == expected


def test_examples_hold_only_invented_addresses() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in EXAMPLES.iterdir())
    hosts = [piece.split('"')[0].split("/")[0] for sign in ("@", "https://") for piece in text.split(sign)[1:]]

    assert hosts
    assert set(hosts) == {"example.com"}


def _paths(value: Any, at: str = "") -> list[str]:
    """Names of all members; the design and the rows of a list are free and not looked into."""
    if isinstance(value, dict) and not at.endswith((".canvas", ".page", ".rows[]")):
        return [path for key, inner in value.items() for path in (f"{at}.{key}", *_paths(inner, f"{at}.{key}"))]
    if isinstance(value, list):
        return [path for inner in value for path in _paths(inner, f"{at}[]")]
    return []
