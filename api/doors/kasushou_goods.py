"""What a Kasushou buyer asks about goods: what there is, what it costs, and what it cost before."""

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from api.catalogue import not_sold, skus_of
from api.doors import kasushou_words as words
from api.doors.base import Call
from api.doors.goods import CARDS, TOPPED_UP, Ware, Wish, find_ware, page_of_wares
from api.doors.reading import LAST_PAGE, MOST_ON_PAGE, USUAL_ON_PAGE, loose_whole, text
from catalog.errors import NotForSale
from catalog.selectors import find_sku_ref, sku_ids
from channels import services as channels
from channels.errors import TooManyWatched
from channels.selectors import price_changes

if TYPE_CHECKING:
    from catalog.models import Sku
    from channels.models import WebhookEvent

LAST_ID = 2**63 - 1
KINDS = {1: CARDS, 2: TOPPED_UP}
MOST_DAYS = 3


def list_categories(call: Call) -> list[dict[str, Any]]:
    names = skus_of(seat=call.door.seat, now=call.now).order_by()
    found = names.values_list("product__category_id", "product__category__name").distinct()
    return [
        {"id": words.number(call.door, pk, of=words.CATEGORY), "name": name}
        for pk, name in sorted(found)
    ]


def list_goods(call: Call) -> dict[str, Any]:
    page, size = _page(call)
    wish = Wish(
        keyword=text(call.fields, "keyword", is_needed=False),
        kind=KINDS.get(loose_whole(call.fields, "goods_type", least=0, most=9, usual=0), 0),
        category_id=_category(call),
        page=page,
        size=size,
    )
    found, count = page_of_wares(seat=call.door.seat, wish=wish, now=call.now)
    return {"list": [words.goods(call.door, ware) for ware in found], "total": count}


def _category(call: Call) -> int:
    """The row that is meant, 0 for all of them. A number that was never given means one that has no
    goods, and not all."""
    number = loose_whole(call.fields, "cate_id", least=0, most=LAST_ID, usual=0)
    return words.row_of(call.door, number, of=words.CATEGORY) or LAST_ID if number else 0


def _page(call: Call) -> tuple[int, int]:
    page = loose_whole(call.fields, "page", least=1, most=LAST_PAGE, usual=1)
    size = loose_whole(call.fields, "limit", least=1, most=MOST_ON_PAGE, usual=USUAL_ON_PAGE)
    return page, size


def detail_goods(call: Call) -> dict[str, Any]:
    """Who asks for one of the goods has it in his shop, and is told from now on when it changes."""
    ware = _ware(call, "id")
    if call.door.options.get("price_url"):
        told = words.news(ware)
        with suppress(TooManyWatched):  # then it has to ask again
            channels.watch(
                door=call.door, sku_id=ware.sku.pk, who="", notify_url="", told=told, now=call.now
            )
    return words.goods_in_full(call.door, ware)


def list_fields(call: Call) -> list[dict[str, Any]]:
    return words.attach(_ware(call, "goods_id"))


def _ware(call: Call, name: str) -> Ware:
    return find_ware(seat=call.door.seat, ref=ref_of(call, name), now=call.now)


def ref_of(call: Call, name: str) -> str:
    """The SKU that the number stands for, on sale or not; raises NotForSale."""
    number = loose_whole(call.fields, name, least=1, most=LAST_ID)
    ref = find_sku_ref(sku_id=words.row_of(call.door, number, of=words.GOODS))
    if ref is None:
        raise NotForSale(not_sold(str(number)))
    return ref


def list_prices(call: Call) -> dict[str, Any]:
    """What has become dearer or cheaper for this partner in the last days, the latest first."""
    page, size = _page(call)
    on_sale = skus_of(seat=call.door.seat, now=call.now).order_by()
    found = _changes(call, on_sale)
    count, first = found.count(), (page - 1) * size
    events = [(str(event.data["sku"]), event) for event in found[first : first + size]]
    refs = {ref for ref, _event in events}
    ids, sold = sku_ids(refs=refs), set(on_sale.filter(ref__in=refs).values_list("ref", flat=True))
    told = [
        words.price_moved(call.door, event, sku_id=ids[ref], is_on_sale=ref in sold)
        for ref, event in events
        if ref in ids
    ]
    return {"list": told, "total": count}


def _changes(call: Call, on_sale: "QuerySet[Sku]") -> "QuerySet[WebhookEvent]":
    """Of the days that are asked for; with a keyword, of what is on sale and called so."""
    days = loose_whole(call.fields, "day", least=1, most=MOST_DAYS, usual=1)
    keyword = text(call.fields, "keyword", is_needed=False)
    partner_id = call.door.seat.partner_id
    channels.keep_prices(partner_id=partner_id, now=call.now)  # of a door of before, it begins here
    found = price_changes(partner_id=partner_id, since=call.now - timedelta(days=days))
    if not keyword:
        return found
    named = Q(name__icontains=keyword) | Q(product__name__icontains=keyword) | Q(ref=keyword)
    return found.filter(data__sku__in=list(on_sale.filter(named).values_list("ref", flat=True)))
