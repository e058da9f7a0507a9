"""Many products changed at once: counted, kept as they were, and undone.

`_move_many` writes `Product.state` as `products._move` does, for many and with their history.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from catalog.errors import UndoneAlready
from catalog.models import Brand, Category, ManyChange, PastTerms, Product, ProductMove, Sku
from catalog.services._cleaning import check_row, only_known
from catalog.services.wording import search_text, terms_of
from catalog.states import CONNECTED, MOVES, ProductState
from core.actors import Actor
from core.errors import InvalidInput, NotFound
from core.refs import new_ref
from core.scope import tenant_atomic
from core.states import check_move
from tenants import audit

BULK_FIELDS = ("category_id", "brand_id", "refund_rule", "refund_rule_en")
MOST_AT_ONCE = 10_000
NOTHING_ON_SALE, NO_SOURCE, NO_OFFER = "nothing_on_sale", "no_source", "no_offer"
_SCHEDULE = ("publish_at", "unpublish_at")
_BATCH = 500
Told = dict[str, str | int | None]


@tenant_atomic
def publish_many(
    *, product_ids: Sequence[int], barred: Mapping[int, str], by: Actor, now: datetime
) -> ManyChange:
    """Put them on the shelf. What stands there already is left out; what could not be delivered
    stays off and is named in `refused`, and so are those in `barred` (why, by the product's key).
    """
    products = [one for one in _locked(product_ids) if one.state != ProductState.PUBLISHED]
    refused = _unsourced(products) | {
        one.pk: barred[one.pk] for one in products if one.pk in barred
    }
    products = [one for one in products if one.pk not in refused]
    was = {one.pk: _shelf_of(one) for one in products}
    for one in products:
        is_past = one.unpublish_at is not None and one.unpublish_at <= now
        one.publish_at, one.unpublish_at = None, None if is_past else one.unpublish_at
    return _onto(products, ProductState.PUBLISHED, was=was, refused=refused, by=by, now=now)


@tenant_atomic
def unpublish_many(*, product_ids: Sequence[int], by: Actor, now: datetime) -> ManyChange:
    """Take them off the shelf; what is not there is left out."""
    products = [one for one in _locked(product_ids) if one.state == ProductState.PUBLISHED]
    was = {one.pk: _shelf_of(one) for one in products}
    for one in products:
        one.unpublish_at = None
    return _onto(products, ProductState.UNPUBLISHED, was=was, refused={}, by=by, now=now)


@tenant_atomic
def edit_many(
    *, product_ids: Sequence[int], given: Mapping[str, Any], by: Actor, now: datetime
) -> ManyChange:
    """Set the same values (names from BULK_FIELDS) on many products; raises InvalidInput."""
    fields = only_known(given, BULK_FIELDS)
    for name, model in (("category_id", Category), ("brand_id", Brand)):
        if name in fields and not model._default_manager.filter(pk=fields[name]).exists():  # noqa: SLF001 -- Django's own name for it
            raise InvalidInput(_("Load the page again, then try once more."), param=name)
    products = _locked(product_ids)
    was = {one.pk: {name: getattr(one, name) for name in fields} for one in products}
    _set(products, dict.fromkeys(was, fields), now=now)
    return _kept("edit", given=fields, was=was, refused={}, by=by, now=now)


@tenant_atomic
def undo_many(*, ref: str, by: Actor, now: datetime) -> ManyChange:
    """Make each product again what it was before; raises UndoneAlready.

    What somebody has changed meanwhile stays as they made it: `restored` says how many are as
    they were.
    """
    change = ManyChange.objects.select_for_update(no_key=True).filter(ref=ref).first()
    if change is None:
        raise NotFound
    if change.undone_at is not None:
        raise UndoneAlready(_("This was undone before."))
    was = {int(pk): values for pk, values in change.was.items()}
    products = _locked(list(was))
    undo = _undo_edit if change.verb == "edit" else _undo_shelf
    change.restored = undo(change, products, was, by=by, now=now)
    change.undone_at = now
    change.save(update_fields=["restored", "undone_at"])
    data: Told = {"count": change.restored, "left": change.count - change.restored}
    audit.record(by=by, action="goods.undone", target=change.ref, now=now, data=data)
    return change


def _onto(
    products: Sequence[Product],
    new: ProductState,
    *,
    was: Mapping[int, Any],
    refused: Mapping[int, str],
    by: Actor,
    now: datetime,
) -> ManyChange:
    _reschedule(products, was)
    _move_many(products, new, by=by, reason=str(new), now=now)
    verb = "publish" if new == ProductState.PUBLISHED else "unpublish"
    return _kept(verb, given={}, was=was, refused=refused, by=by, now=now)


def _undo_shelf(
    change: ManyChange,
    products: Sequence[Product],
    was: Mapping[int, Any],
    *,
    by: Actor,
    now: datetime,
) -> int:
    since = ProductMove.objects.filter(product_id__in=list(was), at__gt=change.at)
    moved = set(since.values_list("product_id", flat=True))
    left = [one for one in products if one.pk not in moved]
    before = {one.pk: _shelf_of(one) for one in left}
    for one in left:
        for name in _SCHEDULE:
            moment = parse_datetime(was[one.pk][name] or "")
            # A moment that has passed would act at once.
            setattr(one, name, moment if moment and moment > now else None)
    _reschedule(left, before)
    for state in ProductState:
        back = [one for one in left if was[one.pk]["state"] == state]
        _move_many(back, state, by=by, reason="undone", now=now)
    return len(left)


def _undo_edit(
    change: ManyChange,
    products: Sequence[Product],
    was: Mapping[int, Any],
    *,
    by: Actor,
    now: datetime,
) -> int:
    """But what somebody changed again, or whose category or brand of before is gone."""
    there = {
        "category_id": set(Category.objects.values_list("pk", flat=True)),
        "brand_id": set(Brand.objects.values_list("pk", flat=True)),
    }
    left = [
        one
        for one in products
        if all(getattr(one, name) == value for name, value in change.given.items())
        and all(was[one.pk][name] in there[name] for name in there.keys() & change.given.keys())
    ]
    _set(left, was, now=now)
    return len(left)


def _set(products: Sequence[Product], values: Mapping[int, Any], *, now: datetime) -> None:
    """Give each its values, with what follows: the text it is found by, the terms of before."""
    past, names = [], set()
    for one in products:
        before = terms_of(one)
        for name, value in values[one.pk].items():
            setattr(one, name, value)
            names.add(name)
        one.changed_at = now
        if terms_of(one) != before:
            past.append(PastTerms(product=one, until=now, **before))
    if not products:
        return
    for one in {tuple(sorted(values[one.pk].items())): one for one in products}.values():
        check_row(one)  # one of each kind: the rest say the same
    brands = Brand.objects.in_bulk({one.brand_id for one in products})
    for one in products:
        one.brand = brands[one.brand_id]
        one.search = search_text(one)
    Product.objects.bulk_update(products, [*names, "changed_at", "search"], batch_size=_BATCH)
    PastTerms.objects.bulk_create(past, batch_size=_BATCH)


def _move_many(
    products: Collection[Product], new: ProductState, *, by: Actor, reason: str, now: datetime
) -> None:
    """Move locked products, all or none; the history rows go with them."""
    old = {one.pk: ProductState(one.state) for one in products}
    for state in set(old.values()):
        check_move(MOVES, state, new)
    Product.objects.filter(pk__in=list(old)).update(state=new)
    ProductMove.objects.bulk_create(
        (
            ProductMove(product_id=pk, old=state, new=new, by=by.label, reason=reason, at=now)
            for pk, state in old.items()
        ),
        batch_size=_BATCH,
    )
    for one in products:
        one.state = new


def _reschedule(products: Iterable[Product], was: Mapping[int, Any]) -> None:
    changed = [one for one in products if _shelf_of(one) != was[one.pk]]
    Product.objects.bulk_update(changed, _SCHEDULE, batch_size=_BATCH)


def _shelf_of(product: Product) -> dict[str, str | None]:
    moments = {name: getattr(product, name) for name in _SCHEDULE}
    iso = {name: moment.isoformat() if moment else None for name, moment in moments.items()}
    return {"state": str(product.state), **iso}


def _unsourced(products: Collection[Product]) -> dict[int, str]:
    """Why it could not be delivered, of those that could not."""
    kinds: dict[int, set[str]] = {}
    on_sale: QuerySet[Sku] = Sku.objects.filter(
        product_id__in=[one.pk for one in products], is_on_sale=True
    )
    for pk, kind in on_sale.values_list("product_id", "kind"):
        kinds.setdefault(pk, set()).add(kind)
    return {
        one.pk: NO_SOURCE if one.pk in kinds else NOTHING_ON_SALE
        for one in products
        if one.pk not in kinds or kinds[one.pk] - CONNECTED
    }


def _locked(product_ids: Sequence[int]) -> list[Product]:
    if len(product_ids) > MOST_AT_ONCE:
        raise InvalidInput(
            _("Choose at most %(most)s products at once.") % {"most": MOST_AT_ONCE},
            param="product_ids",
        )
    found = Product.objects.select_for_update(no_key=True).filter(pk__in=product_ids)
    return list(found.order_by("pk"))


def _kept(
    verb: str,
    *,
    given: Mapping[str, Any],
    was: Mapping[int, Any],
    refused: Mapping[int, str],
    by: Actor,
    now: datetime,
) -> ManyChange:
    change = ManyChange.objects.create(
        ref=new_ref(),
        verb=verb,
        given=dict(given),
        was={str(pk): values for pk, values in was.items()},
        refused={str(pk): why for pk, why in refused.items()},
        by=by.label,
        at=now,
    )
    done = {"publish": "published", "unpublish": "unpublished", "edit": "edited"}[verb]
    data: Told = {"count": change.count, "refused": len(refused), **_told(given)}
    audit.record(by=by, action=f"goods.{done}", target=change.ref, now=now, data=data)
    return change


def _told(given: Mapping[str, Any]) -> Told:
    return {"fields": ",".join(sorted(given))[:200]} if given else {}
