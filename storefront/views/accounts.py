"""What is known of an account while its form is being filled in."""

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core.middleware import opens_own_scope
from storefront import accounts, device
from storefront.forms import read_fields, read_text


@require_POST
@never_cache
@opens_own_scope
def account(request: HttpRequest, ref: str) -> JsonResponse:
    """For the page's script; the form itself is judged in the same way when it is sent."""
    found = accounts.look(
        product_ref=ref,
        sku_ref=read_text(request.POST, "sku"),
        given=read_fields(request.POST),
        device=device.of_request(request),
        now=timezone.now(),
    )
    return JsonResponse({"verdict": found.verdict, "field": found.key, "text": found.text})
