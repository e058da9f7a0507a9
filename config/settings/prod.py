"""Production: TLS in front of us, cookies only over it."""

from config.env import env
from config.settings.base import *  # noqa: F403 -- settings are layered by star import

SANDBOX_PAYMENTS = env.bool("SANDBOX_PAYMENTS", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
LANGUAGE_COOKIE_SECURE = True
