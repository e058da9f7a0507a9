"""Who is blocked, always allowed or watched: searched, listed, taken off, put back, taken away."""

from itertools import chain
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.defaultfilters import date as in_words
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dashboard.access import allows
from dashboard.frame import Deed, back_to, deed, draw, page, saved
from dashboard.listing import KINDS, ListingForm
from dashboard.paging import latest
from dashboard.reading import ids_in
from dashboard.seeking import opened, sealed, to_address
from dashboard.words import who
from risk import services as risk
from risk.models import ListEntry
from risk.selectors.listed import ended, in_force, named
from risk.states import Listing, Trait
from suppliers.services.tables_out import BOM, rows_as_csv

TONES = {Listing.BLOCK: "bad", Listing.ALLOW: "good", Listing.WATCH: "warn"}
_LIST = "risk.listentry"
MOST_SHOWN, MOST_OUT = 100, 100_000
_KINDS = {**KINDS, Trait.NET.value: gettext_lazy("network"), Trait.IP.value: Trait.IP.label}


@page("risk.view")
def lists(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _sought(request)
    paging = latest(_found(request), given=request.GET)
    return draw(
        request,
        "dashboard/lists.html",
        title=_("Block, allow and watch lists"),
        paging=paging,
        rows=[_row(one) for one in paging.rows],
        chosen=_chosen(request),
        listings=Listing.choices,
        kinds=_KINDS.items(),
        query=request.GET.urlencode(),
        may_edit=allows(request, "risk.edit"),
    )


def _chosen(request: HttpRequest) -> dict[str, str]:
    given = {name: request.GET.get(name, "").strip()[:100] for name in ("list", "kind")}
    given["q"] = opened(request.GET.get("q", ""), of=_LIST).strip()[:100]
    return given | {"over": "yes" if request.GET.get("over") else ""}


def _sought(request: HttpRequest) -> HttpResponse:
    """Whole phone numbers are looked for: the address has them sealed."""
    given = QueryDict(mutable=True)
    for name in ("list", "kind", "over"):
        if request.POST.get(name):
            given[name] = request.POST[name]
    text = request.POST.get("q", "")[:100]
    return to_address(request.path, given, sealed(text, of=_LIST), "q")


def _found(request: HttpRequest) -> QuerySet[ListEntry]:
    chosen, now = _chosen(request), timezone.now()
    rows = ended(now=now) if chosen["over"] else in_force(now=now)
    if chosen["list"] in Listing.values:
        rows = rows.filter(listing=chosen["list"])
    if chosen["kind"] in _KINDS:
        rows = rows.filter(trait=chosen["kind"])
    return named(rows, text=chosen["q"]) if chosen["q"] else rows


def _row(one: ListEntry) -> dict[str, Any]:
    return {
        "entry": one, "kind": _KINDS.get(one.trait, one.trait), "tone": TONES[Listing(one.listing)],
        "by": who(one.by),
    }  # fmt: skip


@page("risk.edit")
def list_new(request: HttpRequest) -> HttpResponse:
    """What cannot be read comes back, line by line; all else is listed."""
    given = {
        name: request.GET[name] for name in ("listing", "trait", "lines") if name in request.GET
    }
    form = ListingForm(request.POST or None, request.FILES or None, initial=given)
    bad = []
    if saved(request, form, form.keep, done=""):
        if form.count:
            messages.success(request, _listed(form.count))
        if not form.bad:
            return back_to("office_lists")
        bad = form.bad
        left = request.POST.copy()
        left["lines"] = "\n".join(one.text for one in bad)
        form = ListingForm(initial=left.dict())
    return draw(
        request,
        "dashboard/list_new.html",
        title=_("List somebody"),
        form=form,
        bad=bad[:MOST_SHOWN],
        bad_count=len(bad),
        back=reverse("office_lists"),
        is_refused=request.method == "POST",
    )


def _listed(count: int) -> str:
    said = ngettext("%(count)s entry is listed.", "%(count)s entries are listed.", count)
    return said % {"count": f"{count:,}"}


@deed("risk.edit", back="office_lists")
def list_drop(request: HttpRequest) -> Deed:
    ids = ids_in(request.POST.getlist("entry"))
    return Deed(
        lambda **who_and_when: risk.drop_from_list(entry_ids=ids, **who_and_when),
        done=_("Taken off. Under “over” they can be put back for 90 days."),
    )


@deed("risk.edit", back="office_lists")
def list_put_back(request: HttpRequest) -> Deed:
    ids = ids_in(request.POST.getlist("entry"))
    return Deed(
        lambda **who_and_when: risk.put_back_on_list(entry_ids=ids, **who_and_when),
        done=_("Put back, for good."),
    )


@page("risk.view")
def lists_csv(request: HttpRequest) -> HttpResponse:
    """What the page shows: of phones, mails and accounts the masked form, all that is kept."""
    head = [_("List"), _("Kind"), _("Value"), _("Reason"), _("Until"), _("By"), _("Made at")]
    rows = _found(request)[:MOST_OUT].iterator(chunk_size=2_000)
    body = b"".join(chain([BOM, rows_as_csv([head])], (rows_as_csv([_line(one)]) for one in rows)))
    response = HttpResponse(body, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="lists.csv"'
    response["Cache-Control"] = "no-store"
    return response


def _line(one: ListEntry) -> list[str]:
    return [
        capfirst(one.get_listing_display()), str(_KINDS.get(one.trait, one.trait)), one.shown,
        one.reason, _moment(one.until) if one.until else "", who(one.by), _moment(one.made_at),
    ]  # fmt: skip


def _moment(at: Any) -> str:
    return in_words(timezone.localtime(at), "Y-m-d H:i")
