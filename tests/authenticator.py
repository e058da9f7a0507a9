"""What a person's authenticator shows."""

import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value


def digits(secret: str) -> str:
    """Of this half minute."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
