"""The catalogue: what this partner may sell, at its prices."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rest_framework.request import Request
from rest_framework.response import Response

from api import catalogue
from api.paging import page_of
from api.views.base import PartnerView
from channels.states import KeyScope

if TYPE_CHECKING:
    from catalog.models import Sku


class Products(PartnerView):
    """Everything that the partner may sell now, the newest first."""

    needs = {"GET": KeyScope.CATALOG}

    def get(self, request: Request) -> Response:
        found = catalogue.skus_of(seat=self.seat, now=self.now)

        def told(skus: "Sequence[Sku]") -> list[dict[str, Any]]:
            return catalogue.product_bodies(seat=self.seat, skus=skus, now=self.now)

        return Response(page_of(request, found, told))


class OneProduct(PartnerView):
    needs = {"GET": KeyScope.CATALOG}

    def get(self, request: Request, ref: str) -> Response:
        sku = catalogue.get_sku(seat=self.seat, ref=ref, now=self.now)
        return Response(catalogue.product_bodies(seat=self.seat, skus=[sku], now=self.now)[0])
