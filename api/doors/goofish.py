"""The virtual goods protocol of Goofish (闲管家), which brings Xianyu shops.

A repeated order is answered with the order it made; after our callback the platform asks for the
order all the same. Vouchers are not sold by it yet: an order for one is refused as unknown goods.
"""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from hmac import compare_digest
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from api.doors import goofish_goods as wares
from api.doors import goofish_words as words
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
from api.doors.goods import CARDS, TOPPED_UP
from api.doors.reading import (
    LONGEST_URL,
    MOST_OF_ONE,
    text,
    texts,
    whole,
    wrong,
)
from api.parsing import read_object
from catalog.errors import NotForSale
from channels.errors import PriceAboveLimit
from channels.selectors import find_door_order
from channels.states import DoorKind, DoorRefusalKind
from core.errors import AppError, InvalidInput, NotFound
from core.money import MOST_E4
from payments.selectors import floored_balance
from tenants import audit

if TYPE_CHECKING:
    from channels.models import DoorOrder

OK, TIMED_OUT = 0, 1209
NAMES = orders.Names(
    fields={"sku": "goods_no", "quantity": "buy_quantity"},
    buyer="biz_content",
    accounts=words.ACCOUNTS,
    cards_ask=False,
)
WINDOW = timedelta(minutes=5)
MOST_FEN = MOST_E4 // words.FEN_E4
AGREE, REFUSE = "agree", "refuse"
TURNED = {
    DoorRefusalKind.SIGNATURE: 401,
    DoorRefusalKind.MERCHANT: 401,
    DoorRefusalKind.TIME: 408,
    DoorRefusalKind.ADDRESS: 401,
}
CODES: tuple[tuple[tuple[type[AppError], ...], int], ...] = (
    (UNKNOWN_GOODS, 1100),
    (NOT_NOW, 1102),
    ((PriceAboveLimit,), 1202),
    ((NotFound,), 1200),
    ((InvalidInput,), 1201),
)
OTHERWISE = 1203


def _info(call: Call) -> dict[str, Any]:
    features = {
        "is_support_order_refund": True,
        "is_support_goods_notify": True,
        "is_support_loss_purchase": False,
    }
    return {"app_id": int(call.door.app_id), "features": features}


def _user(call: Call) -> dict[str, Any]:
    balance_e4, floor_e4 = floored_balance(account_id=call.door.seat.account_id)
    return {"balance": words.fen_down(balance_e4 - floor_e4)}


def _wanted(call: Call, kind: int) -> orders.Wanted:
    fields = call.fields
    order_no = text(fields, "order_no")
    most = whole(fields, "max_amount", least=-1, most=MOST_FEN, usual=-1)
    return orders.Wanted(
        order_no=order_no,
        once=text(fields, "biz_order_no", is_needed=False) or order_no,
        sku_ref=text(fields, "goods_no"),
        kind=kind,
        quantity=whole(fields, "buy_quantity", least=1, most=MOST_OF_ONE),
        max_e4=None if most < 0 else most * words.FEN_E4,
        notify_url=text(fields, "notify_url", most=LONGEST_URL, is_needed=False),
        buyer=_buyer(fields.get("biz_content")) if kind == TOPPED_UP else {},
    )


def _buyer(content: Any) -> dict[str, str]:
    if not isinstance(content, Mapping):
        raise wrong("biz_content", _("Send an object with what the goods’ template asks for."))
    return texts(content, "biz_content")


def _buy(call: Call, *, kind: int) -> Any:
    try:
        found = orders.buy(call, _wanted(call, kind), names=NAMES)
    except orders.BoughtOtherwise:
        return _TAKEN
    return words.order(orders.shown(found))


def _bought(call: Call, *, kind: int) -> Any:
    try:
        found = orders.bought_before(call, _wanted(call, kind))
    except orders.BoughtOtherwise:
        return _TAKEN
    except InvalidInput:
        return None
    return None if found is None else words.order(orders.shown(found))


def _no_voucher(call: Call) -> None:
    raise NotForSale(_("Vouchers are not sold by this door."))


def _order(call: Call) -> dict[str, Any]:
    return words.order(orders.shown(_found(call)))


def _found(call: Call) -> "DoorOrder":
    order_no = text(call.fields, "order_no", is_needed=False)
    number = text(call.fields, "out_order_no", is_needed=not order_no)
    found = find_door_order(
        door_id=call.door.door_id, order_no=order_no, number="" if order_no else number
    )
    if found is None or (number and found.sale.order.number != number):
        raise NotFound(_("There is no order with this number."))
    return found


def _refund(call: Call) -> dict[str, Any]:
    why_not = orders.give_up(call, _found(call).sale)
    result = REFUSE if why_not else AGREE
    return {"result": result, "remark": why_not, "refund_data": {}}


def _refunded(call: Call) -> dict[str, Any]:
    """The platform has paid its buyer back; whether we did is for `order/refund/apply` to say."""
    found = _found(call)
    audit.record(
        by=call.door.seat.actor,
        action="api.refund_told",
        target=found.sale.order.number,
        now=call.now,
    )
    return {"result": "success", "msg": "OK"}


_TAKEN = object()


def _selling(kind: int) -> Deed:
    return Deed(do=partial(_buy, kind=kind), again=partial(_bought, kind=kind))


class GoofishDoor(DoorView):
    kind = DoorKind.GOOFISH
    deeds = {
        "open/info": Deed(do=_info),
        "platform/info": Deed(do=_info),
        "user/info": Deed(do=_user),
        "mch/info": Deed(do=_user),
        "goods/list": Deed(do=wares.list_goods),
        "goods/detail": Deed(do=wares.detail_goods),
        "goods/info": Deed(do=wares.detail_goods),
        "goods/change/subscribe": Deed(do=wares.subscribe),
        "goods/change/unsubscribe": Deed(do=wares.unsubscribe),
        "goods/change/subscribe/list": Deed(do=wares.subscriptions),
        "order/recharge/create": _selling(TOPPED_UP),
        "order/purchase/create": _selling(CARDS),
        "order/ticket/create": Deed(do=_no_voucher),
        "order/detail": Deed(do=_order),
        "order/info": Deed(do=_order),
        "order/refund/apply": Deed(do=_refund),
        "order/refund/notify": Deed(do=_refunded),
    }

    def read(self, body: bytes) -> Mapping[str, Any]:
        return read_object(body) if body else {}

    def check(self, call: Call) -> None:
        given, at = call.query.get("sign", ""), call.query.get("timestamp", "")
        if call.query.get("mch_id") != call.door.merchant_id:
            raise Turned(DoorRefusalKind.MERCHANT)
        if not any(compare_digest(given.encode(), sign.encode()) for sign in _signs(call, at)):
            raise Turned(DoorRefusalKind.SIGNATURE)
        is_number = at.isascii() and at.isdecimal() and len(at) <= 11
        if not is_number or abs(int(at) - call.now.timestamp()) > WINDOW.total_seconds():
            raise Turned(DoorRefusalKind.TIME)

    def done(self, data: Any) -> dict[str, Any]:
        if data is _TAKEN:
            said = str(_("This order number names another order already."))
            return {"code": OTHERWISE, "msg": said}
        return {"code": OK, "msg": "OK", "data": {} if data is None else data}

    def turned(self, why: DoorRefusalKind) -> dict[str, Any]:
        code, said = TURNED[why], TURNED_WORDS[why]
        return {"code": code, "msg": str(said)}

    def refused(self, why: AppError) -> dict[str, Any]:
        code = next((code for kinds, code in CODES if isinstance(why, kinds)), TIMED_OUT)
        param = getattr(why, "param", "") if code == 1201 else ""
        return {"code": code, "msg": f"{param}: {why.message}" if param else str(why.message)}

    def busy(self) -> dict[str, Any]:
        said = str(_("It cannot be told now what became of it. Ask for the order."))
        return {"code": TIMED_OUT, "msg": said}


def _signs(call: Call, at: str) -> list[str]:
    """What is right: of an empty body the digest of `{}` is as good as that of nothing."""
    bodies = (call.body,) if call.body else (b"", b"{}")
    return [
        words.sign(door=call.door, secrets=pair, body=body, timestamp=at)
        for pair in call.door.secrets
        for body in bodies
    ]
