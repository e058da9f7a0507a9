"""Reading what is sealed: for its buyer, or for staff with a reason. Nobody else opens a code."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from core.actors import Actor
from core.crypto import sealer, unseal
from core.scope import tenant_atomic
from core.secrets import Secret, masked
from inventory.models import NEVER, Code, Content
from inventory.sealing import CARD_NO, CONTENT, SECRET
from inventory.types import Goods, GoodsText
from tenants import audit


@tenant_atomic
def reveal(*, code_id: int, by: Actor, reason: str, now: datetime) -> GoodsText:
    """Open one code for a member of staff: audited, with a reason, 50 a day.

    Whether this person may is the caller's question. Raises as `audit.record_look`.
    """
    code = Code.objects.get(pk=code_id)
    audit.record_look(by=by, action="code.reveal", target=f"code:{code_id}", reason=reason, now=now)
    return _open(code)


@tenant_atomic
def read_goods(*, goods: Sequence[Goods]) -> list[GoodsText]:
    """The texts of goods, in their order: for the buyer's order page and the API's answer only."""
    codes = Code.objects.in_bulk([good.code_id for good in goods if good.code_id])
    contents = Content.objects.in_bulk([good.content_id for good in goods if good.content_id])
    return [
        _open(codes[good.code_id]) if good.code_id else _open_content(contents[good.content_id])
        for good in goods
    ]


def _open(code: Code) -> GoodsText:
    return open_code(
        uid=code.uid, card_no=code.card_no, secret=code.secret, expires_on=code.expires_on
    )


def open_code(
    *, uid: UUID, card_no: bytes | memoryview | None, secret: bytes | memoryview, expires_on: date
) -> GoodsText:
    """What the buyer reads of a code's columns."""
    keys = sealer()
    number = keys.open(bytes(card_no), place=CARD_NO, uid=uid) if card_no else ""
    return GoodsText(
        card_no=Secret(number) if number else None,
        secret=Secret(keys.open(bytes(secret), place=SECRET, uid=uid)),
        kind="code",
        expires_on=None if expires_on == NEVER else expires_on,
    )


def _open_content(content: Content) -> GoodsText:
    return GoodsText(
        card_no=None,
        secret=Secret(unseal(bytes(content.body), place=CONTENT, uid=content.uid)),
        kind=content.kind,
        expires_on=None if content.expires_on == NEVER else content.expires_on,
    )


@tenant_atomic
def masks_of(*, codes: Iterable[Code]) -> dict[int, str]:
    """How codes look in a list, by id: their ends, never their middle; the card number first."""
    keys, shown = sealer(), {}
    for code in codes:
        secret = masked(keys.open(bytes(code.secret), place=SECRET, uid=code.uid))
        card = keys.open(bytes(code.card_no), place=CARD_NO, uid=code.uid) if code.card_no else ""
        shown[code.pk] = f"{masked(card)} / {secret}" if card else secret
    return shown
