"""Spans of time as people say them."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

MINUTE, HOUR, DAY = 60, 3_600, 86_400


def span_words(seconds: int) -> str:
    """Rounded up, so that who waits so long has waited long enough."""
    if seconds <= MINUTE:
        return _("a minute")
    if seconds <= 50 * MINUTE:
        minutes = -(-seconds // MINUTE)
        return ngettext("%(number)s minute", "%(number)s minutes", minutes) % {"number": minutes}
    if seconds <= HOUR:
        return _("about an hour")
    if seconds <= 2 * DAY:
        hours = -(-seconds // HOUR)
        return ngettext("about %(number)s hour", "about %(number)s hours", hours) % {
            "number": hours
        }
    days = -(-seconds // DAY)
    return ngettext("about %(number)s day", "about %(number)s days", days) % {"number": days}


def plain_words(seconds: int) -> str:
    """Rounded to the largest unit of which there is a whole one, hours at most."""
    if seconds < MINUTE:
        return ngettext("%(number)s second", "%(number)s seconds", seconds) % {"number": seconds}
    if seconds < HOUR:
        number = round(seconds / MINUTE)
        return ngettext("%(number)s minute", "%(number)s minutes", number) % {"number": number}
    number = round(seconds / HOUR)
    return ngettext("%(number)s hour", "%(number)s hours", number) % {"number": number}
