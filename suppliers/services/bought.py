"""What tries to buy have brought: codes, sealed as they came."""

from collections.abc import Iterable
from uuid import uuid4

from core.crypto import seal, unseal
from core.scope import tenant_atomic
from core.secrets import Secret
from suppliers.models import BOUGHT_CARD_NO, BOUGHT_SECRET, Attempt, Bought
from suppliers.types import BoughtCode


@tenant_atomic
def keep_codes(attempt: Attempt, codes: Iterable[BoughtCode]) -> None:
    """Seal what came for an attempt that the caller has locked; the first time counts."""
    if Bought.objects.filter(attempt=attempt).exists():
        return
    for position, code in enumerate(codes, start=1):
        uid = uuid4()
        number = code.number.reveal() if code.number else ""
        Bought.objects.create(
            uid=uid,
            attempt=attempt,
            position=position,
            secret=seal(code.secret.reveal(), place=BOUGHT_SECRET, uid=uid),
            card_no=seal(number, place=BOUGHT_CARD_NO, uid=uid) if number else None,
            expires_on=code.expires_on,
        )


@tenant_atomic
def read_bought(*, attempt_ids: Iterable[int]) -> dict[int, list[BoughtCode]]:
    """The codes in the clear, by attempt; one that brought none is a top-up."""
    found: dict[int, list[BoughtCode]] = {each: [] for each in attempt_ids}
    for row in Bought.objects.filter(attempt_id__in=list(found)).order_by("attempt_id", "position"):
        found[row.attempt_id].append(_opened(row))
    return found


def _opened(row: Bought) -> BoughtCode:
    number = row.card_no and unseal(bytes(row.card_no), place=BOUGHT_CARD_NO, uid=row.uid)
    return BoughtCode(
        secret=Secret(unseal(bytes(row.secret), place=BOUGHT_SECRET, uid=row.uid)),
        number=Secret(number) if number else None,
        expires_on=row.expires_on,
    )
