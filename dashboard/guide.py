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
from suppliers.selectors import find_player
from tenants.models import Member, Merchant

Text = str | Promise
SOMETIME, EARNEST = _("when there is time"), _("before you sell in earnest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do. `other` is a second way to the same end: its words and its link."""

    done: bool
    title: Text
    hint: Text
    button: Text  # none yet where there is nothing to press it for
    link: str
    right: str
    other: tuple[Text, str] | None = None
    is_later: bool = False  # the first sale needs no such step
    when: Text = SOMETIME  # of a later one
    is_along: bool = False  # what an earlier step does by the way
    is_in_shop: bool = False  # opened beside the office, which has to be found again


def of_shop(request: HttpRequest) -> dict[str, Any]:
    """The steps that the person may take, the next one named, and how far the shop is."""
    # Read anew: what a request knows of its shop may be a moment old, and the step just taken.
    shop = Merchant.objects.get(pk=shop_of(request).id)
    all_steps = [*_to_first_sale(shop), *_afterwards(has_factor=has_factor(request))]
    steps = [one for one in all_steps if allows(request, one.right)]
    first = [one for one in steps if not one.is_later]
    is_first_done = all(one.done for one in first)
    counted = steps if is_first_done else first  # what can wait is no part of the way to a sale
    member = member_of(request)
    later = [one for one in steps if one.is_later]
    return {
        "steps": steps,
        "parts": [("", first), (_("Not needed for the first sale"), later)],
        "next_step": next((one for one in steps if not one.done), None),
        "steps_done": sum(one.done for one in counted),
        "steps_all": len(counted),
        "is_first_done": is_first_done,
        "is_hidden": member is not None and member.guide_hidden_at is not None,
    }


def _to_first_sale(shop: Merchant) -> list[Step]:
    products = Product.objects.order_by("pk")
    shown = products.filter(state=ProductState.PUBLISHED).first()
    has_product = products.exists()
    return [
        Step(
            done=bool(shop.contact and shop.tagline),
            title=_("Say who you are"),
            hint=_("A line under the shop's name, and where shoppers reach you."),
            button=_("Write it"),
            link=reverse("office_guide_shop"),
            right="settings.edit",
        ),
        Step(
            done=has_product,
            title=_("Make a first product"),
            hint=_("Choose a template: name, price and goods to try it with are filled in."),
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
            is_along=not has_product,
        ),
        Step(
            done=shown is not None,
            title=_("Put it on the shelf"),
            hint=_("Tick the product, choose “Put on the shelf”, and press Run."),
            button=_("Products"),
            link=reverse("admin:catalog_product_changelist", current_app="office"),
            right="catalog.edit",
            is_along=not has_product,
        ),
        Step(
            done=Order.objects.exclude(paid_at=None).exists(),
            title=_("Buy it yourself"),
            hint=_("See what your shoppers see, pay, and watch the goods arrive."),
            button=_("See the shop") if shown else "",
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
        *_player(),
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
            when=EARNEST,
        )
    ]


def _player() -> list[Step]:
    """While the simulated supplier delivers."""
    found = find_player()
    if found is None:
        return []
    return [
        Step(
            done=False,
            title=_("Take the simulated supplier out of use"),
            hint=_("What it delivers is made up: connect a real one before real buyers come."),
            button=_("Its page"),
            link=reverse("office_supplier", args=[found.pk]),
            right="suppliers.edit",
            is_later=True,
            when=EARNEST,
        )
    ]
