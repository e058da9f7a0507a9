"""What a member of staff has read."""

from datetime import datetime

from core.actors import Actor
from core.scope import require_tenant, tenant_atomic
from core.statements import run
from notices.models import Seen
from notices.selectors import LATELY, get_notice

# However many there are: one statement, which walks the newest by `notice_newest`.
_SEE_ALL = """
    INSERT INTO notices_seen (tenant_id, notice_id, member_id, at)
    SELECT tenant_id, id, %(member)s, %(now)s FROM notices_notice
     WHERE tenant_id = %(tenant)s AND at > %(since)s
        ON CONFLICT (tenant_id, notice_id, member_id) DO NOTHING
"""


@tenant_atomic
def see(*, notice_id: int, member_id: int, now: datetime) -> str:
    """The page that tells the rest; raises NotFound. Read twice is read once."""
    notice = get_notice(notice_id=notice_id)
    rows = [Seen(notice_id=notice.pk, member_id=member_id, at=now)]
    Seen.objects.bulk_create(rows, ignore_conflicts=True)
    return notice.path


@tenant_atomic
def see_all(*, member_id: int, by: Actor, now: datetime) -> None:
    """All that the bell counts."""
    given = {
        "tenant": require_tenant(),
        "member": member_id,
        "now": now,
        "since": now - LATELY,
    }
    run(_SEE_ALL, given)
