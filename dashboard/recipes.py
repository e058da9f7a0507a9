"""A recipe in the office: a platform to start from, and the form of a dry run."""

import re
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.secrets import Secret, masked
from suppliers.selectors.recipes import SOMEBODY, CardPlatform, Sample, Tried
from suppliers.states import CallKind
from suppliers.types import Account, Answer, Kind, Outcome, PurchaseOrder, clean_words
from suppliers.words import said_words

Text = str | Promise
PRICE_E4 = 10_000_000  # of one piece, in an order that is only tried
CALLS: dict[str, Text] = {
    "order": CallKind.BUY.label,
    "query": CallKind.QUERY.label,
    "balance": CallKind.BALANCE.label,
}
EVIDENCE: dict[str, Text] = {
    "D": _("From the platform's own document."),
    "2": _("From one private client of it: ask the platform before you trust it."),
}
OUTCOMES: dict[Outcome, Text] = {
    Outcome.SUCCESS: _("bought: the codes are delivered"),
    Outcome.ACCEPTED: _("accepted: it is asked after until it ends"),
    Outcome.REJECTED: _("refused: the next supplier is asked"),
    Outcome.FAILED: _("failed: the next supplier is asked"),
    Outcome.UNKNOWN: _("not sure: it is asked after, and never ordered again"),
}
_WHY: tuple[tuple[re.Pattern[str], Text], ...] = (
    (
        re.compile(r"state '(.*)' is not on the map"),
        _("Its state is not among the outcomes: %(rest)s"),
    ),
    (
        re.compile(r"what stands at (.*) is no (?:text|list)"),
        _("Something else stands where a text or a list is wanted: %(rest)s"),
    ),
)
_WHY_WHOLE: dict[str, Text] = {
    "a field of the recipe that the order does not have": _("An order does not have all of it."),
    "a number is wanted where the order has none": _(
        "A number is wanted where the order has none."
    ),
    "the recipe does not buy such goods": _("The recipe does not buy such goods."),
    "a code that is no text": _("A code is no text, or is empty."),
    "the body is no JSON object": _("It is no JSON object."),
    "the recipe knows how the balance is asked, and no more": _(
        "The recipe knows how the balance is asked, and no more."
    ),
}


class TrialForm(forms.Form):
    """What an order would be about, and what they would answer."""

    product = forms.CharField(label=_("Their product"), max_length=80, required=False)
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=1000, required=False)
    target = forms.CharField(label=_("Account"), max_length=80, required=False)
    call = forms.ChoiceField(label=_("Their answer is to"), choices=list(CALLS.items()))
    reply = forms.CharField(
        label=_("Their answer"),
        max_length=20_000,
        required=False,
        help_text=_("Paste the example of their document. Empty: only what is sent is shown."),
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "class": "qy-mono"}),
    )

    def order(self) -> PurchaseOrder:
        said = self.cleaned_data
        quantity = said["quantity"] or 1
        return PurchaseOrder(
            product=said["product"] or "1000",
            kind=Kind.TOP_UP if said["target"] else Kind.CODES,
            quantity=quantity,
            target=said["target"],
            face_value=100,
            most_e4=PRICE_E4 * quantity,
        )

    def sample(self) -> Sample | None:
        said = self.cleaned_data
        return Sample(said["call"], said["reply"]) if said["reply"].strip() else None


def account_of(typed: dict[str, Any]) -> Account:
    """As whom it is tried: as what was typed, or as somebody."""
    app_id, secret = typed.get("app_id", ""), typed.get("secret", "")
    return Account(
        app_id=app_id or SOMEBODY.app_id, secret=Secret(secret) if secret else SOMEBODY.secret
    )


def platform_words(platform: CardPlatform) -> dict[str, Any]:
    is_chinese = (get_language() or "").startswith("zh")
    return {
        "platform": platform,
        "label": platform.label if is_chinese else platform.label_en,
        "evidence": EVIDENCE[platform.evidence],
    }


def tried_words(tried: Tried, *, base_url: str) -> dict[str, Any]:
    method, _space, rest = tried.text.partition(" ")
    text = f"{method} {base_url.rstrip('/')}{rest}" if tried.text else ""
    return {"call": CALLS[tried.call], "text": clean_words(text), "why": why_words(tried.why)}


def answer_words(answer: Answer) -> list[tuple[Text, str]]:
    """What an answer would be taken for, line by line; codes are masked."""
    outcome: Text = OUTCOMES[answer.outcome]
    if answer.is_absent:
        outcome = _("no such order: believed after it was said three times")
    codes = ", ".join(masked(code.secret.reveal(), head=1, tail=1) for code in answer.codes)
    lines: list[tuple[Text, Text]] = [
        (_("Taken for"), outcome),
        (_("What the supplier says"), why_words(answer.reason)),
        (_("The supplier's number"), answer.supplier_ref),
        (_("The supplier's product"), answer.product),
        (_("Quantity"), "" if answer.quantity is None else str(answer.quantity)),
        (_("Account"), answer.target),
        (_("Amount"), "" if answer.cost_e4 is None else f"{answer.cost_e4 / 10_000:.4f}"),
        (_("Codes"), codes),
    ]
    return [(label, clean_words(str(text))) for label, text in lines if text]


def why_words(why: str) -> str:
    if whole := _WHY_WHOLE.get(why):
        return str(whole)
    for said, words in _WHY:
        if found := said.fullmatch(why):
            return str(words) % {"rest": found[1]}
    return said_words(why)
