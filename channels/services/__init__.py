"""Every write of channels, by topic: partners and their prices, keys, money, what they order."""

from channels.models import (
    CLAIM_PROOF,
    DOOR_SECRETS,
    ENDPOINT_OLD_SECRET,
    ENDPOINT_SECRET,
    FACTOR_SECRET,
    ClaimProof,
    Door,
    PersonFactor,
    WebhookEndpoint,
)
from channels.services.calls import forget_old_calls, keep_calls
from channels.services.claims import (
    confirm_claim,
    file_correction,
    file_transfer,
    match_claim,
    read_claim_proof,
    refuse_claim,
)
from channels.services.doors import (
    change_door,
    check_callback,
    close_door,
    keep_prices,
    mark_door_used,
    note_refused,
    open_door,
    roll_door,
)
from channels.services.factors import (
    demand_factor,
    is_factors_code,
    make_recovery_codes,
    new_factor_secret,
    switch_off_factor,
    switch_on_factor,
)
from channels.services.keys import issue_key, mark_used, revoke_key, roll_key
from channels.services.low_balance import note_low_balance
from channels.services.partners import (
    change_partner,
    create_partner,
    reopen_partner,
    suspend_partner,
)
from channels.services.paying_in import ask_payment, set_pay_in_limits, take_payment
from channels.services.people import (
    accept_link,
    close_session,
    invite_person,
    is_persons_password,
    link_anew,
    link_for_lost_password,
    note_password,
    open_session,
    remove_person,
)
from channels.services.pricing import is_at_loss, prices_for, prices_of_partner, pricing_of
from channels.services.selling import note_sale
from channels.services.statement_files import statement_csv, statement_xlsx
from channels.services.telling import (
    claim_door,
    claim_door_complaint,
    claim_door_order,
    claim_door_watch,
    note_door_complaint,
    note_door_order,
    note_news,
    record_door_complaint,
    record_door_order,
    record_door_watch,
    unwatch,
    watch,
)
from channels.services.tiers import (
    drop_tier,
    drop_tier_price,
    save_tier,
    set_tier_price,
    set_tier_prices,
)
from channels.services.webhooks.announcing import (
    announce,
    is_of_a_balance,
    is_partners,
    tell_of_balance,
    tell_of_credit,
    tell_of_hold,
    tell_of_order,
    tell_of_refund,
    tell_of_release,
)
from channels.services.webhooks.endpoints import (
    change_endpoint,
    make_endpoint,
    remove_endpoint,
    rotate_secret,
)
from channels.services.webhooks.forgetting import forget_old_events
from channels.services.webhooks.replaying import make_sample, replay_events, retry_delivery
from channels.services.webhooks.sending import send_now, send_webhooks
from channels.services.webhooks.shelves import look_at_shelf
from channels.services.webhooks.signing import event_body
from core.rotation import SealedColumn

SEALED = (
    SealedColumn(model=ClaimProof, field="body", place=CLAIM_PROOF),
    SealedColumn(model=Door, field="secrets", place=DOOR_SECRETS),
    SealedColumn(model=PersonFactor, field="secret", place=FACTOR_SECRET),
    SealedColumn(model=WebhookEndpoint, field="secret", place=ENDPOINT_SECRET),
    SealedColumn(model=WebhookEndpoint, field="old_secret", place=ENDPOINT_OLD_SECRET),
)

__all__ = [
    "SEALED",
    "accept_link",
    "announce",
    "ask_payment",
    "change_door",
    "change_endpoint",
    "change_partner",
    "check_callback",
    "claim_door",
    "claim_door_complaint",
    "claim_door_order",
    "claim_door_watch",
    "close_door",
    "close_session",
    "confirm_claim",
    "create_partner",
    "demand_factor",
    "drop_tier",
    "drop_tier_price",
    "event_body",
    "file_correction",
    "file_transfer",
    "forget_old_calls",
    "forget_old_events",
    "invite_person",
    "is_at_loss",
    "is_factors_code",
    "is_of_a_balance",
    "is_partners",
    "is_persons_password",
    "issue_key",
    "keep_calls",
    "keep_prices",
    "link_anew",
    "link_for_lost_password",
    "look_at_shelf",
    "make_endpoint",
    "make_recovery_codes",
    "make_sample",
    "mark_door_used",
    "mark_used",
    "match_claim",
    "new_factor_secret",
    "note_door_complaint",
    "note_door_order",
    "note_low_balance",
    "note_news",
    "note_password",
    "note_refused",
    "note_sale",
    "open_door",
    "open_session",
    "prices_for",
    "prices_of_partner",
    "pricing_of",
    "read_claim_proof",
    "record_door_complaint",
    "record_door_order",
    "record_door_watch",
    "refuse_claim",
    "remove_endpoint",
    "remove_person",
    "reopen_partner",
    "replay_events",
    "retry_delivery",
    "revoke_key",
    "roll_door",
    "roll_key",
    "rotate_secret",
    "save_tier",
    "send_now",
    "send_webhooks",
    "set_pay_in_limits",
    "set_tier_price",
    "set_tier_prices",
    "statement_csv",
    "statement_xlsx",
    "suspend_partner",
    "switch_off_factor",
    "switch_on_factor",
    "take_payment",
    "tell_of_balance",
    "tell_of_credit",
    "tell_of_hold",
    "tell_of_order",
    "tell_of_refund",
    "tell_of_release",
    "unwatch",
    "watch",
]
