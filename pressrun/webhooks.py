"""The way of a notice that goes by webhook, to the one receiver the operator has set."""

import time
from hashlib import sha256

from pressrun.domain.notices import Notice
from pressrun.settings import Settings
from sinks.outcomes import Delivery, Leave, NotSent
from sinks.webhooks.sending import Webhook, post_webhook
from sinks.webhooks.settings import WebhookSettings


class ByWebhook:
    """Implements pressrun.telling.Way."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def send(self, notice: Notice, leave: Leave) -> Delivery:
        """Post it to the receiver."""
        url, secret = self._settings.webhook_url, self._settings.webhook_secret
        if url is None or secret is None:
            return NotSent("No receiver is set any more.", retriable=False, code="webhook_unset")
        settings = WebhookSettings(url.get_secret_value(), secret.get_secret_value())
        return await post_webhook(webhook_of(notice, int(time.time())), settings, leave)


def webhook_of(notice: Notice, timestamp: int) -> Webhook:
    """The event as it stands on `progress`; the id is the notice's, in letters and digits only."""
    digest = sha256(notice.id.encode()).hexdigest()
    return Webhook(f"msg_{digest[:32]}", timestamp, notice.event.model_dump_json(exclude_none=True).encode())
