"""Suppliers: how each does, one on its page, its contract, and a question whether it is there."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import NotFound
from core.money import Money
from core.scope import tenant_atomic
from dashboard.access import actor_of, allows
from dashboard.addresses import address_of
from dashboard.contracts import ContractForm, SecretsForm, SupplierForm, TermsForm
from dashboard.frame import back_to, draw, draw_form, page, password_first, saved
from dashboard.protocols import PROTOCOLS, protocol_words, protocols_offered
from dashboard.supply_words import (
    authorisation_words,
    breaker_words,
    call_words,
    time_words,
)
from dashboard.tones import tone_of
from dashboard.words import goods_words
from fulfillment import services as fulfillment
from fulfillment.selectors import count_late
from suppliers import services as suppliers
from suppliers.models import Supplier
from suppliers.selectors import (
    authorisations_ending,
    authorisations_of,
    count_price_changes,
    health_of_suppliers,
    lists_products,
    may_rehearse,
)
from suppliers.selectors.authorising import Ending
from suppliers.selectors.health import Health
from suppliers.types import Answer, Outcome
from suppliers.words import said_words

LATEST = 30
SHORT_DAYS, SCARCE_DAYS = 1, 3  # of cover
GOOD_PERCENT, FAIR_PERCENT = 95, 80


@page("stock.view")
def health(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    ending: dict[int, list[Ending]] = {}
    for one in authorisations_ending(day=timezone.localdate()):
        ending.setdefault(one.supplier_id, []).append(one)
    moved = count_price_changes(now=now)
    return draw(
        request,
        "dashboard/suppliers.html",
        title=_("Suppliers"),
        rows=[
            _row(one)
            | {"ending": ending.get(one.supplier.pk, []), "moved": moved.get(one.supplier.pk, 0)}
            for one in health_of_suppliers(now=now)
        ],
        late=count_late(),
        may_edit=allows(request, "suppliers.edit"),
        may_see_cost=allows(request, "cost.view"),
        now=now,
    )


def _row(one: Health) -> dict[str, Any]:
    supplier, percent = one.supplier, one.success_percent
    tone, breaker = breaker_words(one)
    balance = supplier.balance_e4
    return {
        "health": one,
        "supplier": supplier,
        "protocol": protocol_words(supplier.protocol),
        "tone": tone,
        "breaker": capfirst(str(breaker)),
        "percent_tone": _percent_tone(percent),
        "percent": percent,
        "p95": time_words(one.p95_ms),
        "balance": None if balance is None else Money(balance, supplier.currency),
        "day_cost": Money(one.day_cost_e4 // 100 * 100, supplier.currency),
        "cover_tone": _cover_tone(one.days_of_cover),
        "lists": lists_products(protocol=supplier.protocol),
    }


def _percent_tone(percent: float | None) -> str:
    if percent is None:
        return ""
    return "good" if percent >= GOOD_PERCENT else "warn" if percent >= FAIR_PERCENT else "bad"


def _cover_tone(days: float | None) -> str:
    if days is None:
        return ""
    return "bad" if days < SHORT_DAYS else "warn" if days < SCARCE_DAYS else "good"


@page("stock.view")
def supplier(request: HttpRequest, supplier_id: int) -> HttpResponse:
    every = health_of_suppliers(now=timezone.now())
    found = next((one for one in every if one.supplier.pk == supplier_id), None)
    if found is None:
        raise NotFound
    row, words = found.supplier, PROTOCOLS.get(found.supplier.protocol)
    return draw(
        request,
        "dashboard/supplier.html",
        title=row.name,
        row=_row(found),
        app_id_label=words.app_id if words else _("Our name there"),
        callback=_callback(request, row) if words and not words.is_recipe else "",
        offers=[
            (offer, goods_words(offer.sku), Money(offer.cost_e4, row.currency))
            for offer in row.offers.select_related("sku__product").order_by("sku", "priority")
        ],
        authorisations=[
            (one, authorisation_words(one, day=timezone.localdate()))
            for one in authorisations_of(supplier_id=row.pk)
        ],
        calls=[
            (call, call_words(call), said_words(call.said), tone_of(call.outcome))
            for call in row.calls.select_related("attempt")[:LATEST]
        ],
        callbacks=[
            (one, "bad" if one.outcome == "refused" else "")
            for one in row.callbacks.select_related("attempt")[:LATEST]
        ],
        may_edit=allows(request, "suppliers.edit"),
        may_see_cost=allows(request, "cost.view"),
        may_settle=allows(request, "bills.settle"),
    )


def _callback(request: HttpRequest, supplier: Supplier) -> str:
    return address_of(request, reverse("suppliers:callback", args=[supplier.uid]))


@page("suppliers.edit", own_scope=True)
@require_POST
def check(request: HttpRequest, supplier_id: int) -> HttpResponse:
    """The supplier is asked in no transaction: it may take its time."""
    with tenant_atomic():
        found = get_object_or_404(Supplier, pk=supplier_id)
    answer = fulfillment.watch_balance(
        supplier_id=found.pk, by=actor_of(request), now=timezone.now()
    )
    _tell(request, found, answer)
    is_from_its_page = request.POST.get("from") == "supplier"
    return back_to(*(("office_supplier", found.pk) if is_from_its_page else ("office_suppliers",)))


def _tell(request: HttpRequest, supplier: Supplier, answer: Answer) -> None:
    if answer.outcome is Outcome.SUCCESS:
        balance = Money(answer.cost_e4 or 0, supplier.currency)
        told = {"name": supplier.name, "time": time_words(answer.took_ms), "balance": balance}
        shown = _("%(name)s answered in %(time)s. The balance there is %(balance)s.")
        if not allows(request, "cost.view"):
            shown = _("%(name)s answered in %(time)s.")
        messages.success(request, shown % told)
        return
    why = {"name": supplier.name, "why": said_words(answer.reason)}
    if answer.is_unreached:
        text = _("%(name)s could not be reached (%(why)s). Look at its address.")
    else:
        text = _(
            "%(name)s told no balance (%(why)s). Look at our name there and the secret, or try "
            "again later."
        )
    messages.warning(request, text % why)


@page("suppliers.edit")
def new(request: HttpRequest) -> HttpResponse:
    """Its protocol is chosen first: the form asks for what that one wants. Before it the password
    is asked for, because no page brings a secret back that was typed."""
    protocol, offered = request.GET.get("protocol", ""), protocols_offered()
    if protocol not in offered:
        return draw(
            request,
            "dashboard/supplier_new.html",
            title=_("New supplier"),
            protocols=offered.items(),
            may_play=may_rehearse() and allows(request, "catalog.edit"),
        )
    if PROTOCOLS[protocol].is_recipe:
        return back_to("office_recipe")
    to_password = password_first(request, then=request.get_full_path())
    if to_password:
        return to_password
    form = ContractForm(request.POST or None, words=PROTOCOLS[protocol])
    made: list[Supplier] = []

    def dock(**who_and_when: Any) -> None:
        given = form.given() | {"protocol": protocol}
        made.append(suppliers.dock(given=given, secrets=form.secrets(), **who_and_when))

    if saved(request, form, dock, done=_("It is docked. Ask for its balance to test it.")):
        return back_to("office_supplier", made[0].pk)
    title = _("New supplier: %(protocol)s") % {"protocol": protocol_words(protocol)}
    return draw_form(request, form, title=title, back=reverse("office_suppliers"))


@page("suppliers.edit")
def edit(request: HttpRequest, supplier_id: int) -> HttpResponse:
    found = get_object_or_404(Supplier, pk=supplier_id)
    form = SupplierForm(request.POST or None, supplier=found)
    if form.is_valid() and _leads_elsewhere(form, found):
        to_password = password_first(request, then=request.path)
        if to_password:
            return to_password

    def change(**who_and_when: Any) -> None:
        suppliers.change_supplier(
            supplier_id=found.pk,
            given=form.given(),
            is_on=form.cleaned_data["is_on"],
            **who_and_when,
        )

    if saved(request, form, change, done=_("Saved.")):
        return back_to("office_supplier", found.pk)
    return draw_form(request, form, title=found.name, back=_page_of(found))


def _leads_elsewhere(form: SupplierForm, found: Supplier) -> bool:
    """Whether our secrets and orders would go to another machine, or in another name."""
    given = form.given()
    return any(given[name].strip() != getattr(found, name) for name in ("base_url", "app_id"))


@page("suppliers.edit")
def terms(request: HttpRequest, supplier_id: int) -> HttpResponse:
    found = get_object_or_404(Supplier, pk=supplier_id)
    form = TermsForm(request.POST or None, supplier=found)

    def change(**who_and_when: Any) -> None:
        suppliers.change_terms(supplier_id=found.pk, given=form.cleaned_data, **who_and_when)

    if saved(request, form, change, done=_("Saved.")):
        return back_to("office_supplier", found.pk)
    title = _("Terms of %(name)s") % {"name": found.name}
    return draw_form(request, form, title=title, back=_page_of(found))


@page("suppliers.edit")
def secrets(request: HttpRequest, supplier_id: int) -> HttpResponse:
    """Written only: what is there is never shown, and the new ones take the place of all of it.
    The password is asked for before anything is typed, too."""
    found = get_object_or_404(Supplier, pk=supplier_id)
    words = PROTOCOLS.get(found.protocol)
    if words is None:
        raise NotFound
    to_password = password_first(request, then=request.path)
    if to_password:
        return to_password
    form = SecretsForm(request.POST or None, words=words)

    def change(**who_and_when: Any) -> None:
        suppliers.change_secrets(supplier_id=found.pk, secrets=form.secrets(), **who_and_when)

    if saved(request, form, change, done=_("The secrets are changed. Test the supplier now.")):
        return back_to("office_supplier", found.pk)
    hint = _("The secrets that are kept are never shown. What you save takes the place of all.")
    title = _("Secrets of %(name)s") % {"name": found.name}
    return draw_form(request, form, title=title, hint=hint, back=_page_of(found))


def _page_of(supplier: Supplier) -> str:
    return reverse("office_supplier", args=[supplier.pk])
