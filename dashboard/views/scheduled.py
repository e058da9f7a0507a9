"""Reports that are made by themselves: which there are, what each made last, and a new one."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from core.errors import NotFound
from dashboard.access import allows, member_of
from dashboard.frame import Deed, back_to, deed, draw, page, saved
from dashboard.report_words import failure_words
from dashboard.tones import tone_of
from dashboard.words import who
from reports import services as reports
from reports.models import Run, Schedule
from reports.selectors import get_schedule, latest_runs, schedules
from reports.states import Every, ExportState, Form
from reports.types import Plan

LATEST = 5
HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]


class PlanForm(forms.Form):
    table = forms.ChoiceField(label=gettext_lazy("Content"))
    every = forms.ChoiceField(
        label=gettext_lazy("Frequency"), choices=[(one.value, capfirst(one.label)) for one in Every]
    )
    hour = forms.TypedChoiceField(
        label=gettext_lazy("At"), choices=HOURS, coerce=int, initial=8,
        help_text=gettext_lazy(
            "By the shop's clock, on the day after, on Monday, or on the first of the month."
        ),
    )  # fmt: skip
    form = forms.ChoiceField(label=gettext_lazy("Format"), choices=Form.choices, initial=Form.XLSX)
    is_mailed = forms.BooleanField(
        label=gettext_lazy("Tell me by mail"), required=False,
        help_text=gettext_lazy(
            "With a link to this page; small key figures, which name nobody, are attached."
        ),
    )  # fmt: skip

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request.POST or None)
        offered = [one for one in reports.all_reports() if allows(request, one.right)]
        self.fields["table"].choices = [(one.name, one.title) for one in offered]  # type: ignore[attr-defined]  # -- a choice

    def keep(self, **who_and_when: Any) -> None:
        plan = Plan(**self.cleaned_data, language=get_language() or "")
        reports.add_schedule(plan=plan, **who_and_when)


@page("home.view")
def reports_page(request: HttpRequest) -> HttpResponse:
    form = PlanForm(request)
    if saved(request, form, form.keep, done=_("Scheduled. It is made when its time comes.")):
        return back_to("office_reports")
    return draw(
        request,
        "dashboard/scheduled.html",
        title=_("Reports"),
        is_refused=request.method == "POST",
        form=form,
        rows=[_row(request, one) for one in schedules() if _may_see(request, one)],
    )


def _may_see(request: HttpRequest, one: Schedule) -> bool:
    try:
        return allows(request, reports.get_table(one.table).right)
    except NotFound:
        return True


def _row(request: HttpRequest, one: Schedule) -> dict[str, Any]:
    is_own = one.user_id == request.user.pk
    return {
        "schedule": one,
        "title": reports.title_of(one.table),
        "by": who(one.made_by),
        "error": failure_words(one.last_error),
        "may_change": is_own or allows(request, "settings.edit"),
        "runs": [_run(request, run) for run in latest_runs(schedule_id=one.pk, most=LATEST)],
    }


def _run(request: HttpRequest, run: Run) -> dict[str, Any]:
    """A file with columns that the reader may not see is told, and not offered."""
    export = run.export
    state = ExportState(export.state) if export else ExportState.FAILED
    rights = export.rights if export else []
    may_take = all(allows(request, right) for right in rights)
    return {
        "run": run,
        "days": reports.days_words(first=run.since, last=run.until),
        "state": capfirst(str(state.label)),
        "tone": tone_of(state),
        "ref": export.ref if export and state == ExportState.DONE and may_take else "",
        "failure": failure_words((export.failure if export else "") or run.failure),
    }


@deed("home.view", back="office_reports")
def do(request: HttpRequest, ref: str, verb: str) -> Deed:
    deeds: dict[str, tuple[Callable[..., Any], str]] = {
        "now": (reports.run_schedule_now, _("The latest period is made, unless it was already.")),
        "pause": (partial(reports.switch_schedule, is_on=False), _("Paused.")),
        "on": (partial(reports.switch_schedule, is_on=True), _("It goes on.")),
        "drop": (reports.drop_schedule, _("Removed.")),
    }
    if verb not in deeds or member_of(request) is None:
        raise NotFound
    do_it, done = deeds[verb]
    return Deed(partial(do_it, ref=get_schedule(ref=ref).ref), done=done)
