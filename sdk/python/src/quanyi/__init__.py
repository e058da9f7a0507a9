"""A small typed client of the partner API."""

from quanyi.client import Client
from quanyi.errors import (
    ApiError,
    AuthenticationFailed,
    BalanceTooLow,
    Conflict,
    InvalidRequest,
    NotAllowed,
    NotFound,
    NotReached,
    OutOfStock,
    PaymentRefused,
    RateLimited,
    ServerFailed,
)
from quanyi.webhooks import NotOurs, verified

__all__ = [
    "ApiError",
    "AuthenticationFailed",
    "BalanceTooLow",
    "Client",
    "Conflict",
    "InvalidRequest",
    "NotAllowed",
    "NotFound",
    "NotOurs",
    "NotReached",
    "OutOfStock",
    "PaymentRefused",
    "RateLimited",
    "ServerFailed",
    "verified",
]
