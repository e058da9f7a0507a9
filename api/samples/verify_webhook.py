from standardwebhooks import Webhook, WebhookVerificationError


def verified(secret: str, headers: dict, body: bytes):
    """The event, or None for what we did not send. `headers` in lower case."""
    try:
        return Webhook(secret).verify(body, headers)
    except (WebhookVerificationError, ValueError):  # a header that is none is a ValueError
        return None
