"""What guessing costs a shopper's browser: at the look-up, on an order's page, at addresses that
nobody was given.

Who is refused for his neighbours' guesses is heard all the same if this browser paid for an order
here, or after waiting with a ticket for the order that he asks about. Neither says anything of an
order: it may only be asked for.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.core.signing import BadSignature, Signer
from django.http import HttpRequest
from django.utils import timezone

from core.callers import caller_ip
from core.crypto import digest
from core.errors import NotFound
from core.guards import Asker, Attempt, By, Floor, Guard, attempt
from core.meters import Budget
from orders.selectors import has_paid_order
from storefront import device

_OWN = {
    # Each next one a day is waited for an hour in the end: a number's last four digits take years.
    By.TARGET: Budget(free=5, every=3600, first=5, longest=3600),
    By.DEVICE: Budget(free=8, every=60, first=2),
}
# A number and its contact have to fit: these keep guessers from keeping the shop busy. An address
# may be a whole office's, whose people mistype a few times an hour.
_CROWD = {
    By.ADDRESS: Budget(free=30, every=20, longest=120),
    By.NETWORK: Budget(free=90, every=7, longest=60),
    By.SHOP: Budget(free=300, every=1, longest=30),
    By.PLATFORM: Budget(free=3_000, every=0.1, first=0.1, longest=10),
}
_FAIR = {By.ADDRESS: Budget(free=60, every=5), By.SHOP: Budget(free=600, every=0.5, first=0.5)}
_FLOOR = Floor(most=20, window=timedelta(hours=1))
LOOKUP = Guard(name="lookup", budgets=_OWN | _CROWD, fair=_FAIR, floor=_FLOOR)
# Who has the order's own address is no part of a crowd: it cannot be guessed.
UNLOCK = Guard(name="lookup", budgets=_OWN, floor=_FLOOR)
# 128 random bits: a miss costs the answer that says so, and a right one is never refused.
TOKENS = Guard(
    name="token",
    budgets={
        By.ADDRESS: Budget(free=30, every=20, longest=120),
        By.NETWORK: Budget(free=90, every=7, longest=60),
    },
)

TICKET_RIPENS, TICKET_ENDS = timedelta(seconds=20), timedelta(minutes=10)
_TICKETS = Signer(salt="storefront.ticket")


def asker_of(request: HttpRequest, *, number: str = "") -> Asker:
    shop, browser = device.shop_of(request).id, device.find_browser(request)
    return Asker(
        address=caller_ip(request),
        shop=str(shop),
        target=f"{shop}|{number}" if number else "",
        device=browser.buyer_key if browser else "",
    )


def look_up(*, asker: Asker, ticket: str, now: datetime) -> Attempt:
    """A try at the look-up. Raises TooManyTries, and Crowded for who may ask for a ticket."""

    def is_no_stranger() -> bool:
        return is_ripe(ticket, asker=asker, now=now) or has_paid_order(buyer_key=asker.device)

    return attempt(guard=LOOKUP, asker=asker, now=now, has_evidence=is_no_stranger)


@contextmanager
def token_asked(request: HttpRequest) -> Iterator[None]:
    """Counts an address that is nobody's, whose NotFound it lets through; raises TooManyTries."""
    try:
        yield
    except NotFound:
        attempt(guard=TOKENS, asker=asker_of(request), now=timezone.now())
        raise


def ticket_for(asker: Asker, *, given: str, now: datetime) -> tuple[str, int]:
    """A ticket for the order asked about and in how many seconds it is heard; `given`, if it is
    one: who sends the form too early does not wait anew."""
    age = _age(given, asker=asker, now=now)
    if age is None:
        mark = f"{_mark(asker)}.{int(now.timestamp())}"
        return _TICKETS.sign(mark), int(TICKET_RIPENS.total_seconds())
    return given, max(1, int((TICKET_RIPENS - age).total_seconds()))


def is_ripe(ticket: str, *, asker: Asker, now: datetime) -> bool:
    age = _age(ticket, asker=asker, now=now)
    return age is not None and age >= TICKET_RIPENS


def _age(ticket: str, *, asker: Asker, now: datetime) -> timedelta | None:
    """None: no ticket, or another order's, or another address's, or too old."""
    try:
        mark, _dot, at = _TICKETS.unsign(ticket).partition(".")
    except BadSignature:
        return None
    age = timedelta(seconds=int(now.timestamp()) - int(at))
    return age if mark == _mark(asker) and timedelta(0) <= age <= TICKET_ENDS else None


def _mark(asker: Asker) -> str:
    return digest(f"{asker.address}|{asker.target}").hex()[:24]
