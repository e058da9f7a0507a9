"""What the API answers. New fields may come: a program ignores those that it does not know."""

from typing import Any, TypedDict


class BuyerField(TypedDict):
    key: str
    type: str
    label: str
    label_en: str | None
    required: bool
    options: list[str]


class Product(TypedDict):
    sku: str
    name: str
    name_en: str | None
    variant: str
    variant_en: str | None
    brand: str | None
    kind: str
    delivery: str
    price: str
    list_price: str
    currency: str
    max_quantity: int | None
    available: bool
    stock: int | None
    buyer_fields: list[BuyerField]


class Unit(TypedDict):
    position: int
    state: str
    kind: str | None
    card_no: str | None
    code: str | None
    expires_on: str | None
    delivered_at: str | None


class OrderInList(TypedDict):
    ref: str
    partner_order_no: str
    state: str
    sku: str
    quantity: int
    unit_price: str
    total: str
    currency: str
    created_at: str
    ended_at: str | None


class Order(OrderInList):
    units: list[Unit]


class Line(TypedDict, total=False):
    """One of several orders that are placed at once."""

    sku: str
    partner_order_no: str
    quantity: int
    buyer: dict[str, str]
    max_amount: str


class Result(TypedDict):
    status: int
    body: dict[str, Any]


class RefundRequest(TypedDict):
    ref: str
    order: str
    position: int | None
    kind: str
    state: str
    opened_at: str
    due_at: str | None
    ended_at: str | None


class AccountCheck(TypedDict):
    verdict: str
    field: str | None
    message: str | None


class Balance(TypedDict):
    balance: str
    credit_limit: str
    available: str
    currency: str


class Entry(TypedDict):
    ref: str
    kind: str
    amount: str
    currency: str
    order: str | None
    at: str


class Event(TypedDict):
    id: str
    type: str
    created_at: str
    data: dict[str, Any]
