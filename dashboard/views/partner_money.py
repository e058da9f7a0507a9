"""Money put on partners' balances, or taken off: filed by one person, confirmed by another."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from channels import services as channels
from channels.models import BalanceClaim
from channels.selectors import claims, get_claim, get_partner, open_claims
from channels.states import ClaimKind, ClaimState
from core.errors import NotFound
from core.money import Money
from dashboard.access import actor_of, require, shop_of
from dashboard.claiming import CorrectionForm, TransferForm
from dashboard.frame import Deed, back_to, deed, draw, page, saved
from dashboard.paging import latest
from dashboard.reading import given_in
from dashboard.tones import tone_of
from dashboard.words import who
from suppliers.states import PaperKind

BEGINS_WITH = ("partner",)
TONES = {ClaimState.FILED: "warn", ClaimState.MATCHED: "busy", ClaimState.CONFIRMED: "good"}


@page("partners.money")
def money(request: HttpRequest) -> HttpResponse:
    """What waits for somebody first, then a form to file a transfer, then what was decided."""
    require(request, "money.view")
    usual = {"paid_on": timezone.localdate()} | given_in(request.GET, names=BEGINS_WITH)
    form = TransferForm(
        request.POST or None,
        request.FILES or None,
        initial=usual,
        currency=shop_of(request).currency,
    )

    def file(**who_and_when: Any) -> None:
        partner_id = form.cleaned_data["partner"].pk
        channels.file_transfer(partner_id=partner_id, given=form.given(), **who_and_when)

    if saved(request, form, file, done=_("Filed. It is booked once a colleague has confirmed it.")):
        return back_to("office_claims")
    decided = claims().exclude(pk__in=open_claims().order_by().values("pk"))
    paging = latest(_counted(decided), given=request.GET)
    return draw(
        request,
        "dashboard/claims.html",
        title=_("Partners' money"),
        is_refused=request.method == "POST",
        form=form,
        waiting=[_shown(request, one) for one in _counted(open_claims())],
        decided=[_shown(request, one) for one in paging.rows],
        paging=paging,
    )


def _counted(rows: QuerySet[BalanceClaim]) -> QuerySet[BalanceClaim]:
    return rows.annotate(proof_count=Count("proofs"))


def _shown(request: HttpRequest, one: BalanceClaim) -> dict[str, Any]:
    return {
        "claim": one,
        "amount": Money(one.amount_e4, one.currency),
        "tone": TONES.get(ClaimState(one.state), tone_of(one.state)),
        "by": who(one.filed_by),
        "decided_by": who(one.decided_by),
        "is_transfer": one.kind == ClaimKind.TRANSFER,
        "is_filed": one.state == ClaimState.FILED,
        "is_mine": one.filed_user == request.user.pk,
    }


@page("partners.money")
def correction(request: HttpRequest, ref: str) -> HttpResponse:
    require(request, "money.view")
    found, currency = get_partner(ref=ref), shop_of(request).currency
    form = CorrectionForm(request.POST or None)

    def file(**who_and_when: Any) -> None:
        channels.file_correction(
            partner_id=found.pk,
            amount_e4=form.amount_e4(currency=currency),
            reason=form.cleaned_data["reason"],
            **who_and_when,
        )

    if saved(request, form, file, done=_("Filed. It is booked once a colleague has confirmed it.")):
        return back_to("office_claims")
    return draw(
        request,
        "dashboard/supply_form.html",
        title=_("Correct the balance of %(name)s") % {"name": found.name},
        is_refused=request.method == "POST",
        form=form,
        back=reverse("office_partner", args=[found.ref]),
    )


@page("partners.money")
@require_safe
def proof(request: HttpRequest, ref: str) -> HttpResponse:
    claim = get_claim(ref=ref)
    found = channels.read_claim_proof(claim_id=claim.pk, by=actor_of(request), now=timezone.now())
    if found is None:
        raise NotFound
    kind = PaperKind(found.kind)
    response = HttpResponse(found.body, content_type=kind.mime)
    # Never shown on our own address: what a stranger has made is taken away, not opened here.
    response["Content-Disposition"] = f'attachment; filename="transfer-{claim.ref}.{kind}"'
    response["Cache-Control"] = "no-store"
    return response


@deed("partners.money", back="office_claims")
def claim_do(request: HttpRequest, ref: str, verb: str) -> Deed:
    require(request, "money.view")
    found, reason = get_claim(ref=ref), request.POST.get("reason", "")
    deeds: dict[str, tuple[Callable[..., Any], str]] = {
        "match": (channels.match_claim, _("Found. Now a colleague confirms it.")),
        "confirm": (channels.confirm_claim, _("Confirmed: it is on the balance.")),
        "refuse": (partial(channels.refuse_claim, reason=reason), _("Refused. Nothing is booked.")),
    }
    if verb not in deeds:
        raise NotFound
    do, done = deeds[verb]
    return Deed(partial(do, claim_id=found.pk), done=done, asks_password=True)
