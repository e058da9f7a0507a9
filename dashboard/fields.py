"""Fields of the office's forms that Django has not."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from core.errors import AppError
from core.money import parse_e4

MB = 1024 * 1024


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    """In the zone of who writes it."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(attrs={"step": "any"}, format="%Y-%m-%dT%H:%M")


class UploadField(forms.FileField):
    """A file of at most so many bytes. A larger one is told so in one sentence."""

    def __init__(self, *, most: int, too_large: str | Promise = "", **options: Any) -> None:
        super().__init__(**options)
        self._most = most
        self._too_large = too_large or format_lazy(
            _("The file is larger than {most} MB."), most=most // MB
        )
        # Before it is sent the page says so too, and spares the time.
        self.widget.attrs |= {"data-most": most, "data-too-large": self._too_large}

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if file and file is not initial and (file.is_cut or file.size > self._most):
            raise forms.ValidationError(str(self._too_large), code="too_large")
        return file


def amount_field(label: Any, *, required: bool = True, hint: Any = "") -> forms.CharField:
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return forms.CharField(
        label=label, required=required, max_length=20, help_text=hint, widget=widget
    )


def networks_field() -> forms.CharField:
    """From where programs may call."""
    return lines_field(
        _("Only from these addresses"),
        hint=_("One a line, such as 203.0.113.7 or 203.0.113.0/24. Empty: from anywhere."),
    )


def lines_field(label: Any, *, hint: Any = "") -> forms.CharField:
    """Names of machines, one a line."""
    widget = forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "class": "qy-mono"})
    return forms.CharField(
        label=label, required=False, max_length=4_000, help_text=hint, widget=widget
    )


def read_amount(form: forms.Form, name: str, *, currency: str, digits: int | None = None) -> int:
    """What was typed there in 1/10,000; nothing is 0, and what is no amount is told there."""
    text = form.cleaned_data.get(name, "")
    try:
        return parse_e4(text, currency=currency, param=name, digits=digits) if text else 0
    except AppError as refusal:
        form.add_error(name, str(refusal.message))
        return 0
