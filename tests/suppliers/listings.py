"""A supplier whose catalogue a test writes: an adapter as a package would bring it."""

from datetime import timedelta

from core.actors import SYSTEM
from core.scope import tenant_atomic
from suppliers import services
from suppliers.abilities import ListedProduct
from suppliers.models import Offer, SupplierProduct
from suppliers.types import Kind
from tests.times import NOON

LATER = NOON + timedelta(hours=1)


class Told:
    """Says what a test says, and then does what it says."""

    is_plain = False

    def __init__(self, *lines, then=None):
        self.lines, self.then = lines, then

    def __call__(self, *, account, http, clock):
        return self

    def products(self, *, only=""):
        yield from (one for one in self.lines if only in ("", one.product))
        if self.then:
            self.then()


def line(product="88", cost_e4=80_000, **more):
    fields = {"name": "Month", "kind": Kind.CODES} | more
    return ListedProduct(product=product, cost_e4=cost_e4, **fields)


def lines():
    with tenant_atomic():
        return {one.product: one for one in SupplierProduct.objects.all()}


def fresh(offer):
    with tenant_atomic():
        return Offer.objects.select_related("sku", "supplier").get(pk=offer.pk)


def change(offer, **given):
    return services.change_offer(offer_id=offer.pk, given=given, by=SYSTEM, now=NOON)
