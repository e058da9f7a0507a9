"""The partner's balance and every movement of it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rest_framework.request import Request
from rest_framework.response import Response

from api.paging import page_of
from api.shapes import balance_body, entry_body
from api.views.base import PartnerView
from channels.states import KeyScope
from payments.selectors import entries_of, floored_balance, payable_refs
from tenants.selectors import get_shop

if TYPE_CHECKING:
    from payments.models import Entry

PAID, REFUNDED = "capture:", "refund:"


class Balance(PartnerView):
    """What may be spent: the balance, and a credit line under it."""

    needs = {"GET": KeyScope.BALANCE}

    def get(self, request: Request) -> Response:
        balance_e4, floor_e4 = floored_balance(account_id=self.seat.account_id)
        currency = get_shop().currency
        return Response(balance_body(balance_e4=balance_e4, floor_e4=floor_e4, currency=currency))


class Entries(PartnerView):
    """Every movement of the balance, the newest first."""

    needs = {"GET": KeyScope.BALANCE}

    def get(self, request: Request) -> Response:
        return Response(page_of(request, entries_of(account_id=self.seat.account_id), _told))


def _told(entries: "Sequence[Entry]") -> list[dict[str, Any]]:
    """Two queries: what an entry is about is found by the payment that its journal names."""
    numbers = {entry.pk: _payment_number(entry.journal.ref) for entry in entries}
    orders = payable_refs(numbers={number for number in numbers.values() if number})
    return [entry_body(entry=entry, order_ref=orders.get(numbers[entry.pk])) for entry in entries]


def _payment_number(ref: str) -> str:
    return ref.removeprefix(PAID) if ref.startswith(PAID) else ""
