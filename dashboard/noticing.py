"""Whom the shop tells what, as a form and in words."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.addresses import LONGEST_URL
from notices.models import Recipient
from notices.services.recipients import LONGEST_NAME, LONGEST_SECRET
from notices.states import Topic, Way
from notices.types import RecipientTerms

TOPICS = [(topic.value, capfirst(topic.label)) for topic in Topic]
WAYS = [(way.value, capfirst(way.label)) for way in Way]
# Why a message did not arrive, by what its sender wrote down.
_WHY = {
    "no_answer": _("It was called and did not answer in time."),
    "not_reached": _("It could not be reached."),
    "unreadable": _("It answered something that no such robot answers."),
}


class RecipientForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME)
    way = forms.ChoiceField(label=_("How it is told"), choices=WAYS)
    address = forms.CharField(
        label=_("Mail or web address"),
        max_length=LONGEST_URL,
        help_text=_("Of a robot the whole address that its group shows. It is kept sealed."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    secret = forms.CharField(
        label=_("Signing secret"),
        max_length=LONGEST_SECRET,
        required=False,
        help_text=_(
            "If the robot of DingTalk or Feishu has one, or whsec_… of your webhook. Empty: none."
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    topics = forms.MultipleChoiceField(
        label=_("Told of"),
        choices=TOPICS,
        initial=Topic.values,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one.")},
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    def __init__(self, given: QueryDict | None, *, of: Recipient | None = None) -> None:
        before = {"language": get_language()}
        if of is not None:
            before = {
                "name": of.name, "way": of.way, "topics": of.topics, "language": of.language
            }  # fmt: skip
        super().__init__(given, initial=before)
        if of is not None:
            self.fields["address"].required = False
            self.fields["address"].help_text = _("%(shown)s. Empty: it stays.") % {
                "shown": of.shown
            }
            self.fields["secret"].help_text = _("Empty: it stays as it is.")

    def terms(self) -> RecipientTerms:
        given = self.cleaned_data
        return RecipientTerms(
            name=given["name"],
            way=given["way"],
            topics=tuple(given["topics"]),
            language=given["language"],
            address=given["address"] or None,
            secret=given["secret"] or None,
        )


def recipient_row(one: Recipient) -> dict[str, Any]:
    return {
        "one": one,
        "topics": [capfirst(Topic(topic).label) for topic in one.topics],
        "way": capfirst(Way(one.way).label),
        "error": why_not(one.last_error),
    }


def why_not(error: str) -> str:
    if not error:
        return ""
    what, _sep, code = error.partition("_")
    if what in {"http", "code"}:
        return _("It refused: %(code)s.") % {"code": code}
    return str(_WHY.get(error) or _("It did not arrive: %(why)s.") % {"why": error})
