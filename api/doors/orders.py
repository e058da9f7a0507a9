"""Orders that come in by a door: the same sale as by the API, under the platform's number."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from api import aftersale, services
from api.doors.base import Call
from api.doors.goods import (
    check_cards_ask_nothing,
    find_sku,
    kind_of,
    names_of,
    told_by_key,
    told_by_name,
)
from api.doors.reading import wrong
from api.selectors import units_shown
from api.shapes import UnitShown
from api.types import NewSale
from catalog.selectors import buyer_fields
from catalog.services import TOLD_IN
from channels import services as channels
from channels.errors import PartnerSuspended
from channels.selectors import find_door_order, find_sale
from core.crypto import digest
from core.errors import AppError, fields_called
from fulfillment.selectors import units_of
from orders.selectors import first_items
from orders.states import ENDED

if TYPE_CHECKING:
    from catalog.models import Sku
    from channels.models import DoorOrder, PartnerOrder

PROCESSING, DONE, FAILED = 10, 20, 30  # the protocols' numbers
_BACK = frozenset({"refunded", "canceled"})


class BoughtOtherwise(Exception):
    """The number names another order already: `order` is the one, if it came in by this door."""

    def __init__(self, order: "DoorOrder | None") -> None:
        super().__init__("the number is taken")
        self.order = order


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What a platform calls the fields of an order, by our names for them.

    `buyer` is the field that holds what its buyer says, of cards too if `cards_ask`; `accounts` are
    the platform's own names there, in the order in which they fill what no key names; `is_by_key`:
    it is told the keys, too.
    """

    fields: Mapping[str, str]
    buyer: str
    accounts: tuple[str, ...]
    is_by_key: bool = False
    cards_ask: bool = True

    def buyer_of(self, sku: "Sku", given: Mapping[str, str]) -> dict[str, str]:
        """What the buyer says, by the SKU's own keys."""
        if self.is_by_key:
            return told_by_key(sku, given, others=self.accounts)
        return told_by_name(sku, given, names=self.accounts)

    def of(self, sku: "Sku", given: Mapping[str, str]) -> dict[str, str]:
        """By our names for what `given` says, or lacks, of the SKU's fields."""
        keys = [field.key for field in buyer_fields(sku)]
        names = names_of(keys, others=() if self.is_by_key else self.accounts)
        said = {
            key: name if given.get(name) or key not in given else key for key, name in names.items()
        }
        return {f"{TOLD_IN}{key}": f"{self.buyer}.{name}" for key, name in said.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An order as a platform asks for it. `once` is the number that keeps it from being bought
    twice, `kind` what the platform takes the goods for, `buyer` what it says of its buyer."""

    order_no: str
    once: str
    sku_ref: str
    kind: int
    quantity: int
    max_e4: int | None
    notify_url: str
    buyer: Mapping[str, str] = field(default_factory=dict)

    @property
    def said(self) -> str:
        told = [self.once, self.sku_ref, self.quantity, dict(self.buyer)]
        return json.dumps(told, ensure_ascii=False, sort_keys=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An order as its platform may read it; never stored, logged or sent else."""

    order_no: str
    number: str
    sku_ref: str
    title: str
    kind: int
    quantity: int
    status: int
    cost_e4: int
    back_e4: int
    cards: tuple[UnitShown, ...] = field(repr=False)
    placed_at: datetime
    ended_at: datetime | None
    reason: str


def buy(call: Call, wanted: Wanted, *, names: Names) -> "DoorOrder":
    """Sell it, unless it was sold before: then that. Raises as `services.sell`, BoughtOtherwise,
    and PartnerSuspended; a field that is wrong is called as the platform does."""
    before = bought_before(call, wanted)
    if before is not None:
        return before
    if call.door.is_suspended:
        raise PartnerSuspended(_("This partner account is suspended. Talk to the shop."))
    with fields_called(names.fields):
        channels.check_callback(door=call.door, url=wanted.notify_url, param="notify_url")
    seat = call.door.seat
    sku = find_sku(seat=seat, ref=wanted.sku_ref, now=call.now)
    if wanted.kind and kind_of(sku.kind) != wanted.kind:
        said = _("These goods are of the other kind, which is ordered at its own address.")
        raise wrong(names.fields["sku"], said)
    if not names.cards_ask:
        check_cards_ask_nothing(sku)
    asked = NewSale(
        sku=sku.ref,
        quantity=wanted.quantity,
        partner_order_no=wanted.once,
        said=wanted.said,
        buyer=names.buyer_of(sku, wanted.buyer),
        max_e4=wanted.max_e4,
    )
    with fields_called({**names.fields, **names.of(sku, wanted.buyer)}):
        services.sell(seat=seat, asked=asked, now=call.now)
    sale = find_sale(partner_id=seat.partner_id, partner_order_no=wanted.once)
    assert sale is not None  # it was written a moment ago
    return channels.note_door_order(
        door=call.door,
        sale=sale,
        order_no=wanted.order_no,
        notify_url=wanted.notify_url,
        has_ended=sale.order.state in ENDED,
        now=call.now,
    )


def bought_before(call: Call, wanted: Wanted) -> "DoorOrder | None":
    """The order that was made with the same words; raises BoughtOtherwise for one with others."""
    # The sale first: who is committed between the two looks is then found by the second one.
    sale = find_sale(partner_id=call.door.seat.partner_id, partner_order_no=wanted.once)
    found = find_door_order(
        door_id=call.door.door_id, order_no=wanted.order_no, partner_order_no=wanted.once
    )
    if found is not None:
        if bytes(found.sale.said_digest) != digest(wanted.said):
            raise BoughtOtherwise(found)
        return found
    if sale is not None:
        raise BoughtOtherwise(None)
    return None


def shown(found: "DoorOrder") -> Shown:
    """Delivered in part, it is a success with what was delivered, at what that costs."""
    sale = found.sale
    order, item = sale.order, first_items(order_ids=[sale.order_id])[sale.order_id]
    units = [unit for unit in units_of(order_id=order.pk) if unit.state != aftersale.REPLACED]
    delivered = [unit for unit in units_shown(order) if unit.state == "delivered"]
    back_e4 = sum(unit.paid_e4 for unit in units if unit.state in _BACK)
    has_ended = order.state in ENDED
    status = (DONE if delivered else FAILED) if has_ended else PROCESSING
    return Shown(
        order_no=found.order_no,
        number=order.number,
        sku_ref=item.sku.ref,
        title=f"{item.name} {item.sku_name}",
        kind=kind_of(item.kind),
        quantity=item.quantity,
        status=status,
        cost_e4=order.total_e4 - back_e4,
        back_e4=back_e4,
        cards=tuple(one for one in delivered if one.code is not None) if has_ended else (),
        placed_at=order.placed_at,
        ended_at=order.ended_at,
        reason=_reason(status, len(units) - len(delivered)),
    )


def _reason(status: int, missing: int) -> str:
    if status == FAILED:
        return str(_("Not delivered. The money is back on the balance."))
    if status == DONE and missing:
        return str(_("%(count)s of it were not delivered and are paid back.") % {"count": missing})
    return ""


def give_up(call: Call, sale: "PartnerOrder") -> str:
    """Pay back an order of which nothing was delivered yet; why not, where that cannot be."""
    units = [unit for unit in units_of(order_id=sale.order_id) if unit.state != aftersale.REPLACED]
    if units and all(unit.state in _BACK for unit in units):
        return ""
    if any(unit.delivered_at is not None for unit in units):
        return str(_("It was delivered. Ask the shop about it."))
    try:
        aftersale.cancel(seat=call.door.seat, sale=sale, now=call.now)
    except AppError as why:
        return str(why.message)
    return ""
