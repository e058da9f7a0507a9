"""Kinguin's refusals: a kind, an HTTP status and a sentence."""

import secrets
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from simulators.kinguin_words import clock
from simulators.records import Refusal, Refused
from simulators.wire import Visit

VIOLATION, UNAUTHORIZED = "ConstraintViolation", "Authorization"
KINDS = {
    VIOLATION: (400, "The requested payload is invalid."),
    UNAUTHORIZED: (401, "Invalid authentication data."),
    "Error": (500, "Internal Server Error."),
    "Http": (404, "Invalid http request."),
    "HttpClient": (503, "Internal request failed."),
    "InsufficientBalance": (422, "There are not enough funds to place an order."),
    "NoKeysToReturn": (422, "Return keys is not allowed for current resource version."),
    "OrderFailed": (422, "There was a problem with placing order."),
    "OrderNotFound": (404, "Order not found."),
    "ProductUnavailable": (422, "Unable to find any offer matching order request criteria."),
    "ResourceLock": (409, "Conflict with current resource version."),
}
REFUSED = {
    Refusal.SIGN: UNAUTHORIZED,
    Refusal.NO_ACCOUNT: UNAUTHORIZED,
    Refusal.CLOCK: UNAUTHORIZED,
    Refusal.PARAM: VIOLATION,
    Refusal.DUPLICATE: VIOLATION,
    Refusal.NO_METHOD: "Http",
    Refusal.NO_ORDER: "OrderNotFound",
    Refusal.NO_PRODUCT: "ProductUnavailable",
    Refusal.OFF_SHELF: "ProductUnavailable",
    Refusal.STOCK: "ProductUnavailable",
    Refusal.PRICE: "ProductUnavailable",
    Refusal.BALANCE: "InsufficientBalance",
    Refusal.BUSY: "Error",
}
CHOSEN_BY = {Refusal.DUPLICATE: "duplicates", Refusal.BUSY: "busy"}  # options of an account


class NoKeysToReturn(Refused):
    def __init__(self, detail: str) -> None:
        super().__init__(Refusal.NO_METHOD, detail)


class NotShown(Refused):
    """Unknown, off the shelf and sold out look alike: their catalogue has no such product."""

    def __init__(self) -> None:
        super().__init__(Refusal.NO_PRODUCT)


def error_of(refused: Refused, visit: Visit, *, path: str) -> tuple[int, dict[str, Any]]:
    """The HTTP status and the body."""
    kind = _kind(refused, visit.account.options if visit.account else {})
    status, detail = KINDS[kind]
    if isinstance(refused, NotShown):
        status = 404
    told: dict[str, Any] = {
        "kind": kind,
        "status": status,
        "detail": detail,
        "type": HTTPStatus(status).phrase,
    }
    if kind == UNAUTHORIZED:
        return status, told
    told |= {
        "path": path,
        "method": visit.method,
        "timestamp": clock(time.time()),
        "trace": secrets.token_hex(5),
        "retryable": kind == "ResourceLock",
    }
    if kind == VIOLATION:
        wrong = "orderExternalId" if refused.refusal == Refusal.DUPLICATE else refused.detail
        told |= {"detail": f'Invalid "{wrong}" property.', "propertyPath": wrong}
    return status, told


def _kind(refused: Refused, options: Mapping[str, Any]) -> str:
    match refused:
        case NoKeysToReturn():
            return "NoKeysToReturn"
        case NotShown():
            return "HttpClient"
    usual = REFUSED[refused.refusal]
    wanted = options.get(CHOSEN_BY.get(refused.refusal, ""), usual)
    return wanted if wanted in KINDS else usual
