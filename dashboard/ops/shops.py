"""The operator's deeds: open a shop, close it, open it again, give it a host."""

from functools import wraps
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.validators import RegexValidator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_POST

from core.errors import AppError, InvalidInput, NotFound
from core.money import Money
from core.scope import bind
from dashboard.access import actor_of
from dashboard.accounts import send_password_link
from dashboard.admin.counting import MOST
from dashboard.frame import REFUSED, View, attempt, password_first
from dashboard.reading import ids_in
from dashboard.sites import platform
from dashboard.tones import tone_of
from dashboard.typed import bring_back, context_of, page_again
from dashboard.words import who
from orders.models import Order
from risk import services as risk
from tenants import services as tenants
from tenants.models import Domain, Member, Merchant, MerchantMove, User
from tenants.selectors import address_at, find_user, shop_address
from tenants.states import MerchantState

OPS = "ops"
LIST = "admin:tenants_merchant_changelist"
# Why a shop moved, where no person typed it.
_REASONS = {
    "created": gettext_lazy("created"),
    "sandbox": gettext_lazy("as a sandbox"),
    "reopened": gettext_lazy("opened again"),
}


def platform_page(view: View) -> View:
    """For operators: the site asks."""

    @wraps(view)
    def drawn(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.current_app = platform.name
        bring_back(request)
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
        validators=[
            RegexValidator(
                r"^[a-z0-9]+(-[a-z0-9]+)*\Z",
                gettext_lazy("Small Latin letters, digits and hyphens only, such as cloud-shop."),
            )
        ],
        help_text=gettext_lazy("Small Latin letters, digits and hyphens; never changes."),
    )
    name = forms.CharField(label=gettext_lazy("Shop name"), max_length=60)
    name_en = forms.CharField(
        label=gettext_lazy("Shop name in English"), max_length=60, required=False
    )
    host = forms.CharField(
        label=gettext_lazy("Host"),
        max_length=253,
        required=False,
        help_text=format_lazy(
            gettext_lazy(
                "Such as shop.example.com, without port. Empty: the short name before .{domain}"
            ),
            domain=settings.BASE_DOMAIN,
        ),
    )
    owner_email = forms.EmailField(
        label=gettext_lazy("Owner's mail address"),
        max_length=200,
        help_text=gettext_lazy("A link to set a password is mailed there."),
    )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if "host" in given and not given["host"]:
            given["host"] = f"{given.get('slug', '')}.{settings.BASE_DOMAIN}"
        return given


@platform_page
def new_shop(request: HttpRequest) -> HttpResponse:
    form = NewShop(request.POST or None, initial=context_of(request)["typed"].dict())
    if request.method == "POST" and form.is_valid():
        to_password = password_first(request, then=request.path)
        if to_password:
            return to_password
        given = tenants.NewMerchant(**form.cleaned_data)
        try:
            made = tenants.create_merchant(given=given, by=actor_of(request), now=timezone.now())
        except AppError as refusal:
            at = refusal.param if refusal.param in form.fields else None
            form.add_error(at, str(refusal.message))
        else:
            with bind(made.pk):
                risk.install_first(by=actor_of(request), now=timezone.now())
            _write_to_owner(request, made, given.owner_email)
            return HttpResponseRedirect(reverse("platform_shop", args=[made.pk]))
    return draw_platform(
        request,
        "dashboard/ops_new_shop.html",
        title=_("Open a shop"),
        is_refused=request.method == "POST",
        form=form,
    )


def _write_to_owner(request: HttpRequest, made: Merchant, mail: str) -> None:
    """A link to set a password at the new shop, to who has none yet; in the shop's language."""
    owner = find_user(email=mail)
    if owner is not None and owner.has_usable_password():
        messages.success(
            request,
            _("The shop is open. %(mail)s has an account, and signs in with its password.")
            % {"mail": mail},
        )
        return

    def send() -> None:
        with bind(made.pk), override(made.language):
            send_password_link(request, mail)

    transaction.on_commit(send, robust=True)
    messages.success(
        request,
        _("The shop is open. A link to set a password was mailed to %(mail)s.") % {"mail": mail},
    )


@platform_page
def shop(request: HttpRequest, merchant_id: int) -> HttpResponse:
    found = get_object_or_404(Merchant.objects.using(OPS), pk=merchant_id)
    orders = Order.objects.using(OPS).filter(tenant_id=found.pk)
    newest = orders.order_by("-placed_at")[:10]
    counted = orders.order_by()[: MOST + 1].count()  # as far as a list would lead
    moves = MerchantMove.objects.using(OPS).filter(tenant_id=found.pk).order_by("-at")
    domains = Domain.objects.using(OPS).filter(merchant=found)
    return draw_platform(
        request,
        "dashboard/ops_shop.html",
        title=found.name,
        merchant=found,
        tone=tone_of(found.state),
        domains=[(one, address_at(host=one.host, path="/")) for one in domains],
        moves=[
            (
                move,
                MerchantState(move.new).label,
                _REASONS.get(move.reason, move.reason),
                who(move.by),
            )
            for move in moves[:30]
        ],
        orders=[(one, Money(one.total_e4, one.currency), tone_of(one.state)) for one in newest],
        order_count=min(counted, MOST),
        has_more=counted > MOST,
        members=Member.objects.using(OPS)
        .filter(tenant_id=found.pk, is_active=True)
        .select_related("user")
        .order_by("-role", "pk")[:200],
    )


@platform_page
@require_POST
def visit(request: HttpRequest, merchant_id: int) -> HttpResponseBase:
    """A link into the shop's office as one of its members; it opens once, within two minutes."""
    found = get_object_or_404(Merchant.objects.using(OPS), pk=merchant_id)
    chosen = ids_in([request.POST.get("member", "")])
    home = reverse("platform_shop", args=[found.pk])
    to_password = password_first(request, then=home)
    if to_password:
        return to_password
    try:
        with bind(found.pk):
            asked, token = tenants.ask_visit(
                member_id=chosen[0] if chosen else 0,
                operator=User.objects.get(pk=request.user.pk or 0),
                reason=request.POST.get("why", ""),
                by=actor_of(request),
                now=timezone.now(),
            )
            link = shop_address(path=f"/office/visit/{token.reveal()}/")
    except AppError as refusal:
        messages.error(request, str(refusal.message))
        return page_again(request, home, refusal)
    return draw_platform(
        request,
        "dashboard/ops_visit.html",
        title=_("Look in at %(shop)s") % {"shop": found.name},
        merchant=found,
        visit=asked,
        link=link,
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
    to_password = password_first(request, then=home)
    if to_password:
        return to_password
    refusal = attempt(request, deeds[verb], done=_("Done."))
    return page_again(request, home, refusal) if refusal else HttpResponseRedirect(home)
