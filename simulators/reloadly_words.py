"""What Reloadly says of orders, goods and errors; amounts are JSON numbers."""

import time
from collections.abc import Iterable
from typing import Any

from simulators.money import UNIT
from simulators.records import Account, Product, Purchase, Refusal, Refused, State

ANY_REFUSED = "INVALID_REQUEST"
WRONG = frozenset(
    {
        "INVALID_AMOUNT_FOR_OPERATOR",
        "INVALID_RECIPIENT_PHONE",
        "COULD_NOT_AUTO_DETECT_OPERATOR",
        "IMPOSSIBLE_AMOUNT",
    }
)
ERRORS = {
    Refusal.PARAM: (400, ANY_REFUSED, "The request is not valid"),
    Refusal.NO_ACCOUNT: (401, "INVALID_CREDENTIALS", "Access Denied"),
    Refusal.SIGN: (401, "INVALID_TOKEN", "The token is not valid here"),
    Refusal.CLOCK: (401, "TOKEN_EXPIRED", "The token has expired"),
    Refusal.NO_METHOD: (404, "NOT_FOUND", "No such resource"),
    Refusal.NO_ORDER: (404, "TRANSACTION_NOT_FOUND", "Transaction not found"),
    Refusal.NO_PRODUCT: (404, "PRODUCT_NOT_FOUND", "Product not found"),
    Refusal.OFF_SHELF: (400, "TEMPORARY_OUT_OF_STOCK", "The product is not available"),
    Refusal.STOCK: (400, "TEMPORARY_OUT_OF_STOCK", "The product is out of stock"),
    Refusal.PRICE: (400, "PRICE_IS_NOT_PERMITTED", "The price is not permitted"),
    Refusal.BALANCE: (400, "INSUFFICIENT_BALANCE", "Insufficient funds in the wallet"),
    Refusal.DUPLICATE: (
        400,
        "CUSTOM_IDENTIFIER_ALREADY_USED",
        "The custom identifier is already used",
    ),
    Refusal.BUSY: (503, "SERVICE_UNAVAILABLE", "Please try again later"),
}
STATUSES = {
    State.SUCCEEDED: "SUCCESSFUL",
    State.FAILED: "FAILED",
    State.REFUNDED: "REFUNDED",
}


def error_of(refused: Refused, *, path: str) -> tuple[int, dict[str, Any]]:
    status, code, message = ERRORS[refused.refusal]
    told: dict[str, Any] = {
        "timeStamp": clock(time.time()),
        "message": message,
        "path": path,
        "errorCode": refused.detail if refused.detail in WRONG else code,
        "infoLink": None,
        "details": [],
    }
    return status, told


def status_of(purchase: Purchase) -> str:
    """An open order is PENDING until it is first asked after."""
    if purchase.state == State.ACCEPTED:
        return "PROCESSING" if purchase.asks else "PENDING"
    return STATUSES[purchase.state]


def amount(amount_e4: int) -> float:
    return amount_e4 / UNIT


def clock(moment: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(moment))


def country_of(account: Account) -> str:
    return str(account.options.get("country", "US"))


def currency_of(account: Account) -> str:
    return str(account.options.get("currency", "USD"))


def face_of(product: Product) -> int:
    return product.face_e4 or product.price_e4


def page_of(content: Iterable[object]) -> dict[str, Any]:
    listed = list(content)
    return {"content": listed, "totalElements": len(listed), "totalPages": 1, "number": 0}


def giftcard_of(account: Account, product: Product) -> dict[str, Any]:
    face, price = amount(face_of(product)), amount(product.price_e4)
    return {
        "productId": number_of(product.id),
        "productName": product.name,
        "global": False,
        "senderFee": 0,
        "discountPercentage": 0,
        "denominationType": "FIXED",
        "recipientCurrencyCode": currency_of(account),
        "senderCurrencyCode": currency_of(account),
        "fixedRecipientDenominations": [face],
        "fixedSenderDenominations": [price],
        "fixedRecipientToSenderDenominationsMap": {f"{face}": price},
        "country": {"isoName": country_of(account)},
    }


def operator_of(account: Account, product: Product) -> dict[str, Any]:
    return {
        "operatorId": number_of(product.id),
        "name": product.name,
        "pin": product.kind == "pin",
        "denominationType": "FIXED",
        "senderCurrencyCode": currency_of(account),
        "fixedAmounts": [amount(product.price_e4)],
        "localFixedAmounts": [amount(face_of(product))],
        "country": {"isoName": country_of(account)},
    }


def giftcard_order_of(account: Account, purchase: Purchase, product: Product) -> dict[str, Any]:
    return {
        "transactionId": purchase.id,
        "amount": amount(purchase.price_e4),
        "discount": 0,
        "currencyCode": currency_of(account),
        "fee": 0,
        "smsFee": 0,
        "recipientEmail": purchase.details["recipientEmail"] or None,
        "customIdentifier": purchase.client_no,
        "status": status_of(purchase),
        "product": {
            "productId": number_of(product.id),
            "productName": product.name,
            "countryCode": country_of(account),
            "quantity": purchase.quantity,
            "unitPrice": amount(face_of(product)),
            "totalPrice": amount(face_of(product) * purchase.quantity),
            "currencyCode": currency_of(account),
        },
        "transactionCreatedTime": clock(purchase.created_at),
    }


def topup_of(account: Account, purchase: Purchase, product: Product) -> dict[str, Any]:
    return {
        "transactionId": purchase.id,
        "status": status_of(purchase),
        "customIdentifier": purchase.client_no,
        "recipientPhone": purchase.details["recipientPhone"],
        "operatorId": number_of(product.id),
        "operatorName": product.name,
        "requestedAmount": amount(purchase.price_e4),
        "requestedAmountCurrencyCode": currency_of(account),
        "deliveredAmount": amount(face_of(product)),
        "discount": 0,
        "transactionDate": clock(purchase.created_at),
        "pinDetail": _pin_of(purchase, product),
        "balanceInfo": {"cost": amount(purchase.price_e4), "currencyCode": currency_of(account)},
    }


def number_of(product: str) -> int | str:
    return int(product) if product.isdecimal() else product


def _pin_of(purchase: Purchase, product: Product) -> dict[str, Any] | None:
    if purchase.state != State.SUCCEEDED or not purchase.cards:
        return None
    return {
        "serial": purchase.cards[0].number,
        "info1": "",
        "info2": "",
        "info3": "",
        "value": amount(face_of(product)),
        "code": purchase.cards[0].password,
        "ivr": "",
        "validity": "30 days",
    }
