"""The office's pages of partners: terms, keys, people, doors, webhooks, money."""

from django.urls import path

from dashboard.views import (
    partner_calls,
    partner_deliveries,
    partner_doors,
    partner_keys,
    partner_money,
    partner_payments,
    partner_people,
    partner_prices,
    partner_sandbox,
    partner_statements,
    partner_webhooks,
    partners,
)

urlpatterns = [
    path("partners/", partners.partners, name="office_partners"),
    path("partners/new/", partners.new, name="office_partner_new"),
    path("partners/<slug:ref>/", partners.partner, name="office_partner"),
    path("partners/<slug:ref>/", partners.partner, name="office_keys"),  # they stand there
    path("partners/<slug:ref>/edit/", partners.edit, name="office_partner_edit"),
    path("partners/<slug:ref>/keys/new/", partner_keys.new, name="office_key_new"),
    path("partners/<slug:ref>/keys/<int:key_id>/roll/", partner_keys.roll, name="office_key_roll"),
    path(
        "partners/<slug:ref>/keys/<int:key_id>/revoke/",
        partner_keys.revoke,
        name="office_key_revoke",
    ),
    path("partners/<slug:ref>/people/new/", partner_people.new, name="office_person_new"),
    path(
        "partners/<slug:ref>/people/<int:person_id>/link/",
        partner_people.link,
        name="office_person_link",
    ),
    path(
        "partners/<slug:ref>/people/<int:person_id>/remove/",
        partner_people.remove,
        name="office_person_remove",
    ),
    path(
        "partners/<slug:ref>/people/<int:person_id>/factor/off/",
        partner_people.factor_off,
        name="office_person_factor_off",
    ),
    path(
        "partners/<slug:ref>/people/factor/<slug:verb>/",
        partner_people.demand,
        name="office_factor_demand",
    ),
    path("partners/<slug:ref>/test/", partner_sandbox.test_mode, name="office_test_mode"),
    path("partners/<slug:ref>/test/open/", partner_sandbox.open_it, name="office_test_open"),
    path("partners/<slug:ref>/test/keys/new/", partner_sandbox.new_key, name="office_test_key_new"),
    path(
        "partners/<slug:ref>/test/keys/<int:key_id>/roll/",
        partner_sandbox.roll_key,
        name="office_test_key_roll",
    ),
    path(
        "partners/<slug:ref>/test/keys/<int:key_id>/revoke/",
        partner_sandbox.revoke_key,
        name="office_test_key_revoke",
    ),
    path("partners/<slug:ref>/doors/new/", partner_doors.kinds, name="office_door_kinds"),
    path("partners/<slug:ref>/doors/new/<slug:kind>/", partner_doors.new, name="office_door_new"),
    path("partners/<slug:ref>/doors/<int:door_id>/", partner_doors.door, name="office_door"),
    path(
        "partners/<slug:ref>/doors/<int:door_id>/edit/",
        partner_doors.change,
        name="office_door_edit",
    ),
    path(
        "partners/<slug:ref>/doors/<int:door_id>/roll/", partner_doors.roll, name="office_door_roll"
    ),
    path(
        "partners/<slug:ref>/doors/<int:door_id>/close/",
        partner_doors.close,
        name="office_door_close",
    ),
    path("partners/<slug:ref>/webhooks/", partner_webhooks.webhooks, name="office_webhooks"),
    path("partners/<slug:ref>/webhooks/new/", partner_webhooks.new, name="office_webhook_new"),
    path(
        "partners/<slug:ref>/webhooks/<slug:hook>/", partner_webhooks.webhook, name="office_webhook"
    ),
    path(
        "partners/<slug:ref>/webhooks/<slug:hook>/edit/",
        partner_webhooks.edit,
        name="office_webhook_edit",
    ),
    path(
        "partners/<slug:ref>/webhooks/<slug:hook>/secret/",
        partner_webhooks.rotate,
        name="office_webhook_rotate",
    ),
    path(
        "partners/<slug:ref>/webhooks/<slug:hook>/remove/",
        partner_webhooks.remove,
        name="office_webhook_remove",
    ),
    path(
        "partners/<slug:ref>/webhooks/<slug:hook>/sample/",
        partner_deliveries.sample,
        name="office_webhook_sample",
    ),
    path(
        "partners/<slug:ref>/webhooks/<slug:hook>/again/",
        partner_deliveries.replay,
        name="office_replay",
    ),
    path(
        "partners/<slug:ref>/webhooks/<slug:hook>/<slug:verb>/",
        partner_webhooks.webhook_do,
        name="office_webhook_do",
    ),
    path(
        "partners/<slug:ref>/deliveries/<slug:delivery>/",
        partner_deliveries.delivery,
        name="office_delivery",
    ),
    path(
        "partners/<slug:ref>/deliveries/<slug:delivery>/again/",
        partner_deliveries.again,
        name="office_delivery_again",
    ),
    path("partners/<slug:ref>/calls/", partner_calls.calls, name="office_partner_calls"),
    path(
        "partners/<slug:ref>/calls/<int:call_id>/",
        partner_calls.call,
        name="office_partner_call",
    ),
    path("partners/<slug:ref>/prices/", partner_prices.prices, name="office_partner_prices"),
    path(
        "partners/<slug:ref>/statement/",
        partner_statements.statement,
        name="office_partner_statement",
    ),
    path(
        "partners/<slug:ref>/statement/<slug:form>/",
        partner_statements.statement_file,
        name="office_partner_statement_file",
    ),
    path("partners/<slug:ref>/payments/", partner_payments.payments, name="office_payments_in"),
    path("partners/<slug:ref>/correction/", partner_money.correction, name="office_correction"),
    path("partners/<slug:ref>/<slug:verb>/", partners.partner_do, name="office_partner_do"),
    path("tiers/", partner_prices.all_tiers, name="office_tiers"),
    path("tiers/new/", partner_prices.new_tier, name="office_tier_new"),
    path("tiers/<slug:ref>/", partner_prices.tier, name="office_tier"),
    path("tiers/<slug:ref>/drop-price/", partner_prices.drop_price, name="office_price_drop"),
    path("tiers/<slug:ref>/drop/", partner_prices.drop_tier, name="office_tier_drop"),
    path("payments-in/limits/", partner_payments.limits, name="office_pay_in_limits"),
    path("claims/", partner_money.money, name="office_claims"),
    path("claims/<slug:ref>/proof/", partner_money.proof, name="office_claim_proof"),
    path("claims/<slug:ref>/<slug:verb>/", partner_money.claim_do, name="office_claim_do"),
]
