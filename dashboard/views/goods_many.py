"""Pages of what is done to many products at once."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog import services as catalog
from catalog.models import ManyChange, Product
from dashboard.frame import Deed, deed, draw, page
from dashboard.many_goods import VERBS, ManyProducts, ask, done
from dashboard.reading import ids_in
from dashboard.words import who

DONE = {
    "publish": gettext_lazy("Put on the shelf: %(count)s"),
    "unpublish": gettext_lazy("Taken off the shelf: %(count)s"),
    "edit": gettext_lazy("Changed products: %(count)s"),
}
REFUSED = {
    catalog.NOTHING_ON_SALE: gettext_lazy("nothing of it is on sale"),
    catalog.NO_SOURCE: gettext_lazy("something on sale has no source"),
    catalog.NO_OFFER: gettext_lazy("no supplier offers it for less than its price"),
}
MOST_NAMED = 200


@page("catalog.edit")
def bulk(request: HttpRequest) -> HttpResponse:
    given = request.POST or request.GET
    ids = ids_in(given.get("ids", request.GET.get("ids", "")).split(","))
    verb = given.get("verb", "edit")
    verb = verb if verb in VERBS else "edit"
    if request.method != "POST":
        return ask(request, ids, verb)
    return done(request, ids, verb, form=ManyProducts(request.POST))


@page("catalog.edit")
def change(request: HttpRequest, ref: str) -> HttpResponse:
    """What was done, to how many, what stayed as it was and why; and the way back."""
    found = get_object_or_404(ManyChange, ref=ref)
    named = Product.objects.in_bulk([int(pk) for pk in list(found.refused)[:MOST_NAMED]])
    refused = [
        (named[int(pk)], REFUSED.get(why, why))
        for pk, why in found.refused.items()
        if int(pk) in named
    ]
    return draw(
        request,
        "dashboard/products_change.html",
        title=_("Many products changed"),
        found=found,
        words=DONE[found.verb] % {"count": found.count},
        who=who(found.by),
        refused=refused,
        unnamed=len(found.refused) - len(refused),
        left=found.count - found.restored,
    )


@deed("catalog.edit", back="office_products_change", of="ref")
def undo(request: HttpRequest, ref: str) -> Deed:
    return Deed(lambda **known: catalog.undo_many(ref=ref, **known), done=_("Undone."))
