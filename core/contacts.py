"""How phones and mail addresses are written, whatever way people type them."""

import re

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from core.errors import InvalidInput

_DIGITS = re.compile(r"[^0-9+]")


def clean_phone(text: str, *, param: str = "contact_phone") -> str:
    """`+8613800138000`; raises InvalidInput."""
    try:
        found = phonenumbers.parse(_DIGITS.sub("", text[:40]), "CN")
    except phonenumbers.NumberParseException:
        found = None
    if found is None or not phonenumbers.is_possible_number(found):
        raise InvalidInput(_("Write a phone number such as 138 0013 8000."), param=param)
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)


def clean_mail(text: str, *, param: str = "contact_mail") -> str:
    mail = text.strip().lower()
    try:
        validate_email(mail)
    except ValidationError:
        raise InvalidInput(
            _("Write a mail address such as name@example.com."), param=param
        ) from None
    return mail
