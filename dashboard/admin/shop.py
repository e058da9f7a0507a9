"""Every table that the merchant's back office shows."""

from dashboard.admin import (  # noqa: F401 -- they register themselves
    people,
    products,
    sales,
    shelves,
    stock,
    supply,
)
