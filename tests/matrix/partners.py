"""A partner of a shop's world, with one of all that belongs to it."""

from datetime import datetime
from typing import Any

from django.test import Client

from channels import services as channels
from channels.models import ApiCall, Partner, PartnerShelf, PartnerSku
from channels.selectors import deliveries_of, find_session, get_endpoint
from channels.services import sandbox
from channels.states import DeliveryState
from channels.types import CallSeen, EndpointTerms, KeyTerms, PartnerTerms, TierTerms
from core.actors import Actor
from core.scope import tenant_atomic
from core.secrets import Secret
from payments import services as payments
from tenants.models import Merchant
from tests.authenticator import digits
from tests.dashboard.people import PASSWORD
from tests.matrix.claims import claimed
from tests.matrix.doors import doored

CLERK = Actor("user:1 clerk@example.com")
MONEY = 100_000_000


def partnered(
    shop: Merchant, things: dict[str, Any], *, mark: str, now: datetime
) -> dict[str, Any]:
    """The partner, his tier, his key (its text too) and an order of his."""
    with tenant_atomic():
        made = TierTerms(name=f"{mark} tier", way="discount", rate=9_000)
        tier = channels.save_tier(terms=made, by=CLERK, now=now)
        channels.set_tier_price(
            tier_id=tier.pk, sku_id=things["sku"], price_e4=1_000, by=CLERK, now=now
        )
        terms = PartnerTerms(
            name=f"{mark} partner", tier_id=tier.pk, sells_all=False, daily_limit_e4=MONEY
        )
        partner = channels.create_partner(terms=terms, by=CLERK, now=now)
        PartnerSku.objects.create(partner=partner, sku_id=things["sku"])
        payments.top_up_balance(
            account_id=partner.account_id, amount_e4=MONEY, ref=mark, by=CLERK, now=now
        )
        key = channels.issue_key(partner_id=partner.pk, terms=KeyTerms(), by=CLERK, now=now)
    for verb in (channels.suspend_partner, channels.reopen_partner):
        verb(partner_id=partner.pk, by=CLERK, reason=mark, now=now)
    hook = channels.make_endpoint(
        partner_id=partner.pk,
        terms=EndpointTerms(url=f"https://{mark}.example/"),
        by=CLERK,
        now=now,
    )
    order = _ordered(shop, key.text.reveal(), things["sku_ref"], mark)
    return {
        "partner": partner.ref,
        "tier": tier.ref,
        "api_key": key.text.reveal(),
        "key": key.key_id,
        "test_key": _tried_out(partner.ref, now=now),
        **_tried_webhooks(partner.ref, mark, now=now),
        **_people(partner, mark, now=now),
        "partner_order": order["ref"],
        "endpoint": hook.ref,
        "api_call": _called(partner, mark, now=now),
        "delivery": _looked_after(partner.pk, hook.endpoint_id, now=now),
        **claimed(partner.pk, mark, now),
        **doored(partner_id=partner.pk, sku_id=things["sku"], mark=mark, now=now),
    }


def _tried_out(partner_ref: str, *, now: datetime) -> int:
    """The partner has a key of the shop's sandbox."""
    made = sandbox.issue_test_key(partner_ref=partner_ref, terms=KeyTerms(), by=CLERK, now=now)
    return made.key_id


def _tried_webhooks(partner_ref: str, mark: str, *, now: datetime) -> dict[str, Any]:
    """The sandbox's own endpoint, something that was sent there, and a call."""
    with sandbox.in_sandbox():
        partner = Partner.objects.get(ref=partner_ref)
        hook = channels.make_endpoint(
            partner_id=partner.pk,
            terms=EndpointTerms(url=f"https://{mark}.test.example/"),
            by=CLERK,
            now=now,
        )
        one = get_endpoint(partner_id=partner.pk, ref=hook.ref)
        sent = channels.make_sample(endpoint=one, kind="order.completed", by=CLERK, now=now)
        sent.state = DeliveryState.FAILED
        sent.save(update_fields=["state"])
    with sandbox.in_sandbox():
        call_id = _called(partner, mark, now=now)
    return {"test_endpoint": hook.ref, "test_delivery": sent.ref, "test_api_call": call_id}


def _people(partner: Partner, mark: str, *, now: datetime) -> dict[str, Any]:
    """One of its own who only looks, one who keeps its keys, one with a second factor, and one who
    was invited."""
    found = {}
    for name in ("looker", "keeper", "careful", "newcomer"):
        link = channels.invite_person(
            partner_id=partner.pk,
            email=f"{name}@{mark}.example",
            may_edit=name == "keeper",
            by=CLERK,
            now=now,
        )
        found[name] = link.person_id
        if name == "newcomer":
            return found | {"link": link.token.reveal()}
        session = channels.accept_link(
            token=link.token.reveal(), name=name, password=PASSWORD, ip="", now=now
        )
        if name == "careful" and session:
            _with_factor(session.reveal(), now=now)
    return found


def _with_factor(session: str, *, now: datetime) -> None:
    with tenant_atomic():
        secret, found = channels.new_factor_secret(), find_session(token=session, now=now)
    assert found is not None
    code = digits(secret.reveal(), at=now)
    channels.switch_on_factor(session_id=found.pk, secret=secret, code=code, ip="", now=now)


def _called(partner: Partner, mark: str, *, now: datetime) -> int:
    """The partner's program asked for its balance."""
    call = CallSeen(
        partner_id=partner.pk,
        at=now,
        method="GET",
        path=f"/api/v1/products/{mark}",
        status=200,
        ms=7,
        key_hint="abcdefgh",
        ip="192.0.2.7",
        request_id=f"{mark}-request",
        body=None,
        answer=Secret("{}"),
    )
    with tenant_atomic():
        channels.keep_calls(calls=[call])
        return ApiCall.objects.get().pk


def _looked_after(partner_id: int, endpoint_id: int, *, now: datetime) -> str:
    """The endpoint was off for a while, an event failed there, and the shelf was looked at."""
    for is_active in (False, True):
        channels.change_endpoint(
            endpoint_id=endpoint_id, terms=EndpointTerms(is_active=is_active), by=CLERK, now=now
        )
    with tenant_atomic():
        shelf_id = PartnerShelf.objects.get(partner_id=partner_id).pk
        delivery = deliveries_of(partner_id=partner_id)[0]
        delivery.state = DeliveryState.FAILED
        delivery.save(update_fields=["state"])
    channels.look_at_shelf(shelf_id=shelf_id, now=now)
    return str(delivery.ref)


def _ordered(shop: Merchant, key: str, sku: str, mark: str) -> dict[str, Any]:
    caller = Client(headers={"host": f"{shop.slug}.localhost", "authorization": f"Bearer {key}"})
    answer = caller.post(
        "/api/v1/orders",
        {"sku": sku, "partner_order_no": mark},
        content_type="application/json",
    )
    assert answer.status_code == 201, answer.content
    told: dict[str, Any] = answer.json()
    return told
