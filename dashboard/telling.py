"""News of the floors below, as something that staff is told: which page tells more, and in which
words. `config/wiring.py` says what is heard. Each is safe to hear twice: the
same is told once, or once an hour or day where it goes on."""

from datetime import datetime
from urllib.parse import urlsplit

from django.urls import reverse

from catalog.models import Sku
from channels.models import WebhookEndpoint
from core.scope import tenant_atomic
from dashboard.radar import hour_of, wave_row
from fulfillment.models import Unit
from notices import services as notices
from notices.states import Topic
from notices.types import News
from orders.models import Order
from orders.selectors import find_opening, get_case, get_order
from orders.states import OpeningState
from risk.selectors import waves
from risk.selectors.watching import Wave
from suppliers.models import PriceChange
from tenants.models import Visit
from tenants.selectors import zone_here


@tenant_atomic
def hear_unit(*, unit_id: int, now: datetime) -> None:
    order = Unit.objects.select_related("order").get(pk=unit_id).order
    news = News(
        topic=Topic.UNIT,
        key=f"unit:{unit_id}",
        given={"order": order.number},
        path=reverse("office_order", args=[order.pk]),
    )
    notices.tell(news=news, now=now)


@tenant_atomic
def hear_held(*, order_id: int, channel: str, now: datetime) -> None:
    """What was decided meanwhile is no news."""
    order = get_order(order_id=order_id)
    if order.decide_by is not None:
        _tell_held(order, "order", order.decide_by, now=now)


@tenant_atomic
def hear_closed(*, order_id: int, now: datetime) -> None:
    """Its codes wait for somebody."""
    opening = find_opening(order_id=order_id)
    if opening is not None and opening.state == OpeningState.HELD:
        _tell_held(get_order(order_id=order_id), "codes", opening.decide_by, now=now)


def _tell_held(order: Order, what: str, until: datetime, *, now: datetime) -> None:
    local = until.astimezone(zone_here(now=now))
    news = News(
        topic=Topic.HELD,
        key=f"held:{what}:{order.pk}:{int(until.timestamp())}",
        given={"subject": order.number, "until": f"{local:%m-%d %H:%M}"},
        path=reverse("office_review", args=[order.pk]),
    )
    notices.tell(news=news, now=now)


@tenant_atomic
def hear_case(*, case_id: int, now: datetime) -> None:
    notices.tell(news=_of_case(case_id, "open"), now=now)


@tenant_atomic
def hear_late_case(*, case_id: int, now: datetime) -> None:
    notices.tell(news=_of_case(case_id, "late"), what="case_late", now=now)


def _of_case(case_id: int, how: str) -> News:
    case = get_case(case_id=case_id)
    return News(
        topic=Topic.CASE,
        key=f"case:{how}:{case_id}",
        given={"order": case.order.number, "case": case.ref},
        path=reverse("office_case", args=[case_id]),
    )


@tenant_atomic
def hear_price(*, price_change_id: int, now: datetime) -> None:
    """Of what the shop sells only: a supplier's list is long."""
    moved = PriceChange.objects.select_related("product", "supplier").get(pk=price_change_id)
    if not moved.is_offered or not moved.old_e4:
        return
    share = (moved.new_e4 - moved.old_e4) * 100 / moved.old_e4
    news = News(
        topic=Topic.PRICE,
        key=f"price:{price_change_id}",
        given={
            "supplier": moved.supplier.name, "goods": moved.product.name, "share": f"{share:+.1f}"
        },
        path=reverse("office_price_changes"),
    )  # fmt: skip
    notices.tell(news=news, now=now)


@tenant_atomic
def hear_off_sale(*, sku_id: int, now: datetime) -> None:
    sku = Sku.objects.select_related("product").get(pk=sku_id)
    news = News(
        topic=Topic.OFF_SALE,
        key=f"off_sale:{sku_id}:{now:%Y%m%d%H}",
        given={"goods": f"{sku.product.name} {sku.name}"},
        path=reverse("admin:catalog_product_change", args=[sku.product_id]),
    )
    notices.tell(news=news, now=now)


@tenant_atomic
def hear_endpoint(*, endpoint_id: int, now: datetime) -> None:
    """Its host only: the rest of an address may be a password, and this goes to whole groups."""
    endpoint = WebhookEndpoint.objects.select_related("partner").get(pk=endpoint_id)
    news = News(
        topic=Topic.ENDPOINT,
        key=f"endpoint:{endpoint_id}:{now:%Y%m%d}",
        given={"partner": endpoint.partner.name, "address": urlsplit(endpoint.url).netloc},
        path=reverse("office_webhook", args=[endpoint.partner.ref, endpoint.ref]),
    )
    notices.tell(news=news, now=now)


@tenant_atomic
def tell_of_visit(*, visit: Visit, now: datetime) -> None:
    """Whoever works here sees it at the bell; who asked to be told of visits is told."""
    local = visit.until.astimezone(zone_here(now=now))
    news = News(
        topic=Topic.VISIT,
        key=f"visit:{visit.ref}",
        given={
            "operator": visit.operator.email, "member": visit.member.user.email,
            "until": f"{local:%m-%d %H:%M}", "reason": visit.reason,
        },
        path=f"{reverse('admin:tenants_auditrow_changelist')}?action=visit.began",
    )  # fmt: skip
    notices.tell(news=news, now=now)


@tenant_atomic
def tell_of_waves(*, now: datetime) -> int:
    """Tell of each wave of stopped orders once an hour; how many were news."""
    seen = waves(now=now) or []
    return sum(notices.tell(news=_of_wave(one, now), now=now) for one in seen)


def _of_wave(one: Wave, now: datetime) -> News:
    return News(
        topic=Topic.ATTACK,
        key=f"attack:{one.trait}:{one.value[:16]}:{hour_of(now)}",
        given={
            "count": str(one.count),
            "minutes": str(max(1, round((one.last - one.began).total_seconds() / 60))),
            "trait": one.trait,
            "value": str(wave_row(one)["value"]),
        },
        path=reverse("office_radar"),
    )
