"""Risk rules as a file: taken away, and brought in after a look at what they would be here."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.errors import InvalidInput
from dashboard.fields import UploadField
from dashboard.frame import back_to, draw, page, saved
from dashboard.naming import in_shop
from dashboard.views.risk import said_by
from risk import services as risk
from risk.models import Rule
from risk.selectors import find_rule, rules
from risk.selectors.files import MOST_BYTES, Brought, BroughtRule, rules_as_json, rules_brought
from risk.states import RuleState

TONES = {Brought.NEW: "good", Brought.CHANGED: "warn", Brought.REFUSED: "bad"}


class BringForm(forms.Form):
    file = UploadField(
        label=gettext_lazy("A file of rules (JSON)"), required=False, most=MOST_BYTES,
        too_large=gettext_lazy("A file of rules is at most 1 MB."),
    )  # fmt: skip
    text = forms.CharField(
        label=gettext_lazy("Or its text"),
        required=False,
        max_length=MOST_BYTES,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "class": "qy-mono"}),
    )

    def clean(self) -> Any:
        cleaned = super().clean()
        if self.errors:
            return cleaned
        self.said = self.cleaned_data["text"]
        if file := self.cleaned_data["file"]:
            self.said = file.read_all(most=MOST_BYTES).decode("utf-8-sig", errors="replace")
        try:
            self.found = rules_brought(text=self.said, in_shop=in_shop)
        except InvalidInput as why:
            self.add_error("text", str(why.message))
        return cleaned

    def keep(self, told: list[int], **who_and_when: Any) -> None:
        told.append(risk.bring_rules(text=self.said, in_shop=in_shop, **who_and_when))


@page("risk.edit")
def bring(request: HttpRequest) -> HttpResponse:
    """First what each rule would be here; stored by a second press."""
    form = BringForm(request.POST or None, request.FILES or None)
    told: list[int] = []
    if request.POST.get("then") == "store" and saved(
        request, form, partial(form.keep, told), done=""
    ):
        said = ngettext("%(count)s rule is stored.", "%(count)s rules are stored.", told[0])
        messages.success(request, said % {"count": told[0]})
        return back_to("office_rules")
    is_looked_at = form.is_bound and form.is_valid()
    found = form.found if is_looked_at else []
    return draw(
        request,
        "dashboard/rules_bring.html",
        title=_("Bring rules in"),
        form=form,
        rows=[_row(request, one) for one in found],
        text=form.said if is_looked_at else "",
        can_store=any(one.brought in (Brought.NEW, Brought.CHANGED) for one in found),
        back=reverse("office_rules"),
        is_refused=request.method == "POST" and not is_looked_at,
    )


def _row(request: HttpRequest, one: BroughtRule) -> dict[str, Any]:
    return {
        "one": one,
        "says": said_by(request, one.body) if one.body else "",
        "stands": said_by(request, one.rule.body) if one.rule else "",
        "words": _words(one),
        "tone": TONES.get(one.brought, ""),
    }


def _words(one: BroughtRule) -> str:
    if one.brought == Brought.CHANGED and one.rule and one.rule.state == RuleState.ON:
        return _("changes, and goes on trial")
    return _WORDS[one.brought]()


@page("risk.view")
def all_json(_request: HttpRequest) -> HttpResponse:
    return _file(rules(), name="rules")


@page("risk.view")
def one_json(_request: HttpRequest, ref: str) -> HttpResponse:
    return _file([find_rule(ref=ref)], name=f"rule-{ref}")


def _file(found: Iterable[Rule], *, name: str) -> HttpResponse:
    response = HttpResponse(rules_as_json(rules=found), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{name}.json"'
    response["Cache-Control"] = "no-store"
    return response


_WORDS = {
    Brought.NEW: lambda: _("new"),
    Brought.CHANGED: lambda: _("changes"),
    Brought.SAME: lambda: _("as it stands"),
    Brought.REFUSED: lambda: _("refused"),
}
