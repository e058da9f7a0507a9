"""Orders as they are: found by number, token, device, contact; and what waits for its time."""

import json
from collections.abc import Collection
from datetime import datetime
from secrets import token_urlsafe

from django.contrib.auth.hashers import check_password, make_password
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from core.contacts import clean_mail, clean_phone
from core.crypto import Place, unseal
from core.errors import AppError, NotFound
from core.rows import fetch
from core.secrets import Secret
from orders.models import (
    BUYER_FIELDS,
    MAIL,
    PHONE,
    Item,
    Opening,
    Order,
    OrderMove,
)
from orders.selectors.contacts import known_contact, mail_index, phone_index
from orders.states import OpeningState, OrderState
from orders.types import Contact

TAIL = 4
MOST_FOUND = 200


def get_order(*, order_id: int) -> Order:
    return Order.objects.get(pk=order_id)


def find_number(*, order_id: int) -> str | None:
    return Order.objects.filter(pk=order_id).values_list("number", flat=True).first()


def order_by_token(*, token: str) -> Order:
    """The order of a page's address, with its items; NotFound for any other token."""
    found = Order.objects.filter(token=token).prefetch_related("items").first()
    if found is None:
        raise NotFound(_("There is no order at this address. Check that it is complete."))
    return found


def order_by_number(*, number: str) -> Order:
    """Raises Order.DoesNotExist."""
    return Order.objects.get(number=number.strip().upper())


def items_of(*, order_id: int) -> "QuerySet[Item]":
    return Item.objects.filter(order_id=order_id).order_by("position")


def first_items(*, order_ids: Collection[int]) -> dict[int, Item]:
    """The first line of each order, with its SKU, by the order. One query."""
    found = Item.objects.filter(order_id__in=order_ids, position=1).select_related("sku")
    return {item.order_id: item for item in found}


def items_of_order(order: Order) -> list[Item]:
    """The order's lines, for who delivers them."""
    if order.lines is None:
        order.lines = fetch(Item, "order_id = %s ORDER BY position", order.pk)
    return order.lines


def find_orders(*, text: str, order_ids: tuple[int, ...] = ()) -> "QuerySet[Order]":
    """By number, end of a phone, whole phone or mail; `order_ids` come from a search by code.

    All of them equality: what is not is not leak-proof under row-level security, and slow.
    """
    text = text.strip()
    found = Q(pk__in=order_ids) | Q(number=text.upper())
    if text.isdigit() and len(text) == TAIL:
        found |= Q(phone_tail=text)
    contact = _contact_hashes(text)
    if contact:
        found |= contact
    return Order.objects.filter(found).order_by("-placed_at", "-pk")


def earlier_orders(*, order: Order) -> "QuerySet[Order]":
    """What the same device, phone or mail ordered before it, the latest first."""
    same = Q()
    if order.buyer_key:
        same |= Q(buyer_key=order.buyer_key)
    if order.phone_hash:
        same |= Q(phone_hash=order.phone_hash)
    if order.mail_hash:
        same |= Q(mail_hash=order.mail_hash)
    if not same:
        return Order.objects.none()
    found = Order.objects.filter(same, placed_at__lte=order.placed_at).exclude(pk=order.pk)
    return found.order_by("-placed_at", "-pk")


def orders_of_device(*, buyer_key: str) -> "QuerySet[Order]":
    if not buyer_key:
        return Order.objects.none()
    return Order.objects.filter(buyer_key=buyer_key).order_by("-placed_at", "-pk")


def has_paid_order(*, buyer_key: str, contact: str = "") -> bool:
    """Whether something was ever paid for from this device; with a phone number or mail address,
    if that is given."""
    paid = orders_of_device(buyer_key=buyer_key).filter(paid_at__isnull=False)
    if contact:
        same = _contact_hashes(contact)
        paid = paid.filter(same) if same else paid.none()
    return paid.exists()


def lookup(*, number: str, contact_or_password: str) -> Order:
    """The order, for who knows its number and its phone, mail or order password.

    Wrong and missing get the same answer after the same work; the caller limits how often.
    """
    order = Order.objects.filter(number=number.strip().upper()).first()
    known = order.password_hash if order and order.password_hash else _no_password()
    password_fits = check_password(contact_or_password[:200], known)
    if order is None or not (password_fits or _is_contact(order, contact_or_password)):
        raise NotFound(_("No order fits. Check the number, and the phone, mail or password."))
    return order


def fits_contact(*, order: Order, contact_or_password: str) -> bool:
    """Whether somebody on another device knows the order's phone, mail or password."""
    known = order.password_hash or _no_password()
    password_fits = check_password(contact_or_password[:200], known)
    return password_fits or _is_contact(order, contact_or_password)


def _is_contact(order: Order, text: str) -> bool:
    text = text.strip()
    if "@" in text:
        return _same(order.mail_hash, _mail_hash(text))
    return _same(order.phone_hash, _phone_hash(text))


def _same(kept: bytes | memoryview | None, given: bytes | None) -> bool:
    return kept is not None and given is not None and bytes(kept) == given


def _contact_hashes(text: str) -> Q | None:
    if "@" in text:
        mail = _mail_hash(text)
        return Q(mail_hash=mail) if mail else None
    phone = _phone_hash(text)
    return Q(phone_hash=phone) if phone else None


def _mail_hash(text: str) -> bytes | None:
    try:
        return mail_index(clean_mail(text))
    except AppError:
        return None


def _phone_hash(text: str) -> bytes | None:
    try:
        return phone_index(clean_phone(text))
    except AppError:
        return None


_nobody: list[str] = []


def _no_password() -> str:
    """A hash that nothing fits, so that an order without a password takes as long as one with."""
    if not _nobody:
        _nobody.append(make_password(token_urlsafe(16)))
    return _nobody[0]


def contact_of(*, order: Order) -> Contact:
    """The buyer's phone and mail: clear for who asks by name, masked to show."""
    return known_contact(
        phone=_opened(order.contact_phone, order, PHONE),
        mail=_opened(order.contact_mail, order, MAIL),
    )


def _opened(sealed: bytes | memoryview | None, order: Order, place: Place) -> str:
    return unseal(bytes(sealed), place=place, uid=order.uid) if sealed else ""


def buyer_fields_of(*, item: Item) -> dict[str, Secret]:
    """What the buyer gave for this line, in the clear: for who delivers it."""
    if not item.buyer_fields:
        return {}
    given = json.loads(unseal(bytes(item.buyer_fields), place=BUYER_FIELDS, uid=item.uid))
    return {key: Secret(text) for key, text in given.items()}


def due_to_close(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant, order) that nobody paid in time, across tenants: for the sweeper."""
    late = Order.objects.using("ops").filter(state=OrderState.PLACED, pay_until__lte=now)
    return list(late.order_by("pay_until").values_list("tenant_id", "pk")[:limit])


def held_orders() -> QuerySet[Order]:
    """Orders that wait for a decision, the most urgent first, with their lines, and `held_for`: the
    reason's code."""
    why = OrderMove.objects.filter(order=OuterRef("pk"), new=OrderState.HELD).order_by("-pk")
    found = Order.objects.filter(state=OrderState.HELD).annotate(
        held_for=Subquery(why.values("reason")[:1])
    )
    return found.order_by("decide_by", "pk").prefetch_related("items")


def held_for(*, order_ids: Collection[int]) -> dict[int, str]:
    """By the order, the code of the reason for which it was held. At most one query."""
    if not order_ids:
        return {}
    moves = OrderMove.objects.filter(order_id__in=order_ids, new=OrderState.HELD)
    return dict(moves.order_by("pk").values_list("order_id", "reason"))


def due_to_decide(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant, order) held past its deadline, across tenants: for the sweeper."""
    late = Order.objects.using("ops").filter(state=OrderState.HELD, decide_by__lte=now)
    return list(late.order_by("decide_by").values_list("tenant_id", "pk")[:limit])


def find_opening(*, order_id: int) -> Opening | None:
    """The opening of its codes that risk stopped, however it ended."""
    return Opening.objects.filter(order_id=order_id).first()


def find_closed(*, order_id: int) -> Opening | None:
    """The opening for which its codes are closed now."""
    found = find_opening(order_id=order_id)
    return None if found is None or found.state == OpeningState.ALLOWED else found


def held_openings() -> "QuerySet[Opening]":
    """Codes that wait to be opened, the most urgent first."""
    return Opening.objects.filter(state=OpeningState.HELD).order_by("decide_by")


def due_openings(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(tenant, order) whose codes wait past the deadline, across tenants: for the sweeper."""
    late = Opening.objects.using("ops").filter(state=OpeningState.HELD, decide_by__lte=now)
    return list(late.order_by("decide_by").values_list("tenant_id", "order_id")[:limit])
