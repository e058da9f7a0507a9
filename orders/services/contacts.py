"""What a buyer says of himself: sealed, or kept as a digest."""

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext_lazy as _

from core.contacts import clean_mail, clean_phone
from core.crypto import blind_index, seal
from core.errors import InvalidInput
from orders.models import MAIL, PHONE, Order
from orders.selectors import mail_index, phone_index
from orders.types import PlaceOrder

SHORTEST_PASSWORD, LONGEST_PASSWORD = 4, 64


def write_contact(order: Order, request: PlaceOrder, *, now: datetime) -> None:
    """Put what the buyer said of himself on a new order, sealed or as a digest."""
    if request.contact_phone:
        phone = clean_phone(request.contact_phone)
        order.contact_phone = seal(phone, place=PHONE, uid=order.uid)
        order.phone_tail, order.phone_hash = phone[-4:], phone_index(phone)
    if request.contact_mail:
        mail = clean_mail(request.contact_mail)
        order.contact_mail = seal(mail, place=MAIL, uid=order.uid)
        order.mail_hash = mail_index(mail)
    if request.password:
        if not SHORTEST_PASSWORD <= len(request.password) <= LONGEST_PASSWORD:
            raise InvalidInput(_("An order password has 4 to 64 characters."), param="password")
        order.password_hash = make_password(request.password)
    if request.ip:
        order.ip_hash = blind_index(request.ip, field="orders.ip")
    order.consent_at = now if request.has_consented else None
