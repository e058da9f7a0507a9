"""The partner's balance and every movement of it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema_field
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Amount, Shape, Text
from api.paging import page_of
from api.paying_in import ask_payment, asked_before
from api.shapes import balance_body, entry_body, payment_in_body
from api.views.base import PartnerView
from channels.selectors import get_payment_in, paid_for, payments_in
from channels.services.paying_in import LONGEST_REFERENCE, PAYABLE
from channels.states import KeyScope
from core.addresses import LONGEST_URL, PUBLIC_URL
from core.errors import AppError
from payments.selectors import entries_of, floored_balance
from tenants.selectors import get_shop, shop_address

if TYPE_CHECKING:
    from channels.models import PaymentIn
    from payments.models import Entry


@extend_schema_field({"type": "string", "pattern": PAYABLE, "examples": ["1000.00"]})
class PaidIn(Amount):
    """Judged by who keeps it."""


@extend_schema_field({"type": "string", "pattern": PUBLIC_URL, "maxLength": LONGEST_URL})
class ReturnAddress(Text):
    """Judged by who keeps it."""


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


class Payments(PartnerView):
    """POST makes a page where a person pays into the balance."""

    needs = {"GET": KeyScope.BALANCE, "POST": KeyScope.BALANCE_WRITE}

    class Input(Shape):
        amount = PaidIn()
        reference = Text(max_length=LONGEST_REFERENCE, allow_blank=True, default="")
        return_url = ReturnAddress(max_length=LONGEST_URL, default="")

    asked: tuple[dict[str, Any], str] | None = None

    def get(self, request: Request) -> Response:
        found = payments_in(partner_id=self.seat.partner_id)
        return Response(page_of(request, found, self._shown))

    def _shown(self, found: "Sequence[PaymentIn]") -> list[dict[str, Any]]:
        shop = shop_address(path="/")
        return [payment_in_body(asked=one, shop=shop, now=self.now) for one in found]

    def post(self, request: Request) -> HttpResponseBase:
        given, key = self.asked = self.validated(self.Input), self.idempotency_key()
        return ask_payment(seat=self.seat, given=given, key=key, now=self.now).response()

    def after(self, why: AppError | IntegrityError) -> HttpResponseBase:
        if self.asked is None:
            raise why
        given, key = self.asked
        return asked_before(seat=self.seat, given=given, key=key, why=why).response()


class OnePayment(PartnerView):
    needs = {"GET": KeyScope.BALANCE}

    def get(self, request: Request, ref: str) -> Response:
        found = get_payment_in(partner_id=self.seat.partner_id, ref=ref)
        shop = shop_address(path="/")
        return Response(payment_in_body(asked=found, shop=shop, now=self.now))


def _told(entries: "Sequence[Entry]") -> list[dict[str, Any]]:
    known = paid_for(entries=entries)
    return [entry_body(entry=entry, paid_for=known.get(entry.journal.ref)) for entry in entries]
