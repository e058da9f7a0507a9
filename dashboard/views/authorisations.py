"""Brand authorisations of a supplier: their days, and the papers themselves."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.errors import NotFound
from dashboard.access import actor_of
from dashboard.contracts import AuthorisationForm
from dashboard.frame import back_to, draw, page, saved
from suppliers import services as suppliers
from suppliers.models import Authorisation, Supplier
from suppliers.selectors import find_paper
from suppliers.states import PaperKind


@page("suppliers.edit")
def new(request: HttpRequest, supplier_id: int) -> HttpResponse:
    supplier = get_object_or_404(Supplier, pk=supplier_id)
    form = AuthorisationForm(request.POST or None, request.FILES or None)

    def authorise(**who_and_when: Any) -> None:
        paper = form.cleaned_data["paper"]
        suppliers.authorise(
            supplier_id=supplier.pk, given=form.given(), paper=paper, **who_and_when
        )

    if saved(request, form, authorise, done=_("The authorisation is kept.")):
        return back_to("office_supplier", supplier.pk)
    title = _("New authorisation: %(name)s") % {"name": supplier.name}
    return _form(request, form, supplier, title=title)


@page("suppliers.edit")
def edit(request: HttpRequest, authorisation_id: int) -> HttpResponse:
    found = get_object_or_404(
        Authorisation.objects.select_related("supplier", "brand"), pk=authorisation_id
    )
    form = AuthorisationForm(request.POST or None, request.FILES or None, authorisation=found)

    def change(**who_and_when: Any) -> None:
        paper = form.cleaned_data["paper"]
        suppliers.change_authorisation(
            authorisation_id=found.pk, given=form.given(), paper=paper, **who_and_when
        )

    if saved(request, form, change, done=_("Saved.")):
        return back_to("office_supplier", found.supplier_id)
    title = _("Authorisation for %(brand)s") % {"brand": found.brand.shown.name}
    return _form(
        request,
        form,
        found.supplier,
        title=title,
        hint=_("Without a file the paper that is kept stays."),
    )


@page("suppliers.edit")
@require_safe
def paper(request: HttpRequest, authorisation_id: int) -> HttpResponseBase:
    """The file as it came, to be kept and not shown: a stranger made it."""
    found = find_paper(authorisation_id=authorisation_id)
    if found is None:
        raise NotFound
    body = suppliers.read_paper(paper=found, by=actor_of(request), now=timezone.now())
    kind = PaperKind(found.authorisation.kind)
    response = HttpResponse(body, content_type=kind.mime)
    name = f"{found.authorisation.number}.{kind}"
    disposition = content_disposition_header(as_attachment=True, filename=name)
    response["Content-Disposition"] = disposition or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _form(
    request: HttpRequest, form: AuthorisationForm, supplier: Supplier, **context: Any
) -> HttpResponse:
    return draw(
        request,
        "dashboard/supply_form.html",
        is_refused=request.method == "POST",
        form=form,
        back=reverse("office_supplier", args=[supplier.pk]),
        **context,
    )
