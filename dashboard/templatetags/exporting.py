"""`{% export_button "orders" %}`: takes the list away as it is filtered on this page, or as the
query says that is given beside its name."""

from typing import Any
from uuid import uuid4

from django import template

from dashboard.access import allows
from reports.services import get_table

register = template.Library()


@register.inclusion_tag("dashboard/_export.html", takes_context=True)
def export_button(context: Any, name: str, query: str = "") -> dict[str, Any]:
    request = context["request"]
    return {
        "is_allowed": allows(request, get_table(name).right),
        "csrf_token": context.get("csrf_token"),
        "table": name,
        "query": query or request.GET.urlencode(),
        "key": uuid4(),
    }
