"""Shared content: one text, link or QR code for every buyer of a SKU."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from catalog.models import Sku
from catalog.states import Kind
from core.errors import InvalidInput
from core.secrets import Secret
from dashboard.frame import Deed, deed, draw, page
from dashboard.reading import day_of, number_of
from dashboard.words import day_or_never
from inventory import services as inventory
from inventory.models import NEVER, Content
from inventory.selectors import find_content
from inventory.types import NewContent


@page("catalog.edit")
def contents(request: HttpRequest) -> HttpResponse:
    skus = Sku.objects.filter(kind=Kind.REUSABLE).select_related("product")
    return draw(
        request,
        "dashboard/contents.html",
        title=_("Shared content"),
        skus=[(sku, _shown(sku)) for sku in skus.order_by("product__position", "position")],
        kinds=Content.Kind.choices,
    )


def _shown(sku: Sku) -> dict[str, Any] | None:
    """What is known of it; the content itself stays sealed."""
    found = find_content(sku_id=sku.pk)
    if found is None:
        return None
    is_forever = found.expires_on == NEVER
    return {
        "content": found, "expires": day_or_never(found.expires_on), "is_forever": is_forever
    }  # fmt: skip


@deed("catalog.edit", back="office_contents")
def set_content(request: HttpRequest, sku_id: int) -> Deed:
    sku = get_object_or_404(Sku, pk=sku_id, kind=Kind.REUSABLE)

    def keep(**who_and_when: Any) -> None:
        if request.POST.get("kind", "") not in Content.Kind.values:
            raise InvalidInput(_("Choose a kind."), param="kind")
        given = NewContent(
            sku_id=sku.pk,
            body=Secret(request.POST.get("body", "")),
            kind=request.POST.get("kind", ""),
            most_uses=number_of(request.POST.get("most_uses", ""), param="most_uses"),
            expires_on=day_of(request.POST.get("expires_on", ""), param="expires_on"),
        )
        inventory.set_content(given=given, **who_and_when)

    return Deed(keep, done=_("It is set. Orders from now on get it."))
