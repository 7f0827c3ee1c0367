"""Dead letters are found on their topic, told without personal data, and replayed once."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import pytest
from typer.testing import Result

from pressrun.cli import dead_letters_commands as commands
from pressrun.dead_letters import (
    AlreadyReplayed,
    Buried,
    Pile,
    RepairRefused,
    count_by_code,
    replay,
    require_first,
    require_waiting,
)
from schemas.dead_letters import HEADER, REPLAY_HEADER, DeadLetter, ReplayNoted
from schemas.decoding import MAX_RECORD_BYTES

Run = Callable[..., Result]
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
NOBODY = "127.0.0.1:1"


def a_letter(**changes: Any) -> DeadLetter:
    fields = {"topic": "results", "partition": 2, "offset": 7, "code": "invalid", "reason": "size: no", "time": NOW}
    return DeadLetter.model_validate(fields | changes)


def a_note(letter: int, state: Literal["begun", "done"] = "begun", name: str = "first") -> ReplayNoted:
    return ReplayNoted(id=name, letter=letter, state=state, repaired=False, time=NOW)


def a_pile(*records: DeadLetter | ReplayNoted) -> Pile:
    pile = Pile()
    for offset, record in enumerate(records):
        header = HEADER if isinstance(record, DeadLetter) else REPLAY_HEADER
        pile.take(offset, [(header, record.model_dump_json().encode())], 10)
    return pile


def test_a_dead_letter_waits_until_someone_replays_it() -> None:
    assert a_pile(a_letter()).letters[0].state == "waiting"


def test_a_replay_that_was_begun_and_not_ended_is_unknown() -> None:
    assert a_pile(a_letter(), a_note(0)).letters[0].state == "unknown"


def test_a_replay_that_was_acknowledged_is_known() -> None:
    assert a_pile(a_letter(), a_note(0), a_note(0, "done")).letters[0].state == "replayed"


def test_a_note_is_about_its_own_letter_only() -> None:
    pile = a_pile(a_letter(), a_letter(), a_note(1))

    assert [buried.state for buried in pile.letters.values()] == ["waiting", "unknown"]


def test_a_note_about_a_letter_that_has_expired_is_passed_over() -> None:
    assert a_pile(a_note(17)).letters == {}


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("trace", b"1")],
        [(HEADER, b"")],
        [(HEADER, None)],
        [(HEADER, b"{")],
        [(HEADER, b"\xff\xfe")],
        [(HEADER, b'{"type": "DeadLetter"}')],
        [(REPLAY_HEADER, b"[]")],
        [(REPLAY_HEADER, b"\x80\x04\x95")],
    ],
)
def test_a_record_of_someone_else_on_the_topic_is_counted_and_nothing_more(
    headers: list[tuple[str, bytes | None]],
) -> None:
    pile = a_pile(a_letter())

    pile.take(1, headers, 0)

    assert (len(pile.letters), pile.strangers) == (1, 1)


@pytest.mark.parametrize("states", [("begun",), ("begun", "done")])
def test_a_letter_is_not_replayed_twice(states: tuple[Literal["begun", "done"], ...]) -> None:
    pile = a_pile(a_letter(), *(a_note(0, state) for state in states))

    with pytest.raises(AlreadyReplayed):
        require_waiting(pile.letters[0])


def test_of_two_who_replay_at_once_the_first_note_on_the_log_has_the_right() -> None:
    mine, other = a_note(0, name="mine"), a_note(0, name="other")

    require_first(a_pile(a_letter(), mine, other).letters[0], mine)
    with pytest.raises(AlreadyReplayed):
        require_first(a_pile(a_letter(), other, mine).letters[0], mine)


def test_a_repaired_record_nobody_could_read_is_refused_before_anything_is_published() -> None:
    with pytest.raises(RepairRefused):
        replay(NOBODY, 0, repaired=b"x" * (MAX_RECORD_BYTES + 1))


def test_codes_are_counted_the_most_frequent_first() -> None:
    pile = a_pile(a_letter(code="empty"), a_letter(), a_letter())

    assert list(count_by_code(list(pile.letters.values())).items()) == [("invalid", 2), ("empty", 1)]


def test_bytes_are_shown_without_moving_the_terminals_cursor() -> None:
    assert commands.text_of(b"\x1b[2J\xff\r\nA") == r"\x1b[2J\xff\r\nA"


@pytest.mark.parametrize("command", [("list",), ("show", "0"), ("replay", "0")])
def test_without_a_system_there_are_no_dead_letters_to_look_at(run: Run, command: tuple[str, ...]) -> None:
    result = run("dead-letters", *command)

    assert result.exit_code == 1
    assert result.stderr.startswith("system_down: ")


@pytest.mark.parametrize("command", [("list",), ("show", "0")])
def test_what_stands_in_the_way_is_told_as_json_where_that_was_asked_for(run: Run, command: tuple[str, ...]) -> None:
    result = run("dead-letters", *command, "--json")

    assert result.exit_code == 1
    assert json.loads(result.stdout)["error"] == "system_down"


def test_a_repaired_record_is_a_file_that_is_there(run: Run, tmp_path: Path) -> None:
    result = run("dead-letters", "replay", "0", "--file", tmp_path / "nowhere.json")

    assert result.exit_code == 2


def test_what_a_letter_answers_never_holds_its_value() -> None:
    answer = commands.answer_of(Buried(4, a_letter(), 10))

    assert set(answer) == {
        "offset",
        "state",
        "topic",
        "partition",
        "origin_offset",
        "code",
        "reason",
        "time",
        "bytes",
        "replays",
    }
