"""What there was to tell staff, and who is told how."""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import NotFound
from dashboard.access import allows, member_of, visit_of
from dashboard.frame import Deed, back_to, deed, draw, draw_form, page, saved
from dashboard.noticing import RecipientForm, recipient_row
from dashboard.paging import latest
from notices import services as notices
from notices.selectors import (
    get_notice,
    get_recipient,
    latest_notices,
    recipients,
    unseen_notices,
    words_of,
)
from notices.states import Topic

LIST = "office_notices"


@page("home.view")
def all_notices(request: HttpRequest) -> HttpResponse:
    paging = latest(latest_notices(), given=request.GET)
    unseen = unseen_notices(member_id=_me(request), now=timezone.now())
    new_here = set(
        unseen.filter(pk__in=[one.pk for one in paging.rows]).values_list("pk", flat=True)
    )
    return draw(
        request,
        "dashboard/notices.html",
        title=_("Notices"),
        recipients=[recipient_row(one) for one in recipients()],
        rows=[
            (one, words_of(one), Topic(one.topic).label, one.pk in new_here) for one in paging.rows
        ],
        is_any_unseen=bool(new_here) or unseen.exists(),
        paging=paging,
        may_edit=allows(request, "settings.edit"),
    )


def _me(request: HttpRequest) -> int:
    member = member_of(request)
    if member is None:
        raise NotFound
    return member.pk


@page("home.view")
def read(request: HttpRequest, notice_id: int) -> HttpResponse:
    """On to the page that tells the rest; from now on it is read. Who looks in from the platform
    has read nothing for the member: of the visit itself, say."""
    if visit_of(request):
        path = get_notice(notice_id=notice_id).path
    else:
        path = notices.see(notice_id=notice_id, member_id=_me(request), now=timezone.now())
    return HttpResponseRedirect(path or reverse(LIST))


@deed("home.view", back=LIST)
def read_all(request: HttpRequest) -> Deed:
    return Deed(partial(notices.see_all, member_id=_me(request)), done="")


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
