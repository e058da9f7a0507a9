"""Partner platforms: all of them, one on its page, and the terms it buys on."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels import services as channels
from channels.models import ApiKey, Partner, PartnerOrder
from channels.selectors import (
    doors_of,
    endpoints_of,
    keys_of,
    movements,
    partners_at_a_glance,
    people_of,
    people_with_factor,
    sales_of,
    spent_today,
)
from channels.services.statement_files import KINDS
from channels.states import PartnerState
from core.errors import NotFound
from core.money import Money
from core.scope import require_tenant
from dashboard.access import allows, shop_of
from dashboard.dooring import door_row
from dashboard.frame import Deed, back_to, deed, draw, page, saved
from dashboard.hooking import endpoint_row
from dashboard.partnering import PartnerForm, key_row
from dashboard.tones import tone_of
from dashboard.words import who
from payments.selectors import entries_of
from tenants.selectors import find_sandbox_id, is_sandbox

ON_A_PAGE = 50
LATEST = 20
# An open account is not an open case.
STATES = {
    PartnerState.ACTIVE: gettext_lazy("trading"),
    PartnerState.SUSPENDED: gettext_lazy("suspended"),
}


@page("partners.view")
def partners(request: HttpRequest) -> HttpResponse:
    rows = partners_at_a_glance(now=timezone.now())
    listed = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("p"))
    return draw(
        request,
        "dashboard/partners.html",
        title=_("Partners"),
        rows=[glance_row(request, one) for one in listed],
        page=listed,
        may_edit=allows(request, "partners.edit"),
        may_move_money=allows(request, "money.view") and allows(request, "partners.money"),
    )


def glance(ref: str) -> Any:
    """The partner with its figures. Raises NotFound."""
    found = partners_at_a_glance(now=timezone.now()).filter(ref=ref).first()
    if found is None:
        raise NotFound
    return found


def glance_row(request: HttpRequest, one: Any) -> dict[str, Any]:
    currency = shop_of(request).currency
    is_low = one.low_balance_e4 > 0 and one.balance_e4 < one.low_balance_e4
    return {
        "partner": one,
        "tone": tone_of(one.state),
        "state": STATES[PartnerState(one.state)],
        "balance": Money(one.balance_e4, currency),
        "balance_tone": "bad" if is_low else "",
        "mark": Money(one.low_balance_e4, currency),
        "is_low": is_low,
        "credit": Money(-one.floor_e4, currency) if one.floor_e4 else None,
        "left": Money(one.balance_e4 - one.floor_e4, currency),
        "has_lost_endpoint": one.has_lost_endpoint,
        "limit": Money(one.daily_limit_e4, currency) if one.daily_limit_e4 else None,
        "spent": _spent(one, currency),
    }


def _spent(one: Any, currency: str) -> Money | None:
    """Of today; counted where there is a limit."""
    if not one.daily_limit_e4:
        return None
    return Money(spent_today(partner_id=one.pk, now=timezone.now()), currency)


@page("partners.view")
def partner(request: HttpRequest, ref: str) -> HttpResponse:
    found, currency = glance(ref), shop_of(request).currency
    may_see_money = allows(request, "money.view")
    now = timezone.now()
    return draw(
        request,
        "dashboard/partner.html",
        title=found.name,
        row=glance_row(request, found),
        goods=None if found.sells_all else found.skus.count(),
        keys=[_key(ref, one) for one in keys_of(partner_id=found.pk)[:LATEST]],
        hooks=[endpoint_row(one) for one in endpoints_of(partner_id=found.pk)],
        doors=[door_row(one) for one in doors_of(partner_id=found.pk)[:LATEST]],
        test_mode=_test_mode(),
        is_sandbox=is_sandbox(),
        people=people_of(partner_id=found.pk),
        with_factor=people_with_factor(partner_id=found.pk),
        orders=[_order(one) for one in sales_of(partner_id=found.pk)[:LATEST]],
        lines=_latest_lines(found, currency) if may_see_money else [],
        moves=[
            (move, STATES[PartnerState(move.new)], who(move.by), tone_of(move.new))
            for move in found.moves.order_by("-at", "-pk")
        ],
        now=now,
        may_edit=allows(request, "partners.edit"),
        may_see_money=may_see_money,
        may_move_money=may_see_money and allows(request, "partners.money"),
        may_see_orders=allows(request, "orders.view"),
    )


def _test_mode() -> str:
    """Whether the shop has a sandbox; of a sandbox itself that is no question."""
    if is_sandbox():
        return ""
    return "closed" if find_sandbox_id(tenant_id=require_tenant()) is None else "open"


def _key(ref: str, one: ApiKey) -> dict[str, Any]:
    return key_row(
        one,
        by=who(one.made_by),
        roll=reverse("office_key_roll", args=[ref, one.pk]),
        revoke=reverse("office_key_revoke", args=[ref, one.pk]),
    )


def _order(one: PartnerOrder) -> tuple[PartnerOrder, Money, str]:
    order = one.order
    return one, Money(order.total_e4, order.currency), tone_of(order.state)


def _latest_lines(found: Partner, currency: str) -> list[dict[str, Any]]:
    """The newest first, with the balance that each led to."""
    entries = list(entries_of(account_id=found.account_id)[:LATEST])[::-1]
    before_e4 = found.balance_e4 - sum(entry.amount_e4 for entry in entries)  # type: ignore[attr-defined]  # -- annotated
    lines = movements(partner=found, entries=entries, before_e4=before_e4)
    return [line_shown(one, currency) for one in reversed(lines)]


def line_shown(one: Any, currency: str) -> dict[str, Any]:
    return {
        "line": one,
        "kind": KINDS.get(one.kind, one.kind),
        "amount": Money(one.amount_e4, currency),
        "balance": Money(one.balance_e4, currency),
    }


@page("partners.edit")
def new(request: HttpRequest) -> HttpResponse:
    form = PartnerForm(request.POST or None, currency=shop_of(request).currency)
    made: list[Partner] = []

    def create(**who_and_when: Any) -> None:
        made.append(channels.create_partner(terms=form.terms(), **who_and_when))

    if saved(request, form, create, done=_("The partner is there. Make a key for its program.")):
        return back_to("office_partner", made[0].ref)
    return _form(request, form, title=_("New partner"), back=reverse("office_partners"))


@page("partners.edit")
def edit(request: HttpRequest, ref: str) -> HttpResponse:
    found = glance(ref)
    form = PartnerForm(request.POST or None, currency=shop_of(request).currency, partner=found)

    def change(**who_and_when: Any) -> None:
        channels.change_partner(partner_id=found.pk, terms=form.terms(), **who_and_when)

    if saved(request, form, change, done=_("Saved. Orders from now on follow it.")):
        return back_to("office_partner", found.ref)
    return _form(request, form, title=found.name, back=reverse("office_partner", args=[ref]))


def _form(request: HttpRequest, form: PartnerForm, **context: Any) -> HttpResponse:
    is_refused = request.method == "POST"
    return draw(request, "dashboard/partner_form.html", is_refused=is_refused, form=form, **context)


@deed("partners.edit", back="office_partner", of="ref")
def partner_do(request: HttpRequest, ref: str, verb: str) -> Deed:
    deeds: dict[str, tuple[Callable[..., None], str]] = {
        "suspend": (channels.suspend_partner, _("Suspended: its keys are refused.")),
        "reopen": (channels.reopen_partner, _("Open again.")),
    }
    if verb not in deeds:
        raise NotFound
    do, done = deeds[verb]
    reason = request.POST.get("reason", "")
    return Deed(partial(do, partner_id=glance(ref).pk, reason=reason), done=done)
