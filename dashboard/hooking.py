"""Webhooks in words, and their forms: where a partner is told, of what, and how it went."""

import json
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from channels import services as channels
from channels.models import WebhookDelivery, WebhookEndpoint
from channels.selectors.webhooks import Traffic
from channels.services.webhooks.sending import GIVES_UP_AFTER, MOST_TRIES
from channels.states import GAVE_UP, DeliveryState, EndpointState, EventKind, OffReason
from channels.types import EndpointTerms
from core.addresses import LONGEST_URL
from dashboard.fields import MomentInput

KINDS = [(kind.value, capfirst(kind.label)) for kind in EventKind]
# A message that was delivered has arrived; goods that were are another thing.
STATES = dict(DeliveryState.choices) | {DeliveryState.DELIVERED.value: _("arrived")}
TONES = {
    DeliveryState.PENDING: "busy",
    DeliveryState.DELIVERED: "good",
    DeliveryState.FAILED: "warn",
    DeliveryState.GIVEN_UP: "bad",
}
# What the wire did, by the name of the error it raised (core.outward).
WIRE = {
    "InvalidIPAddress": _("The name leads into an inner network, which is never called."),
    "ConnectTimeout": _("No connection came about in time."),
    "ConnectionError": _("No connection came about, or it broke off."),
    "ReadTimeout": _("It took the event and did not answer in time."),
    "TimeoutError": _("It took the event and did not answer in time."),
    "SSLError": _("Its certificate is not good for this name."),
}


class EndpointForm(forms.Form):
    """All kinds chosen are those to come as well."""

    url = forms.CharField(
        label=_("Address that is told"),
        max_length=LONGEST_URL,
        help_text=_("A public address with https. What it receives is signed, and never goods."),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Told of"),
        choices=KINDS,
        initial=EventKind.values,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("All of them: also what there will be to tell later."),
        error_messages={"required": _("Choose at least one.")},
    )

    def terms(self) -> EndpointTerms:
        kinds = self.cleaned_data["kinds"]
        told = () if set(kinds) == set(EventKind.values) else tuple(kinds)
        return EndpointTerms(url=self.cleaned_data["url"], kinds=told)


def typed_of(one: WebhookEndpoint) -> dict[str, Any]:
    """An endpoint as its form has it."""
    return {"url": one.url, "kinds": one.kinds or EventKind.values}


class ReplayForm(forms.Form):
    since = forms.DateTimeField(
        label=_("Beginning"),
        widget=MomentInput,
        help_text=_("Events are kept for thirty days."),
    )
    until = forms.DateTimeField(
        label=_("End"), required=False, widget=MomentInput, help_text=_("Empty: until now.")
    )

    def clean(self) -> Any:
        cleaned = super().clean()
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until <= since:
            self.add_error("until", gettext("Choose an end that is later than the beginning."))
        return cleaned

    def span(self, *, now: datetime) -> tuple[datetime, datetime]:
        """From when until when."""
        told = self.cleaned_data
        return told["since"], told["until"] or now


def endpoint_row(one: WebhookEndpoint, traffic: Traffic | None = None) -> dict[str, Any]:
    """An endpoint in a list: what stands after the “?” of its address may be a key."""
    parts = urlsplit(one.url)
    has_given_up = has_lost(one)
    return {
        "endpoint": one,
        "address": f"{parts.scheme}://{parts.netloc}{parts.path}",
        "hides": bool(parts.query),
        "kinds": _kind_words(one),
        "tone": "bad" if has_given_up else _tone(one),
        "state": _state_words(one),
        "why": OffReason(one.reason).label if one.reason else "",
        "has_given_up": has_given_up,
        "gives_up_at": one.failing_since + GIVES_UP_AFTER if one.failing_since else None,
        "traffic": traffic or Traffic(),
    }


def has_lost(one: WebhookEndpoint) -> bool:
    """Whether it was given up on: nobody asked for it."""
    return one.state == EndpointState.DISABLED and one.reason in GAVE_UP


def _tone(one: WebhookEndpoint) -> str:
    if one.state != EndpointState.ACTIVE:
        return ""
    return "warn" if one.failing_since else "good"


def _state_words(one: WebhookEndpoint) -> str:
    if one.state == EndpointState.ACTIVE and one.failing_since:
        return gettext("nothing arrives")
    return str(EndpointState(one.state).label)


def _kind_words(one: WebhookEndpoint) -> list[Any]:
    return [label for value, label in KINDS if value in one.kinds]


def delivery_row(one: WebhookDelivery) -> dict[str, Any]:
    state = DeliveryState(one.state)
    return {
        "delivery": one,
        "kind": capfirst(str(EventKind(one.event.kind).label)),
        "state": STATES[state],
        "tone": TONES[state],
        "said": answer_words(one),
    }


def answer_words(one: WebhookDelivery) -> str:
    """What the last try came to, in a few words."""
    if one.last_at is None:
        return gettext("not tried yet")
    if one.last_status is not None:
        return gettext("answered %(status)s") % {"status": one.last_status}
    way, _sep, name = one.last_error.partition(": ")
    usual = _("It was not reached.") if way == "not_reached" else _("It did not answer.")
    return str(WIRE.get(name, usual))


def body_shown(one: WebhookDelivery) -> str:
    """What is signed, one value a line."""
    said = channels.event_body(event=one.event)
    return json.dumps(said, ensure_ascii=False, indent=2, sort_keys=True)


def tries_words(one: WebhookDelivery) -> str:
    most = 1 if one.event.is_test else MOST_TRIES
    return gettext("%(tries)s of at most %(most)s") % {"tries": one.tries, "most": most}
