"""Codes whose day is past in the merchant's zone leave the shelf."""

from datetime import datetime
from typing import Any

from django.db import connection

from core.scope import require_tenant, tenant_atomic
from inventory.models import Shelf
from inventory.selectors import today_here

# A code that a buyer holds is left to its hold: selling swaps it, giving it back brings it here.
_EXPIRE = """
    WITH past AS (
        SELECT id FROM inventory_code
         WHERE tenant_id = %(tenant)s AND sku_id = %(sku)s AND state = 'available'
           AND expires_on = %(day)s
           FOR NO KEY UPDATE SKIP LOCKED),
    moved AS (
        UPDATE inventory_code SET state = 'expired'
         WHERE tenant_id = %(tenant)s AND id IN (SELECT id FROM past)
        RETURNING id)
    INSERT INTO inventory_codemove (tenant_id, code_id, old, new, by, reason, data, at)
    SELECT %(tenant)s, id, 'available', 'expired', 'system', 'expired', '{}', %(now)s FROM moved
"""
_HAS_STOCK = """
    SELECT EXISTS (SELECT 1 FROM inventory_code
                    WHERE tenant_id = %(tenant)s AND sku_id = %(sku)s AND expires_on = %(day)s
                      AND state IN ('available', 'reserved', 'frozen'))
"""


@tenant_atomic
def expire_codes(*, shelf_id: int, now: datetime) -> int:
    """Expire a shelf's codes if its day is past here; returns how many. The empty shelf goes."""
    shelf = Shelf.objects.select_for_update(no_key=True).filter(pk=shelf_id).first()
    if shelf is None or shelf.expires_on >= today_here(now=now):
        return 0
    given: dict[str, Any] = {
        "tenant": require_tenant(),
        "sku": shelf.sku_id,
        "day": shelf.expires_on,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_EXPIRE, given)
        expired = int(cursor.rowcount)
        cursor.execute(_HAS_STOCK, given)
        (has_stock,) = cursor.fetchone()
    if not has_stock:
        shelf.delete()
    return expired
