"""`{% place "office_webhook" partner.ref hook %}`: a partner's page where the reader is."""

from typing import Any

from django import template

from dashboard.places import place_of

register = template.Library()


@register.simple_tag(takes_context=True)
def place(context: Any, name: str, *args: object) -> str:
    return place_of(context["request"], name, *args)
