"""A mail of plain text, by the server that the settings name."""

from smtplib import SMTPException, SMTPRecipientsRefused, SMTPServerDisconnected
from socket import gaierror

from django.core.mail import EmailMessage

from core.secrets import Secret
from notices.states import Fate
from notices.types import Letter


def send(letter: Letter) -> str:
    """Why it could not be sent; nothing if it was taken."""
    mail = _mail(letter.address, letter.title, letter.as_text)
    try:
        mail.send()
    except (SMTPException, OSError) as why:
        return f"mail: {type(why).__name__}"
    return ""


def send_text(*, to: Secret, subject: str, body: str) -> Fate:
    try:
        _mail(to, subject, body).send()
    except SMTPRecipientsRefused as why:
        is_for_good = all(code >= 500 for code, _said in why.recipients.values())
        return Fate.NO_ADDRESS if is_for_good else Fate.NOT_SENT
    except (SMTPServerDisconnected, TimeoutError):
        return Fate.UNKNOWN
    except (SMTPException, ConnectionRefusedError, gaierror):
        return Fate.NOT_SENT
    except OSError:
        return Fate.UNKNOWN
    return Fate.SENT


def _mail(to: Secret, subject: str, body: str) -> EmailMessage:
    """A shop's name of two lines is no second header."""
    return EmailMessage(subject=" ".join(subject.split()), body=body, to=[to.reveal()])
