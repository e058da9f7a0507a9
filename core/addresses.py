"""Which addresses we call at all. Where a name leads to is looked at when it is called."""

import re

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.errors import InvalidInput

LONGEST_URL = 500
PORT = r"([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
# A name under some top-level domain: no number, no password, and nothing after a “#”.
PUBLIC_URL = (
    r"^https://([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
    rf"(:{PORT})?([/?][!\"$-~]*)?$"
)
_LOCAL_URL = rf"^https?://(127\.0\.0\.1|localhost)(:{PORT})?(/[!\"$-~]*)?$"


def is_local(url: str) -> bool:
    """Whether it leads to this machine: in development and tests it may."""
    return re.fullmatch(_LOCAL_URL, url, re.ASCII) is not None


def url_pattern() -> str:
    """What an address looks like that is called here."""
    return f"{PUBLIC_URL}|{_LOCAL_URL}" if settings.WEBHOOKS_MAY_BE_LOCAL else PUBLIC_URL


def checked_url(url: str, *, param: str = "url") -> str:
    """The address as it is kept; raises InvalidInput."""
    text = url.strip()
    if len(text) > LONGEST_URL or not re.fullmatch(url_pattern(), text, re.ASCII):
        raise InvalidInput(
            _(
                "Write a public address with https, such as https://shop.example.com/webhooks, a "
                "port of at most 65535 and nothing behind a “#”. Numbers, passwords and machines "
                "of an inner network are not called."
            ),
            param=param,
        )
    return text
