"""What there is to try in a sandbox, and how it ends: read from what makes it so."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from channels.services.sandbox.magic import magic_goods
from core.spans import plain_words
from suppliers.selectors import (
    every_so_many_missed,
    tales_of_accounts,
    tales_of_products,
    verdicts_of_accounts,
)
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
    """`text` says how an order of it ends; `verdict` what a check of the account says."""

    name: str
    text: str
    verdict: str = ""


def goods() -> list[Trial]:
    """Every SKU that each sandbox has, in their order."""
    tales = tales_of_products()
    return [
        Trial(name=sku.ref, text=_end(told) if (told := tales.get(sku.ref)) else _own(sku.ref))
        for sku in magic_goods().skus
    ]


def accounts() -> list[Trial]:
    """Every account by which a top-up, and a check of it, ends in a way of its own."""
    verdicts = verdicts_of_accounts()
    return [
        Trial(name=account, text=_end(tale), verdict=verdicts[account])
        for account, tale in tales_of_accounts().items()
    ]


def _end(tale: Tale) -> str:
    after = plain_words(round(tale.after.total_seconds()))
    return str(_ENDS[tale.first, tale.then]) % {"after": after}


def _own(ref: str) -> str:
    return str(_OWN[ref]) % {"missed": every_so_many_missed()}
