"""Whether a webhook is from the shop: by the Standard Webhooks library."""

from collections.abc import Mapping
from typing import cast

from standardwebhooks import Webhook, WebhookVerificationError

from quanyi.types import Event


class NotOurs(Exception):
    """The signature is wrong, or the call is too old to be believed."""


def verified(secret: str, headers: Mapping[str, str], body: bytes | str) -> Event:
    """The event; `body` as it came, before any JSON was read. Raises NotOurs."""
    lower = {name.lower(): value for name, value in headers.items()}
    try:
        return cast(Event, Webhook(secret).verify(body, lower))
    except (WebhookVerificationError, ValueError) as why:  # a header that is none: ValueError
        raise NotOurs(str(why)) from why
