"""The operator's deeds: open a shop, close it, open it again, give it a host."""

from functools import wraps
from typing import Any

from django import forms
from django.core.validators import validate_slug
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from core.errors import AppError, InvalidInput, NotFound
from core.money import Money
from core.scope import bind
from dashboard.access import actor_of
from dashboard.frame import REFUSED, View, attempt
from dashboard.sites import platform
from dashboard.tones import tone_of
from dashboard.typed import context_of, page_again
from dashboard.words import who
from orders.models import Order
from risk import services as risk
from tenants import services as tenants
from tenants.models import Domain, Merchant, MerchantMove
from tenants.states import MerchantState

OPS = "ops"
LIST = "admin:tenants_merchant_changelist"


def platform_page(view: View) -> View:
    """For operators: the site asks."""

    @wraps(view)
    def drawn(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.current_app = platform.name
        return view(request, *args, **kwargs)

    framed: View = platform.admin_view(drawn)
    return framed


def draw_platform(
    request: HttpRequest, template: str, *, is_refused: bool = False, **context: Any
) -> HttpResponse:
    told = {**platform.each_context(request), **context_of(request), **context}
    return TemplateResponse(request, template, told, status=REFUSED if is_refused else None)


class NewShop(forms.Form):
    slug = forms.CharField(
        label=gettext_lazy("Short name"),
        max_length=40,
        validators=[validate_slug],
        help_text=gettext_lazy("Small Latin letters, digits and hyphens; never changes."),
    )
    name = forms.CharField(label=gettext_lazy("Shop name"), max_length=60)
    name_en = forms.CharField(
        label=gettext_lazy("Shop name in English"), max_length=60, required=False
    )
    host = forms.CharField(
        label=gettext_lazy("Host"),
        max_length=253,
        help_text=gettext_lazy("Such as shop.example.com, without port."),
    )
    owner_email = forms.EmailField(label=gettext_lazy("Owner's mail address"), max_length=200)


@platform_page
def new_shop(request: HttpRequest) -> HttpResponse:
    form = NewShop(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = tenants.NewMerchant(**form.cleaned_data)
        try:
            made = tenants.create_merchant(given=given, by=actor_of(request), now=timezone.now())
        except AppError as refusal:
            at = refusal.param if refusal.param in form.fields else None
            form.add_error(at, str(refusal.message))
        else:
            with bind(made.pk):
                risk.install_first(by=actor_of(request), now=timezone.now())
            return HttpResponseRedirect(reverse("platform_shop", args=[made.pk]))
    return draw_platform(
        request,
        "dashboard/ops_new_shop.html",
        title=_("Open a shop"),
        is_refused=request.method == "POST",
        form=form,
    )


@platform_page
def shop(request: HttpRequest, merchant_id: int) -> HttpResponse:
    found = get_object_or_404(Merchant.objects.using(OPS), pk=merchant_id)
    orders = Order.objects.using(OPS).filter(tenant_id=found.pk)
    newest = orders.order_by("-placed_at")[:10]
    moves = MerchantMove.objects.using(OPS).filter(tenant_id=found.pk).order_by("-at")
    return draw_platform(
        request,
        "dashboard/ops_shop.html",
        title=found.name,
        merchant=found,
        tone=tone_of(found.state),
        domains=Domain.objects.using(OPS).filter(merchant=found),
        moves=[(move, MerchantState(move.new).label, who(move.by)) for move in moves[:30]],
        orders=[(one, Money(one.total_e4, one.currency), tone_of(one.state)) for one in newest],
        order_count=orders.count(),
    )


@platform_page
@require_POST
def shop_do(request: HttpRequest, merchant_id: int, verb: str) -> HttpResponseBase:
    found = get_object_or_404(Merchant.objects.using(OPS), pk=merchant_id)
    reason = request.POST.get("reason", "").strip()[:60]
    given: dict[str, Any] = {
        "merchant_id": found.pk,
        "by": actor_of(request),
        "now": timezone.now(),
    }

    def suspend() -> None:
        if request.POST.get("typed", "").strip() != found.slug:
            raise InvalidInput(_("Type the short name to confirm."), param="typed")
        if not reason:
            raise InvalidInput(_("Say why: the shop's audit log keeps it."), param="reason")
        tenants.suspend(reason=reason, **given)

    deeds = {
        "suspend": suspend,
        "reopen": lambda: tenants.reopen(reason=reason or "reopened", **given),
        "host": lambda: tenants.add_host(merchant=found, host=request.POST.get("host", "")),
    }
    if verb not in deeds:
        raise NotFound
    home = reverse("platform_shop", args=[found.pk])
    refusal = attempt(request, deeds[verb], done=_("Done."))
    return page_again(request, home, refusal) if refusal else HttpResponseRedirect(home)
