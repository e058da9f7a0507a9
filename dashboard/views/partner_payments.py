"""What a partner pays into its balance online: its program asks for it, or somebody here does."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels import services as channels
from channels.models import PaymentIn
from channels.selectors import get_partner, payments_in
from channels.services.paying_in import LONGEST_REFERENCE
from channels.states import PaymentInState
from core.money import Money, parse_e4
from dashboard.access import require, shop_of
from dashboard.fields import amount_field
from dashboard.frame import back_to, draw, page, saved
from dashboard.paging import latest
from dashboard.tones import tone_of
from dashboard.words import who
from tenants.selectors import shop_address


class AskForm(forms.Form):
    amount = amount_field(gettext_lazy("Amount"))
    reference = forms.CharField(
        label=gettext_lazy("The partner's reference"),
        required=False,
        max_length=LONGEST_REFERENCE,
        help_text=gettext_lazy("The partner reads it on the page, in the API and in its webhook."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@page("partners.money")
def payments(request: HttpRequest, ref: str) -> HttpResponse:
    """A form for a new link first, then all that there were."""
    require(request, "money.view")
    found, currency = get_partner(ref=ref), shop_of(request).currency
    form = AskForm(request.POST or None)

    def ask(**who_and_when: Any) -> None:
        told = form.cleaned_data
        amount_e4 = parse_e4(told["amount"], currency=currency, param="amount")
        channels.ask_payment(
            partner_id=found.pk, amount_e4=amount_e4, reference=told["reference"], **who_and_when
        )

    if saved(request, form, ask, done=_("The page is there. Copy its address and send it.")):
        return back_to("office_payments_in", found.ref)
    paging = latest(payments_in(partner_id=found.pk), given=request.GET)
    return draw(
        request,
        "dashboard/payments_in.html",
        title=_("Online payments of %(name)s") % {"name": found.name},
        is_refused=request.method == "POST",
        partner=found,
        form=form,
        rows=[_shown(one) for one in paging.rows],
        paging=paging,
    )


def _shown(one: PaymentIn) -> dict[str, Any]:
    state = one.state_at(timezone.now())
    is_open = state == PaymentInState.OPEN
    return {
        "asked": one,
        "amount": Money(one.amount_e4, one.currency),
        "state": state.label,
        "tone": tone_of(state),
        "by": who(one.asked_by),
        "address": shop_address(path=f"/balance/{one.token}/") if is_open else "",
    }
