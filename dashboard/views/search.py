"""The office's own search. What is sought is posted: it may be a whole code, and an address is kept
in a browser's history and in logs."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dashboard.frame import draw, page
from dashboard.searching import found


@page("home.view")
def find(request: HttpRequest) -> HttpResponse:
    return draw(request, "dashboard/find.html", title=_("Search"), **_hits(request))


@page("home.view")
@require_POST
def hits(request: HttpRequest) -> HttpResponse:
    """What was found alone, for the page that asks while it is typed."""
    html = render_to_string("dashboard/_hits.html", _hits(request), request)
    return JsonResponse({"html": html})


def _hits(request: HttpRequest) -> dict[str, Any]:
    text = request.POST.get("q", "").strip()
    return {"text": text, "kinds": found(request, text=text, now=timezone.now())}
