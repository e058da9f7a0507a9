"""One partner with one of everything that the office shows of partners, and who reads English: what
the walks look at.

Imported once Django's apps are there.
"""

from datetime import datetime, timedelta

from django.test import Client

from catalog.models import Sku
from channels import services as channels
from channels.models import Door, Partner
from channels.selectors import door_seat
from channels.services import sandbox
from channels.states import DoorRefusalKind
from channels.types import (
    ClaimProofFile,
    DoorTerms,
    EndpointTerms,
    KeyTerms,
    NewTransfer,
    PartnerTerms,
    TierTerms,
)
from core.actors import Actor
from core.scope import tenant_atomic
from core.secrets import Secret
from dashboard.demo.people import DEMO_PASSWORD
from inventory.selectors import stock_of
from tenants.models import Member, User
from tenants.roles import Role
from tests.browser.pages import GUEST, PARTNER, READER
from tests.matrix.claims import SLIP

CLERK = Actor("user:1 clerk@cloud.example", user_id=1_000_001)
CHIEF = Actor("user:2 chief@cloud.example", user_id=1_000_002)
LONG = "采购_" + "_".join(["2026", "11", "30"] * 5)


def reader() -> None:
    """An owner who reads English; of the demo's staff nobody does."""
    user = User(email=READER, name="Reader", language="en")
    user.set_password(DEMO_PASSWORD)
    user.save()
    with tenant_atomic():
        Member.objects.create(user=user, role=Role.OWNER)


def guest(now: datetime) -> None:
    """Somebody of the partner's own, who has set a password."""
    with tenant_atomic():
        partner = Partner.objects.get(name=PARTNER)
    link = channels.invite_person(
        partner_id=partner.pk, email=GUEST, may_edit=True, by=CLERK, now=now
    )
    channels.accept_link(
        token=link.token.reveal(), name="Guest", password=DEMO_PASSWORD, ip="", now=now
    )


def partner_with(*, now: datetime) -> None:
    sku, key = _partnered(now)
    _tried_out(now)
    _told_at(now)
    guest(now)
    caller = Client(headers={"host": "cloud.localhost", "authorization": f"Bearer {key}"})
    answer = caller.post(
        "/api/v1/orders",
        {"sku": sku, "partner_order_no": LONG},
        content_type="application/json",
    )
    assert answer.status_code == 201, answer.content


def _tried_out(now: datetime) -> None:
    """A test key in the sandbox, and a door that somebody else has knocked at."""
    with tenant_atomic():
        partner = Partner.objects.get(name=PARTNER)
        terms = DoorTerms(
            kind="agiso", app_id="677859093659717", app_secret=Secret("0123456789abcdef" * 2),
            hosts=("http://cb.acpr.agiso.com", "*.91kami.com"),
            networks=("203.0.113.0/24", "2001:db8::/32"),
        )  # fmt: skip
        made = channels.open_door(partner_id=partner.pk, terms=terms, by=CLERK, now=now)
        door = Door.objects.select_related("partner__tier").get(pk=made.door_id)
        channels.note_refused(
            door=door_seat(door, now=now), path="order/createPurchase",
            why=DoorRefusalKind.ADDRESS, address="2001:db8::17", now=now,
        )  # fmt: skip
    wanted = KeyTerms(name="联调环境")
    sandbox.issue_test_key(partner_ref=partner.ref, terms=wanted, by=CLERK, now=now)


@tenant_atomic
def _told_at(now: datetime) -> None:
    """An endpoint that hears of the partner's order, and one that hears nothing any more."""
    partner_id = Partner.objects.get(name=PARTNER).pk
    told = EndpointTerms(
        url="https://webhooks.example.com/quanyi?key=1", kinds=("order.completed",)
    )
    off = EndpointTerms(url="https://old.example.com/")
    made = channels.make_endpoint(partner_id=partner_id, terms=off, by=CLERK, now=now)
    channels.change_endpoint(
        endpoint_id=made.endpoint_id, terms=EndpointTerms(is_active=False), by=CLERK, now=now
    )
    channels.make_endpoint(partner_id=partner_id, terms=told, by=CLERK, now=now)


@tenant_atomic
def _partnered(now: datetime) -> tuple[str, str]:
    """A SKU that is in stock, and a key to order it with."""
    left = stock_of(list(Sku.objects.filter(kind="stock_code").values_list("pk", flat=True)))
    sku = Sku.objects.filter(pk__in=[pk for pk, count in left.items() if count > 50]).earliest("pk")
    tier = channels.save_tier(
        terms=TierTerms(name="走查等级", way="discount", rate=9_850), by=CLERK, now=now
    )
    given = {"tier_id": tier.pk, "sku_id": sku.pk, "price_e4": sku.price_e4 - 12_345}
    channels.set_tier_price(**given, by=CLERK, now=now)
    terms = PartnerTerms(
        name=PARTNER, contact="李雷 13800138000", tier_id=tier.pk, credit_e4=50_000_000,
        daily_limit_e4=1_000_000_000, low_balance_e4=100_000_000,
    )  # fmt: skip
    partner = channels.create_partner(terms=terms, by=CLERK, now=now)
    _paid_in(partner, now)
    networks = ("127.0.0.1", "203.0.113.0/24", "2001:db8::/32")
    wanted = KeyTerms(name="生产环境", networks=networks)
    key = channels.issue_key(partner_id=partner.pk, terms=wanted, by=CLERK, now=now)
    old = channels.issue_key(partner_id=partner.pk, terms=KeyTerms(), by=CLERK, now=now)
    channels.revoke_key(key_id=old.key_id, by=CLERK, now=now)
    return sku.ref, key.text.reveal()


def _paid_in(partner: Partner, now: datetime) -> None:
    """One that is booked, one that waits for a second person, one that is to be found, and a page
    to pay at."""
    days = range(3)
    filed = [
        channels.file_transfer(
            partner_id=partner.pk,
            given=NewTransfer(
                amount_e4=90_000_000 + day * 10_000,
                paid_on=(now - timedelta(days=day)).date(),
                bank_ref=f"{LONG}_{day}",
                proof=ClaimProofFile(name="回单.pdf", body=SLIP),
            ),
            by=CLERK,
            now=now,
        )
        for day in days
    ]
    for claim in filed[:2]:
        channels.match_claim(claim_id=claim.pk, by=CLERK, now=now)
    channels.confirm_claim(claim_id=filed[0].pk, by=CHIEF, now=now)
    channels.ask_payment(
        partner_id=partner.pk,
        amount_e4=123_456_700,
        reference=LONG[:80],
        return_url="https://books.example.com/paid",
        by=CLERK,
        now=now,
    )
