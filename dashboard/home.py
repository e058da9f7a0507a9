"""What the first page of each back office shows."""

from typing import Any

from django.http import HttpRequest

from tenants.selectors import all_merchants


def of_shop(request: HttpRequest) -> dict[str, Any]:
    return {}


def of_platform() -> dict[str, Any]:
    merchants = list(all_merchants().using("ops"))
    return {"merchants": merchants}
