"""Suppliers and offers with boring defaults; call them inside the shop's scope."""

import json
from itertools import count

from core.actors import SYSTEM
from core.scope import require_tenant
from core.secrets import Secret
from suppliers import services
from suppliers.models import Offer
from suppliers.types import Answer, Kind, Outcome, PurchaseOrder
from tenants.models import Merchant
from tests.catalog.factories import make_sku
from tests.suppliers.card_platforms import simulated_kayixin
from tests.times import NOON

KEY = "0a091b3aa4324435aab703142518a8f7"
# Where the simulators play them, and under which of their protocols.
PATHS = {
    "fulu": "/fulu/api/getway",
    "iqiyi": "/iqiyi",
    "juhe": "/juhe",
    "kakayun": "/kakayun",
    "kasushou": "/kasushou",
    "kayixin": "/kayixin",
    "kinguin": "/kinguin/esa/api",
    "ofpay": "/ofpay",
    "reloadly_airtime": "/reloadly/topups",
    "reloadly_gift_cards": "/reloadly/giftcards",
}
IN_CURRENCY = {"kinguin": "EUR", "reloadly_airtime": "USD", "reloadly_gift_cards": "USD"}
BY_RECIPE = {"kayixin": simulated_kayixin}  # what the connector speaks
PLAYED_AS = {"reloadly_airtime": "reloadly", "reloadly_gift_cards": "reloadly"}
_CARD = {"id": "1000", "kind": "card", "price_e4": 98_750}
_DIRECT = {"id": "2000", "kind": "direct", "price_e4": 50_000}
PRODUCTS = {
    "fulu": [_CARD, _DIRECT],
    "iqiyi": [_DIRECT],
    "juhe": [{"id": "50", "kind": "mobile", "price_e4": 495_000, "face_e4": 500_000}],
    "kakayun": [_CARD, _DIRECT],
    "kasushou": [_CARD, _DIRECT],
    "kayixin": [_CARD, _DIRECT],
    "kinguin": [_CARD],
    "ofpay": [{"id": "140101", "kind": "mobile", "price_e4": 9_900}],
    "reloadly_airtime": [{"id": "7", "kind": "mobile", "price_e4": 90_000, "face_e4": 100_000}],
    "reloadly_gift_cards": [{"id": "1000", "kind": "card", "price_e4": 98_750, "face_e4": 100_000}],
}
CARD = PurchaseOrder(product="88", kind=Kind.CODES, quantity=1)
_numbers = count(1)


def make_supplier(*, secrets=None, **given):
    described = {
        "name": f"Supplier {next(_numbers)}",
        "protocol": "fulu",
        "base_url": "https://fulu.test/api/getway",
        "app_id": "u1",
    }
    return services.dock(
        given=described | given, secrets=secrets or {"secret": Secret(KEY)}, by=SYSTEM, now=NOON
    )


def make_offer(**given):
    fields = {"product": "88", "cost_e4": 80_000, "most_e4": 90_000} | given
    fields["supplier"] = fields.get("supplier") or make_supplier()
    fields["sku"] = fields.get("sku") or make_sku()
    return Offer.objects.create(**fields)


def begun(*, unit_id=1, offer=None, now=NOON):
    return services.begin(unit_id=unit_id, offer=offer or make_offer(), choice="first", now=now)


def sent(*, unit_id=1, now=NOON):
    """An attempt that has left the house."""
    attempt = begun(unit_id=unit_id, now=now)
    assert services.mark_sent(attempt_id=attempt.pk, now=now)
    attempt.refresh_from_db()
    return attempt


def told(attempt, outcome, *, now=NOON, **said):
    """The attempt after the supplier said so."""
    answer = Answer(outcome=Outcome(outcome), **said)
    return services.record(attempt_id=attempt.pk, answer=answer, now=now)


def account_at(judge, protocol, *, account="10001", at_work_ms=20, faults=None):
    """Our account at the simulators, as they know it."""
    # Juhe knows who orders by the key, and signs with the name beside it.
    who, secret = (KEY, account) if protocol == "juhe" else (account, KEY)
    judge.desk.account(
        protocol=PLAYED_AS.get(protocol, protocol),
        id=who,
        secret=secret,
        balance_e4=10_000_000,
        processing_ms=at_work_ms,
        faults=faults or {},
    )


def at_the_judge(
    judge, protocol, *, faults=(), chance=1.0, account="10001", at_work_ms=20, **given
):
    """A supplier played by the simulators; its account there has money and misbehaves as told."""
    played = PLAYED_AS.get(protocol, protocol)
    account_at(
        judge,
        protocol,
        account=account,
        at_work_ms=at_work_ms,
        faults=dict.fromkeys(faults, chance),
    )
    for product in PRODUCTS[protocol]:
        judge.desk.product(protocol=played, name="会员月卡", **product)
    secrets = {"secret": Secret(KEY)}
    if played == "reloadly":
        secrets["auth"] = Secret(f"{judge.base_url}/reloadly/auth")
    if protocol in IN_CURRENCY:
        Merchant.objects.filter(pk=require_tenant()).update(currency=IN_CURRENCY[protocol])
    if protocol in BY_RECIPE:
        secrets["recipe"] = Secret(json.dumps(BY_RECIPE[protocol]()))
    return make_supplier(
        protocol="connector" if protocol in BY_RECIPE else protocol,
        app_id=account,
        base_url=judge.base_url + PATHS[protocol],
        secrets=secrets,
        **given,
    )
