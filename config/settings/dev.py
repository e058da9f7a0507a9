"""What `make up` runs: production's behaviour on this machine, over plain HTTP."""

from config.settings.base import *  # noqa: F403 -- settings are layered by star import

SANDBOX_PAYMENTS = True
SUPPLIERS_MAY_BE_LOCAL = True
WEBHOOKS_MAY_BE_LOCAL = True
