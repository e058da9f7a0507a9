"""How often something may be tried, counted in Postgres so that a flush resets nothing."""

from datetime import datetime, timedelta

from django.db import connections
from django.utils.translation import gettext_lazy as _

from core.crypto import digest
from core.errors import TooManyTries
from core.models import Tries
from core.spans import span_words

# One statement: the counter starts anew when its window has passed, whoever asks first.
_HIT = """
    INSERT INTO core_tries (key, count, until) VALUES (%s, 1, %s)
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN core_tries.until <= %s THEN 1 ELSE core_tries.count + 1 END,
        until = CASE WHEN core_tries.until <= %s THEN excluded.until ELSE core_tries.until END
    RETURNING count, until
"""


def hit(*, what: str, who: str, most: int, window: timedelta, now: datetime) -> None:
    """Count one try of `what` by `who`; raises TooManyTries past `most` in `window`.

    Counted through `ops`, on a connection of its own, so that a refusal which rolls the request
    back does not give the try back.
    """
    with connections["ops"].cursor() as cursor:
        cursor.execute(_HIT, [digest(f"{what}|{who}"), now + window, now, now])
        count, until = cursor.fetchone()
    if count > most:
        wait = max(1, int((until - now).total_seconds()))
        raise TooManyTries(
            _("Too many tries. Please wait %(span)s and try again.") % {"span": span_words(wait)},
            wait_seconds=wait,
        )


def forgive(*, what: str, who: str) -> None:
    """Start the counter anew: after a right password, say."""
    Tries.objects.using("ops").filter(key=digest(f"{what}|{who}")).delete()


def forget_past(now: datetime) -> int:
    return Tries.objects.using("ops").filter(until__lt=now).delete()[0]
