"""A partner's test mode: the shop's sandbox, and the keys that open it.

The sandbox is another tenant: its rows are read and written in transactions of its own, never in
one of the shop's.
"""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.selectors import skus_for_sale
from channels.models import ApiKey, Partner
from channels.selectors import find_partner, get_partner, keys_of
from channels.services import sandbox
from channels.services.sandbox import trials
from channels.services.sandbox.magic import REFS
from channels.types import NewKey
from core.errors import NotFound
from core.money import Money
from core.scope import require_tenant, tenant_atomic
from dashboard.access import allows, shop_of
from dashboard.frame import Deed, deed, draw_at_once, page, saved
from dashboard.partnering import KeyForm, RollForm, key_row
from dashboard.places import place_of
from dashboard.words import who
from payments.selectors import balance_of
from tenants.models import AuditRow
from tenants.selectors import find_sandbox_id, is_sandbox, shop_address

LATEST = 20
HOME = "office_test_mode"


@page("partners.view", own_scope=True)
def test_mode(request: HttpRequest, ref: str) -> HttpResponse:
    found = _partner(ref)
    return draw_at_once(
        request,
        "dashboard/partner_test.html",
        title=_("Test mode of %(name)s") % {"name": found.name},
        partner=found,
        twin=_twin(ref, currency=shop_of(request).currency),
        may_edit=allows(request, "partners.edit"),
    )


@tenant_atomic
def _partner(ref: str) -> Partner:
    """Of a shop: a sandbox has no sandbox."""
    if is_sandbox():
        raise NotFound
    return get_partner(ref=ref)


def _twin(ref: str, *, currency: str) -> dict[str, Any] | None:
    """The sandbox as this partner finds it; None where there is none."""
    if find_sandbox_id(tenant_id=require_tenant()) is None:
        return None
    with sandbox.in_sandbox():
        known = find_partner(ref=ref)
        address = shop_address(path="/")
        filled = AuditRow.objects.filter(action="sandbox.filled").order_by("-pk").first()
        goods = skus_for_sale(now=timezone.now())
        keys = keys_of(partner_id=known.pk)[:LATEST] if known else []
        return {
            "address": address,
            "root": address.rstrip("/"),
            "accounts": trials.accounts(),
            "goods": goods.count(),
            "magic": list(goods.filter(ref__in=REFS).order_by("position")),
            "filled": filled,
            "filled_by": who(filled.by) if filled else "",
            "balance": Money(balance_of(account_id=known.account_id), currency) if known else None,
            "keys": [_key(ref, one) for one in keys],
        }


def _key(ref: str, one: ApiKey) -> dict[str, Any]:
    """Where it is rolled and revoked is the shop's page, not one of the sandbox's."""
    return key_row(
        one,
        by=who(one.made_by),
        roll=reverse("office_test_key_roll", args=[ref, one.pk]),
        revoke=reverse("office_test_key_revoke", args=[ref, one.pk]),
    )


@deed("partners.edit", back=HOME, of="ref", own_scope=True)
def open_it(request: HttpRequest, ref: str) -> Deed:
    _partner(ref)
    return Deed(
        sandbox.open_sandbox,
        done=_("The sandbox is as the shop is now: goods, prices, partners and staff."),
    )


@page("partners.edit", own_scope=True)
def new_key(request: HttpRequest, ref: str) -> HttpResponse:
    found, form = _partner(ref), KeyForm(request.POST or None)
    made: list[NewKey] = []

    def issue(**who_and_when: Any) -> None:
        key = sandbox.issue_test_key(partner_ref=ref, terms=form.terms(), **who_and_when)
        made.append(key)

    if saved(request, form, issue, done=_("The test key is made.")):
        return _shown_once(request, found, made[0])
    title = _("New test key of %(name)s") % {"name": found.name}
    hint = _("It works in the sandbox only: nothing there costs anything or is delivered.")
    return _form(request, form, ref, title=title, hint=hint)


@page("partners.edit", own_scope=True)
def roll_key(request: HttpRequest, ref: str, key_id: int) -> HttpResponse:
    found, form = _partner(ref), RollForm(request.POST or None)
    public = _known_key(ref, key_id).public
    made: list[NewKey] = []

    def replace(**who_and_when: Any) -> None:
        key = sandbox.roll_test_key(
            partner_ref=ref, key_id=key_id, overlap=form.overlap(), **who_and_when
        )
        made.append(key)

    if saved(request, form, replace, done=_("A new key takes its place.")):
        return _shown_once(request, found, made[0], is_rolled=bool(form.overlap()))
    title = _("Roll the key %(key)s") % {"key": public}
    hint = _("The new key may what the old one may, from the same addresses.")
    return _form(request, form, ref, title=title, hint=hint)


@deed("partners.edit", back=HOME, of="ref", own_scope=True)
def revoke_key(request: HttpRequest, ref: str, key_id: int) -> Deed:
    _partner(ref)
    return Deed(
        partial(sandbox.revoke_test_key, partner_ref=ref, key_id=_known_key(ref, key_id).pk),
        done=_("Revoked: it is refused from now on."),
    )


def _known_key(ref: str, key_id: int) -> ApiKey:
    with sandbox.in_sandbox():
        found = ApiKey.objects.filter(pk=key_id, partner__ref=ref).first()
    if found is None:
        raise NotFound
    return found


def _shown_once(
    request: HttpRequest, found: Partner, made: NewKey, *, is_rolled: bool = False
) -> HttpResponse:
    response = draw_at_once(
        request,
        "dashboard/partner_key.html",
        title=_("Test key of %(name)s") % {"name": found.name},
        partner=found,
        text=made.text.reveal(),
        is_rolled=is_rolled,
        is_test=True,
    )
    response["Cache-Control"] = "no-store"
    return response


def _form(request: HttpRequest, form: Any, ref: str, **context: Any) -> HttpResponse:
    return draw_at_once(
        request,
        "dashboard/supply_form.html",
        is_refused=request.method == "POST",
        form=form,
        back=place_of(request, HOME, ref),
        **context,
    )
