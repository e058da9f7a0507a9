"""Whether the account of a top-up will be topped up: asked of its supplier before it is ordered.

Who could ask without end would learn which nickname or carrier belongs to which number: every face
counts its callers, and who has looked often enough orders without an answer.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from catalog import services as catalog
from catalog.selectors import buyer_fields
from core.errors import InvalidInput
from core.scope import tenant_atomic
from fulfillment.types import AccountFound, AccountWanted
from suppliers import services as suppliers
from suppliers.abilities import Target, Verdict, Verified
from suppliers.selectors import skus_verified
from suppliers.types import Sale

if TYPE_CHECKING:
    from catalog.models import Sku

_PHONE = "phone"


@tenant_atomic
def account_to_verify(*, sku: "Sku", given: Mapping[str, str], sale: Sale) -> AccountWanted | None:
    """The account that a form names: its first answer, as it is when it is ordered.

    None for a form that is not filled in, and for a SKU that nobody verifies.
    """
    try:
        answers = catalog.clean_buyer_fields(sku=sku, given=given)
    except InvalidInput:
        return None
    if not answers or sku.kind != "top_up":
        return None
    key, account = next(iter(answers.items()))
    fields = {name: text for name, text in answers.items() if name != key}
    kind = next(str(field.kind) for field in buyer_fields(sku) if field.key == key)
    if not skus_verified(kinds={sku.pk: kind}):
        return None
    target = Target(account=account, kind=kind, fields=fields)
    return AccountWanted(sku_id=sku.pk, sale=sale, target=target, key=key)


def verify_account(*, wanted: AccountWanted, now: datetime) -> AccountFound:
    """What a supplier says of the account; in no transaction."""
    said = suppliers.verify(sku_id=wanted.sku_id, sale=wanted.sale, target=wanted.target, now=now)
    return AccountFound(verdict=said.verdict, key=wanted.key, text=_text(said, wanted.target))


def _text(said: Verified, target: Target) -> str:
    if said.verdict is not Verdict.NO:
        return said.told if said.verdict is Verdict.YES else ""
    is_phone = target.kind == _PHONE
    if not said.told:
        return (
            _("This number cannot be topped up with this product.")
            if is_phone
            else _("This account cannot be topped up with this product.")
        )
    words = (
        _("This number cannot be topped up with this product: %(why)s")
        if is_phone
        else _("This account cannot be topped up with this product: %(why)s")
    )
    return words % {"why": said.told}
