"""How a buyer's phone and mail are written, and found again by blind index."""

import re

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from core.crypto import blind_index
from core.errors import InvalidInput

_DIGITS = re.compile(r"[^0-9+]")


def clean_phone(text: str) -> str:
    """`+8613800138000`, from how people write it; raises InvalidInput."""
    try:
        found = phonenumbers.parse(_DIGITS.sub("", text[:40]), "CN")
    except phonenumbers.NumberParseException:
        found = None
    if found is None or not phonenumbers.is_possible_number(found):
        raise InvalidInput(_("Write a phone number such as 138 0013 8000."), param="contact_phone")
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)


def clean_mail(text: str) -> str:
    mail = text.strip().lower()
    try:
        validate_email(mail)
    except ValidationError:
        raise InvalidInput(
            _("Write a mail address such as name@example.com."), param="contact_mail"
        ) from None
    return mail


def phone_index(phone: str) -> bytes:
    return blind_index(phone, field="orders.phone")


def mail_index(mail: str) -> bytes:
    return blind_index(mail, field="orders.mail")
