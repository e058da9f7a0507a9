"""The protocol of Kasushou v2 (卡速售): who buys at such a shop buys here by changing its address.

An order is accepted first and asked for afterwards, what is in stock included. Without a number of
the buyer's own, the signed call is the order: the same bytes sent again are answered with it.
"""

from collections.abc import Mapping
from datetime import timedelta
from hmac import compare_digest
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from api import aftersale
from api.doors import kasushou_goods as wares
from api.doors import kasushou_words as words
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
from api.doors.reading import (
    LONGEST_URL,
    MOST_OF_ONE,
    amount_e4,
    loose_whole,
    text,
    texts,
    wrong,
)
from api.parsing import read_object
from catalog.errors import NotForSale
from channels import services as channels
from channels.errors import PriceAboveLimit
from channels.selectors import find_door_order
from channels.states import DoorKind, DoorRefusalKind
from core.crypto import digest
from core.errors import AppError, InvalidInput, NotFound
from core.money import write_e4
from fulfillment.errors import NothingToRefund
from orders.errors import CaseOpen
from orders.states import CaseKind
from payments.selectors import floored_balance

if TYPE_CHECKING:
    from channels.models import DoorOrder

OK, REFUSED, UNKNOWN = 200, 400, 500
AGAIN = "订单号重复"  # by this word their programs know that they are to ask for the order
WINDOW = timedelta(minutes=10)
NAMES = orders.Names(
    fields={"sku": "id", "max_amount": "safe_price", "notify_url": "url"},
    buyer="attach",
    accounts=words.ACCOUNTS,
)
MOST_ASKED, LONGEST_LIST, MOST_SAID = 50, 2_000, 500
# Of these it is certain that nothing was bought.
CERTAIN = (
    *UNKNOWN_GOODS,
    *NOT_NOW,
    PriceAboveLimit,
    InvalidInput,
    NotFound,
    CaseOpen,
    NothingToRefund,
)


def _user(call: Call) -> dict[str, Any]:
    balance_e4, floor_e4 = floored_balance(account_id=call.door.seat.account_id)
    return {"balance": write_e4(max(balance_e4 - floor_e4, 0))}


def _wanted(call: Call) -> orders.Wanted:
    fields = call.fields
    quantity = loose_whole(fields, "quantity", least=1, most=MOST_OF_ONE)
    each_e4 = amount_e4(fields, "safe_price")
    order_no = text(fields, "external_orderno", is_needed=False) or _number_of(call)
    return orders.Wanted(
        order_no=order_no,
        once=order_no,
        sku_ref=wares.ref_of(call, "id"),
        kind=0,
        quantity=quantity,
        max_e4=None if each_e4 is None else each_e4 * quantity,
        notify_url=text(fields, "url", most=LONGEST_URL, is_needed=False),
        buyer=_buyer(fields.get("attach")),
    )


def _number_of(call: Call) -> str:
    """Who overhears a signed call may send it again for as long as its time is good."""
    given = [call.headers.get(name, "") for name in ("Timestamp", "Sign")]
    return f"ks-{digest(' '.join(given)).hex()[:32]}"


def _buyer(attach: Any) -> dict[str, str]:
    if attach is None or attach in ("", []):  # an empty object, as PHP writes it
        return {}
    if not isinstance(attach, Mapping):
        raise wrong("attach", _("Send an object with what the goods’ template asks for."))
    return texts(attach, "attach")


def _buy(call: Call) -> Any:
    try:
        found = orders.buy(call, _wanted(call), names=NAMES)
    except orders.BoughtOtherwise:
        return _TAKEN
    return _bought_words(found)


def _bought(call: Call) -> Any:
    try:
        found = orders.bought_before(call, _wanted(call))
    except orders.BoughtOtherwise:
        return _TAKEN
    except (InvalidInput, NotForSale):
        return None
    return None if found is None else _bought_words(found)


def _bought_words(found: "DoorOrder") -> dict[str, Any]:
    told = words.order(orders.shown(found))
    return {name: told[name] for name in ("ordersn", "external_orderno", "total_price")}


def _orders(call: Call) -> list[dict[str, Any]]:
    listed = text(call.fields, "ordersn", most=LONGEST_LIST, is_needed=False)
    numbers = [number.strip() for number in listed.split(",") if number.strip()][:MOST_ASKED]
    order_no = text(call.fields, "external_orderno", is_needed=not numbers)
    found = [_find(call, number=number) for number in numbers] or [_find(call, order_no=order_no)]
    return [words.order(orders.shown(one)) for one in found if one is not None]


def _find(call: Call, *, number: str = "", order_no: str = "") -> "DoorOrder | None":
    return find_door_order(door_id=call.door.door_id, number=number, order_no=order_no)


def _close(call: Call) -> dict[str, Any]:
    found = _order(call)
    why_not = orders.give_up(call, found.sale)
    if why_not:
        raise InvalidInput(why_not)
    return {"ordersn": found.sale.order.number}


def _complain(call: Call) -> dict[str, Any]:
    found, url = _order(call), text(call.fields, "url", most=LONGEST_URL, is_needed=False)
    channels.check_callback(door=call.door, url=url, param="url")
    case = aftersale.complain(
        seat=call.door.seat,
        sale=found.sale,
        position=None,
        kind=CaseKind.OTHER,  # its words alone say what
        text=text(call.fields, "content", most=MOST_SAID),
        now=call.now,
    )
    if url:
        channels.note_door_complaint(door=call.door, case_id=case.pk, notify_url=url, now=call.now)
    told_as = words.number(call.door, case.pk, of=words.COMPLAINT)
    return {"id": told_as, "ordersn": found.sale.order.number}


def _order(call: Call) -> "DoorOrder":
    found = _find(call, number=text(call.fields, "ordersn"))
    if found is None:
        raise NotFound(_("There is no order with this number."))
    return found


_TAKEN = object()


class KasushouDoor(DoorView):
    kind = DoorKind.KASUSHOU
    deeds = {
        "user/info": Deed(do=_user),
        "goods/cate": Deed(do=wares.list_categories),
        "goods/list": Deed(do=wares.list_goods),
        "goods/info": Deed(do=wares.detail_goods),
        "goods/attach": Deed(do=wares.list_fields),
        "goods/pricelog": Deed(do=wares.list_prices),
        "order/buy": Deed(do=_buy, again=_bought),
        "order/info": Deed(do=_orders),
        "order/close": Deed(do=_close),
        "order/complain": Deed(do=_complain),
    }

    def read(self, body: bytes) -> Mapping[str, Any]:
        return read_object(body, parse_float=str) if body else {}

    def check(self, call: Call) -> None:
        at, given = call.headers.get("Timestamp", ""), call.headers.get("Sign", "")
        if call.headers.get("UserId", "") != call.door.merchant_id:
            raise Turned(DoorRefusalKind.MERCHANT)
        if not any(compare_digest(given.encode(), sign.encode()) for sign in _signs(call, at)):
            raise Turned(DoorRefusalKind.SIGNATURE)
        is_number = at.isascii() and at.isdecimal() and len(at) <= 14
        late = abs(int(at) / 1000 - call.now.timestamp()) if is_number else None
        if late is None or late > WINDOW.total_seconds():
            raise Turned(DoorRefusalKind.TIME)

    def done(self, data: Any) -> dict[str, Any]:
        if data is _TAKEN:
            said = str(_("This order number names another order already."))
            return {"code": REFUSED, "msg": f"{AGAIN} {said}", "data": None}
        return {"code": OK, "msg": "ok", "data": data}

    def turned(self, why: DoorRefusalKind) -> dict[str, Any]:
        return {"code": REFUSED, "msg": str(TURNED_WORDS[why]), "data": None}

    def refused(self, why: AppError) -> dict[str, Any]:
        param = why.param if isinstance(why, InvalidInput) else ""
        said = f"{param}: {why.message}" if param else str(why.message)
        return {"code": REFUSED if isinstance(why, CERTAIN) else UNKNOWN, "msg": said, "data": None}

    def busy(self) -> dict[str, Any]:
        said = str(_("It cannot be told now what became of it. Ask for the order."))
        return {"code": UNKNOWN, "msg": said, "data": None}


def _signs(call: Call, at: str) -> list[str]:
    """What is right: over the bytes that came, or over what they say, written as agreed."""
    said = {words.compact(call.fields), call.body.decode() or "{}"}
    return [words.sign(at, one, pair) for pair in call.door.secrets for one in sorted(said)]
