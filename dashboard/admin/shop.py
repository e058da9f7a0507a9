"""Every table that the merchant's back office shows."""

from dashboard.admin import people  # noqa: F401 -- registers itself
