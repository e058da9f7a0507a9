"""Reads of what suppliers say they sell, and of how their prices moved."""

from datetime import datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.lookups import Exact, IsNull

from suppliers.adapters import LISTING
from suppliers.models import Catalogue, Offer, PriceChange, Supplier, SupplierProduct

TOLD_FOR = timedelta(days=7)
ALL, OURS, MISSING = "", "ours", "gone"


def lists_products(*, protocol: str) -> bool:
    """Whether suppliers of this protocol tell what they sell."""
    return protocol in LISTING


def find_catalogue(*, supplier_id: int) -> Catalogue | None:
    """None until it is read for the first time."""
    return Catalogue.objects.filter(supplier_id=supplier_id).first()


def products_of_supplier(
    *, supplier_id: int, text: str = "", shown: str = ALL
) -> "QuerySet[SupplierProduct]":
    """What it sells, or sold: what is there first, then by name; `is_offered`, if we sell it.

    `shown` is OURS for that only, or MISSING for what is not to be had.
    """
    found = SupplierProduct.objects.filter(supplier_id=supplier_id)
    for word in text.split():
        found = found.filter(Q(name__icontains=word) | Q(product=word))
    offers = _offers_of(supplier_id, OuterRef("product"), OuterRef("face_value"))
    found = found.annotate(is_offered=Exists(offers))
    if shown == OURS:
        found = found.filter(is_offered=True)
    if shown == MISSING:
        found = found.filter(Q(gone_at__isnull=False) | Q(is_on_sale=False) | Q(stock=0))
    return found.order_by(F("gone_at").asc(nulls_first=True), "name", "pk")


def offers_of_line(*, line: SupplierProduct) -> "QuerySet[Offer]":
    """The offers that this line of the catalogue is about."""
    return _offers_of(line.supplier_id, Value(line.product), Value(line.face_value))


def _offers_of(
    supplier_id: int, product: OuterRef | Value, face_value: OuterRef | Value
) -> "QuerySet[Offer]":
    """A line without a value of its own is about every offer of its product."""
    offers = Offer.objects.filter(supplier_id=supplier_id, product=product)
    return offers.filter(Q(face_value=face_value) | Q(Exact(face_value, 0)))


def find_listed(*, supplier_id: int, product: str, face_value: int) -> SupplierProduct | None:
    """What the catalogue says of an offer's product: of two lines the one that is still told, then
    the one of its very value, as offers follow them."""
    found = SupplierProduct.objects.filter(supplier_id=supplier_id, product=product)
    told_first = IsNull(F("gone_at"), False)  # noqa: FBT003 -- Django's own argument
    return found.filter(face_value__in={0, face_value}).order_by(told_first, "-face_value").first()


def price_changes(*, of_offers: bool) -> "QuerySet[PriceChange]":
    """How prices moved, the latest first: of all, or of what we sell."""
    found = PriceChange.objects.select_related("product", "supplier")
    return found.filter(is_offered=True) if of_offers else found


def count_price_changes(*, now: datetime) -> dict[int, int]:
    """How many prices of what we sell moved in the last week, by supplier."""
    told = PriceChange.objects.filter(is_offered=True, at__gt=now - TOLD_FOR).order_by()
    return dict(told.values_list("supplier_id").annotate(Count("pk")))


def due_catalogues(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant, supplier) of those in use that tell what they sell and are to be asked for it, who
    waits longest first: for the sweeper."""
    later = Catalogue.objects.using("ops").filter(
        Q(next_at__gt=now) | Q(lease_until__gt=now),
        tenant_id=OuterRef("tenant_id"),
        supplier_id=OuterRef("pk"),
    )
    lists = Supplier.objects.using("ops").filter(is_on=True, protocol__in=sorted(LISTING))
    due = lists.filter(~Exists(later)).order_by(
        F("catalogues__next_at").asc(nulls_first=True), "pk"
    )
    return list(due.values_list("tenant_id", "pk")[:limit])
