"""What the API answers about webhooks, described: the dictionaries of `api.hooks`."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field
from rest_framework import serializers
from rest_framework.serializers import BooleanField, ChoiceField, IntegerField

from api.event_schemas import DATA
from api.schemas import Moment, kind_of, livemode, page_of
from channels.states import DeliveryState, EndpointState, EventKind, OffReason


@extend_schema_field(
    PolymorphicProxySerializer(
        component_name="EventData",
        serializers=list(dict.fromkeys(DATA.values())),
        resource_type_field_name=None,
    )
)
class Facts(serializers.DictField):
    """An event's own fields, by its type."""


class Endpoint(serializers.Serializer):
    object = kind_of("webhook_endpoint")
    livemode = livemode()
    ref = serializers.CharField()
    url = serializers.CharField()
    events = serializers.ListField(
        child=ChoiceField(choices=EventKind.values), help_text=_("Empty: all of them.")
    )
    state = ChoiceField(choices=[EndpointState.ACTIVE, EndpointState.DISABLED])
    disabled_by = ChoiceField(
        choices=OffReason.values,
        allow_null=True,
        help_text=_("You, the shop, its answer 410, or five days without one success."),
    )
    failing_since = Moment(allow_null=True)
    old_secret_until = Moment(
        allow_null=True, help_text=_("Until then the secret before signs as well.")
    )
    created_at = Moment()


class EndpointWithSecret(Endpoint):
    secret = serializers.CharField(help_text=_("Shown this once: keep it."))


class RemovedEndpoint(serializers.Serializer):
    object = kind_of("webhook_endpoint")
    livemode = livemode()
    ref = serializers.CharField()
    deleted = BooleanField()


class Event(serializers.Serializer):
    object = kind_of("event")
    livemode = livemode()
    id = serializers.CharField(help_text=_("The same each time it is sent: go by it."))
    type = ChoiceField(choices=EventKind.values)
    created_at = Moment()
    is_test = BooleanField(help_text=_("Made up, to try an endpoint with."))
    data = Facts()  # type: ignore[assignment]  # -- the metaclass takes it out


class Delivery(serializers.Serializer):
    object = kind_of("webhook_delivery")
    livemode = livemode()
    ref = serializers.CharField()
    endpoint = serializers.CharField()
    event = serializers.CharField()
    type = ChoiceField(choices=EventKind.values)
    is_test = BooleanField()
    state = ChoiceField(choices=DeliveryState.values)
    tries = IntegerField()
    next_try_at = Moment(allow_null=True)
    last_try_at = Moment(allow_null=True)
    last_status = IntegerField(allow_null=True)
    last_error = serializers.CharField(allow_null=True)
    last_ms = IntegerField(allow_null=True)
    last_answer = serializers.CharField(
        allow_null=True, help_text=_("How the last answer began, without what looks like a code.")
    )
    delivered_at = Moment(allow_null=True)


class Replay(serializers.Serializer):
    object = kind_of("replay")
    livemode = livemode()
    endpoint = serializers.CharField()
    count = IntegerField(help_text=_("How many events go out again."))
    has_more = BooleanField()
    next_since = Moment(allow_null=True, help_text=_("Ask again with it as “since”."))


EndpointPage, EventPage, DeliveryPage = page_of(Endpoint), page_of(Event), page_of(Delivery)
