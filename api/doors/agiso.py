"""Agiso's standard supplier protocol, which brings Taobao, Tmall, Pinduoduo, Douyin and Xianyu.

A repeated order is answered with the order it made; one that is told otherwise under the same
number, too, and with the code for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from hmac import compare_digest
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from api.doors import agiso_words as words
from api.doors import orders
from api.doors.base import (
    NOT_NOW,
    TURNED_WORDS,
    UNKNOWN_GOODS,
    Call,
    Deed,
    DoorView,
    Turned,
)
from api.doors.goods import CARDS, TOPPED_UP, Ware, Wish, find_ware, page_of_wares
from api.doors.reading import (
    ATTACHED,
    LAST_PAGE,
    LAST_SECOND,
    LONGEST_URL,
    MOST_ATTACHED,
    MOST_CHARS,
    MOST_OF_ONE,
    MOST_ON_PAGE,
    USUAL_ON_PAGE,
    amount_e4,
    attached,
    loose_whole,
    text,
    wrong,
)
from api.parsing import read_object
from channels import services as channels
from channels.errors import PriceAboveLimit
from channels.selectors import find_door_order
from channels.states import DoorKind, DoorRefusalKind
from core.errors import AppError, InvalidInput, NotFound

if TYPE_CHECKING:
    from channels.models import DoorOrder

OK, UNKNOWN = 200, 9999
ACCOUNT = "account"
NAMES = orders.Names(
    fields={
        "sku": "productNo",
        "quantity": "buyNum",
        "max_amount": "maxAmount",
        "notify_url": "callbackUrl",
    },
    buyer="attach",
    accounts=(ACCOUNT,),
    is_by_key=True,
)
WINDOW = timedelta(minutes=10)
CANCELED, NOT_CANCELED = 20, 30
TURNED = {
    DoorRefusalKind.SIGNATURE: 401,
    DoorRefusalKind.MERCHANT: 401,
    DoorRefusalKind.TIME: 408,
    DoorRefusalKind.ADDRESS: 401,
}
CODES: tuple[tuple[tuple[type[AppError], ...], int], ...] = (
    (UNKNOWN_GOODS, 1100),
    ((PriceAboveLimit,), 1220),
    (NOT_NOW, 1230),
    ((InvalidInput, NotFound), 500),
)
OTHERWISE = 1250


@dataclass(frozen=True, slots=True)
class _Otherwise:
    """The number was used for another order: that one, if it is the platform's."""

    order: dict[str, Any] | None


def _app_id(call: Call) -> dict[str, Any]:
    return {"appId": int(call.door.app_id)}


def _list(call: Call) -> dict[str, Any]:
    page = loose_whole(call.fields, "pageIndex", least=1, most=LAST_PAGE, usual=1)
    size = loose_whole(call.fields, "pageSize", least=1, most=MOST_ON_PAGE, usual=USUAL_ON_PAGE)
    wish = Wish(
        keyword=text(call.fields, "keyword", is_needed=False),
        kind=loose_whole(call.fields, "productType", least=0, most=9, usual=0),
        page=page,
        size=size,
    )
    found, count = page_of_wares(seat=call.door.seat, wish=wish, now=call.now)
    return {"items": [words.product(ware) for ware in found], "hasNextPage": page * size < count}


def _template(call: Call) -> dict[str, Any]:
    return words.template(_ware(call))


def _ware(call: Call) -> Ware:
    ref = text(call.fields, "productNo")
    return find_ware(seat=call.door.seat, ref=ref, now=call.now)


def _wanted(call: Call, kind: int) -> orders.Wanted:
    fields = call.fields
    order_no = text(fields, "orderNo")
    account = text(fields, "account", most=MOST_CHARS, is_needed=False)
    return orders.Wanted(
        order_no=order_no,
        once=order_no,
        sku_ref=text(fields, "productNo"),
        kind=kind,
        quantity=loose_whole(fields, "buyNum", least=1, most=MOST_OF_ONE),
        max_e4=amount_e4(fields, "maxAmount"),
        notify_url=text(fields, "callbackUrl", most=LONGEST_URL, is_needed=False).strip(),
        buyer=attached(fields, "attach") | ({ACCOUNT: account} if account else {}),
    )


def _buy(call: Call, *, kind: int) -> dict[str, Any] | _Otherwise:
    try:
        found = orders.buy(call, _wanted(call, kind), names=NAMES)
    except orders.BoughtOtherwise as why:
        return _otherwise(call, why)
    return words.order(orders.shown(found), call.door)


def _bought(call: Call, *, kind: int) -> dict[str, Any] | _Otherwise | None:
    try:
        found = orders.bought_before(call, _wanted(call, kind))
    except orders.BoughtOtherwise as why:
        return _otherwise(call, why)
    except InvalidInput:
        return None
    return None if found is None else words.order(orders.shown(found), call.door)


def _otherwise(call: Call, why: orders.BoughtOtherwise) -> _Otherwise:
    if why.order is None:
        return _Otherwise(None)
    return _Otherwise(words.order(orders.shown(why.order), call.door))


def _get(call: Call) -> dict[str, Any]:
    return words.order(orders.shown(_found(call)), call.door)


def _cancel(call: Call) -> dict[str, Any]:
    found = _found(call)
    why_not = orders.give_up(call, found.sale)
    one = orders.shown(found)
    return {
        "orderNo": one.order_no,
        "outTradeNo": one.number,
        "cancelStatus": NOT_CANCELED if why_not else CANCELED,
        "refundAmount": words.as_number(0 if why_not else one.back_e4),
        "refuseReason": why_not,
        "refuseProof": "",
    }


def _found(call: Call) -> "DoorOrder":
    found = find_door_order(door_id=call.door.door_id, order_no=text(call.fields, "orderNo"))
    if found is None:
        raise NotFound(_("There is no order with this number."))
    return found


def _subscribe(call: Call) -> None:
    ware, who = _ware(call), text(call.fields, "supplierAccountGuid")
    told = words.news(ware)
    channels.watch(
        door=call.door, sku_id=ware.sku.pk, who=who, notify_url="", told=told, now=call.now
    )


def _unsubscribe(call: Call) -> None:
    ref, who = text(call.fields, "productNo"), text(call.fields, "supplierAccountGuid")
    channels.unwatch(door=call.door, sku_ref=ref, who=who)


def _selling(kind: int) -> Deed:
    return Deed(do=partial(_buy, kind=kind), again=partial(_bought, kind=kind))


class AgisoDoor(DoorView):
    kind = DoorKind.AGISO
    deeds = {
        "app/getAppId": Deed(do=_app_id, is_signed=False),
        "product/getList": Deed(do=_list),
        "product/getTemplate": Deed(do=_template),
        "product/subscribePriceNotify": Deed(do=_subscribe),
        "product/cancelSubscribePriceNotify": Deed(do=_unsubscribe),
        "order/createRecharge": _selling(TOPPED_UP),
        "order/createPurchase": _selling(CARDS),
        "order/get": Deed(do=_get),
        "order/queryOrder": Deed(do=_get),
        "order/cancelOrder": Deed(do=_cancel),
        "order/cancel": Deed(do=_cancel),
    }

    def read(self, body: bytes) -> Mapping[str, Any]:
        return read_object(body, parse_float=str) if body else {}

    def check(self, call: Call) -> None:
        for name, value in call.fields.items():
            if isinstance(value, dict | list):  # no signature says how those are written
                plain = _("Send text, a number, true or false: nothing else can be signed.")
                is_attach = name == NAMES.buyer
                raise wrong(name, ATTACHED % {"most": MOST_ATTACHED} if is_attach else plain)
        if str(call.fields.get("userId", call.door.merchant_id)) != call.door.merchant_id:
            raise Turned(DoorRefusalKind.MERCHANT)
        given = str(call.fields.get("sign", "")).upper().encode()
        signs = [words.sign(call.fields, pair).encode() for pair in call.door.secrets]
        is_right = any(compare_digest(given, each) for each in signs)
        if not is_right or not words.is_plain(call.fields):
            raise Turned(DoorRefusalKind.SIGNATURE)
        try:
            at = loose_whole(call.fields, "timestamp", least=0, most=LAST_SECOND)
        except InvalidInput:
            raise Turned(DoorRefusalKind.TIME) from None
        if abs(at - call.now.timestamp()) > WINDOW.total_seconds():
            raise Turned(DoorRefusalKind.TIME)

    def done(self, data: Any) -> dict[str, Any]:
        if isinstance(data, _Otherwise):
            said = str(_("This order number names another order already."))
            return {"code": OTHERWISE, "message": said, "data": data.order}
        return {"code": OK, "message": "接口调用成功", "data": data}

    def turned(self, why: DoorRefusalKind) -> dict[str, Any]:
        code, said = TURNED[why], TURNED_WORDS[why]
        return {"code": code, "message": str(said), "data": None}

    def refused(self, why: AppError) -> dict[str, Any]:
        code = next((code for kinds, code in CODES if isinstance(why, kinds)), UNKNOWN)
        said = f"{why.param}: {why.message}" if code == 500 and why.param else str(why.message)
        return {"code": code, "message": said, "data": None}

    def busy(self) -> dict[str, Any]:
        said = str(_("It cannot be told now what became of it. Ask for the order."))
        return {"code": UNKNOWN, "message": said, "data": None}
