"""Who sends the shop's SMS: no transaction is open while a provider thinks."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from core.scope import tenant_atomic
from dashboard.frame import back_to, draw_at_once, page, saved
from dashboard.texting import SmsForm, TestForm, why_no_sms
from notices import services as notices
from notices.models import SmsSender
from notices.selectors import find_sms_sender

HERE = "office_sms"


@page("settings.edit", own_scope=True)
def sms(request: HttpRequest) -> HttpResponse:
    sender = _sender()
    form = SmsForm(request.POST or None, of=sender)

    def keep(**who_and_when: Any) -> None:
        notices.set_sms_sender(terms=form.terms(), **who_and_when)

    if saved(request, form, keep, done=_("Saved. Send yourself a test now.")):
        return back_to(HERE)
    return _drawn(request, form, TestForm(), sender)


@page("settings.edit", own_scope=True)
def try_sms(request: HttpRequest) -> HttpResponse:
    form = TestForm(request.POST or None)

    def send(**who_and_when: Any) -> None:
        notices.try_sms(phone=form.cleaned_data["phone"], **who_and_when)

    if saved(request, form, send, done=_("Sent. It arrives within a few seconds.")):
        return back_to(HERE)
    sender = _sender()
    return _drawn(request, SmsForm(None, of=sender), form, sender)


@tenant_atomic
def _sender() -> SmsSender | None:
    return find_sms_sender()


def _drawn(
    request: HttpRequest, form: forms.Form, test: forms.Form, sender: SmsSender | None
) -> HttpResponse:
    return draw_at_once(
        request,
        "dashboard/sms.html",
        is_refused=request.method == "POST",
        title=_("Codes by SMS"),
        form=form,
        test=test,
        sender=sender,
        error=why_no_sms(sender.last_error) if sender else "",
        back=reverse("office_notices"),
    )
