"""What a member of staff has read."""

from collections.abc import Iterable
from datetime import datetime

from core.actors import Actor
from core.scope import tenant_atomic
from notices.models import Seen
from notices.selectors import get_notice, unseen_notices


@tenant_atomic
def see(*, notice_id: int, member_id: int, now: datetime) -> str:
    """The page that tells the rest; raises NotFound. Read twice is read once."""
    notice = get_notice(notice_id=notice_id)
    _keep([notice.pk], member_id, now)
    return notice.path


@tenant_atomic
def see_all(*, member_id: int, by: Actor, now: datetime) -> None:
    """All that the bell counts."""
    unseen = unseen_notices(member_id=member_id, now=now).values_list("pk", flat=True)
    _keep(unseen, member_id, now)


def _keep(notice_ids: Iterable[int], member_id: int, now: datetime) -> None:
    rows = [Seen(notice_id=pk, member_id=member_id, at=now) for pk in notice_ids]
    Seen.objects.bulk_create(rows, ignore_conflicts=True)
