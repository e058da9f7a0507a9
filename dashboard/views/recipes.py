"""A supplier by a recipe: started from a platform that is known, and tried before it is kept."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import AppError
from dashboard.contracts import ContractForm
from dashboard.frame import back_to, draw, page, password_first, saved
from dashboard.protocols import PROTOCOLS
from dashboard.recipes import TrialForm, account_of, answer_words, platform_words, tried_words
from dashboard.typed import typed_into
from suppliers import services as suppliers
from suppliers.models import Supplier
from suppliers.selectors.recipes import CardPlatform, card_platforms, dry_run

PROTOCOL = "connector"


@page("suppliers.edit")
def new(request: HttpRequest) -> HttpResponse:
    if request.POST.get("then") == "try":
        return _try(request)
    start = _start(request)
    initial = {"recipe": start.recipe} if start else {}
    form = ContractForm(request.POST or None, words=PROTOCOLS[PROTOCOL], initial=initial)
    if request.method == "POST":
        to_password = password_first(request, then=request.get_full_path())
        if to_password:
            return to_password
    typed_into(request, form)
    made: list[Supplier] = []

    def dock(**who_and_when: Any) -> None:
        given = form.given() | {"protocol": PROTOCOL}
        made.append(suppliers.dock(given=given, secrets=form.secrets(), **who_and_when))

    if saved(request, form, dock, done=_("It is docked. Ask for its balance to test it.")):
        return back_to("office_supplier", made[0].pk)
    trial = TrialForm(initial=request.POST.dict())
    return _page(request, form, trial, is_refused=request.method == "POST")


def _try(request: HttpRequest) -> HttpResponse:
    """Nothing is kept and nothing is sent; what was typed stays, but for the secret."""
    typed = request.POST.dict()
    form = ContractForm(words=PROTOCOLS[PROTOCOL], initial=typed)
    trial = TrialForm(request.POST)
    if not trial.is_valid():
        return _page(request, form, trial, is_refused=True)
    try:
        found = dry_run(
            text=typed.get("recipe", ""),
            order=trial.order(),
            account=account_of(typed),
            sample=trial.sample(),
            now=timezone.now(),
        )
    except AppError as refusal:
        return _page(request, form, trial, is_refused=True, why=str(refusal.message))
    base_url = typed.get("base_url", "").strip()
    tried = [tried_words(one, base_url=base_url) for one in found.requests]
    answer = answer_words(found.answer) if found.answer else []
    return _page(request, form, trial, tried=tried, answer=answer)


def _page(
    request: HttpRequest, form: ContractForm, trial: TrialForm, **context: Any
) -> HttpResponse:
    platform = _start(request)
    start = platform_words(platform) if platform else None
    title = _("New supplier by a recipe")
    if start:
        title = _("New supplier by a recipe: %(platform)s") % {"platform": start["label"]}
    return draw(
        request,
        "dashboard/recipe.html",
        title=title,
        form=form,
        trial=trial,
        start=start,
        platforms=[platform_words(each) for each in card_platforms()],
        back=reverse("office_suppliers"),
        **context,
    )


def _start(request: HttpRequest) -> CardPlatform | None:
    """The platform that was chosen to start from, if one was."""
    wanted = request.GET.get("start", "")
    return next((each for each in card_platforms() if each.name == wanted), None)
