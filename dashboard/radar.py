"""The radar in words and pictures: who was stopped, by which rule, from where."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from core.money import Money
from dashboard.tones import tone_of
from dashboard.words import no_rule_words
from orders.models import Order
from risk.models import Assessment
from risk.selectors.watching import Place, Radar, Wave
from risk.states import Action, Moment, Trait
from risk.words import PROVINCES

# Where each province stands on a map of squares: about where it lies.
_MAP = """
.   .   .   .   .   .   .   .   黑龙江
新疆 .   .   .   内蒙古 .  .   吉林  .
.   甘肃 宁夏 山西 河北 北京 天津 辽宁 .
西藏 青海 陕西 河南 山东 .   .   .   .
.   四川 重庆 湖北 安徽 江苏 上海 .   .
.   云南 贵州 湖南 江西 浙江 .   .   .
.   .   广西 广东 福建 台湾 .   .   .
.   .   海南 澳门 香港 .   .   .   .
"""
SIDE, GAP = 46, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Square:
    """A province on the map; `shade` from 0 (nothing was stopped there) to 4."""

    x: int
    y: int
    name: str
    stopped: int
    looked_at: int
    shade: int


def squares(places: tuple[Place, ...]) -> list[Square]:
    by_name = {one.province: one for one in places}
    most = max((one.stopped for one in places), default=0)
    found = []
    for row, line in enumerate(_MAP.strip().splitlines()):
        for column, name in enumerate(line.split()):
            if name == ".":
                continue
            place = by_name.get(name, Place(province=name, looked_at=0, stopped=0))
            shade = -(-4 * place.stopped // most) if most else 0
            found.append(
                Square(
                    x=column * (SIDE + GAP), y=row * (SIDE + GAP), name=str(PROVINCES[name]),
                    stopped=place.stopped, looked_at=place.looked_at, shade=shade,
                )
            )  # fmt: skip
    return found


def rule_rows(found: Radar, *, currency: str) -> list[dict[str, Any]]:
    most = max((one.count for one in found.rules), default=1)
    return [
        {
            "rule": one,
            "name": one.name or no_rule_words(one.rule),
            "link": reverse("office_rule", args=[one.rule]) if one.name else "",
            "amount": Money(one.amount_e4, currency),
            "share": round(100 * one.count / most),
        }
        for one in found.rules
    ]


def wave_row(one: Wave) -> dict[str, Any]:
    """Whose wave it is: a digest's beginning tells two apart, and nobody who it is."""
    value = one.value if one.trait == Trait.SKU else f"#{one.value[:6]}"
    return {"wave": one, "what": Trait(one.trait).label, "value": value}


def fed(looks: list[Assessment], *, currency: str) -> list[dict[str, Any]]:
    """The newest looks as rows; nobody is named."""
    numbers = [look.subject for look in looks]
    orders = dict(Order.objects.filter(number__in=numbers).values_list("number", "pk"))
    return [
        {
            "at": look.at,
            "number": look.subject,
            "link": _link(orders.get(look.subject)),
            "what": Moment(look.moment).label,
            "action": Action(look.action).label,
            "tone": {"deny": "bad", "hold": "warn"}.get(look.action, tone_of(look.action)),
            "amount": Money(look.amount_e4, currency),
            "where": _where(look),
            "rules": ", ".join(
                one["name"] or no_rule_words(one["rule"])
                for one in look.spoken
                if not one["is_shadow"] and one["action"] != Action.PASS
            ),
        }
        for look in looks
    ]


def _link(order_id: int | None) -> str:
    return reverse("office_order", args=[order_id]) if order_id else ""


def _where(look: Assessment) -> str:
    """Province and network of the address, as far as they are known."""
    province, isp = look.facts.get("ip_province", ""), look.facts.get("ip_isp", "")
    return " · ".join(str(PROVINCES.get(one, one)) for one in (province, isp) if one)


def share_of(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def hour_of(at: datetime) -> str:
    return f"{at:%Y%m%d%H}"
