"""What a partner's programs called in the last 30 days: to find one, and to repeat it."""

import shlex

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from channels.models import ApiCall
from channels.selectors import calls_of, find_call, get_partner
from core.errors import NotFound
from dashboard.frame import draw, page
from tenants.selectors import partner_address

ON_A_PAGE = 50


@page("partners.view")
def calls(request: HttpRequest, ref: str) -> HttpResponse:
    partner = get_partner(ref=ref)
    wanted, status = request.GET.get("q", "").strip(), request.GET.get("status", "").strip()
    found = calls_of(partner_id=partner.pk, wanted=wanted, status=status)
    listed = Paginator(found, ON_A_PAGE).get_page(request.GET.get("p"))
    return draw(
        request,
        "dashboard/partner_calls.html",
        title=_("Calls of %(name)s") % {"name": partner.name},
        partner=partner,
        rows=[(call, tone_of_call(call)) for call in listed],
        page=listed,
        wanted=wanted,
        status=status,
    )


@page("partners.view")
def call(request: HttpRequest, ref: str, call_id: int) -> HttpResponse:
    partner = get_partner(ref=ref)
    found = find_call(partner_id=partner.pk, call_id=call_id)
    if found is None:
        raise NotFound
    return draw(
        request,
        "dashboard/partner_call.html",
        title=f"{found.method} {found.path}",
        partner=partner,
        call=found,
        tone=tone_of_call(found),
        curl=_curl(found),
    )


def tone_of_call(call: ApiCall) -> str:
    return "good" if call.status < 400 else "warn" if call.status < 500 else "bad"


def _curl(call: ApiCall) -> str:
    """The call for a terminal, without its key; what was masked is to be filled in."""
    parts = ["curl", "-sS", partner_address(path=call.path)]
    if call.method != "GET":
        parts += ["-X", call.method]
    parts += ["-H", f"Authorization: Bearer qy_…{call.key_hint}…"]
    if call.body:
        parts += ["-H", "Content-Type: application/json", "-d", call.body]
    return shlex.join(parts)
