"""Reusable content: one text, link or QR for many buyers, counted."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import connection
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.crypto import seal
from core.errors import InvalidInput
from core.scope import tenant_atomic
from inventory.errors import OutOfStock
from inventory.models import NEVER, Content
from inventory.sealing import CONTENT
from inventory.selectors import find_content
from inventory.types import NewContent
from tenants import audit

# The conditional update is the gate: its row count says whether there were enough uses left.
_CLAIM_USES = """
    WITH counted AS (
        UPDATE inventory_content SET uses = uses + %(wanted)s
         WHERE tenant_id = %(tenant)s AND sku_id = %(sku)s AND is_current
           AND expires_on >= %(first_day)s
           AND (most_uses IS NULL OR uses + %(wanted)s <= most_uses)
        RETURNING id)
    INSERT INTO inventory_hold (tenant_id, item_id, sku_id, content_id, buyer_key, min_days_left,
                                state, until, made_at, ended_why)
    SELECT %(tenant)s, %(item)s, %(sku)s, id, %(buyer)s, %(min_days)s,
           %(state)s, %(until)s::timestamptz, %(now)s, ''
      FROM counted CROSS JOIN generate_series(1, %(wanted)s)
"""


def claim_content(given: dict[str, Any]) -> None:
    """Take uses of the SKU's content, all or none; raises OutOfStock."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM_USES, given)
        if cursor.rowcount > 0:
            return
    content = find_content(sku_id=given["sku"])
    is_good = content is not None and content.expires_on >= given["first_day"]
    left = (content.most_uses or 0) - content.uses if content is not None and is_good else 0
    raise OutOfStock(wanted=given["wanted"], found=max(0, left))


@tenant_atomic
def set_content(*, given: NewContent, by: Actor, now: datetime) -> Content:
    """Put new content on sale for a SKU. What was sold before keeps the text it was sold with."""
    if not given.body.reveal().strip():
        raise InvalidInput(_("Write the text that every buyer gets."), param="body")
    Content.objects.filter(sku_id=given.sku_id, is_current=True).update(is_current=False)
    uid = uuid4()
    content = Content.objects.create(
        sku_id=given.sku_id,
        uid=uid,
        kind=Content.Kind(given.kind),
        body=seal(given.body.reveal().strip(), place=CONTENT, uid=uid),
        most_uses=given.most_uses,
        expires_on=given.expires_on or NEVER,
        made_by=by.label,
        made_at=now,
    )
    audit.record(by=by, action="content.set", target=f"content:{content.pk}", now=now)
    return content
