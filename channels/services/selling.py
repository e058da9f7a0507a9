"""What a partner orders: his own number for it, and how much he may spend."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from channels.errors import DailyLimitReached
from channels.models import PartnerOrder
from channels.types import Seat
from core.crypto import digest
from core.money import write_e4
from core.scope import require_tenant
from core.sheets import Sheet
from inventory.selectors import today_here

if TYPE_CHECKING:
    from orders.models import Order

_SPEND = "channels_spend(%s, %s, %s, %s, %s)"  # see its migration


def note_sale(
    *, seat: Seat, order: "Order", partner_order_no: str, said: str, now: datetime, sheet: Sheet
) -> None:
    """Name the new order by the partner's number, on the sale's sheet, and count what it costs.

    When that is written, DailyLimitReached is raised past the day's limit, and the database refuses
    a number that is taken (`partner_order_no_once`).
    """
    sheet.note(
        PartnerOrder,
        partner_id=seat.partner_id,
        order=order,
        partner_order_no=partner_order_no,
        said_digest=digest(said),
        made_at=now,
    )
    if seat.daily_limit_e4:
        _count(seat, order, now=now, sheet=sheet)


def _count(seat: Seat, order: "Order", *, now: datetime, sheet: Sheet) -> None:
    most = seat.daily_limit_e4

    def judge(spent_e4: int | None) -> None:
        if spent_e4 is None:
            raise DailyLimitReached(
                _("This is more than may be spent today. Talk to the shop."),
                limit=write_e4(most),
            )

    given = [require_tenant(), seat.partner_id, today_here(now=now), order.total_e4, most]
    sheet.ask(_SPEND, given, judge)
