"""What the API answers. New fields may come: a program ignores those that it does not know."""

from typing import Any, TypedDict


class Told(TypedDict):
    """`livemode` is false in the sandbox, where nothing is real."""

    object: str
    livemode: bool


class BuyerField(TypedDict):
    key: str
    type: str
    label: str
    label_en: str | None
    required: bool
    options: list[str]


class Product(Told):
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
    will_be_held: bool
    stock: int | None
    buyer_fields: list[BuyerField]


class Held(TypedDict):
    """Somebody at the shop decides by `until`, else `then` is done."""

    reason: str
    message: str
    until: str
    then: str | None


class Unit(TypedDict):
    position: int
    state: str
    held: Held | None
    kind: str | None
    card_no: str | None
    code: str | None
    expires_on: str | None
    delivered_at: str | None


class OrderInList(Told):
    ref: str
    partner_order_no: str
    state: str
    held: Held | None
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


class RefundRequest(Told):
    ref: str
    order: str
    position: int | None
    kind: str
    state: str
    opened_at: str
    due_at: str | None
    ended_at: str | None


class AccountCheck(Told):
    verdict: str
    field: str | None
    message: str | None


class Balance(Told):
    balance: str
    credit_limit: str
    available: str
    currency: str


class Entry(Told):
    ref: str
    kind: str
    amount: str
    currency: str
    order: str | None
    payment: str | None
    at: str


class Payment(Told):
    """Money to be paid in online; whoever opens `pay_url` pays it, while it is there."""

    ref: str
    state: str
    amount: str
    currency: str
    reference: str | None
    return_url: str | None
    pay_url: str | None
    created_at: str
    expires_at: str
    paid_at: str | None
    entry: str | None


class Event(Told):
    id: str
    type: str
    created_at: str
    is_test: bool
    data: dict[str, Any]


class Endpoint(Told):
    """Without `events` it is told of everything."""

    ref: str
    url: str
    events: list[str]
    state: str
    disabled_by: str | None
    failing_since: str | None
    old_secret_until: str | None
    created_at: str


class EndpointWithSecret(Endpoint):
    secret: str


class RemovedEndpoint(Told):
    ref: str
    deleted: bool


class Delivery(Told):
    """An event on its way to an endpoint."""

    ref: str
    endpoint: str
    event: str
    type: str
    is_test: bool
    state: str
    tries: int
    next_try_at: str | None
    last_try_at: str | None
    last_status: int | None
    last_error: str | None
    last_ms: int | None
    last_answer: str | None
    delivered_at: str | None


class Replay(Told):
    """Where there is more than goes at once, ask again with `next_since` as `since`."""

    endpoint: str
    count: int
    has_more: bool
    next_since: str | None
