"""What a partner pays into its balance online: its program asks for it, or somebody here does."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels import services as channels
from channels.models import PaymentIn
from channels.selectors import get_partner, pay_in_limits, payments_in
from channels.selectors.payments_in import Limits
from channels.services.paying_in import LONGEST_REFERENCE
from channels.states import PaymentInState
from core.money import Money, parse_e4
from dashboard.access import require, shop_of
from dashboard.fields import amount_field
from dashboard.frame import back_to, draw, draw_form, page, password_if_sent, saved
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


class LimitsForm(forms.Form):
    least = amount_field(gettext_lazy("Least at once"))
    most = amount_field(gettext_lazy("Most at once"))
    daily = amount_field(
        gettext_lazy("Most in a day"),
        required=False,
        hint=gettext_lazy(
            "Of each partner, in the shop's time zone; what waits to be paid counts. "
            "Empty: no limit."
        ),
    )


@page("partners.money")
def limits(request: HttpRequest) -> HttpResponse:
    """What is taken online at once, and in a day."""
    currency, kept = shop_of(request).currency, pay_in_limits()
    told = {"least": kept.least_e4, "most": kept.most_e4, "daily": kept.daily_e4}
    form = LimitsForm(
        request.POST or None,
        initial={name: Money(e4, currency).decimal if e4 else "" for name, e4 in told.items()},
    )
    to_password = password_if_sent(request)
    if to_password:
        return to_password

    def keep(**who_and_when: Any) -> None:
        read = {f"{name}_e4": _read(form, name, currency) for name in told}
        channels.set_pay_in_limits(limits=Limits(**read), **who_and_when)

    if saved(request, form, keep, done=_("Saved. Payments asked for from now on follow it.")):
        return back_to("office_partners")
    hint = _("Of what partners pay online into their balances. Bank transfers have no limit.")
    title, back = _("Limits of online payments"), reverse("office_partners")
    return draw_form(request, form, title=title, hint=hint, back=back)


def _read(form: forms.Form, name: str, currency: str) -> int:
    """Raises InvalidInput."""
    text = form.cleaned_data[name]
    return parse_e4(text, currency=currency, param=f"{name}_e4") if text else 0


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
