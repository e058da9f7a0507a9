"""What pages are dressed with: theme, icon, manifest, pictures, and the choice of language."""

from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotModified,
    HttpResponseRedirect,
    JsonResponse,
)
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from catalog.selectors import get_picture
from core.errors import NotFound
from core.middleware import opens_own_scope
from storefront import device, drawing, theme

YEAR = 31_536_000


@require_safe
@opens_own_scope
def theme_css(request: HttpRequest) -> HttpResponseBase:
    given = theme.tokens(device.shop_of(request).theme)
    return _tagged(request, theme.css_of(given), kind="text/css; charset=utf-8")


@require_safe
@opens_own_scope
def icon_svg(request: HttpRequest) -> HttpResponseBase:
    brand = theme.brand_of(device.shop_of(request).theme)
    name = device.shop_of(request).name
    drawn = drawing.letter_icon(letter=name[:1], ground=brand, ink=theme.ink_on(brand))
    return _tagged(request, drawn, kind="image/svg+xml")


@require_safe
@opens_own_scope
def favicon(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(reverse("storefront:icon"))


@require_safe
@opens_own_scope
def manifest(request: HttpRequest) -> HttpResponse:
    shop = device.shop_of(request)
    name = shop.name_in(get_language() or "")
    icon = {"src": reverse("storefront:icon"), "sizes": "any", "type": "image/svg+xml"}
    body = {
        "name": name,
        "short_name": name[:12],
        "start_url": "/",
        "display": "standalone",
        "background_color": "#f5f6f8",
        "theme_color": theme.brand_of(shop.theme),
        "icons": [icon],
    }
    response = JsonResponse(body, content_type="application/manifest+json")
    response["Cache-Control"] = "private, max-age=3600"
    return response


@require_safe
def media(request: HttpRequest, hash: str) -> HttpResponse:  # noqa: A002 -- the address calls it so
    """A picture under its own hash: it never changes, so it may be kept for ever."""
    try:
        found = get_picture(picture_hash=hash)
    except ObjectDoesNotExist:
        raise NotFound from None
    response = HttpResponse(bytes(found.body), content_type=found.mime)
    response["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
@opens_own_scope
def language(request: HttpRequest, code: str) -> HttpResponse:
    """Keep the reader's choice and go back. Reading a page changes nothing, so GET will do."""
    after = request.GET.get("next", "/")
    if not url_has_allowed_host_and_scheme(after, allowed_hosts=None) or len(after) > 500:
        after = "/"
    response = HttpResponseRedirect(quote(after, safe="/?&=%:-_.~+,"))
    if code not in dict(settings.LANGUAGES):
        raise NotFound
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=YEAR,
        samesite="Lax",
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


def _tagged(request: HttpRequest, body: str, *, kind: str) -> HttpResponse:
    """Asked for with its version it is kept for ever, without one it is asked for again."""
    tag = f'"{theme.digest_of(body)}"'
    if request.headers.get("If-None-Match") == tag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(body, content_type=kind)
    is_named = "v" in request.GET
    response["ETag"] = tag
    response["Cache-Control"] = f"public, max-age={YEAR}, immutable" if is_named else "no-cache"
    return response
