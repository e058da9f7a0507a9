"""The form that lists somebody: one or many, a line each, typed or in a file."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import InvalidInput
from dashboard.fields import MB, MomentInput, UploadField
from dashboard.reading import day_of, is_of_our_time, moment_of
from risk import services as risk
from risk.selectors.values import MAIL_DOMAIN
from risk.services.lists import MOST_AT_ONCE
from risk.states import Listing, Trait
from risk.types import NewListing

MOST_TEXT, MOST_FILE = 1_000_000, 2 * MB
KINDS = {
    Trait.IP.value: gettext_lazy("IP address or network"),
    Trait.PHONE.value: Trait.PHONE.label,
    Trait.MAIL.value: Trait.MAIL.label,
    MAIL_DOMAIN: gettext_lazy("mail domain"),
    Trait.ACCOUNT.value: Trait.ACCOUNT.label,
    Trait.DEVICE.value: gettext_lazy("device that placed an order"),
    Trait.PAYER.value: Trait.PAYER.label,
}
_ENCODINGS = ("utf-8-sig", "gb18030")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class BadLine:
    number: int
    text: str
    why: str


class ListingForm(forms.Form):
    listing = forms.ChoiceField(
        label=gettext_lazy("List"),
        choices=[(one.value, capfirst(one.label)) for one in Listing],
        help_text=gettext_lazy(
            "Who is always allowed by a phone number, mail address, mail domain or account, which "
            "anybody can type, stays blocked where the device, IP address or network is blocked, "
            "unless a code has proven the phone number or mail address."
        ),
    )
    trait = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=list(KINDS.items()),
    )
    lines = forms.CharField(
        label=gettext_lazy("Who"),
        required=False,
        max_length=MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "class": "qy-mono"}),
        help_text=gettext_lazy(
            "One a line, up to 10,000. After a comma, a reason of its own; after another one, the "
            "day until which it counts. Networks as 203.0.113.0/24; a device by the number of an "
            "order that was placed on it; a payer by the number of an order that he paid, or by "
            "the provider's name for his account."
        ),
    )
    file = UploadField(
        label=gettext_lazy("Or a file of such lines (CSV, text)"), required=False, most=MOST_FILE
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), required=False, max_length=100)
    until = forms.DateTimeField(
        label=gettext_lazy("Until"),
        required=False,
        widget=MomentInput,
        help_text=gettext_lazy("In the shop's time. Empty: for good."),
    )

    bad: list[BadLine]
    count = 0

    def clean_until(self) -> datetime | None:
        found: datetime | None = self.cleaned_data["until"]
        if found is not None and not is_of_our_time(found):
            raise forms.ValidationError(_("Write a day and a time."))
        return found

    def clean(self) -> Any:
        cleaned = super().clean()
        if self.errors:
            return cleaned
        text = self.cleaned_data["lines"]
        if file := self.cleaned_data["file"]:
            text = f"{text}\n{self._decoded(file.read_all(most=MOST_FILE))}"
        numbered = enumerate(text.splitlines(), start=1)
        self._lines = [(number, line) for number, line in numbered if line.strip()]
        if not self._lines and not self.errors:
            self.add_error("lines", _("Write what is to be listed."))
        if len(self._lines) > MOST_AT_ONCE:
            said = _("These are %(count)s lines; at most %(most)s are listed at once.")
            count = {"count": f"{len(self._lines):,}", "most": f"{MOST_AT_ONCE:,}"}
            self.add_error("lines", said % count)
        return cleaned

    def _decoded(self, body: bytes) -> str:
        for encoding in _ENCODINGS:
            try:
                return body.decode(encoding)
            except UnicodeDecodeError:
                continue
        self.add_error("file", _("This is no text: save it as CSV, in UTF-8 or GB18030."))
        return ""

    def keep(self, **who_and_when: Any) -> None:
        """List all that can be read; `bad` are the other lines, `count` are listed."""
        self.bad, good = [], list[tuple[int, str, NewListing]]()
        for number, line in self._lines:
            try:
                good.append((number, line, self._entry(line)))
            except InvalidInput as why:
                self.bad.append(BadLine(number=number, text=line, why=str(why.message)))
        if not good:
            return
        told = risk.add_each_to_list(entries=[entry for *_line, entry in good], **who_and_when)
        self.count = told.count
        for one in told.refused:
            number, line, _entry = good[one.at]
            self.bad.append(BadLine(number=number, text=line, why=one.why))
        self.bad.sort(key=lambda one: one.number)

    def _entry(self, line: str) -> NewListing:
        given, cells = self.cleaned_data, list(_cells(line))
        value, reason, until = (*cells, "", "", "")[:3]
        return NewListing(
            listing=given["listing"],
            trait=given["trait"],
            value=value,
            reason=reason or given["reason"],
            until=_end(until) or given["until"],
        )


def _cells(line: str) -> Iterator[str]:
    """As a spreadsheet pastes it, or with commas, be they Chinese."""
    delimiter = "\t" if "\t" in line else ","
    if delimiter == "," and "," not in line:
        line = line.replace("，", ",")
    try:
        row = next(csv.reader([line.replace("\0", "")], delimiter=delimiter), [])
    except csv.Error:
        row = [line]
    yield from (cell.strip() for cell in row)


def _end(text: str) -> datetime | None:
    """A day counts whole."""
    if len(text) > len("2026-12-31"):
        return moment_of(text, param="until")
    day = day_of(text, param="until")
    try:
        return moment_of(str(day + _DAY), param="until") if day else None
    except OverflowError:  # the last day of all
        raise InvalidInput(_("Write a day such as 2026-12-31."), param="until") from None
