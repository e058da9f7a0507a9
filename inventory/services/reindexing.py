"""What makes a code the same code was decided anew: the keys of those that are stored follow."""

from django.db import IntegrityError

from core.scope import tenant_atomic
from inventory.models import Code
from inventory.sealing import CodeSealer

BATCH = 1000


def reindex_codes() -> tuple[int, int]:
    """(changed, twice there) of the bound tenant's codes. Safe to kill and run again.

    A code whose like is there under another spelling keeps its old key: both stay what they are,
    and whoever runs this is told how many.
    """
    changed, twice, after = 0, 0, 0
    while (found := _reindex_batch(after)) is not None:
        after, one, other = found
        changed, twice = changed + one, twice + other
    return changed, twice


@tenant_atomic
def _reindex_batch(after: int) -> tuple[int, int, int] | None:
    rows = Code.objects.filter(pk__gt=after).order_by("pk")
    codes = list(rows.only("sku_id", "uid", "card_no", "secret", "index_hash")[:BATCH])
    if not codes:
        return None
    seal, changed, twice = CodeSealer(), 0, 0
    for code in codes:
        number = bytes(code.card_no) if code.card_no else None
        key = seal.index_of(card_no=number, secret=bytes(code.secret), uid=code.uid)
        if key == bytes(code.index_hash):
            continue
        try:
            with tenant_atomic():
                Code.objects.filter(pk=code.pk).update(index_hash=key)
            changed += 1
        except IntegrityError:  # its like is there, or came by an import this moment
            twice += 1
    return int(codes[-1].pk), changed, twice
