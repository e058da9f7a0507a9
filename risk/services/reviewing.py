"""What a person says of something that was looked at, and who is blocked with it."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import InvalidInput
from core.scope import require_tenant, tenant_atomic
from risk.models import LINKING, ListEntry, Review
from risk.selectors import assessments_of
from risk.selectors.assessments import digests_of
from risk.selectors.listed import in_force
from risk.services.lists import store_entries
from risk.states import Judgement, Listing

MOST_LOOKS = 50


@tenant_atomic
def review(
    *, subject: str, judgement: Judgement, is_approved: bool, reason: str, by: Actor, now: datetime
) -> None:
    """A later word on the same takes the place of the earlier one."""
    Review.objects.update_or_create(
        tenant_id=require_tenant(),
        subject=subject,
        defaults={
            "judgement": judgement, "is_approved": is_approved, "reason": reason[:60],
            "by": by.label[:80], "at": now,
        },
    )  # fmt: skip


@tenant_atomic
def block_traits(
    *,
    subject: str,
    traits: Collection[str],
    shown: Mapping[str, str],
    until: datetime | None,
    by: Actor,
    now: datetime,
) -> int:
    """Block those whom the looks at `subject` were about, by these traits; returns how many.

    Who is blocked for longer already stays so. Only digests of them are kept: an entry is shown as
    `shown` says of its trait, else as `subject`. Raises InvalidInput where the looks know none of
    these traits.
    """
    wanted = set(traits) & set(LINKING)
    looks = assessments_of(subject=subject).order_by("-pk")[:MOST_LOOKS]
    found = {
        (trait, digest)
        for look in looks
        for trait, digest in digests_of(look).items()
        if trait in wanted and isinstance(digest, bytes)
    }
    if not found:
        raise InvalidInput(_("Choose what to block: it is kept for this order."), param="block")
    entries = [
        ListEntry(
            listing=Listing.BLOCK, trait=trait, key=digest, shown=shown.get(trait) or subject,
            reason=subject, until=until, by=by.label[:80], made_at=now,
        )
        for trait, digest in sorted(found - _blocked_for_longer(found, until=until, now=now))
    ]  # fmt: skip
    if entries:
        store_entries(entries, by=by, now=now)
    return len(found)


def _blocked_for_longer(
    found: set[tuple[str, bytes]], *, until: datetime | None, now: datetime
) -> set[tuple[str, bytes]]:
    """As long is longer, too: what was said of them first stands."""
    longer = Q(until=None) if until is None else Q(until=None) | Q(until__gte=until)
    digests = [digest for _trait, digest in found]
    blocked = in_force(now=now).filter(longer, listing=Listing.BLOCK, key__in=digests)
    return {(trait, bytes(key)) for trait, key in blocked.values_list("trait", "key") if key}
