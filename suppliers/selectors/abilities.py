"""Which suppliers can do more than be ordered from."""

from collections.abc import Mapping

from suppliers.abilities import TakesComplaints, Verifies
from suppliers.adapters import PROTOCOLS, REHEARSING
from suppliers.models import Offer
from tenants.selectors import is_sandbox


def protocols_here() -> set[str]:
    """What a new supplier of the bound tenant may speak: in a sandbox its own protocol, elsewhere
    any other."""
    is_here = is_sandbox()
    return {name for name in PROTOCOLS if (name in REHEARSING) == is_here}


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
