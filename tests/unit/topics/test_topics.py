"""The catalogue as a whole: what holds for every topic."""

import re

import pytest

from streams.topics import CATALOGUE, FOR_EVER, Topic, topic_settings
from streams.topology import ROLES, Role

DAY_MS = 24 * 60 * 60 * 1000
BY_NAME = {topic.name: topic for topic in CATALOGUE}
CHANGELOGS = [topic for topic in CATALOGUE if topic.name.endswith("-changelog")]


def settings_of(name: str, *, replicas: int = 1, min_insync: int = 1) -> dict[str, str]:
    return dict(topic_settings(BY_NAME[name], replicas=replicas, min_insync=min_insync))


def the_input_of(agent: str) -> Topic:
    """The one topic an agent with a table reads."""
    (read,) = (topic for topic in CATALOGUE if agent in topic.read_by and topic not in CHANGELOGS)
    return read


def test_names_are_kebab_case_and_different() -> None:
    # A dot and an underscore are the same character in the names of Kafka's metrics.
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", topic.name) for topic in CATALOGUE)
    assert len(BY_NAME) == len(CATALOGUE)


def test_exactly_three_topics_are_a_contract_with_others() -> None:
    assert {topic.name for topic in CATALOGUE if topic.public} == {"submissions", "progress", "batches"}


def test_every_topic_says_what_it_carries_who_writes_and_who_reads_it() -> None:
    assert all(topic.carries and topic.key and topic.written_by and topic.read_by for topic in CATALOGUE)


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_the_catalogue_and_the_topology_tell_the_same(role: Role) -> None:
    streams = [topic for topic in CATALOGUE if topic not in CHANGELOGS and topic.name != "dead-letters"]

    assert {topic.name for topic in streams if role.name in topic.read_by} == {role.reads}
    assert {topic.name for topic in streams if role.name in topic.written_by} == set(role.says)
    tables = [topic.name for topic in CHANGELOGS if role.name in topic.written_by]
    assert tables == ([] if role.table is None else [f"pressrun-{role.name}-{role.table}-changelog"])


@pytest.mark.parametrize("changelog", CHANGELOGS, ids=lambda topic: topic.name)
def test_a_changelog_has_as_many_partitions_as_what_its_agent_reads(changelog: Topic) -> None:
    (agent,) = changelog.written_by

    assert changelog.name.startswith(f"pressrun-{agent}-")
    assert changelog.cleanup == "compact"
    assert changelog.partitions == the_input_of(agent).partitions


def test_keys_are_ids_and_never_something_of_a_recipient() -> None:
    assert {topic.key for topic in CATALOGUE} == {
        "batch id",
        "batch id, attempt and index // 1024",
        "batch id, attempt and first index of the piece",
        "the record's own",
    }


def test_topics_that_are_read_in_turn_keep_fourteen_days_of_any_size() -> None:
    inputs = [topic for topic in CATALOGUE if topic.cleanup == "delete"]

    assert {topic.retention_ms for topic in inputs} == {14 * DAY_MS}
    for topic in inputs:
        settings = settings_of(topic.name)
        assert settings["retention.ms"] == "1209600000"
        assert settings["retention.bytes"] == "-1"
        assert int(settings["segment.ms"]) <= DAY_MS


def test_compacted_topics_keep_the_last_record_for_ever_and_can_be_compacted_hourly() -> None:
    compacted = [topic for topic in CATALOGUE if topic.cleanup == "compact"]

    assert {topic.name for topic in compacted} == {"batches"} | {topic.name for topic in CHANGELOGS}
    for topic in compacted:
        settings = settings_of(topic.name)
        assert topic.retention_ms == FOR_EVER
        assert "retention.ms" not in settings
        assert settings["segment.ms"] == "3600000"
        assert settings["delete.retention.ms"] == str(7 * DAY_MS)
        assert int(settings["min.compaction.lag.ms"]) > 0


@pytest.mark.parametrize("topic", CATALOGUE, ids=lambda topic: topic.name)
def test_every_topic_takes_the_brokers_time_and_a_mebibyte(topic: Topic) -> None:
    settings = settings_of(topic.name)

    assert settings["message.timestamp.type"] == "LogAppendTime"
    assert int(settings["max.message.bytes"]) >= 1024 * 1024
    assert settings["cleanup.policy"] == topic.cleanup


def test_what_is_handed_in_is_on_disk_where_there_is_one_copy() -> None:
    flushed = {topic.name for topic in CATALOGUE if "flush.messages" in settings_of(topic.name)}

    assert flushed == {"submissions"}
    assert settings_of("submissions")["flush.messages"] == "1"


def test_with_copies_the_copies_are_the_safety_and_nothing_is_forced_to_disk() -> None:
    settings = settings_of("submissions", replicas=3, min_insync=2)

    assert "flush.messages" not in settings
    assert settings["min.insync.replicas"] == "2"
