"""Views of lists: kept under a name, and removed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import AppError, NotAllowed, NotFound
from dashboard.access import actor_of, allows, member_of, require
from dashboard.frame import page
from dashboard.sites import office
from dashboard.viewing import query_of
from tenants import services as tenants
from tenants.models import Member


@page("home.view")
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """For oneself, or for everybody here; then the list is shown as it was kept."""
    given = request.POST
    listing, query = given.get("listing", ""), query_of(QueryDict(given.get("query", "")))
    address = _address(request, listing)
    is_shared = given.get("whose") == "shop"
    if is_shared:
        require(request, "settings.edit")
    try:
        tenants.save_view(
            listing=listing,
            name=given.get("name", ""),
            query=query,
            member_id=None if is_shared else _me(request).pk,
            by=actor_of(request),
            now=timezone.now(),
        )
    except AppError as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("The view is kept."))
    return HttpResponseRedirect(f"{address}?{query}" if query else address)


@page("home.view")
@require_POST
def drop(request: HttpRequest, ref: str) -> HttpResponse:
    view = tenants.drop_view(
        ref=ref,
        member_id=_me(request).pk,
        may_shared=allows(request, "settings.edit"),
        by=actor_of(request),
        now=timezone.now(),
    )
    messages.success(request, _("The view is removed."))
    return HttpResponseRedirect(_address(request, view.listing))


def _me(request: HttpRequest) -> Member:
    member = member_of(request)
    if member is None:
        raise NotAllowed
    return member


def _address(request: HttpRequest, listing: str) -> str:
    """Of a list that is there, for who may look at it."""
    for model, admin in office._registry.items():  # noqa: SLF001 -- Django's own name for it
        if model._meta.label_lower == listing and admin.has_view_permission(request):
            name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
            return reverse(name, current_app=office.name)
    raise NotFound
