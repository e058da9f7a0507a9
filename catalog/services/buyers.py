"""What the shopper must tell us, checked against the SKU's form."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from catalog.models import Sku
from catalog.selectors import buyer_fields
from catalog.services._cleaning import cleaned
from catalog.types import BuyerField, FieldKind
from core.errors import InvalidInput, UnknownField

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MOST_CHARS = 100
TOLD_IN = "buyer."
_QQ = re.compile(r"^[1-9][0-9]{4,10}$")
_ACCOUNT = re.compile(r"^\S{2,64}$")
_CN_MOBILE = re.compile(r"^1[0-9]{10}$")


def clean_buyer_fields(*, sku: Sku, given: Mapping[str, str]) -> dict[str, str]:
    """The answers in their one right form; raises InvalidInput naming the field.

    What the form does not ask for is dropped: it would only be somebody's data lying about.
    """
    answers = {}
    for field in buyer_fields(sku):
        text = cleaned(str(given.get(field.key, "")))
        if text:
            answers[field.key] = _clean(field, text)
        elif field.is_required:
            raise InvalidInput(_("Please fill this in."), param=field.key)
    return answers


def clean_told_fields(*, sku: Sku, given: Mapping[str, str]) -> dict[str, str]:
    """As `clean_buyer_fields`, of a program, that knows what it says: raises UnknownField too, for
    what the form does not ask. Programs say all of it in one field: `buyer.phone` names one."""
    try:
        _refuse_unknown(sku, given)
        return clean_buyer_fields(sku=sku, given=given)
    except InvalidInput as why:
        why.param = f"{TOLD_IN}{why.param}"
        raise


def _refuse_unknown(sku: Sku, given: Mapping[str, str]) -> None:
    known = [field.key for field in buyer_fields(sku)]
    unknown = sorted(set(given) - set(known))
    if not unknown:
        return
    told = ", ".join(known)
    asks = _("This product does not ask for this. It asks for: %(known)s.") % {"known": told}
    raise UnknownField(
        asks if known else _("This product asks its buyer for nothing."),
        param=unknown[0],
        known=told,
    )


def clean_phone(text: str, *, param: str = "phone") -> str:
    """A mobile number of mainland China as its eleven digits; raises InvalidInput."""
    try:
        number = phonenumbers.parse(cleaned(text)[:MOST_CHARS], "CN")
    except phonenumbers.NumberParseException:
        raise _not_a_phone(param) from None
    digits = str(number.national_number)
    is_chinese = number.country_code == 86 and _CN_MOBILE.match(digits)
    if not is_chinese or not phonenumbers.is_valid_number(number):
        raise _not_a_phone(param)
    return digits


def _not_a_phone(param: str) -> InvalidInput:
    return InvalidInput(_("Write a mobile number of eleven digits."), param=param)


def _clean(field: BuyerField, text: str) -> str:
    if len(text) > MOST_CHARS:
        raise InvalidInput(_("This is too long."), param=field.key)
    match field.kind:
        case FieldKind.PHONE:
            return clean_phone(text, param=field.key)
        case FieldKind.QQ:
            return _matching(_QQ, text, _("Write a QQ number: 5 to 11 digits."), field)
        case FieldKind.EMAIL:
            return _mail(text, field)
        case FieldKind.ACCOUNT:
            return _matching(_ACCOUNT, text, _("Write the account's name, without blanks."), field)
        case FieldKind.REGION if text not in field.options:
            raise InvalidInput(_("Choose one from the list."), param=field.key)
        case _:
            return text


def _matching(
    pattern: re.Pattern[str], text: str, message: "StrOrPromise", field: BuyerField
) -> str:
    if not pattern.match(text):
        raise InvalidInput(message, param=field.key)
    return text


def _mail(text: str, field: BuyerField) -> str:
    try:
        validate_email(text)
    except ValidationError:
        raise InvalidInput(_("Write a mail address."), param=field.key) from None
    return text.lower()
