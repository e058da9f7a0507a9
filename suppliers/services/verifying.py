"""Whether an account can be topped up: asked of the supplier that would be ordered from now.

It buys nothing and stops nobody by itself: whatever keeps a supplier from a clear word is UNKNOWN.
Neither the account nor what was said of it stands in a log, and the cache knows it by a keyed
digest only. Who may ask how often is for the caller to count: it is his visitor.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

import structlog
from django.core.cache import cache
from django.utils.crypto import salted_hmac

from core.scope import require_tenant, tenant_atomic
from suppliers.abilities import Target, Verdict, Verified, Verifies
from suppliers.hiding import hide_codes
from suppliers.models import Offer
from suppliers.selectors import can_verify, choose_offer
from suppliers.services.docking import speaker
from suppliers.types import Sale, clean_words
from tenants.selectors import get_shop

log = structlog.get_logger(__name__)
WITHIN = 1.8  # seconds: with what is done around it, the visitor waits for less than two
MOST_AT_ONCE = 4  # threads of a process that wait for suppliers in this way
LONGEST = 60
# In seconds. What was not answered may be asked again soon, but not by each click.
KEPT = {Verdict.YES: 600, Verdict.NO: 60, Verdict.UNKNOWN: 15}
_UNKNOWN = Verified(verdict=Verdict.UNKNOWN)
_hands = threading.BoundedSemaphore(MOST_AT_ONCE)
_waiters = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="verify")


def verify(*, sku_id: int, sale: Sale, target: Target, now: datetime) -> Verified:
    """What is known of the account, within two seconds; never raises. In no transaction."""
    try:
        offer = _offer(sku_id, sale, target, now=now)
        return _UNKNOWN if offer is None else _known(offer, target)
    except Exception as why:  # noqa: BLE001 -- nobody is kept from ordering by what is wrong here
        log.warning("verification_failed", why=type(why).__name__)
        return _UNKNOWN


@tenant_atomic
def _offer(sku_id: int, sale: Sale, target: Target, *, now: datetime) -> Offer | None:
    return choose_offer(
        sku_id=sku_id,
        sale=sale,
        key=_digest(f"{sku_id}|{target.account}"),
        zone=ZoneInfo(get_shop().time_zone),
        now=now,
    ).offer


def _known(offer: Offer, target: Target) -> Verified:
    value = offer.face_value
    if not can_verify(protocol=offer.supplier.protocol, kind=target.kind, face_value=value):
        return _UNKNOWN
    said = [target.account, target.kind, *sorted(target.fields.items())]
    key = f"verified:{_digest(repr([require_tenant(), offer.pk, offer.product, said]))}"
    kept = cache.get(key)
    if kept is not None:
        return Verified(verdict=Verdict(kept[0]), told=kept[1])
    with tenant_atomic():
        adapter = speaker(offer.supplier, within=WITHIN)
    assert isinstance(adapter, Verifies)
    ask = partial(adapter.verify, target=target, product=offer.product, face_value=value)
    found = _in_time(ask, target)
    cache.set(key, (str(found.verdict), found.told), KEPT[found.verdict])
    return found


def _in_time(ask: Callable[[], Verified], target: Target) -> Verified:
    """Asked by a thread of its own: an address that takes long to look up has no limit else."""
    if not _hands.acquire(blocking=False):
        return _UNKNOWN
    asked = _waiters.submit(copy_context().run, ask)  # its log lines name the request
    asked.add_done_callback(_let_go)
    try:
        found = asked.result(timeout=WITHIN)
    except Exception as why:  # noqa: BLE001 -- a stranger's answer: whatever is wrong with it
        log.info("not_verified", why=type(why).__name__)
        return _UNKNOWN
    told = hide_codes(clean_words(found.told), known=[target.account])
    return Verified(verdict=found.verdict, told=told[:LONGEST])


def _let_go(_asked: "Future[Verified]") -> None:
    _hands.release()


def _digest(text: str) -> str:
    """Of a phone a plain digest would be no secret: there are not many phones."""
    return salted_hmac("suppliers.verifying", text, algorithm="sha256").hexdigest()
