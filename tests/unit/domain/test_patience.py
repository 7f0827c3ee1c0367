"""How long notices wait: a mail for as long as it takes, a webhook twelve times in four days."""

import pytest

from pressrun.domain.patience import WEBHOOK_WAITS, is_given_up, seconds_until_next


def test_a_webhook_is_tried_twelve_times_in_about_four_days() -> None:
    tries = [number for number in range(100) if not is_given_up("webhook", number)]

    assert len(tries) == 12
    assert 90 < sum(WEBHOOK_WAITS) / 3600 <= 96


def test_a_webhook_waits_longer_after_each_try() -> None:
    waits = [seconds_until_next("webhook", tries, 0) for tries in range(1, 12)]

    assert waits == sorted(waits) == list(WEBHOOK_WAITS)


def test_after_its_last_try_a_webhook_is_given_up_at_once() -> None:
    assert seconds_until_next("webhook", 12, 0) == 0
    assert is_given_up("webhook", 12)


@pytest.mark.parametrize("kind", ["mail", "webhook"])
def test_what_could_not_be_begun_is_tried_again_soon(kind: str) -> None:
    waits = [seconds_until_next(kind, 0, repeat) for repeat in (0, 1, 5, 6, 10_000)]  # type: ignore[arg-type] # of two words

    assert waits == [1, 2, 32, 60, 60]


def test_a_mail_is_never_given_up() -> None:
    assert not is_given_up("mail", 1_000_000)
    assert seconds_until_next("mail", 1_000_000, 1_000_000) == 60
