"""Orders: placed with an answer in the same call, read, listed."""

import json
from functools import partial
from typing import Any

from django.db import IntegrityError
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import get_language
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api import services, shapes
from api.fields import Amount, Line, Shape, Text, Whole
from api.pace import check_pace, count_call, few_at_once
from api.paging import page_of
from api.selectors import read_order, read_sales
from api.shapes import as_json
from api.types import Answer, NewSale
from api.views.base import PartnerView
from channels.selectors import get_sale, sales_of
from channels.states import KeyScope
from core.errors import AppError

MOST_OF_ONE = 100
MOST_LINES = 100


class Orders(PartnerView):
    """POST places an order: it is paid from the balance, and what is in stock is in the answer."""

    needs = {"GET": KeyScope.ORDERS_READ, "POST": KeyScope.ORDERS_WRITE}
    asks_once = frozenset({"POST"})

    class Input(Shape):
        sku = Text(max_length=40)
        quantity = Whole(min_value=1, max_value=MOST_OF_ONE, default=1)
        partner_order_no = Line(max_length=64)
        buyer = serializers.DictField(child=Text(max_length=100, allow_blank=True), default=dict)
        max_amount = Amount(required=False)

    asked: NewSale | None = None

    def get(self, request: Request) -> Response:
        asked = self.narrowed()
        found = sales_of(
            partner_id=self.seat.partner_id,
            partner_order_no=asked.get("partner_order_no"),
            states=shapes.states_told(asked["state"]) if "state" in asked else None,
            since=asked.get("created_since"),
            until=asked.get("created_until"),
        )
        return Response(page_of(request, found, read_sales))

    def post(self, request: Request) -> HttpResponseBase:
        self.asked = _asked(self.validated(self.Input), key=self.idempotency_key())
        return services.sell(seat=self.seat, asked=self.asked, now=self.now).response()

    def after(self, why: AppError | IntegrityError) -> HttpResponseBase:
        if self.asked is None:
            raise why
        answer = services.settle(
            seat=self.seat, asked=self.asked, why=why, told=self.in_words, now=self.now
        )
        return answer.response()


class Batches(PartnerView):
    """Up to a hundred orders in one call, each with an outcome of its own."""

    needs = {"POST": KeyScope.ORDERS_WRITE}

    class Input(Shape):
        orders = serializers.ListField(child=Orders.Input(), min_length=1, max_length=MOST_LINES)

    def post(self, request: Request) -> Response:
        given = self.validated(self.Input)["orders"]
        lines = [_asked(dict(line)) for line in given]
        self.outside = partial(self._sold, lines)
        return Response()

    def _sold(self, lines: list[NewSale]) -> HttpResponseBase:
        with few_at_once(partner_id=self.seat.partner_id):
            answers = services.sell_many(
                seat=self.seat, lines=lines, told=self.in_words, pace=self._count_line, now=self.now
            )
        results = [{"status": one.status, "body": json.loads(one.body)} for one in answers]
        body = as_json({"object": "batch", "results": results})
        return Answer(status=200, body=body).response()

    def _count_line(self) -> None:
        """Raises TooFast: the lines take longer than the second in which the call came."""
        check_pace(seat=self.seat, counted=count_call(seat=self.seat, now=timezone.now()))


class OneOrder(PartnerView):
    """An order with its goods."""

    needs = {"GET": KeyScope.ORDERS_READ}

    def get(self, request: Request, ref: str) -> Response:
        sale = get_sale(partner_id=self.seat.partner_id, order_number=ref)
        return Response(read_order(sale=sale))


def _asked(given: dict[str, Any], *, key: str = "") -> NewSale:
    return NewSale(
        sku=given["sku"],
        quantity=given["quantity"],
        partner_order_no=given["partner_order_no"],
        buyer=given["buyer"],
        max_e4=given.get("max_amount"),
        language=get_language() or "",
        idempotency_key=key,
        said=json.dumps(given, sort_keys=True, ensure_ascii=False),
    )
