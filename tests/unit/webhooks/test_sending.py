"""Webhooks: signed as their standard says, encrypted off this machine, and told apart by what is certain."""

import socket

import pytest
from webhookserver import KEY, SECRET, Receiver

from sinks.outcomes import NotSent, Sent, Unknown
from sinks.webhooks.sending import Webhook, post_webhook, sign
from sinks.webhooks.settings import WebhookRefused, WebhookSettings, read_key

HOOK = Webhook("msg_1", 1_700_000_000, b'{"type":"BatchSealed"}')


def test_a_signature_is_that_of_the_standards_own_example() -> None:
    example = Webhook("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, b'{"test": 2432232314}')

    signature = sign(example, read_key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))

    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


async def test_what_arrives_is_the_body_as_it_is_with_its_id_time_and_signature() -> None:
    with Receiver() as receiver:
        outcome = await post_webhook(HOOK, WebhookSettings(receiver.url, SECRET))

    (post,) = receiver.posts
    assert outcome == Sent()
    assert (post.id, post.headers["webhook-timestamp"], post.body) == (HOOK.id, str(HOOK.timestamp), HOOK.body)
    assert post.headers["content-type"] == "application/json"
    assert post.is_genuine


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Sent()),
        (204, Sent()),
        (302, NotSent("The receiver answered 302.", retriable=True, code="webhook_refused")),
        (400, NotSent("The receiver answered 400.", retriable=True, code="webhook_refused")),
        (503, NotSent("The receiver answered 503.", retriable=True, code="webhook_refused")),
        (410, NotSent("The receiver is gone for good.", retriable=False, code="webhook_gone")),
        (0, Unknown("The receiver did not say whether it took the webhook.", code="webhook_unanswered")),
    ],
)
async def test_an_answer_is_told_by_what_is_certain(status: int, outcome: object) -> None:
    with Receiver(statuses=[status]) as receiver:
        assert await post_webhook(HOOK, WebhookSettings(receiver.url, SECRET)) == outcome


async def test_a_redirect_is_not_followed() -> None:
    with Receiver() as other, Receiver(statuses=[307], location=other.url) as receiver:
        await post_webhook(HOOK, WebhookSettings(receiver.url, SECRET))

    assert len(receiver.posts) == 1
    assert other.posts == []


async def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with Receiver() as proxy, Receiver() as receiver:
        monkeypatch.setenv("http_proxy", proxy.url)
        await post_webhook(HOOK, WebhookSettings(receiver.url, SECRET))

    assert (len(proxy.posts), len(receiver.posts)) == (0, 1)


async def test_a_receiver_that_is_away_has_certainly_not_taken_it() -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{reserved.getsockname()[1]}/"

        outcome = await post_webhook(HOOK, WebhookSettings(url, SECRET))

    assert outcome == NotSent("The receiver cannot be reached.", retriable=True, code="webhook_unreachable")


async def test_a_receiver_that_never_answers_is_not_waited_for_for_ever() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"

        outcome = await post_webhook(HOOK, WebhookSettings(url, SECRET, timeout=0.2))

    assert isinstance(outcome, Unknown)


async def test_without_leave_nothing_is_sent() -> None:
    async def refuse() -> bool:
        return False

    with Receiver() as receiver:
        outcome = await post_webhook(HOOK, WebhookSettings(receiver.url, SECRET), refuse)

    assert receiver.posts == []
    assert outcome == NotSent("The right to send the webhook was not given.", retriable=True, code="webhook_withheld")


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/hooks",
        "http://127.0.0.1.example.com/",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "https://",
        "hooks",
        "",
        "https://[::1",
        "https://example.com:99999/",
        "https://example.com:0/",
        "https://ann:canary@example.com/",
    ],
)
def test_an_address_that_is_unsafe_or_none_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(WebhookRefused) as caught:
        WebhookSettings(url, SECRET)

    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["https://example.com/hooks", "http://127.0.0.1:8080/", "http://[::1]/", "http://localhost/"]
)
def test_encrypted_or_on_this_machine_any_place_will_do(url: str) -> None:
    assert WebhookSettings(url, SECRET).url == url


@pytest.mark.parametrize(
    "secret", ["", "whsec_", "whsec_c2hvcnQ=", "whsec_not base64", "whsec_" + "QUJD" * 22, "\u2603"]
)
def test_a_secret_of_another_form_or_length_is_refused_without_being_shown(secret: str) -> None:
    with pytest.raises(WebhookRefused) as caught:
        read_key(secret)

    assert secret not in str(caught.value) or not secret


def test_a_secret_is_read_with_its_prefix_and_without() -> None:
    assert read_key(SECRET) == read_key(SECRET.removeprefix("whsec_")) == KEY


def test_settings_show_neither_address_nor_secret() -> None:
    settings = WebhookSettings("https://example.com/token-canary", SECRET)

    assert "canary" not in repr(settings)
    assert SECRET not in repr(settings)
