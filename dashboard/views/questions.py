"""Questions about the figures: what is offered, each one's page, and its file."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import InvalidInput, NotFound
from dashboard.access import allows, require
from dashboard.cockpit.files import asked_of, csv_of
from dashboard.cockpit.ranges import TODAY, last_days
from dashboard.cockpit.types import Told
from dashboard.frame import draw, page
from dashboard.questions.all import QUESTIONS
from dashboard.questions.types import Question

RIGHT = "risk.view"
SHOWN = 200


@page(RIGHT)
def index(request: HttpRequest) -> HttpResponse:
    offered = [one for one in QUESTIONS.values() if allows(request, one.right)]
    return draw(request, "dashboard/questions.html", title=_("Questions"), questions=offered)


@page(RIGHT)
def show(request: HttpRequest, name: str) -> HttpResponse:
    """What cannot be asked is told at the form, and nothing is counted."""
    question, refusal, told = _question(request, name), None, None
    try:
        told = _told(request, question)
    except InvalidInput as refused:
        refusal = refused
    return draw(
        request,
        "dashboard/question.html",
        is_refused=refusal is not None,
        title=question.title,
        refusal=refusal,
        question=question,
        fields=_fields(request, question),
        # All of its rows stand in the file.
        shown=replace(told, rows=told.rows[:SHOWN]) if told else None,
        more=max(0, len(told.rows) - SHOWN) if told else 0,
        csv=f"{reverse('office_question_csv', args=[name])}?{request.GET.urlencode()}",
    )


@page(RIGHT)
def csv(request: HttpRequest, name: str) -> HttpResponse:
    told = _told(request, _question(request, name))
    return csv_of(told, name=f"{name}-{timezone.localdate()}")


def _question(request: HttpRequest, name: str) -> Question:
    found = QUESTIONS.get(name)
    if found is None:
        raise NotFound
    require(request, found.right)
    return found


def _told(request: HttpRequest, question: Question) -> Told:
    asked = asked_of(request, last_days(TODAY, today=timezone.localdate()))
    return question.tell(asked, {one.name: one.read(request.GET) for one in question.fields})


def _fields(request: HttpRequest, question: Question) -> list[dict[str, Any]]:
    return [
        {
            "field": one,
            "value": request.GET.get(one.name, "") or one.default,
            "choices": one.choices() if one.choices else None,
        }
        for one in question.fields
    ]
