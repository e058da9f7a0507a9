"""A supplier's catalogue is claimed, read with nothing open, and written in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

import structlog
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.ending import is_ending
from core.nudge import nudge_after_commit
from core.scope import tenant_atomic
from suppliers.abilities import ListedProduct, TellsProducts
from suppliers.adapters import LISTING
from suppliers.errors import NoAnswer, NothingSent, SupplierUnfit
from suppliers.models import Catalogue, Supplier, SupplierProduct
from suppliers.services.catalogue_leases import (
    READS_WITHIN,
    Held,
    catalogue_of,
    claim_catalogue,
    free_hand,
    give_back,
    held_catalogue,
    locked_catalogue,
)
from suppliers.services.docking import speaker
from suppliers.services.listed import (
    Key,
    follow,
    keep_lines,
    mark_gone,
    tell_costs,
    tell_moved,
)
from suppliers.types import clean_words
from tenants import audit

ASKED_WITHIN = timedelta(seconds=10)  # a person waits for it
LONGEST_WAIT = timedelta(hours=6)
LEAST_MINUTES, MOST_MINUTES, MOST_PERCENT = 5, 1440, 1000
_LONGEST_KEY, _MOST_FACE = 80, 2**31 - 1

_log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class Reading:
    """What was read, and whether it was all of it; `said` is why it was not. `is_left_off`: the
    process ends."""

    lines: dict[Key, ListedProduct] = field(default_factory=dict)
    unreadable: set[Key] = field(default_factory=set)
    said: str = ""
    is_left_off: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Synced:
    """How it went: lines read, lines that changed, lines gone, offers that followed, alerts."""

    said: str = ""
    read: int = 0
    changed: int = 0
    gone: int = 0
    offers: int = 0
    alerts: int = 0


def sync_products(*, supplier_id: int, now: datetime) -> Synced | None:
    """Read all that the supplier sells, if it is due; None if it is not, or somebody reads it, or
    this process has its hands full or ends.

    It is asked in no transaction. What came before something went wrong is kept, and nothing is
    called gone then; the next try waits longer each time.
    """
    with free_hand() as is_free:
        held = claim_catalogue(supplier_id, now=now) if is_free else None
        if held is None:
            return None
        reading = _read(held.supplier, only="", within=READS_WITHIN)
        if reading.is_left_off:
            give_back(held)
            return None
        return _keep_all(held, reading, now=now)


def sync_product(*, supplier_id: int, product: str, now: datetime) -> Synced:
    """Ask for one product now, in no transaction; raises SupplierUnfit."""
    with tenant_atomic():
        supplier = Supplier.objects.get(pk=supplier_id)
    _check_lists(supplier)
    reading = _read(supplier, only=product, within=ASKED_WITHIN)
    return _keep_one(supplier, reading, product=product, now=now)


@tenant_atomic
def sync_soon(*, supplier_id: int, by: Actor, now: datetime) -> None:
    """Have the catalogue read by a worker, at once or after who reads it now; raises
    SupplierUnfit."""
    supplier = Supplier.objects.get(pk=supplier_id)
    _check_lists(supplier)
    catalogue_of(supplier, next_at=now)
    Catalogue.objects.filter(supplier=supplier).update(next_at=now)
    nudge_after_commit("suppliers.sync_products", id_name="supplier_id", row=supplier)
    audit.record(by=by, action="supplier.sync_asked", target=supplier.name, now=now)


@tenant_atomic
def change_catalogue(
    *, supplier_id: int, every_minutes: int, alert_percent: int, by: Actor, now: datetime
) -> Catalogue:
    """How often it is read, and from which move of a price on it is told; raises SupplierUnfit."""
    supplier = Supplier.objects.get(pk=supplier_id)
    _check_lists(supplier)
    for name, value, least, most in (
        ("every_minutes", every_minutes, LEAST_MINUTES, MOST_MINUTES),
        ("alert_percent", alert_percent, 0, MOST_PERCENT),
    ):
        if not least <= value <= most:
            raise SupplierUnfit(
                _("Write a number from %(least)s to %(most)s.") % {"least": least, "most": most},
                param=name,
            )
    found = catalogue_of(supplier, next_at=now)
    found.every_minutes, found.alert_percent = every_minutes, alert_percent
    found.save(update_fields=["every_minutes", "alert_percent"])
    told: dict[str, str | int | None] = {"every": every_minutes, "alert": alert_percent}
    audit.record(by=by, action="catalogue.changed", target=supplier.name, data=told, now=now)
    return found


def _check_lists(supplier: Supplier) -> None:
    if supplier.protocol not in LISTING:
        raise SupplierUnfit(_("This supplier's protocol tells nothing of what it sells."))


def _read(supplier: Supplier, *, only: str, within: timedelta) -> Reading:
    adapter = cast(TellsProducts, speaker(supplier, within=within.total_seconds()))
    reading = Reading()

    def take() -> None:
        for line in adapter.products(only=only):
            if is_ending():
                reading.is_left_off = True
                raise NoAnswer("left off")
            _take(reading, line, currency=supplier.currency)

    reading.said = _why_not_all(take)
    return reading


def _why_not_all(work: Callable[[], None]) -> str:
    try:
        work()
    except NothingSent as refusal:
        return f"not sent: {refusal}"
    except NoAnswer as silence:
        return str(silence)
    except Exception as surprise:  # noqa: BLE001 -- any surprise in a stranger's list is "not all"
        _log.warning("catalogue_unreadable", exc_info=surprise)
        return f"unreadable: {type(surprise).__name__}"
    return ""


def _take(reading: Reading, line: ListedProduct, *, currency: str) -> None:
    key = (line.product, line.face_value)
    is_nameable = (
        0 < len(line.product) <= _LONGEST_KEY and clean_words(line.product) == line.product
    )
    if not is_nameable or not 0 <= line.face_value <= _MOST_FACE:
        return
    if line.is_unreadable:
        reading.unreadable.add(key)
    elif line.currency in ("", currency):
        reading.lines[key] = line
    else:
        reading.lines[key] = _without_cost(line)


def _without_cost(line: ListedProduct) -> ListedProduct:
    """In another currency than the contract's: nothing is reckoned with it."""
    return ListedProduct(
        product=line.product,
        face_value=line.face_value,
        name=line.name,
        kind=line.kind,
        is_on_sale=line.is_on_sale,
        stock=line.stock,
    )


@tenant_atomic(durable=True)
def _keep_all(held: Held, reading: Reading, *, now: datetime) -> Synced | None:
    catalogue = held_catalogue(held)
    if catalogue is None:
        _log.warning("catalogue_lease_lost", supplier_id=held.supplier.pk)
        return None
    done = _keep(catalogue, held.supplier, reading, only="", now=now)
    _remember(catalogue, done.said, now=now)
    return done


@tenant_atomic(durable=True)
def _keep_one(supplier: Supplier, reading: Reading, *, product: str, now: datetime) -> Synced:
    catalogue_of(supplier, next_at=now)
    catalogue = locked_catalogue(supplier).get()
    return _keep(catalogue, supplier, reading, only=product, now=now)


def _keep(
    catalogue: Catalogue, supplier: Supplier, reading: Reading, *, only: str, now: datetime
) -> Synced:
    """In the caller's transaction, which has locked the catalogue: they are kept one by one."""
    said = reading.said or _doubt(supplier, reading, only=only)
    kept = keep_lines(supplier, reading.lines.values(), now=now)
    gone = 0 if said else mark_gone(supplier, _seen(supplier, reading), only=only, now=now)
    skus = follow(supplier.pk)
    alerts = tell_moved(supplier, kept.moved, percent=catalogue.alert_percent, now=now)
    tell_costs(skus)
    return Synced(
        said=said,
        read=len(reading.lines),
        changed=kept.changed,
        gone=gone,
        offers=len(skus),
        alerts=alerts,
    )


def _doubt(supplier: Supplier, reading: Reading, *, only: str) -> str:
    """An empty catalogue where there was a full one is a mishap, not a clearance."""
    if only or reading.lines or reading.unreadable:
        return ""
    known = SupplierProduct.objects.filter(supplier=supplier, gone_at=None)
    return "an empty catalogue" if known.exists() else ""


def _seen(supplier: Supplier, reading: Reading) -> set[Key]:
    """A line that could not be read is there, in whatever values we know of it."""
    named = {product for product, _face_value in reading.unreadable}
    known = SupplierProduct.objects.filter(supplier=supplier, product__in=named)
    return {*reading.lines, *known.values_list("product", "face_value")}


def _remember(catalogue: Catalogue, said: str, *, now: datetime) -> None:
    """How it went, and when it is read next: at once, if that was asked for since."""
    every = timedelta(minutes=catalogue.every_minutes)
    told: dict[str, Any]
    if said:
        wait = min(every * 2 ** min(catalogue.failures, 10), max(LONGEST_WAIT, every))
        told = {"failures": F("failures") + 1, "said": clean_words(said)[:200]}
    else:
        wait = every
        told = {"failures": 0, "said": "", "read_at": now}
    if catalogue.next_at <= now:
        told["next_at"] = now + wait
    Catalogue.objects.filter(pk=catalogue.pk).update(lease_until=None, **told)
