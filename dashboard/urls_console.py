"""The partner's own console, under /developers/console/ on the shop's host.

The office's pages about a partner, under the names they have there without `office_`.
"""

from django.urls import include, path

from dashboard.guests import own
from dashboard.views import (
    console,
    console_entry,
    console_factor,
    partner_calls,
    partner_deliveries,
    partner_keys,
    partner_sandbox,
    partner_statements,
    partner_webhooks,
)

_HOOK = "webhooks/<slug:hook>/"
_DELIVERY = "webhooks/deliveries/<slug:delivery>/"
_BOTH = [
    path("", own(console.overview), name="partner"),
    path("keys/", own(console.keys), name="keys"),
    path("requests/", own(partner_calls.calls), name="partner_calls"),
    path("requests/<int:call_id>/", own(partner_calls.call), name="partner_call"),
    path("webhooks/", own(partner_webhooks.webhooks), name="webhooks"),
    path("webhooks/new/", own(partner_webhooks.new), name="webhook_new"),
    path(_DELIVERY, own(partner_deliveries.delivery), name="delivery"),
    path(f"{_DELIVERY}again/", own(partner_deliveries.again), name="delivery_again"),
    path(_HOOK, own(partner_webhooks.webhook), name="webhook"),
    path(f"{_HOOK}edit/", own(partner_webhooks.edit), name="webhook_edit"),
    path(f"{_HOOK}secret/", own(partner_webhooks.rotate), name="webhook_rotate"),
    path(f"{_HOOK}remove/", own(partner_webhooks.remove), name="webhook_remove"),
    path(f"{_HOOK}sample/", own(partner_deliveries.sample), name="webhook_sample"),
    path(f"{_HOOK}again/", own(partner_deliveries.replay), name="replay"),
    path(f"{_HOOK}<slug:verb>/", own(partner_webhooks.webhook_do), name="webhook_do"),
    path("balance/", own(partner_statements.statement), name="partner_statement"),
    path(
        "balance/<slug:form>/", own(partner_statements.statement_file),
        name="partner_statement_file",
    ),
]  # fmt: skip
_LIVE = [
    path("security/", own(console_factor.security), name="security"),
    path("security/factor/", own(console_factor.new), name="factor"),
    path("security/factor/off/", own(console_factor.off), name="factor_off"),
    path("security/recovery/", own(console_factor.recovery), name="recovery"),
    path("security/demand/<slug:verb>/", own(console_factor.demand), name="factor_demand"),
    path("keys/new/", own(partner_keys.new), name="key_new"),
    path("keys/<int:key_id>/roll/", own(partner_keys.roll), name="key_roll"),
    path("keys/<int:key_id>/revoke/", own(partner_keys.revoke), name="key_revoke"),
]
# A test key is made from the shop's side, which looks into its sandbox by itself.
_TEST = [
    path("keys/", own(console.keys), name="test_mode"),
    path("keys/new/", own(partner_sandbox.new_key, in_twin=False), name="test_key_new"),
    path(
        "keys/<int:key_id>/roll/", own(partner_sandbox.roll_key, in_twin=False),
        name="test_key_roll",
    ),
    path(
        "keys/<int:key_id>/revoke/", own(partner_sandbox.revoke_key, in_twin=False),
        name="test_key_revoke",
    ),
]  # fmt: skip

app_name = "console"
urlpatterns = [
    path("", console_entry.home, name="home"),
    path("sign-in/", console_entry.sign_in, name="sign_in"),
    path("sign-out/", console_entry.sign_out, name="sign_out"),
    path("code/", console_factor.code, name="code"),
    path("password/", console_entry.password, name="password"),
    path("password/lost/", console_entry.lost, name="lost"),
    path("join/<str:token>/", console_entry.join, name="join"),
    path("live/<slug:ref>/", include((_BOTH + _LIVE, "live")), {"is_test": False}),
    path("test/<slug:ref>/", include((_BOTH + _TEST, "test")), {"is_test": True}),
]
