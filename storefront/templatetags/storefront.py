"""Small tags for the shopper's pages."""

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from storefront import drawing
from storefront.types import Price

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    return drawing.icon(name)


@register.filter
def money(price: Price) -> SafeString:
    return format_html("<small>{}</small>{}", price.symbol, price.amount)


@register.filter
def columns(count: int) -> int:
    """How many stand side by side on a phone, so that no row holds a lonely one."""
    if count <= 5:
        return max(count, 1)
    return max((5, 4, 3), key=lambda wide: count % wide or wide)


@register.filter
def at_shop(moment: datetime | None, zone: str) -> str:
    """`14:03:21`, on the shop's clock."""
    return moment.astimezone(_zone(zone)).strftime("%H:%M:%S") if moment else ""


@register.filter
def day_at_shop(moment: datetime | None, zone: str) -> str:
    """`2026-11-22 14:03`, on the shop's clock."""
    return moment.astimezone(_zone(zone)).strftime("%Y-%m-%d %H:%M") if moment else ""


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
