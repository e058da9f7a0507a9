"""Webhooks of the partner API: where you are told, what there was to tell, how it got there."""

from collections.abc import Iterator, Sequence
from typing import Any, cast

from quanyi import types
from quanyi.calling import Caller

ENDPOINTS, DELIVERIES = "/webhook-endpoints", "/webhook-deliveries"


class Webhooks(Caller):
    """What `Client` can do about webhooks."""

    def webhook_endpoints(self) -> Iterator[types.Endpoint]:
        """The newest first."""
        return cast(Iterator[types.Endpoint], self.pages(ENDPOINTS))

    def make_webhook_endpoint(
        self, url: str, *, events: Sequence[str] = ()
    ) -> types.EndpointWithSecret:
        """Be told at `url`, of everything or of these events; keep the `secret`, it is shown this
        once."""
        body = {"url": url, "events": list(events)}
        return cast(types.EndpointWithSecret, self.call("POST", ENDPOINTS, body=body))

    def webhook_endpoint(self, ref: str) -> types.Endpoint:
        return cast(types.Endpoint, self.call("GET", f"{ENDPOINTS}/{ref}"))

    def change_webhook_endpoint(
        self,
        ref: str,
        *,
        url: str | None = None,
        events: Sequence[str] | None = None,
        is_active: bool | None = None,
    ) -> types.Endpoint:
        """What is not given stays. Switched off, what waits goes
        out later; what happens meanwhile is not sent."""
        body: dict[str, Any] = {}
        if url is not None:
            body["url"] = url
        if events is not None:
            body["events"] = list(events)
        if is_active is not None:
            body["state"] = "active" if is_active else "disabled"
        return cast(types.Endpoint, self.call("PATCH", f"{ENDPOINTS}/{ref}", body=body))

    def remove_webhook_endpoint(self, ref: str) -> types.RemovedEndpoint:
        return cast(types.RemovedEndpoint, self.call("DELETE", f"{ENDPOINTS}/{ref}"))

    def rotate_webhook_secret(self, ref: str) -> types.EndpointWithSecret:
        """A new secret; for 24 hours the old one signs beside it."""
        told = self.call("POST", f"{ENDPOINTS}/{ref}/rotate", body={})
        return cast(types.EndpointWithSecret, told)

    def send_test_event(self, ref: str, *, kind: str = "order.completed") -> types.Delivery:
        """Have a made-up event sent now, signed as all are; what your server said is told."""
        told = self.call("POST", f"{ENDPOINTS}/{ref}/test", body={"type": kind})
        return cast(types.Delivery, told)

    def replay_events(self, ref: str, *, since: str, until: str | None = None) -> types.Replay:
        """Have the events of a time sent to the endpoint again, under their old ids."""
        body = {"since": since} | ({} if until is None else {"until": until})
        return cast(types.Replay, self.call("POST", f"{ENDPOINTS}/{ref}/replay", body=body))

    def events(self, *, kind: str = "") -> Iterator[types.Event]:
        """What there was to tell in the last 30 days, the newest first."""
        return cast(Iterator[types.Event], self.pages("/events", type=kind))

    def deliveries(
        self, *, endpoint: str = "", event: str = "", state: str = ""
    ) -> Iterator[types.Delivery]:
        """How each event got to each endpoint, the newest first."""
        found = self.pages(DELIVERIES, endpoint=endpoint, event=event, state=state)
        return cast(Iterator[types.Delivery], found)

    def retry_delivery(self, ref: str) -> types.Delivery:
        """Have one event sent to one endpoint again, also one that had arrived."""
        return cast(types.Delivery, self.call("POST", f"{DELIVERIES}/{ref}/retry", body={}))
