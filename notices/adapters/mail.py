"""A mail of plain text, by the server that the settings name."""

from smtplib import SMTPException

from django.core.mail import EmailMessage

from notices.types import Letter


def send(letter: Letter) -> str:
    """Why it could not be sent; nothing if it was taken."""
    mail = EmailMessage(subject=letter.title, body=letter.as_text, to=[letter.address.reveal()])
    try:
        mail.send()
    except (SMTPException, OSError) as why:
        return f"mail: {type(why).__name__}"
    return ""
