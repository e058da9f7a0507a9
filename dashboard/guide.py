"""The way from an empty shop to a first sale: what is done is read from the shop, never ticked."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from catalog.states import Kind, ProductState
from dashboard.access import allows, has_factor, member_of, shop_of
from dashboard.starting import samples_in_stock
from inventory.models import Code
from notices.selectors import recipients
from orders.models import Order
from suppliers.models import Offer
from tenants.models import Member, Merchant

Text = str | Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do. `other` is a second way to the same end: its words and its link."""

    done: bool
    title: Text
    hint: Text
    button: Text
    link: str
    right: str
    other: tuple[Text, str] | None = None
    is_later: bool = False  # the first sale needs no such step
    is_in_shop: bool = False  # opened beside the office, which has to be found again


def of_shop(request: HttpRequest) -> dict[str, Any]:
    """The steps that the person may take, the next one named, and how far the shop is."""
    # Read anew: what a request knows of its shop may be a moment old, and the step just taken.
    shop = Merchant.objects.get(pk=shop_of(request).id)
    all_steps = [*_to_first_sale(shop), *_afterwards(has_factor=has_factor(request))]
    steps = [one for one in all_steps if allows(request, one.right)]
    first = [one for one in steps if not one.is_later]
    member = member_of(request)
    return {
        "steps": steps,
        "next_step": next((one for one in steps if not one.done), None),
        "steps_done": sum(one.done for one in steps),
        "is_first_done": all(one.done for one in first),
        "is_hidden": member is not None and member.guide_hidden_at is not None,
    }


def _to_first_sale(shop: Merchant) -> list[Step]:
    products = Product.objects.order_by("pk")
    shown = products.filter(state=ProductState.PUBLISHED).first()
    return [
        Step(
            done=bool(shop.contact and shop.tagline),
            title=_("Say who you are"),
            hint=_("A line under the shop's name, and where shoppers reach you."),
            button=_("Write it"),
            link=f"{reverse('office_settings')}?then=guide",
            right="settings.edit",
        ),
        Step(
            done=products.exists(),
            title=_("Make a first product"),
            hint=_("Choose a template: name, price and three sample codes are filled in."),
            button=_("Choose a template"),
            link=reverse("office_guide_product"),
            right="catalog.edit",
        ),
        Step(
            done=_has_goods(),
            title=_("Give it goods"),
            hint=_("Paste codes, three are enough; or connect a supplier that delivers by itself."),
            button=_("Load codes"),
            link=reverse("office_imports"),
            right="stock.import",
            other=(_("Connect a supplier"), reverse("office_supplier_new")),
        ),
        Step(
            done=shown is not None,
            title=_("Put it on the shelf"),
            hint=_("Tick the product, choose “Put on the shelf”, and press Run."),
            button=_("Products"),
            link=reverse("admin:catalog_product_changelist", current_app="office"),
            right="catalog.edit",
        ),
        Step(
            done=Order.objects.exclude(paid_at=None).exists(),
            title=_("Buy it yourself"),
            hint=_("See what your shoppers see, pay, and watch the goods arrive."),
            button=_("See the shop"),
            link=f"/p/{shown.ref}/" if shown else "/",
            right="home.view",
            is_in_shop=True,
        ),
    ]


def _has_goods() -> bool:
    by_hand = Product.objects.filter(skus__kind__in=[Kind.BY_HAND, Kind.REUSABLE])
    return Code.objects.exists() or Offer.objects.exists() or by_hand.exists()


def _afterwards(*, has_factor: bool) -> list[Step]:
    return [
        *_samples(),
        Step(
            done=has_factor,
            title=_("Protect codes and money"),
            hint=_("With a second factor a stolen password opens nothing that costs."),
            button=_("Set it up"),
            link=reverse("mfa_index"),
            right="home.view",
            is_later=True,
        ),
        Step(
            done=recipients().exists(),
            title=_("Be told what needs you"),
            hint=_("By mail, or by a WeCom, DingTalk or Feishu robot, within seconds."),
            button=_("Tell somebody"),
            link=reverse("office_recipient_new"),
            right="settings.edit",
            is_later=True,
        ),
        Step(
            done=Member.objects.filter(is_active=True).count() > 1,
            title=_("Invite a colleague"),
            hint=_("Each has a role: who sells need not see money or codes."),
            button=_("Invite"),
            link=reverse("office_invite"),
            right="members.manage",
            is_later=True,
        ),
    ]


def _samples() -> list[Step]:
    """While there are some: who never had any is not asked."""
    batch = samples_in_stock()
    if batch is None:
        return []
    return [
        Step(
            done=False,
            title=_("Take the sample codes out"),
            hint=_("Before real buyers come: freeze or undo their batch, and load your own codes."),
            button=_("Their batch"),
            link=reverse("office_batch", args=[batch.pk]),
            right="stock.freeze",
            is_later=True,
        )
    ]
