"""The same by SMS: to the mobile number of the order, within what the shop may spend a day."""

import json

import pytest
from django.utils import timezone

from bench.simulated import simulators
from core.scope import tenant_atomic
from core.secrets import Secret
from notices import services as notices
from notices.selectors import latest_notices
from notices.types import SmsTerms
from risk.models import Assessment, Challenge
from tests.notices.factories import QIAN
from tests.risk.factories import make_rule
from tests.storefront.factories import PHONE, buy, notify, order_at, page_of, state_of, stocked
from tests.storefront.test_persons import ALL, NAME, carried, visitor

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with simulators(tmp_path_factory.mktemp("simulators")) as started:
        yield started


@pytest.fixture(autouse=True)
def _rule(shop):
    with tenant_atomic():
        make_rule(ALL, name=NAME, action="verify", proof="sms", now=timezone.now())


def sends(running, *, most_a_day: int = 5) -> None:
    running.desk.reset()
    options = {"signature": "云朵权益"}
    running.desk.account(
        protocol="aliyun_sms", id="LTAI", secret="s", balance_e4=90_000, options=options
    )
    running.desk.product(protocol="aliyun_sms", id="SMS_1", kind="mobile", price_e4=450)
    terms = SmsTerms(
        provider="aliyun", key_id="LTAI", secret=Secret("s"), template="SMS_1",
        most_a_day=most_a_day, base_url=f"{running.base_url}/aliyun_sms/",
        signature=options["signature"],
    )  # fmt: skip
    notices.set_sms_sender(terms=terms, by=QIAN, now=timezone.now())


def codes_sent(running) -> list[str]:
    """The latest first."""
    return [json.loads(one["details"])["code"] for one in running.desk.purchases()]


def test_who_types_the_code_from_his_telephone_has_ordered(shop, running):
    sends(running)
    sku = stocked()
    client = visitor(shop, sku, "en")

    page = buy(client, sku)
    asked, (code,) = carried(page), codes_sent(running)
    done = client.post(page_of(sku), asked | {"answer": code})

    assert "138****8000" in page.content.decode()
    assert PHONE not in page.content.decode().replace(f'value="{PHONE}"', "")
    assert notify(client, order_at(done["Location"])).content == b"success"
    assert state_of(order_at(done["Location"])) == "completed"
    with tenant_atomic():
        assert [one.verified for one in Assessment.objects.all()] == ["sms"]


@pytest.mark.parametrize("contact", ["+1 415 555 0100", "010 8888 8888", "ann@example.com"])
def test_only_mobiles_of_the_mainland_are_written_to(shop, running, contact):
    sends(running)
    sku = stocked()

    answer = buy(visitor(shop, sku, "en"), sku, contact=contact)

    assert answer.status_code == 422
    assert "write a mobile number of mainland China" in answer.content.decode()
    assert codes_sent(running) == []


@pytest.mark.parametrize("most", [None, 0, 1])
def test_a_shop_that_sends_none_or_no_more_has_a_person_look(shop, running, most):
    if most is not None:
        sends(running, most_a_day=most)
    sku = stocked()
    if most:
        carried(buy(visitor(shop, sku), sku, contact="13900139000"))

    client = visitor(shop, sku)
    order = order_at(buy(client, sku)["Location"])
    assert notify(client, order).content == b"success"

    assert state_of(order) == "held"
    with tenant_atomic():
        assert Challenge.objects.count() == (1 if most else 0)
        told = [one.what for one in latest_notices()]
    assert told.count("sms_spent") == (1 if most else 0)
