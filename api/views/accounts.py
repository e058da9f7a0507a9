"""Whether an account will be topped up, before it is ordered."""

from datetime import datetime
from functools import partial

from django.http.response import HttpResponseBase
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api import catalogue
from api.fields import Shape, Text
from api.shapes import account_body, as_json
from api.types import Answer
from api.views.base import PartnerView
from channels.states import KeyScope
from fulfillment import services as fulfillment
from fulfillment.types import AccountFound, AccountWanted
from suppliers.abilities import Verdict

NOTHING = AccountFound(verdict=Verdict.UNKNOWN)


class AccountChecks(PartnerView):
    """Asks the supplier, so it takes as long as he does; `unknown` where he cannot be asked."""

    needs = {"POST": KeyScope.CATALOG}

    class Input(Shape):
        sku = Text(max_length=40)
        buyer = serializers.DictField(child=Text(max_length=100, allow_blank=True))

    def post(self, request: Request) -> Response:
        given = self.validated(self.Input)
        wanted = catalogue.account_wanted(
            seat=self.seat, ref=given["sku"], buyer=given["buyer"], now=self.now
        )
        self.outside = partial(_asked, wanted, now=self.now)
        return Response()


def _asked(wanted: AccountWanted | None, *, now: datetime) -> HttpResponseBase:
    found = NOTHING if wanted is None else fulfillment.verify_account(wanted=wanted, now=now)
    return Answer(status=200, body=as_json(account_body(found=found))).response()
