"""Which suppliers can do more than be ordered from."""

from collections.abc import Mapping

from django.conf import settings

from suppliers.abilities import TakesComplaints, Verifies
from suppliers.adapters import PROTOCOLS, REHEARSING
from suppliers.models import Offer, Supplier
from tenants.selectors import is_sandbox


def protocols_here() -> set[str]:
    """What a new supplier of the bound tenant may speak: in a sandbox its own protocol, elsewhere
    any other, and that one too where all money is play money."""
    real = set() if is_sandbox() else PROTOCOLS.keys() - REHEARSING
    return real | (REHEARSING if may_rehearse() else set())


def may_rehearse() -> bool:
    """Whether a supplier that only plays may deliver: to nobody who has paid real money."""
    return bool(settings.SANDBOX_PAYMENTS) or is_sandbox()


def find_player() -> Supplier | None:
    """The bound tenant's own simulated supplier, while it is in use."""
    return Supplier.objects.filter(protocol__in=REHEARSING, is_on=True).first()


def skus_verified(*, kinds: Mapping[int, str]) -> set[int]:
    """Those SKUs, of SKU and kind of account, of which a supplier can say beforehand whether an
    account will be topped up."""
    able = [name for name, each in PROTOCOLS.items() if issubclass(each, Verifies)]
    offers = Offer.objects.filter(sku_id__in=list(kinds), is_on=True, supplier__is_on=True)
    found = offers.filter(supplier__protocol__in=able)
    return {
        sku
        for sku, protocol, face_value in found.values_list(
            "sku_id", "supplier__protocol", "face_value"
        )
        if can_verify(protocol=protocol, kind=kinds[sku], face_value=face_value)
    }


def can_verify(*, protocol: str, kind: str, face_value: int) -> bool:
    """Also of a protocol whose package is gone: it can nothing then."""
    speaks = PROTOCOLS.get(protocol)
    if speaks is None or not issubclass(speaks, Verifies):
        return False
    return speaks.can_verify(kind=kind, face_value=face_value)


def takes_complaints(*, protocol: str) -> bool:
    return issubclass(PROTOCOLS.get(protocol, object), TakesComplaints)
