"""Every write of notices: who is told, what there is to tell, and how it gets there."""

from datetime import datetime

from core.rotation import SealedColumn
from notices.models import ADDRESS, SECRET, SMS_SECRET, Recipient, SmsSender
from notices.selectors import due_to_forget
from notices.services.codes import send_code
from notices.services.recipients import add_recipient, change_recipient, drop_recipient
from notices.services.seeing import see, see_all
from notices.services.sending import send_messages
from notices.services.telling import tell, try_out
from notices.services.texting import send_sms, set_sms_sender, tell_sms_spent, try_sms

SEALED = (
    SealedColumn(model=Recipient, field="address", place=ADDRESS),
    SealedColumn(model=Recipient, field="secret", place=SECRET),
    SealedColumn(model=SmsSender, field="secret", place=SMS_SECRET),
)

__all__ = [
    "SEALED",
    "add_recipient",
    "change_recipient",
    "drop_recipient",
    "forget_old",
    "see",
    "see_all",
    "send_code",
    "send_messages",
    "send_sms",
    "set_sms_sender",
    "tell",
    "tell_sms_spent",
    "try_out",
    "try_sms",
]


def forget_old(now: datetime) -> int:
    """Drop what is ninety days old, across tenants, a batch at a time."""
    return due_to_forget(now=now).delete()[0]
