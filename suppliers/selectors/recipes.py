"""Recipes of the connector: those that a merchant can start from, and a dry run of one."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from suppliers.adapters.card_platforms import CardPlatform, card_platforms
from suppliers.adapters.connector import read_recipe
from suppliers.adapters.connector_request import SOMEBODY
from suppliers.adapters.connector_trial import Tried, read_sample, requests_of
from suppliers.errors import SupplierUnfit
from suppliers.transport import answered
from suppliers.types import Account, Answer, PurchaseOrder, clean_words

__all__ = ["SOMEBODY", "CardPlatform", "DryRun", "Sample", "Tried", "card_platforms", "dry_run"]


@dataclass(frozen=True, slots=True)
class Sample:
    """An answer of theirs to `call`: order, query or balance."""

    call: str
    body: str


@dataclass(frozen=True, slots=True)
class DryRun:
    """`answer` is what the sample would be taken for; None without one."""

    requests: list[Tried]
    answer: Answer | None


def dry_run(
    *, text: str, order: PurchaseOrder, account: Account, sample: Sample | None, now: datetime
) -> DryRun:
    """What a recipe would send, the secret masked, and how it would read an answer. Nothing is
    sent. Raises SupplierUnfit for a recipe that cannot be read."""
    try:
        recipe = read_recipe(text)
    except ValueError as why:
        raise SupplierUnfit(
            _("This cannot be read: %(why)s") % {"why": clean_words(str(why))}, param="recipe"
        ) from None
    answer = None
    if sample is not None:
        body = sample.body.encode("utf-8", "replace")
        answer = answered(lambda: read_sample(recipe, sample.call, body), is_purchase=False)
    requests = requests_of(recipe, order, account=account, now=now)
    return DryRun(requests=requests, answer=answer)
