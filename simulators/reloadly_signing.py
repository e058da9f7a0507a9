"""Reloadly's bearer tokens (ours carry what they allow) and the signature of its webhooks."""

import hashlib
import hmac
import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Claims:
    client_id: str
    audience: str
    until: float

    @property
    def are_over(self) -> bool:
        return self.until <= time.time()


def issue(claims: Claims, secret: str) -> str:
    packed = json.dumps([claims.client_id, claims.audience, claims.until]).encode()
    return f"{urlsafe_b64encode(packed).decode()}.{_mac(packed, secret)}"


def claims_of(token: str) -> Claims | None:
    """What a token says, true or not; None when it is none of ours."""
    try:
        client_id, audience, until = json.loads(urlsafe_b64decode(token.partition(".")[0]))
        return Claims(client_id=str(client_id), audience=str(audience), until=float(until))
    except (ValueError, TypeError):
        return None


def is_genuine(token: str, secret: str) -> bool:
    packed, _, mac = token.partition(".")
    right = _mac(urlsafe_b64decode(packed), secret)
    return hmac.compare_digest(right.encode(), mac.encode())


def sign_webhook(body: bytes, stamp: str, secret: str) -> str:
    return _mac(body + b":" + stamp.encode(), secret)


def _mac(text: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()
