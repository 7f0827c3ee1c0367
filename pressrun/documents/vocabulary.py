"""Everything that is said on the log: the record types of `schemas`, with their topics and examples."""

import pkgutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

import schemas
from schemas.dead_letters import DeadLetter
from schemas.events import Record
from streams.topics import CATALOGUE, Topic
from streams.topology import ROLES

EXAMPLES = Path(schemas.__file__).with_name("examples")

PARTIES = ("producers", "cli", "consumers", "people")
"""Who speaks and listens besides the roles; any other name in the catalogue is of a role that does not exist yet."""


@dataclass(frozen=True, slots=True)
class Word:
    """One record type: its model, the topics it is said on, and the text of its example."""

    name: str
    model: type[BaseModel]
    topics: tuple[str, ...]
    example: str

    @property
    def meaning(self) -> str:
        """What it says, from its docstring."""
        return (self.model.__doc__ or "").strip()


def stream_topics() -> tuple[Topic, ...]:
    """The topics on which something is said; changelogs are Faust's own."""
    return tuple(topic for topic in CATALOGUE if not is_changelog(topic))


def is_changelog(topic: Topic) -> bool:
    return topic.name.endswith("-changelog")


def record_models() -> tuple[type[Record], ...]:
    """Every type that can be on the log, by name; a model without a type of its own is only a parent."""
    for module in pkgutil.iter_modules(schemas.__path__):
        import_module(f"schemas.{module.name}")
    found = [model for model in _descendants(Record) if isinstance(model.model_fields["type"].default, str)]
    return tuple(sorted(set(found), key=lambda model: model.__name__))


def words() -> tuple[Word, ...]:
    """Every record type in the order of the topics it is first said on; raises FileNotFoundError without example."""
    places = [topic.name for topic in stream_topics()]
    said = [_word(model, model.topics) for model in record_models()]
    said.append(_word(DeadLetter, ("dead-letters",)))
    return tuple(sorted(said, key=lambda word: (min(map(places.index, word.topics)), word.name)))


def schemas_of(said: Iterable[Word], places: str) -> dict[str, Any]:
    """JSON Schema by the names of events and of their parts; `places` is the form of a reference, with `{model}`."""
    said = tuple(said)
    _, schema = models_json_schema([(word.model, "validation") for word in said], ref_template=places)
    definitions: dict[str, Any] = schema["$defs"]
    for word in said:
        # The models have defaults for them, so that we need not write them; without them a record cannot be read.
        definitions[word.name]["required"] = ["type", "version", *definitions[word.name]["required"]]
    return definitions


def said_on(topic: str) -> tuple[Word, ...]:
    return tuple(word for word in words() if topic in word.topics)


def writers_of(topic: Topic) -> tuple[str, ...]:
    """Roles and parties that write it, as the catalogue and the topology know them."""
    saying = [role.name for role in ROLES if topic.name in role.says]
    return _known((*topic.written_by, *saying))


def readers_of(topic: Topic) -> tuple[str, ...]:
    """Roles and parties that read it, as the catalogue and the topology know them."""
    reading = [role.name for role in ROLES if topic.name == role.reads]
    return _known((*topic.read_by, *reading))


def _known(names: tuple[str, ...]) -> tuple[str, ...]:
    order = (*PARTIES[:2], *(role.name for role in ROLES), *PARTIES[2:])
    return tuple(name for name in order if name in names)


def _word(model: type[BaseModel], topics: tuple[str, ...]) -> Word:
    example = (EXAMPLES / f"{model.__name__}.json").read_text(encoding="utf-8")
    return Word(model.__name__, model, topics, example)


def _descendants(model: type[Record]) -> Iterator[type[Record]]:
    for child in model.__subclasses__():
        yield child
        yield from _descendants(child)
