"""What a person's authenticator shows."""

import time
from datetime import datetime

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value


def digits(secret: str, *, at: datetime | None = None) -> str:
    """Of that half minute, or of this one."""
    seconds = at.timestamp() if at else time.time()
    return str(format_hotp_value(hotp_value(secret, int(seconds) // 30)))
