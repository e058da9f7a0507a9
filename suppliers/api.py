"""The addresses at which a supplier calls us."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from core.middleware import opens_own_scope
from suppliers import services

LONGEST = 64 * 1024


@csrf_exempt
@require_http_methods(["GET", "POST"])
@opens_own_scope
def callback(request: HttpRequest, uid: UUID) -> HttpResponse:
    return _heard(request, uid, services.hear_callback)


@csrf_exempt
@require_POST
@opens_own_scope
def after_sale(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What becomes of our complaints."""
    return _heard(request, uid, services.hear_after_sale)


def _heard(request: HttpRequest, uid: UUID, hear: Callable[..., bytes | None]) -> HttpResponse:
    """It hears its own protocol's word, or "refused": never a 500 that it would repeat into."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > LONGEST:
        return HttpResponse(b"refused", status=413, content_type="text/plain")
    body = request.body or request.META.get("QUERY_STRING", "").encode()
    word = hear(uid=uid, body=body, headers=dict(request.headers), now=timezone.now())
    if word is None:
        return HttpResponse(b"refused", status=400, content_type="text/plain")
    return HttpResponse(word, content_type="text/plain")
