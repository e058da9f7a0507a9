"""What there is to try in a sandbox, and how it ends: read from what makes it so."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from channels.services.sandbox.magic import magic_goods
from channels.services.sandbox.partners import LEAST_E4, MOST_PER_SECOND, PLAY_E4
from channels.services.webhooks.endpoints import OVERLAP
from channels.services.webhooks.sending import GIVES_UP_AFTER, MOST_TRIES, PATIENCE, WAITS
from core.money import write_e4
from core.spans import plain_words
from suppliers.selectors import every_so_many_missed, tales_of_accounts, tales_of_products
from suppliers.types import Outcome, Tale

_ENDS: Mapping[tuple[Outcome, Outcome | None], str | Promise] = {
    (Outcome.SUCCESS, None): _("Delivered."),
    (Outcome.FAILED, None): _("The supplier says no: paid back, the order is “canceled”."),
    (Outcome.ACCEPTED, Outcome.SUCCESS): _("“processing”; delivered after %(after)s."),
    (Outcome.UNKNOWN, Outcome.SUCCESS): _(
        "The supplier does not say: “unconfirmed” for %(after)s, then delivered. Do not order anew."
    ),
    (Outcome.SUCCESS, Outcome.FAILED): _(
        "Delivered; after %(after)s the supplier takes it back, and it is paid back."
    ),
}
_OWN: Mapping[str, str | Promise] = {
    "TEST_SUCCESS": _("A code from stock, in the answer."),
    "TEST_DUPLICATE_WEBHOOK": _(
        "As TEST_SUCCESS; each webhook of the order is sent twice, under the same “webhook-id”."
    ),
    "TEST_PARTIAL": _(
        "One in %(missed)s is not to be had: order a “quantity” of %(missed)s, and one of them is "
        "paid back."
    ),
    "TEST_TOPUP": _("A top-up. The “phone” in “buyer” says how it ends: see below."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """`wait` before it, `since` the first one; the first has neither."""

    number: int
    wait: str
    since: str


def goods() -> Iterator[Trial]:
    """Every SKU that each sandbox has, in their order."""
    tales = tales_of_products()
    for sku in magic_goods().skus:
        told = tales.get(sku.ref)
        yield Trial(name=sku.ref, text=_end(told) if told else _own(sku.ref))


def accounts() -> Iterator[Trial]:
    """Every account by which a top-up ends in a way of its own."""
    for account, tale in tales_of_accounts().items():
        yield Trial(name=account, text=_end(tale))


def tries() -> Iterator[Try]:
    """When a webhook that nobody hears is sent."""
    yield Try(number=1, wait="", since="")
    for number, (wait, since) in enumerate(zip(WAITS, accumulate(WAITS), strict=True), start=2):
        yield Try(number=number, wait=_written(wait), since=_written(since))


def of_test_mode(*, root: str) -> dict[str, Any]:
    """What the page about the sandbox of the shop at `root` shows."""
    scheme, _slashes, host = root.partition("://")
    first, _dot, rest = host.partition(".")
    return {
        "goods": list(goods()),
        "accounts": list(accounts()),
        "play": write_e4(PLAY_E4),
        "least": write_e4(LEAST_E4),
        "pace": MOST_PER_SECOND,
        "twin": root if first.endswith("-test") else f"{scheme}://{first}-test.{rest}",
    }


def of_webhooks() -> dict[str, Any]:
    return {
        "tries": list(tries()),
        "most": MOST_TRIES,
        "patience": _written(timedelta(seconds=PATIENCE.in_all)),
        "given_up": GIVES_UP_AFTER.days,
        "overlap": _written(OVERLAP),
    }


def _end(tale: Tale) -> str:
    return str(_ENDS[tale.first, tale.then]) % {"after": _written(tale.after)}


def _own(ref: str) -> str:
    return str(_OWN[ref]) % {"missed": every_so_many_missed()}


def _written(span: timedelta) -> str:
    return plain_words(round(span.total_seconds()))
