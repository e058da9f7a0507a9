"""Time zones that a shop may go by, named by a city; the name in the database is no word."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

CITIES = {
    "Asia/Shanghai": _("Beijing, Shanghai"),
    "Asia/Hong_Kong": _("Hong Kong"),
    "Asia/Macau": _("Macau"),
    "Asia/Taipei": _("Taipei"),
    "Asia/Urumqi": _("Ürümqi"),
    "Asia/Singapore": _("Singapore"),
    "Asia/Kuala_Lumpur": _("Kuala Lumpur"),
    "Asia/Manila": _("Manila"),
    "Asia/Bangkok": _("Bangkok"),
    "Asia/Ho_Chi_Minh": _("Ho Chi Minh City"),
    "Asia/Jakarta": _("Jakarta"),
    "Asia/Tokyo": _("Tokyo"),
    "Asia/Seoul": _("Seoul"),
    "Asia/Kolkata": _("Delhi, Mumbai"),
    "Asia/Dubai": _("Dubai"),
    "Asia/Almaty": _("Almaty"),
    "Europe/Moscow": _("Moscow"),
    "Europe/Istanbul": _("Istanbul"),
    "Europe/Berlin": _("Berlin"),
    "Europe/Paris": _("Paris"),
    "Europe/London": _("London"),
    "Africa/Cairo": _("Cairo"),
    "Africa/Lagos": _("Lagos"),
    "Africa/Johannesburg": _("Johannesburg"),
    "America/Sao_Paulo": _("São Paulo"),
    "America/New_York": _("New York"),
    "America/Chicago": _("Chicago"),
    "America/Denver": _("Denver"),
    "America/Los_Angeles": _("Los Angeles"),
    "Australia/Sydney": _("Sydney"),
    "Pacific/Auckland": _("Auckland"),
}


def zone_choices(*, now: datetime, kept: str) -> list[tuple[str, Any]]:
    """From west to east, with how far they are from UTC now; `kept` is there in any case."""
    cities = CITIES if kept in CITIES else CITIES | {kept: kept.rpartition("/")[2]}
    far = {name: now.astimezone(ZoneInfo(name)).utcoffset() for name in cities}
    return [
        (name, f"UTC{now.astimezone(ZoneInfo(name)).isoformat()[-6:]} {cities[name]}")
        for name in sorted(cities, key=lambda name: (far[name], name != kept))
    ]
