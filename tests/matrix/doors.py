"""A door of a shop's partner, with one of all that belongs to it."""

from datetime import datetime
from typing import Any

from channels import services as channels
from channels.models import Door, DoorWatch, PartnerOrder
from channels.selectors import door_seat
from channels.states import DoorRefusalKind
from channels.types import DoorTerms
from core.actors import Actor
from core.scope import tenant_atomic
from core.secrets import Secret
from orders import services as orders
from orders.states import CaseKind
from orders.types import OpenCase

CLERK = Actor("user:1 clerk@example.com")


@tenant_atomic
def doored(*, partner_id: int, sku_id: int, mark: str, now: datetime) -> dict[str, Any]:
    """The door's own number for its address."""
    terms = DoorTerms(kind="goofish", app_id="1", app_secret=Secret(f"{mark}-app-secret"))
    made = channels.open_door(partner_id=partner_id, terms=terms, by=CLERK, now=now)
    door = door_seat(Door.objects.select_related("partner__tier").get(pk=made.door_id), now=now)
    channels.note_refused(door=door, path=mark, why=DoorRefusalKind.SIGNATURE, address="", now=now)
    sale = PartnerOrder.objects.get(partner_id=partner_id)
    channels.note_door_order(
        door=door,
        sale=sale,
        order_no=mark,
        notify_url="",
        has_ended=True,
        now=now,
    )
    case = orders.open_case(
        request=OpenCase(order_id=sale.order_id, kind=CaseKind.OTHER, text=f"{mark} complains"),
        by=CLERK,
        now=now,
    )
    channels.note_door_complaint(
        door=door, case_id=case.pk, notify_url=f"https://{mark.lower()}.example.com/", now=now
    )
    channels.watch(door=door, sku_id=sku_id, who=mark, notify_url="", told="", now=now)
    assert DoorWatch.objects.filter(who=mark).exists()
    return {"door": made.uid, "door_id": made.door_id}
