"""Whatever a mail server does at whichever stage: what is said of the mail is certain, or that it is not."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from itertools import product
from typing import Any

import pytest
from unit.mail.scripted import BEHAVIOURS, BENIGN, REFUSING, STAGES, ScriptedServer

from sinks.mail.sending import send_notice
from sinks.mail.settings import Encryption, MailSettings
from sinks.outcomes import Delivery, NotSent, Sent, Unknown

PATIENT = 30.0
SHORT = 1.0
"""Seconds after which a silent server is given up; one that is only slow on a busy machine is waited for longer."""

BEFORE_THE_CONTENT = STAGES[: STAGES.index("body")]
CONNECT = ("as usual", "close", "reset", "hang")
BODY = ("as usual", "4xx", "5xx", "garbage", "no number", "close", "reset", "hang", "half a line, close")
CASES = [
    (stage, behaviour)
    for stage, behaviour in product(STAGES, BEHAVIOURS)
    if (stage != "connect" or behaviour in CONNECT) and (stage != "body" or behaviour in BODY)
]
GOES_ON = {
    # Where the first of two replies is right, what follows is lost before it can be mistaken.
    ("STARTTLS", "twice at once"),
    *((stage, "twice, apart") for stage in STAGES),
}
each_case = pytest.mark.parametrize(("stage", "behaviour"), CASES)


@dataclass(frozen=True)
class Played:
    """A conversation with a server that misbehaves, and what a second one came to where one was allowed."""

    server: ScriptedServer
    outcome: Delivery
    has_handed_over: bool
    taken_first: int
    again: Delivery | None


def a_message() -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = "noreply@example.com", "ann@example.com", "Batch is ready"
    message.set_content("It is ready.\n.\nFetch it.\n")
    return message


def settings_of(certificate: Any, port: int, stage: str, behaviour: str) -> MailSettings:
    """For a server that encrypts and asks for a login."""
    is_silent = "hang" in behaviour or behaviour == "endless lines"
    return MailSettings(
        host="127.0.0.1",
        port=port,
        sender="noreply@example.com",
        user="ann",
        password="secret",
        encryption=Encryption.STARTTLS,
        ca_file=str(certificate.file),
        step_timeout=SHORT if is_silent and stage in BEFORE_THE_CONTENT else PATIENT,
        reply_timeout=SHORT if is_silent else PATIENT,
    )


async def play(certificate: Any, stage: str, behaviour: str) -> Played:
    server = ScriptedServer(certificate.context, stage, behaviour)
    handed_over: list[bool] = []

    async def leave() -> bool:
        handed_over.append(True)
        return True

    async with server.listening() as port:
        outcome = await send_notice(a_message(), settings_of(certificate, port, stage, behaviour), leave)
        taken, has_handed_over, again = len(server.taken), bool(handed_over), None
        if isinstance(outcome, NotSent) and outcome.retriable:
            again = await send_notice(a_message(), settings_of(certificate, port, stage, "as usual"), leave)
    return Played(server, outcome, has_handed_over, taken, again)


@pytest.fixture(scope="module")
def all_played(certificate: Any) -> Mapping[tuple[str, str], Played]:
    """Every case, all at once: most of them wait for a server that says nothing."""

    async def play_all() -> list[Played]:
        return await asyncio.gather(*(play(certificate, *case) for case in CASES))

    return dict(zip(CASES, asyncio.run(play_all()), strict=True))


@each_case
def test_what_is_said_of_a_mail_is_certain_or_that_nobody_can_know(
    all_played: Mapping[tuple[str, str], Played], stage: str, behaviour: str
) -> None:
    played = all_played[stage, behaviour]

    if isinstance(played.outcome, Unknown):
        assert played.has_handed_over
        assert behaviour not in {*BENIGN, *REFUSING}
    else:
        assert played.taken_first == isinstance(played.outcome, Sent)
    assert "ann@" not in str(played.outcome)


@each_case
def test_a_server_that_misbehaves_before_the_content_never_gets_it(
    all_played: Mapping[tuple[str, str], Played], stage: str, behaviour: str
) -> None:
    played = all_played[stage, behaviour]

    if behaviour in BENIGN:
        assert played.outcome == Sent()
    elif stage in BEFORE_THE_CONTENT and (stage, behaviour) not in GOES_ON:
        assert isinstance(played.outcome, NotSent)
        assert not played.has_handed_over


@each_case
def test_a_mail_that_is_sent_again_where_that_is_allowed_is_taken_once(
    all_played: Mapping[tuple[str, str], Played], stage: str, behaviour: str
) -> None:
    played = all_played[stage, behaviour]

    assert len(played.server.taken) <= 1
    if played.again is not None:
        assert played.again == Sent()
        assert len(played.server.taken) == 1


@pytest.mark.parametrize("behaviour", ["close", "reset", "hang", "garbage", "half a line, close", "half a line, hang"])
def test_a_final_reply_that_never_comes_whole_leaves_the_mail_unknown(
    all_played: Mapping[tuple[str, str], Played], behaviour: str
) -> None:
    played = all_played["dot", behaviour]

    assert isinstance(played.outcome, Unknown)
    assert played.taken_first == 1


def test_an_answer_that_came_before_its_question_is_not_taken_for_the_answer_to_the_content(
    all_played: Mapping[tuple[str, str], Played],
) -> None:
    played = all_played["DATA", "twice at once"]

    assert isinstance(played.outcome, NotSent)
    assert not played.has_handed_over


async def test_without_leave_the_server_gets_no_content(
    certificate: Any,
) -> None:
    server = ScriptedServer(certificate.context, "dot", "as usual")

    async def refuse() -> bool:
        return False

    async with server.listening() as port:
        outcome = await send_notice(a_message(), settings_of(certificate, port, "dot", "as usual"), refuse)

    assert isinstance(outcome, NotSent)
    assert (outcome.code, outcome.retriable) == ("mail_withheld", True)
    assert server.commands[-1] == "DATA"
    assert server.taken == []


async def test_an_error_while_asking_for_leave_is_not_taken_for_one_of_the_server(
    certificate: Any,
) -> None:
    server = ScriptedServer(certificate.context, "dot", "as usual")

    async def break_down() -> bool:
        raise ConnectionError

    async with server.listening() as port:
        with pytest.raises(ConnectionError):
            await send_notice(a_message(), settings_of(certificate, port, "dot", "as usual"), break_down)

    assert server.taken == []
