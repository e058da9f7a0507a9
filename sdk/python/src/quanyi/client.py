"""The partner API, one method for each thing that can be done."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from quanyi import types
from quanyi.endpoints import Webhooks


class Client(Webhooks):
    """`key` as the shop gave it, `host` as `https://shop.example.com`."""

    def products(self) -> Iterator[types.Product]:
        """What may be sold now, at your prices."""
        return cast(Iterator[types.Product], self.pages("/products"))

    def product(self, sku: str) -> types.Product:
        return cast(types.Product, self.call("GET", f"/products/{sku}"))

    def check_account(self, *, sku: str, buyer: Mapping[str, str]) -> types.AccountCheck:
        """Ask the supplier about an account before it is topped up."""
        body = {"sku": sku, "buyer": dict(buyer)}
        return cast(types.AccountCheck, self.call("POST", "/account-checks", body=body))

    def place_order(
        self,
        *,
        sku: str,
        partner_order_no: str,
        quantity: int = 1,
        buyer: Mapping[str, str] | None = None,
        max_amount: str | None = None,
        idempotency_key: str = "",
    ) -> types.Order:
        """Order once, however often it has to be tried. `partner_order_no` is used once, for ever;
        above `max_amount` nothing happens."""
        body: dict[str, Any] = {
            "sku": sku,
            "partner_order_no": partner_order_no,
            "quantity": quantity,
            "buyer": dict(buyer or {}),
        }
        if max_amount is not None:
            body["max_amount"] = max_amount
        once = idempotency_key or str(uuid.uuid4())
        return cast(types.Order, self.call("POST", "/orders", body=body, once=once))

    def place_orders(self, lines: Sequence[types.Line]) -> list[types.Result]:
        """Up to a hundred orders, each with its own outcome, in their order."""
        told = self.call("POST", "/order-batches", body={"orders": list(lines)})
        return cast(list[types.Result], told["results"])

    def order(self, ref: str) -> types.Order:
        return cast(types.Order, self.call("GET", f"/orders/{ref}"))

    def find_order(self, partner_order_no: str) -> types.Order | None:
        """The order that your own number names; None where there is none."""
        for found in self.orders(partner_order_no=partner_order_no):
            return self.order(found["ref"])
        return None

    def orders(
        self,
        *,
        partner_order_no: str = "",
        state: str = "",
        created_since: str = "",
        created_until: str = "",
    ) -> Iterator[types.OrderInList]:
        """The newest first, without their codes. Moments as “2026-11-28T00:00:00Z”: from the one,
        before the other."""
        found = self.pages(
            "/orders",
            partner_order_no=partner_order_no,
            state=state,
            created_since=created_since,
            created_until=created_until,
        )
        return cast(Iterator[types.OrderInList], found)

    def cancel_order(self, ref: str) -> types.Order:
        """Give up what is not delivered."""
        return cast(types.Order, self.call("POST", f"/orders/{ref}/cancel", body={}))

    def request_refund(
        self, ref: str, *, text: str, position: int | None = None, kind: str = "code_fails"
    ) -> types.RefundRequest:
        """Complain about one thing of an order, or about all of it."""
        body: dict[str, Any] = {"text": text, "kind": kind}
        if position is not None:
            body["position"] = position
        told = self.call("POST", f"/orders/{ref}/refund-requests", body=body)
        return cast(types.RefundRequest, told)

    def refund_request(self, order_ref: str, ref: str) -> types.RefundRequest:
        told = self.call("GET", f"/orders/{order_ref}/refund-requests/{ref}")
        return cast(types.RefundRequest, told)

    def balance(self) -> types.Balance:
        return cast(types.Balance, self.call("GET", "/balance"))

    def entries(self) -> Iterator[types.Entry]:
        """Every movement of the balance, the newest first."""
        return cast(Iterator[types.Entry], self.pages("/balance/entries"))

    def ask_payment(
        self, *, amount: str, reference: str = "", return_url: str = "", idempotency_key: str = ""
    ) -> types.Payment:
        """A page where a person pays into the balance, once however often it has to be tried."""
        body = {"amount": amount, "reference": reference}
        if return_url:
            body["return_url"] = return_url
        once = idempotency_key or str(uuid.uuid4())
        return cast(types.Payment, self.call("POST", "/balance/payments", body=body, once=once))

    def payment(self, ref: str) -> types.Payment:
        return cast(types.Payment, self.call("GET", f"/balance/payments/{ref}"))

    def payments(self) -> Iterator[types.Payment]:
        """What was paid in online, or is to be, the newest first."""
        return cast(Iterator[types.Payment], self.pages("/balance/payments"))
