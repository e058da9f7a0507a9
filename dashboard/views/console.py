"""What only the console has: the partner at a glance, and its keys on a page of their own."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from channels.models import ApiKey
from channels.selectors import calls_of, endpoints_of, get_partner, keys_of, latest_calls
from channels.services.sandbox import trials
from dashboard.access import allows, guest_of, known_as
from dashboard.frame import draw
from dashboard.guests import console_page
from dashboard.partnering import key_row
from dashboard.places import place_of
from dashboard.views.partner_calls import tone_of_call
from dashboard.views.partners import glance, glance_row
from tenants.selectors import shop_address

LATEST_CALLS, LATEST_KEYS = 5, 100
DAY = timedelta(days=1)


@console_page("partners.view")
def overview(request: HttpRequest, ref: str) -> HttpResponse:
    found, now = glance(ref), timezone.now()
    newest = calls_of(partner_id=found.pk)[:LATEST_CALLS]
    return draw(
        request,
        "developers/console_overview.html",
        title=found.name,
        row=glance_row(request, found),
        day=latest_calls(partner_id=found.pk, since=now - DAY),
        partner=found,
        rows=[(call, tone_of_call(call)) for call in newest],
        steps=_steps(request, found),
        may_edit=allows(request, "partners.edit"),
    )


def _steps(request: HttpRequest, found: Any) -> list[tuple[Any, str, bool]]:
    """What comes first, where it is done, and whether it was."""
    ref = found.ref
    return [
        (_("Make an API key"), place_of(request, "office_keys", ref), found.live_keys > 0),
        (
            _("Make a first call"),
            "/developers/quickstart/",
            calls_of(partner_id=found.pk).exists(),
        ),
        (
            _("Add a webhook endpoint and send it a sample"),
            place_of(request, "office_webhooks", ref),
            endpoints_of(partner_id=found.pk).exists(),
        ),
        (_("Make a first order"), "/developers/orders/", found.ordered_at is not None),
    ]


@console_page("partners.view")
def keys(request: HttpRequest, ref: str) -> HttpResponse:
    found = get_partner(ref=ref)
    guest = guest_of(request)
    is_test = guest is not None and guest.is_test
    kind = "office_test_key" if is_test else "office_key"
    return draw(
        request,
        "developers/console_keys.html",
        title=_("API keys"),
        partner=found,
        keys=[_key(request, kind, ref, one) for one in keys_of(partner_id=found.pk)[:LATEST_KEYS]],
        new=place_of(request, f"{kind}_new", ref),
        may_edit=allows(request, "partners.edit"),
        **(_trials() if is_test else {}),
    )


def _trials() -> dict[str, Any]:
    """What there is to try, where a test key is called with."""
    return {
        "goods": trials.goods(),
        "accounts": trials.accounts(),
        "root": shop_address(path="/").rstrip("/"),
    }


def _key(request: HttpRequest, kind: str, ref: str, one: ApiKey) -> dict[str, Any]:
    return key_row(
        one,
        by=known_as(request, one.made_by),
        roll=place_of(request, f"{kind}_roll", ref, one.pk),
        revoke=place_of(request, f"{kind}_revoke", ref, one.pk),
    )
