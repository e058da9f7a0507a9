"""Every table that the merchant's back office shows."""

from dashboard.admin import goods, people, sales, stock  # noqa: F401 -- they register themselves
