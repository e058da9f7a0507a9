"""Whose key it is, what it may do, from where, until when."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from channels import services as channels
from channels.models import ApiKey
from channels.types import KeyTerms
from core.scope import tenant_atomic
from tests.api.callers import ORDERS, PRODUCTS, Caller
from tests.channels.factories import WANG, make_keyed
from tests.conftest import as_tenant, make_shop
from tests.orders.factories import stocked_sku
from tests.times import MORNING

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def refused(caller, path=PRODUCTS):
    told = caller.get(path)
    return caller.status, told["error"]["code"]


def test_a_key_opens_its_own_shop_only(caller, other_shop, keyed):
    assert caller.get(PRODUCTS)["object"] == "list"
    with as_tenant(other_shop.pk):
        assert refused(Caller(keyed, host="star.localhost")) == (401, "invalid_key")


@pytest.mark.parametrize(
    "text", ["", "qy_live_", "qy_live_abcdefgh", "nonsense", "qy_live_" + "é" * 40]
)
def test_what_is_no_key_is_refused(shop, text):
    assert refused(Caller(text))[0] == 401


def test_a_key_with_another_secret_is_refused(keyed):
    wrong = keyed.key[:-1] + ("A" if keyed.key[-1] != "A" else "B")

    assert refused(Caller(wrong)) == (401, "invalid_key")


def test_many_wrong_keys_are_told_to_wait_and_a_right_one_beside_them_is_heard(caller, keyed):
    wrong = Caller(keyed.key[:-1] + ("A" if keyed.key[-1] != "A" else "B"))

    with time_machine.travel(timezone.now(), tick=False):
        told = [refused(wrong) for _ in range(62)]
        caller.get(PRODUCTS)

    assert told == [(401, "invalid_key")] * 60 + [(429, "too_many_tries")] * 2
    assert caller.status == 200


def test_only_a_digest_of_the_secret_is_kept(keyed):
    with tenant_atomic():
        row = ApiKey.objects.values().get()

    assert keyed.key[16:] not in repr(row)


def test_a_revoked_key_is_refused_at_once(caller, keyed):
    caller.get(PRODUCTS)
    channels.revoke_key(key_id=keyed.key_id, by=WANG, now=timezone.now())

    assert refused(caller) == (401, "invalid_key")


def test_a_rolled_key_goes_on_beside_the_new_one_for_a_while(caller, keyed):
    now = timezone.now()
    fresh = channels.roll_key(key_id=keyed.key_id, overlap=timedelta(hours=1), by=WANG, now=now)

    assert caller.get(PRODUCTS)["object"] == "list"
    assert Caller(fresh.text.reveal()).get(PRODUCTS)["object"] == "list"
    channels.revoke_key(key_id=keyed.key_id, by=WANG, now=now)
    assert refused(caller) == (401, "invalid_key")


def test_an_old_key_ends_with_its_overlap(caller, keyed):
    ended = timezone.now() - timedelta(seconds=1)
    channels.roll_key(key_id=keyed.key_id, overlap=timedelta(0), by=WANG, now=ended)

    assert refused(caller) == (401, "invalid_key")


def test_a_key_may_do_what_it_was_given(shop):
    with tenant_atomic():
        sku = stocked_sku(1)
        reader = Caller(make_keyed(key=KeyTerms(scopes=("catalog:read",))))

    told = reader.order(sku)

    assert (reader.status, told["error"]["data"]) == (403, {"scope": "orders:write"})
    assert refused(reader, ORDERS) == (403, "scope_missing")
    assert reader.get(PRODUCTS)["object"] == "list"


@pytest.mark.parametrize("key", ["", "the same"])
def test_what_another_key_ordered_is_told_to_who_may_read_orders(caller, keyed, key):
    with tenant_atomic():
        sku = stocked_sku(3)
        writer, reader = (
            Caller(issue(keyed, scopes=scopes))
            for scopes in (("orders:write",), ("orders:read", "orders:write"))
        )
    first = caller.order(sku, "N1", key=key)
    own = writer.order(sku, "N2", key="its own")

    refused = writer.order(sku, "N1", key=key)
    batch = writer.post(
        "/api/v1/order-batches", {"orders": [{"sku": sku.ref, "partner_order_no": "N1"}]}
    )

    assert refused["error"]["data"] == {"scope": "orders:read"}
    assert batch["results"][0]["body"]["error"]["code"] == "scope_missing"
    assert reader.order(sku, "N1", key=key)["units"] == first["units"]
    assert writer.order(sku, "N2", key="its own")["units"] == own["units"]
    assert writer.order(sku, "N2")["units"] == own["units"]


def issue(keyed, **terms):
    """Another key of the same partner."""
    made = channels.issue_key(
        partner_id=keyed.partner.pk, terms=KeyTerms(**terms), by=WANG, now=MORNING
    )
    return made.text.reveal()


def test_a_key_is_used_from_its_addresses_only(shop):
    with tenant_atomic():
        near = Caller(make_keyed(key=KeyTerms(networks=("127.0.0.0/8",))))
        far = Caller(make_keyed(key=KeyTerms(networks=("203.0.113.7",))))

    assert near.get(PRODUCTS)["object"] == "list"
    assert refused(far) == (403, "ip_not_allowed")


def test_a_suspended_partner_is_told_so(caller, keyed):
    channels.suspend_partner(
        partner_id=keyed.partner.pk, by=WANG, reason="unpaid", now=timezone.now()
    )

    assert refused(caller) == (403, "partner_suspended")


def test_when_a_key_was_used_is_remembered_about_once_a_minute(caller, keyed):
    caller.get(PRODUCTS)
    with tenant_atomic():
        first = ApiKey.objects.get()

    caller.get(PRODUCTS)

    with tenant_atomic():
        again = ApiKey.objects.get()
    assert first.last_used_from == "127.0.0.1"
    assert again.last_used_at == first.last_used_at


def test_too_many_calls_in_a_second_wait_for_the_next(shop):
    with tenant_atomic():
        caller = Caller(make_keyed(most_per_second=2))

    statuses = []
    for _ in range(8):  # of any second at most two
        caller.get(PRODUCTS)
        statuses.append(caller.status)

    assert 429 in statuses
    last = statuses.index(429)
    assert statuses[:2] == [200, 200]
    assert last >= 2


def test_while_redis_is_away_each_process_counts_by_itself(shop, redis_away):
    with tenant_atomic():
        caller, other = (Caller(make_keyed(most_per_second=2)) for _one in range(2))

    def statuses(one, count):
        return [one.get(PRODUCTS) and one.status for _time in range(count)]

    with time_machine.travel(timezone.now(), tick=False):
        told = statuses(caller, 3)
        others = statuses(other, 1)
    with time_machine.travel(timezone.now() + timedelta(seconds=2), tick=False):
        later = statuses(caller, 1)

    assert (told, others, later) == ([200, 200, 429], [200], [200])


def test_what_is_refused_for_its_words_is_counted_too(shop):
    with tenant_atomic():
        caller = Caller(make_keyed(most_per_second=2, key=KeyTerms(scopes=("orders:read",))))

    with time_machine.travel(timezone.now(), tick=False):
        told = [caller.get(PRODUCTS) and caller.status for _ in range(3)]
        caller.get(PRODUCTS, **{"X-API-Version": "x"})

    assert told == [403, 403, 429]
    assert caller.status == 429


def test_who_calls_from_elsewhere_is_told_to_wait_and_spends_no_pace_of_the_partner(shop):
    with tenant_atomic():
        keyed = make_keyed(most_per_second=1)
        terms = KeyTerms(networks=("203.0.113.7",))
        far = channels.issue_key(
            partner_id=keyed.partner.pk, terms=terms, by=WANG, now=MORNING
        ).text.reveal()

    with time_machine.travel(timezone.now(), tick=False):
        told = [refused(Caller(far))[0] for _ in range(21)]
        near = Caller(keyed)
        near.get(PRODUCTS)

    assert told == [403] * 20 + [429]
    assert near.status == 200


def test_every_answer_says_how_many_calls_are_left(caller):
    caller.get(PRODUCTS)

    assert caller.headers["RateLimit-Limit"] == "100"
    assert int(caller.headers["RateLimit-Remaining"]) < 100
    assert caller.headers["X-Request-Id"]


def test_a_test_key_opens_the_sandbox_and_a_live_key_does_not(shop):
    twin = make_shop("cloud-test", sandbox_of=shop)
    with as_tenant(twin.pk), tenant_atomic():
        sku = stocked_sku(1)
        keyed = make_keyed()

    told = Caller(keyed).order(sku)

    assert keyed.key.startswith("qy_test_")
    assert told["state"] == "completed"
    assert refused(Caller(keyed.key.replace("qy_test_", "qy_live_"))) == (401, "invalid_key")


def test_a_key_is_given_with_its_making_only(shop):
    with tenant_atomic():
        made = channels.issue_key(
            partner_id=make_keyed().partner.pk, terms=KeyTerms(), by=WANG, now=MORNING
        )

    assert made.text.reveal() not in repr(made)
