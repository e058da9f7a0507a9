"""A shopper at a browser: fills in the form, pays, comes back."""

import re
from typing import Any

from django.test import Client
from django.utils import timezone

from core.actors import SYSTEM
from core.scope import tenant_atomic
from inventory.models import Code
from orders import services as orders
from orders.models import Order
from payments.models import Payment
from tests.catalog.factories import make_product, make_sku
from tests.inventory.factories import make_codes
from tests.payments.factories import hear, posting

PHONE = "13800138000"
KEY = re.compile(r'name="request_key" value="([^"]+)"')


def stocked(codes: int = 3, **fields: Any):
    """A SKU on the shelf with codes in stock, committed to the test's transaction."""
    with tenant_atomic():
        product = fields.pop("product", None) or make_product(name="优酷会员", name_en="Youku")
        sku = make_sku(product=product, **fields)
        if codes:
            make_codes(sku, codes)
    return sku


def a_form(of, /, **fields: str) -> dict[str, str]:
    given = {"sku": of.ref, "quantity": "1", "contact": PHONE, "consent": "1"}
    return given | {"request_key": "a-form-of-a-test"} | fields


def page_of(sku) -> str:
    return f"/p/{sku.product.ref}/"


def buy(client: Client, of, /, **fields: str):
    return client.post(page_of(of), a_form(of, **fields))


def bought(client: Client, of, /, **fields: str) -> Order:
    """An order placed through the form, waiting for its money."""
    answer = buy(client, of, **fields)
    assert answer.status_code == 302, answer.content.decode()
    return order_at(answer["Location"])


def order_at(path: str) -> Order:
    with tenant_atomic():
        return Order.objects.get(token=path.split("/")[2])


def notify(client: Client, order: Order, **lies: Any):
    """The provider's notice about the order's payment, as it comes over the wire."""
    with tenant_atomic():
        payment = Payment.objects.filter(payable_id=order.pk).latest("pk")
    body, headers = posting(payment, now=timezone.now(), **lies)
    named = {f"HTTP_{name.upper().replace('-', '_')}": text for name, text in headers.items()}
    kind = named.pop("HTTP_CONTENT_TYPE")
    return client.generic("POST", "/pay/notice/sandbox/", body, kind, **named)


def paid(client: Client, sku, **fields: str) -> Order:
    """An order bought and paid, whose delivery a worker has still to look at."""
    order, now = bought(client, sku, **fields), timezone.now()
    with tenant_atomic():
        payment = Payment.objects.filter(payable_id=order.pk).latest("pk")
        hear(posting(payment, now=now), now=now)
        orders.record_payment(order_id=order.pk, payment_id=payment.pk, by=SYSTEM, now=now)
    return order


def delivered(client: Client, sku, **fields: str) -> Order:
    """An order bought, paid and delivered."""
    order = bought(client, sku, **fields)
    assert notify(client, order).content == b"success"
    return order


def state_of(order: Order) -> str:
    with tenant_atomic():
        return Order.objects.get(pk=order.pk).state


def codes_left(sku) -> int:
    with tenant_atomic():
        return Code.objects.filter(sku=sku, state="available").count()


def path_of(order: Order, rest: str = "") -> str:
    return f"/o/{order.token}/{rest}"
