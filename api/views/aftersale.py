"""What can still be done about an order."""

from rest_framework.request import Request
from rest_framework.response import Response

from api import aftersale
from api.fields import Choice, Shape, Text, Whole
from api.selectors import read_order
from api.views.base import PartnerView
from channels.selectors import get_sale
from channels.states import KeyScope
from orders.states import CaseKind


class Cancel(PartnerView):
    """Give up what is not delivered; its price comes back to the balance."""

    needs = {"POST": KeyScope.ORDERS_WRITE}

    class Input(Shape):
        pass

    def post(self, request: Request, ref: str) -> Response:
        self.validated(self.Input)
        sale = get_sale(partner_id=self.seat.partner_id, order_number=ref)
        aftersale.cancel(seat=self.seat, sale=sale, now=self.now)
        return Response(read_order(sale=sale))


class RefundRequests(PartnerView):
    """Ask for the money back, or another code: the shop looks at it and decides."""

    needs = {"POST": KeyScope.ORDERS_WRITE}

    class Input(Shape):
        position = Whole(min_value=1, max_value=100, required=False)
        kind = Choice(choices=CaseKind.values, default=CaseKind.CODE_FAILS)
        text = Text(max_length=2000)

    def post(self, request: Request, ref: str) -> Response:
        given = self.validated(self.Input)
        sale = get_sale(partner_id=self.seat.partner_id, order_number=ref)
        told = aftersale.ask_refund(
            seat=self.seat,
            sale=sale,
            position=given.get("position"),
            kind=given["kind"],
            text=given["text"],
            now=self.now,
        )
        return Response(told, status=201)


class RefundRequest(PartnerView):
    needs = {"GET": KeyScope.ORDERS_READ}

    def get(self, request: Request, ref: str, case_ref: str) -> Response:
        sale = get_sale(partner_id=self.seat.partner_id, order_number=ref)
        return Response(aftersale.read_refund_request(sale=sale, ref=case_ref))
