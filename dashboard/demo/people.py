"""Who works in the demo shops. Their password is printed on the screen and in the documentation."""

from datetime import datetime
from functools import cache

from django.conf import settings
from django.contrib.auth.hashers import make_password

from core.actors import SYSTEM, Actor
from core.scope import bind, tenant_atomic
from dashboard.demo.book import DemoShop
from risk import services as risk
from risk.selectors import rules
from tenants import services as tenants
from tenants.models import Member, Merchant, User
from tenants.roles import Role
from tenants.services import NewMerchant

# No secret: the demo runs with play money only (`seed_demo` refuses anything else).
DEMO_PASSWORD = "quanyi-demo-2026"  # noqa: S105 -- documented, see above
OPERATOR = "operator@quanyi.example"


def email_of(role: str, slug: str) -> str:
    return f"{role}@{slug}.example"


def host_of(slug: str) -> str:
    return f"{slug}.{settings.BASE_DOMAIN}"


def open_shop(shop: DemoShop, *, now: datetime) -> Merchant:
    """The merchant with its look and its staff; what is there already stays as it is."""
    merchant = Merchant.objects.filter(slug=shop.slug).first()
    if merchant is None:
        given = NewMerchant(
            slug=shop.slug,
            name=shop.name,
            name_en=shop.settings["name_en"],
            host=host_of(shop.slug),
            owner_email=email_of(Role.OWNER, shop.slug),
            demands_second_factor=False,  # whoever looks around has no authenticator at hand
        )
        merchant = tenants.create_merchant(given=given, by=SYSTEM, now=now)
    with bind(merchant.pk), tenant_atomic():
        tenants.change_settings(merchant_id=merchant.pk, given=shop.settings, by=SYSTEM, now=now)
        _invite_staff(shop.slug, now=now)
        if not rules().exists():
            risk.install_first(by=SYSTEM, now=now)
    return merchant


def _invite_staff(slug: str, *, now: datetime) -> None:
    working = set(Member.objects.values_list("role", flat=True))
    for role in Role:
        if role not in working:
            tenants.invite(email=email_of(role, slug), role=role, by=SYSTEM, now=now)
    emails = [email_of(role, slug) for role in Role]
    for user in User.objects.filter(email__in=emails):
        if not user.has_usable_password():
            name = user.email.partition("@")[0].title()
            User.objects.filter(pk=user.pk).update(password=_hashed(), name=name)


def make_operator() -> None:
    """The one who opens and suspends shops."""
    User.objects.get_or_create(
        email=OPERATOR,
        defaults={
            "name": "Operator",
            "is_operator": True,
            "password": _hashed(),
        },
    )


@cache
def _hashed() -> str:
    """Made once: sixteen of them would take longer than a day of business."""
    return make_password(DEMO_PASSWORD)


def actor_of(role: str, slug: str) -> Actor:
    user = User.objects.get(email=email_of(role, slug))
    return Actor(f"user:{user.pk} {user.email}", user_id=user.pk)
