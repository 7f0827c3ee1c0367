"""Posts one signed webhook and says what is certain of it afterwards; format: Standard Webhooks 1.0.0.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hmac
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus

from aiohttp import ClientConnectorError, ClientError, ClientSession, ClientTimeout

from sinks.outcomes import Delivery, Leave, NotSent, Sent, Unknown, granted
from sinks.webhooks.settings import WebhookSettings, read_key


@dataclass(frozen=True, slots=True)
class Webhook:
    """One message; a repeat has the same `id` and `body` and another `timestamp`, in seconds since 1970."""

    id: str
    timestamp: int
    body: bytes


def sign(webhook: Webhook, key: bytes) -> str:
    """The value of `webhook-signature`: version 1, HMAC-SHA256 over id, timestamp and body."""
    content = f"{webhook.id}.{webhook.timestamp}.".encode() + webhook.body
    return "v1," + base64.b64encode(hmac.digest(key, content, sha256)).decode()


async def post_webhook(webhook: Webhook, settings: WebhookSettings, leave: Leave = granted) -> Delivery:
    """Hand one webhook to its receiver, once; no redirect is followed, no proxy used, no answer's body read.

    `leave` is asked before anything is sent; what it raises is raised, all else is an outcome.
    """
    if not await leave():
        return NotSent("The right to send the webhook was not given.", retriable=True, code="webhook_withheld")
    headers = {
        "content-type": "application/json",
        "user-agent": "pressrun",
        "webhook-id": webhook.id,
        "webhook-timestamp": str(webhook.timestamp),
        "webhook-signature": sign(webhook, read_key(settings.secret)),
    }
    try:
        async with (
            ClientSession(timeout=ClientTimeout(total=settings.timeout)) as session,
            session.post(settings.url, data=webhook.body, headers=headers, allow_redirects=False) as answer,
        ):
            return _judged(answer.status)
    except ClientConnectorError:
        return NotSent("The receiver cannot be reached.", retriable=True, code="webhook_unreachable")
    except (ClientError, OSError, TimeoutError):
        return Unknown("The receiver did not say whether it took the webhook.", code="webhook_unanswered")


def _judged(status: int) -> Delivery:
    if 200 <= status < 300:
        return Sent()
    if status == HTTPStatus.GONE:
        # The standard's word for: never again.
        return NotSent("The receiver is gone for good.", retriable=False, code="webhook_gone")
    return NotSent(f"The receiver answered {status}.", retriable=True, code="webhook_refused")
