"""Ready sets of rules, as data: what a shop may begin with, loose, standard or strict.

A rule has one key in all three; they differ in their thresholds. Families and offices share an
address, so who was first seen days ago is asked for more there than a new buyer is.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from risk.states import Action, Moment, Preset

MINUTES, HOUR, DAY = 600, 3_600, 86_400
KNOWN_SINCE, NEW_FOR = 72, 24  # hours
# What a thief of many small things buys, and what is much for a first order: about the same worth.
_CHEAP = {"CNY": "20.00", "HKD": "20.00", "JPY": "400", "KRW": "4000"}
_MUCH = {"CNY": "500.00", "HKD": "500.00", "JPY": "10000", "KRW": "100000"}
_CHEAP_ELSEWHERE, _MUCH_ELSEWHERE = "3.00", "70.00"

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A rule of a preset."""

    key: str
    name: Promise
    body: Json


def rules_of(*, preset: Preset, currency: str) -> tuple[Ready, ...]:
    strictness = list(Preset).index(preset)
    cheap = _CHEAP.get(currency, _CHEAP_ELSEWHERE)
    made = [make(strictness, cheap) for make in _ALL]
    if preset == Preset.STRICT:
        made.append(_first_of_much(_MUCH.get(currency, _MUCH_ELSEWHERE)))
    return tuple(made)


def _count(by: str, within: int, value: int, *, of: str = Moment.ORDER, differ: str = "") -> Json:
    count: Json = {"by": by, "within": within, "of": [str(of)]}
    return {"count": count | ({"differ": differ} if differ else {}), "op": ">", "value": value}


def _fact(name: str, op: str, value: object) -> Json:
    return {"fact": name, "op": op, "value": value}


def _is(name: str) -> Json:
    return {"fact": name, "op": "=", "value": True}


def _body(when: Json, *, action: Action = Action.HOLD, moment: Moment = Moment.ORDER) -> Json:
    return {"moments": [str(moment)], "when": when, "action": str(action)}


def _any(*parts: Json) -> Json:
    return {"any": list(parts)}


def _all_of(*parts: Json) -> Json:
    return {"all": list(parts)}


def _new_and_cheap(cheap: str) -> Iterable[Json]:
    return _fact("buyer_age_hours", "<", NEW_FOR), _fact("amount", "<=", cheap)


def _not_known() -> Json:
    return {"not": _fact("buyer_age_hours", ">=", KNOWN_SINCE)}


def _orders_of_an_address(at: int, _cheap: str) -> Ready:
    lately = _any(_count("ip", MINUTES, (8, 5, 3)[at]), _count("ip", HOUR, (24, 12, 6)[at]))
    return Ready(
        key="ip_orders",
        name=_("One IP address orders again and again"),
        body=_body(_any(_all_of(_not_known(), lately), _count("ip", MINUTES, (40, 20, 10)[at]))),
    )


def _openings_of_an_address(at: int, _cheap: str) -> Ready:
    often = _count("ip", MINUTES, (10, 4, 2)[at], of=Moment.OPEN)
    return Ready(
        key="ip_opens",
        name=_("One IP address redeems again and again, on other devices than bought"),
        body=_body(_all_of(_fact("is_own_device", "=", value=False), often), moment=Moment.OPEN),
    )


def _cheap_things_of_a_new_buyer(at: int, cheap: str) -> Ready:
    often = _any(
        *(_count(by, HOUR, (5, 3, 2)[at]) for by in ("device", "phone")),
        *(_count(by, DAY, (8, 5, 3)[at]) for by in ("device", "phone")),
    )
    return Ready(
        key="new_cheap",
        name=_("A new buyer buys many cheap things"),
        body=_body(_all_of(*_new_and_cheap(cheap), often)),
    )


def _swarm_of_new_buyers(at: int, cheap: str) -> Ready:
    """Rented machines and rented numbers are known by what they are; the rest by how many of one
    network come at once, of which a carrier's has many honest ones."""
    machine, number = _is("is_datacenter"), _is("is_virtual_phone")
    again = _any(
        _count("net", HOUR, (5, 1, 1)[at], differ="phone"), _count("device", HOUR, (3, 1, 1)[at])
    )
    many = _any(
        _count("ip", HOUR, (8, 4, 3)[at], differ="phone"),
        _count("ip", HOUR, (8, 4, 3)[at], differ="device"),
        _count("net", HOUR, (30, 5, 3)[at], differ="device"),
        _all_of(_any(machine, number), again),
        _all_of(machine, number),
    )
    return Ready(
        key="new_swarm",
        name=_("Many new buyers of cheap things come from one address"),
        body=_body(_all_of(*_new_and_cheap(cheap), many)),
    )


def _card_probing(at: int, cheap: str) -> Ready:
    often = _any(
        _count("device", MINUTES, (8, 5, 3)[at]),
        _all_of(_not_known(), _count("ip", MINUTES, (10, 6, 4)[at], differ="phone")),
    )
    return Ready(
        key="probing",
        name=_("Cards are probed: small orders, one after another"),
        body=_body(
            _all_of(_fact("amount", "<=", cheap), often),
            action=(Action.HOLD, Action.DENY, Action.DENY)[at],
        ),
    )


def _phones_of_a_device(at: int, _cheap: str) -> Ready:
    return Ready(
        key="device_phones",
        name=_("One device orders with many phone numbers"),
        body=_body(_any(_count("device", DAY, (5, 3, 2)[at], differ="phone"))),
    )


def _buyers_of_an_account(at: int, _cheap: str) -> Ready:
    many = _any(
        _count("account", DAY, (5, 3, 2)[at], differ="phone"),
        _count("account", DAY, (5, 3, 2)[at], differ="device"),
        _count("account", DAY, (15, 8, 5)[at]),
    )
    return Ready(
        key="account_buyers",
        name=_("One account is topped up by many buyers"),
        body=_body(many),
    )


def _accounts_of_a_device(at: int, _cheap: str) -> Ready:
    return Ready(
        key="device_accounts",
        name=_("One device tops up many accounts"),
        body=_body(_any(_count("device", DAY, (8, 4, 3)[at], differ="account"))),
    )


def _first_of_much(much: str) -> Ready:
    return Ready(
        key="first_of_much",
        name=_("A first order is worth much"),
        body=_body(_all_of(_fact("is_first_order", "=", value=True), _fact("amount", ">=", much))),
    )


_ALL: tuple[Callable[[int, str], Ready], ...] = (
    _orders_of_an_address,
    _openings_of_an_address,
    _cheap_things_of_a_new_buyer,
    _swarm_of_new_buyers,
    _card_probing,
    _phones_of_a_device,
    _buyers_of_an_account,
    _accounts_of_a_device,
)
