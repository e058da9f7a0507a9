"""What may stand in an address behind the “?”, by operation."""

from collections.abc import Collection
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from api.errors import UnknownParameter
from api.fields import Choice, Line, Shape, Text
from api.paging import PARAMETERS
from api.shapes import ORDER_STATES
from channels.states import DeliveryState, EventKind
from core.errors import InvalidInput


class OrdersAsked(Shape):
    partner_order_no = Line(
        required=False, max_length=64, help_text=_("The one order that your own number names.")
    )
    state = Choice(required=False, choices=sorted(set(ORDER_STATES.values())))
    created_since = serializers.DateTimeField(
        required=False, help_text=_("With its zone: 2026-11-28T00:00:00Z. That moment included.")
    )
    created_until = serializers.DateTimeField(
        required=False, help_text=_("That moment not included.")
    )


class EventsAsked(Shape):
    type = Choice(required=False, choices=EventKind.values)


class DeliveriesAsked(Shape):
    endpoint = Text(required=False, max_length=40)
    event = Text(required=False, max_length=40)
    state = Choice(required=False, choices=DeliveryState.values)


def check_query(given: QueryDict, *, known: Collection[str]) -> None:
    """Raises UnknownParameter; a name that stands there twice, or for nothing, is InvalidInput."""
    for name, values in given.lists():
        if name not in known:
            allowed = ", ".join(known)
            takes = _("This operation takes: %(allowed)s.") % {"allowed": allowed}
            none = _("This operation takes nothing in the address.")
            raise UnknownParameter(takes if known else none, param=name, allowed=allowed)
        if len(values) > 1:
            raise InvalidInput(_("This stands in the address twice. Send it once."), param=name)
        if name not in PARAMETERS and not values[0]:
            raise InvalidInput(_("Say what is asked for, or leave it out."), param=name)


def query_of(given: QueryDict, *, shape: type[Shape]) -> dict[str, Any]:
    """The parameters in the shape's types."""
    names = [str(name) for name in shape().fields]
    found = shape(data={name: given[name] for name in names if name in given})
    found.is_valid(raise_exception=True)
    return dict(found.validated_data)
