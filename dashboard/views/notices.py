"""What there was to tell staff, and who is told how."""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from dashboard.access import allows
from dashboard.frame import Deed, back_to, deed, draw, draw_form, page, saved
from dashboard.noticing import RecipientForm, recipient_row
from dashboard.paging import latest
from notices import services as notices
from notices.selectors import get_recipient, latest_notices, recipients, words_of
from notices.states import Topic

LIST = "office_notices"


@page("home.view")
def all_notices(request: HttpRequest) -> HttpResponse:
    paging = latest(latest_notices(), given=request.GET)
    return draw(
        request,
        "dashboard/notices.html",
        title=_("Notices"),
        recipients=[recipient_row(one) for one in recipients()],
        rows=[(one, words_of(one), Topic(one.topic).label) for one in paging.rows],
        paging=paging,
        may_edit=allows(request, "settings.edit"),
    )


@page("settings.edit")
def new(request: HttpRequest) -> HttpResponse:
    form = RecipientForm(request.POST or None)

    def keep(**who_and_when: Any) -> None:
        notices.add_recipient(terms=form.terms(), **who_and_when)

    if saved(request, form, keep, done=_("It is told from now on. Try it with a test message.")):
        return back_to(LIST)
    return draw_form(request, form, title=_("Tell somebody"), back=reverse(LIST))


@page("settings.edit")
def edit(request: HttpRequest, ref: str) -> HttpResponse:
    one = get_recipient(ref=ref)
    form = RecipientForm(request.POST or None, of=one)

    def keep(**who_and_when: Any) -> None:
        notices.change_recipient(ref=ref, terms=form.terms(), **who_and_when)

    if saved(request, form, keep, done=_("Saved.")):
        return back_to(LIST)
    return draw_form(request, form, title=one.name, back=reverse(LIST))


@deed("settings.edit", back=LIST)
def try_out(request: HttpRequest, ref: str) -> Deed:
    get_recipient(ref=ref)
    return Deed(
        partial(notices.try_out, ref=ref),
        done=_("A test message is on its way. Reload this page to see whether it arrived."),
    )


@deed("settings.edit", back=LIST)
def drop(request: HttpRequest, ref: str) -> Deed:
    get_recipient(ref=ref)
    return Deed(partial(notices.drop_recipient, ref=ref), done=_("It is told nothing any more."))
