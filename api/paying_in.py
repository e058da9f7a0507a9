"""A partner asks for a page where its bookkeeper pays into the balance."""

import json
from datetime import datetime
from typing import Any

from django.db import IntegrityError

from api.once import once_of
from api.shapes import as_json, payment_in_body
from api.types import Answer
from channels import services as channels
from channels.types import Seat
from core import idempotency
from core.errors import AppError
from core.idempotency import Asked
from core.scope import tenant_atomic
from core.sheets import Sheet
from tenants.selectors import shop_address

MADE = 201


@tenant_atomic
def ask_payment(*, seat: Seat, given: dict[str, Any], key: str, now: datetime) -> Answer:
    """The page, once for each idempotency key; without a key each call makes one."""
    once = _once(seat, given, key)
    if once is not None and (before := idempotency.look(asked=once)) is not None:
        return Answer(status=before.status, body=before.answer, is_replay=True)
    asked = channels.ask_payment(
        partner_id=seat.partner_id,
        amount_e4=given["amount"],
        reference=given["reference"],
        return_url=given["return_url"],
        by=seat.actor,
        now=now,
    )
    body = payment_in_body(asked=asked, shop=shop_address(path="/"), now=now)
    answer = Answer(status=MADE, body=as_json(body))
    if once is not None:
        sheet = Sheet()
        idempotency.keep(asked=once, status=answer.status, answer=answer.body, now=now, sheet=sheet)
        sheet.write()
    return answer


@tenant_atomic
def asked_before(
    *, seat: Seat, given: dict[str, Any], key: str, why: AppError | IntegrityError
) -> Answer:
    """What a call that was rolled back is answered with: what its key was told before, or the
    refusal is raised on."""
    once = _once(seat, given, key)
    before = None if once is None else idempotency.look_again(asked=once)
    if before is None:
        raise why
    return Answer(status=before.status, body=before.answer, is_replay=True)


def _once(seat: Seat, given: dict[str, Any], key: str) -> Asked | None:
    said = json.dumps({"payment": given}, sort_keys=True, ensure_ascii=False)
    return once_of(seat=seat, key=key, said=said)
