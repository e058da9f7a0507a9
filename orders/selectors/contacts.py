"""How a buyer's phone and mail are found again by blind index."""

from core.crypto import blind_index


def phone_index(phone: str) -> bytes:
    return blind_index(phone, field="orders.phone")


def mail_index(mail: str) -> bytes:
    return blind_index(mail, field="orders.mail")
