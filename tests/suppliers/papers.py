"""Papers as a browser uploads them."""

from datetime import date

from core.actors import SYSTEM
from core.uploads import SealedUpload, seal_bytes
from suppliers import services
from tests.times import NOON

PDF = b"%PDF-1.7\n% a letter\n%%EOF"


def a_paper(body=PDF):
    return SealedUpload(
        sealed=seal_bytes(body), name="letter.pdf", size=len(body), content_type="application/pdf"
    )


def authorise(offer, *, paper=None, **given):
    """The offer's brand may be sold through November 2026."""
    usual = {
        "brand_id": offer.sku.product.brand_id,
        "number": "A-1",
        "since": date(2026, 11, 1),
        "until": date(2026, 11, 30),
    }
    return services.authorise(
        supplier_id=offer.supplier_id,
        given=usual | given,
        paper=paper or a_paper(),
        by=SYSTEM,
        now=NOON,
    )
