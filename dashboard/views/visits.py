"""An operator of the platform comes in by a link that opens once, and leaves."""

from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST

from core.callers import caller_ip
from dashboard import accounts, telling
from dashboard.access import VISIT, actor_of, visit_of
from dashboard.sites import in_office, office
from tenants import services as tenants
from tenants.models import Visit
from tenants.roles import Role
from tenants.selectors import get_waiting_visit, members

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@never_cache
@csrf_protect
def visit(request: HttpRequest, token: str) -> HttpResponse:
    """Looked at, it changes nothing: a link may be fetched by a program on its way."""
    return in_office(request, lambda: _begun(request, token))  # type: ignore[no-any-return]  # -- what the view gives


def _begun(request: HttpRequest, token: str) -> HttpResponse:
    if request.method == "POST":
        begun = tenants.begin_visit(token=token, by_ip=caller_ip(request) or "", now=timezone.now())
        login(request, begun.operator, backend=BACKEND)
        request.session[VISIT] = begun.ref
        request.session.set_expiry(tenants.LASTS)
        _tell(request, begun)
        return HttpResponseRedirect(reverse("admin:index"))
    found = get_waiting_visit(token=token, now=timezone.now())
    told = {**office.each_context(request), "title": _("Look in at the shop"), "whom": found}
    return TemplateResponse(request, "dashboard/visit.html", told)


def _tell(request: HttpRequest, begun: Visit) -> None:
    now = timezone.now()
    telling.tell_of_visit(visit=begun, now=now)
    owners = [one.user for one in members().filter(role=Role.OWNER, is_active=True)]
    told = {"visit": begun, "until": timezone.localtime(begun.until)}
    accounts.write_to(request, [(one.email, one.language) for one in owners], "visit", told)


@csrf_protect
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    found = visit_of(request)
    if found is not None:
        tenants.end_visit(visit_id=found.pk, by=actor_of(request), now=timezone.now())
        logout(request)
    return HttpResponseRedirect(reverse("admin:index"))
