"""A shop's sandbox: a tenant of its own in which partners try out all that there is, for nothing.

The shop is read in one transaction, the sandbox written in another one: no transaction ever sees
two tenants' rows.
"""

from channels.services.sandbox.keys import issue_test_key, revoke_test_key, roll_test_key
from channels.services.sandbox.opening import (
    in_sandbox,
    open_sandbox,
    reset_sandbox,
    restock_sandbox,
)

__all__ = [
    "in_sandbox",
    "issue_test_key",
    "open_sandbox",
    "reset_sandbox",
    "restock_sandbox",
    "revoke_test_key",
    "roll_test_key",
]
