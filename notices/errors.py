from core.errors import AppError


class SmsNotSent(AppError):
    """A test message did not leave, or nobody can tell."""

    code = "sms_not_sent"
