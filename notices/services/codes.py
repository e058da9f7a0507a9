"""A code of a few digits to somebody who has to show that a number or an address is his.

It is said in the language of the page that asks for it, and is kept nowhere here.
"""

from datetime import datetime

import structlog
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.scope import tenant_atomic
from core.secrets import Secret
from notices.adapters import mail
from notices.services.texting import send_sms
from notices.states import Fate
from tenants.selectors import get_shop

log = structlog.get_logger(__name__)


def send_code(*, way: str, to: Secret, code: Secret, now: datetime) -> Fate:
    """What became of it; `way` is "mail" or "sms". In no transaction: the other side may think."""
    if way == "sms":
        return send_sms(to=to, code=code, now=now)
    with tenant_atomic():
        shop = get_shop().name_in(get_language() or "zh-hans")
    fate = _mailed(to, code, shop)
    if fate is not Fate.SENT:
        log.warning("code_not_sent", way=way, fate=str(fate))
    return fate


def _mailed(to: Secret, code: Secret, shop: str) -> Fate:
    subject = _("%(shop)s: your code") % {"shop": shop}
    body = _(
        "%(code)s is your code for %(shop)s. It is good for ten minutes.\n\n"
        "Tell it nobody. If you did not ask for it, you need not do anything."
    )
    return mail.send_text(to=to, subject=subject, body=body % {"code": code.reveal(), "shop": shop})
