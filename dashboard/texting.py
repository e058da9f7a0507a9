"""The shop's account at a provider of SMS, as a form and in words."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from core.addresses import LONGEST_URL
from core.secrets import Secret
from dashboard.noticing import why_not
from notices.models import SmsSender
from notices.services.texting import MOST_A_DAY
from notices.states import SmsProvider
from notices.types import SmsTerms

_NO_MONEY = _("The account has no money left.")
_NO_SIGN = _("The signature is not registered, or not approved.")
_NO_TEMPLATE = _("The template is not registered, or not approved.")
_NO_KEY = _("The key is not known, or its secret is wrong.")
_LIMIT = _("The provider's own limit is reached.")
_WHY = {
    "isv.OUT_OF_SERVICE": _NO_MONEY, "isv.AMOUNT_NOT_ENOUGH": _NO_MONEY,
    "isv.SMS_SIGN_ILLEGAL": _NO_SIGN, "isv.SMS_SIGNATURE_ILLEGAL": _NO_SIGN,
    "isv.SIGN_STATE_ILLEGAL": _NO_SIGN, "isv.SMS_TEMPLATE_ILLEGAL": _NO_TEMPLATE,
    "FailedOperation.SignatureIncorrectOrUnapproved": _NO_SIGN,
    "FailedOperation.TemplateIncorrectOrUnapproved": _NO_TEMPLATE,
    "SignatureDoesNotMatch": _NO_KEY, "InvalidAccessKeyId.NotFound": _NO_KEY,
    "InvalidAccessKeyId.Inactive": _NO_KEY, "isp.RAM_PERMISSION_DENY": _NO_KEY,
    "isv.BUSINESS_LIMIT_CONTROL": _LIMIT, "isv.DAY_LIMIT_CONTROL": _LIMIT,
    "isv.MONTH_LIMIT_CONTROL": _LIMIT,
}  # fmt: skip
_KINDS = {"AuthFailure": _NO_KEY, "LimitExceeded": _LIMIT}


def why_no_sms(error: str) -> str:
    """In words, with the provider's own for who asks it."""
    known = _WHY.get(error) or _KINDS.get(error.partition(".")[0])
    return f"{known} ({error})" if known else why_not(error)


class TestForm(forms.Form):
    phone = forms.CharField(
        label=_("Your mobile number"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )


class SmsForm(forms.Form):
    provider = forms.ChoiceField(label=_("SMS provider"), choices=SmsProvider.choices)
    key_id = forms.CharField(
        label=_("Key ID"),
        max_length=80,
        help_text=_("AccessKey ID of Aliyun, SecretId of Tencent Cloud."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    secret = forms.CharField(
        label=_("Secret of the key"),
        max_length=200,
        help_text=_("It is kept sealed, and shown to nobody."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    signature = forms.CharField(
        label=_("Signature"),
        max_length=40,
        help_text=_("As it is registered there by real name: else carriers drop what is sent."),
    )
    template = forms.CharField(
        label=_("Template"),
        max_length=40,
        help_text=_("Of a code. Its one variable is called code at Aliyun; at Tencent it is {1}."),
    )
    app_id = forms.CharField(
        label=_("App ID"), max_length=20, required=False, help_text=_("Tencent Cloud only.")
    )
    region = forms.CharField(
        label=_("Region"),
        max_length=30,
        required=False,
        help_text=_("Tencent Cloud only, such as ap-guangzhou."),
    )
    most_a_day = forms.IntegerField(
        label=_("Messages a day at most"),
        min_value=0,
        max_value=MOST_A_DAY,
        initial=200,
        help_text=_("Past it a person looks at what would have been asked for a code."),
    )
    base_url = forms.CharField(
        label=_("Address"),
        max_length=LONGEST_URL,
        required=False,
        help_text=_("Of a simulator on this machine. Empty: the provider itself."),
    )
    is_on = forms.BooleanField(label=_("Codes are sent by SMS"), required=False, initial=True)

    def __init__(self, given: QueryDict | None, *, of: SmsSender | None = None) -> None:
        names = [name for name in self.base_fields if name != "secret"]
        before = {name: getattr(of, name) for name in names} if of is not None else {}
        super().__init__(given, initial=before)
        if of is not None:
            self.fields["secret"].required = False
            self.fields["secret"].help_text = _("Empty: it stays as it is.")
        if not settings.WEBHOOKS_MAY_BE_LOCAL:
            del self.fields["base_url"]

    def terms(self) -> SmsTerms:
        given: dict[str, Any] = dict(self.cleaned_data)
        secret = given.pop("secret")
        return SmsTerms(secret=Secret(secret) if secret else None, **given)
