"""A buyer's phone and mail: found again by blind index, and masked to show."""

from core.crypto import blind_index
from core.secrets import Secret, masked_mail, masked_phone
from orders.types import Contact


def phone_index(phone: str) -> bytes:
    return blind_index(phone, field="orders.phone")


def mail_index(mail: str) -> bytes:
    return blind_index(mail, field="orders.mail")


def known_contact(*, phone: str, mail: str) -> Contact:
    """Of a phone number and a mail address as they are kept, either of them empty."""
    return Contact(
        phone=Secret(phone) if phone else None,
        mail=Secret(mail) if mail else None,
        phone_shown=masked_phone(phone.removeprefix("+86")) if phone else "",
        mail_shown=masked_mail(mail) if mail else "",
    )
