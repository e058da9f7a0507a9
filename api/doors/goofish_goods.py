"""What Goofish asks about goods, and which of them it watches."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from api.doors import goofish_words as words
from api.doors.base import Call
from api.doors.goods import Ware, Wish, check_cards_ask_nothing, find_ware, kind_of, page_of_wares
from api.doors.reading import (
    LAST_PAGE,
    LONGEST_URL,
    MOST_ON_PAGE,
    USUAL_ON_PAGE,
    text,
    whole,
    wrong,
)
from catalog.errors import NotForSale
from channels import services as channels
from channels.selectors import watches_of

CALLBACK = "https://open.goofish.pro/api/open/callback/virtual/goods/notify/"


def list_goods(call: Call) -> dict[str, Any]:
    page, size = _page(call)
    wish = Wish(
        keyword=text(call.fields, "keyword", is_needed=False),
        kind=whole(call.fields, "goods_type", least=0, most=9, usual=0),
        cards_ask=False,
        page=page,
        size=size,
    )
    found, count = page_of_wares(seat=call.door.seat, wish=wish, now=call.now)
    return {"list": [words.goods(ware) for ware in found], "count": count}


def _page(call: Call) -> tuple[int, int]:
    page = whole(call.fields, "page_no", least=1, most=LAST_PAGE, usual=1)
    size = whole(call.fields, "page_size", least=1, most=MOST_ON_PAGE, usual=USUAL_ON_PAGE)
    return page, size


def detail_goods(call: Call) -> dict[str, Any]:
    return words.goods(_ware(call))


def _ware(call: Call) -> Ware:
    ref = text(call.fields, "goods_no")
    ware = find_ware(seat=call.door.seat, ref=ref, now=call.now)
    check_cards_ask_nothing(ware.sku)
    if whole(call.fields, "goods_type", least=1, most=9, usual=ware.kind) != ware.kind:
        raise NotForSale(_("These goods are of the other kind. Look at their “goods_type”."))
    return ware


def subscribe(call: Call) -> None:
    url = _news_url(call)
    if not url:
        raise wrong(
            "notify_url", _("Send the address where news of the goods is to go, or its token.")
        )
    ware = _ware(call)
    told, who = words.news(ware), text(call.fields, "token", most=80, is_needed=False)
    channels.watch(
        door=call.door, sku_id=ware.sku.pk, who=who, notify_url=url, told=told, now=call.now
    )


def _news_url(call: Call) -> str:
    """Where news of the goods is to go; a token alone is the platform's own address with it."""
    url = text(call.fields, "notify_url", most=LONGEST_URL, is_needed=False)
    token = text(call.fields, "token", most=80, is_needed=False)
    if not url and token.isalnum():
        url = f"{CALLBACK}{token}"
    return channels.check_callback(door=call.door, url=url, param="notify_url")


def unsubscribe(call: Call) -> None:
    channels.unwatch(
        door=call.door,
        sku_ref=text(call.fields, "goods_no"),
        who=text(call.fields, "token", most=80, is_needed=False),
        notify_url=text(call.fields, "notify_url", most=LONGEST_URL, is_needed=False),
    )


def subscriptions(call: Call) -> dict[str, Any]:
    page, size = _page(call)
    found = watches_of(door_id=call.door.door_id)
    listed = [
        {
            "goods_no": one.sku.ref,
            "goods_type": kind_of(one.sku.kind),
            "token": one.who,
            "notify_url": one.notify_url,
        }
        for one in found[(page - 1) * size : page * size]
    ]
    return {"list": listed, "count": found.count()}
