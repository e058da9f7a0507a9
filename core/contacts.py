"""How phones and mail addresses are written, whatever way people type them."""

import re
from unicodedata import normalize

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
    """In one writing for one mailbox, as far as that can be told; raises InvalidInput."""
    mail = normalize("NFKC", text).strip().lower()
    try:
        validate_email(mail)
        mail = _delivered(mail)
    except (ValidationError, UnicodeError):
        raise InvalidInput(
            _("Write a mail address such as name@example.com."), param=param
        ) from None
    return mail


def _delivered(mail: str) -> str:
    """With its domain as the mail's way there has it: of several writings of one name, one.

    Raises ValidationError where it is not a name at a name, though mail may be written so.
    """
    user, _at, domain = mail.rpartition("@")
    if '"' in user or domain.startswith("["):
        raise ValidationError("")
    return f"{user}@{domain.encode('idna').decode('idna')}"


def is_mainland_mobile(phone: str) -> bool:
    """Of a number as `clean_phone` writes it: only those cost a few cents to write to."""
    return re.fullmatch(r"\+861[3-9]\d{9}", phone) is not None
