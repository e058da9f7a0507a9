"""A rule wants a code to be typed that was sent to where the buyer of this order is reached."""

import re
from dataclasses import replace
from datetime import timedelta
from smtplib import SMTPConnectError, SMTPRecipientsRefused

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from core.actors import SYSTEM
from core.scope import bind, tenant_atomic
from orders.models import Order
from risk.models import Assessment, Challenge
from storefront import proving
from tenants import services as tenants
from tenants.models import Merchant
from tests.conftest import client_of, make_shop
from tests.risk.factories import make_rule
from tests.storefront.factories import buy, codes_left, notify, order_at, page_of, state_of, stocked
from tests.storefront.test_persons import ALL, NAME, carried, said_of, visitor

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
MAIL = "ann@example.com"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(timezone.now(), tick=False) as stopped:
        yield stopped


def rule(*moments):
    with tenant_atomic():
        return make_rule(
            ALL, name=NAME, moments=list(moments), action="verify", proof="mail",
            now=timezone.now(),
        )  # fmt: skip


def order_with(client, sku, **fields):
    return buy(client, sku, **({"contact": MAIL} | fields))


def code_in(letter) -> str:
    return str(re.findall(r"\d{6}", letter.body)[0])


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


class Broken(BaseEmailBackend):
    """A mail server in trouble."""

    why: Exception

    def send_messages(self, messages):
        raise self.why


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_who_types_the_code_has_ordered_and_it_stands_nowhere_in_the_clear(shop, language):
    sku = stocked()
    client = visitor(shop, sku, language)
    rule("order")

    page = order_with(client, sku)
    asked, letter = carried(page), mail.outbox[0]
    code = code_in(letter)
    text = page.content.decode()

    assert (letter.to, code in letter.subject, code in text) == ([MAIL], False, False)
    assert 'autocomplete="one-time-code"' in text
    assert "a***@example.com" in text
    with tenant_atomic():
        kept = Challenge.objects.values().get()
    assert (kept["answer"], len(bytes(kept["code"]))) == ("", 32)
    assert code not in str({name: kept[name] for name in kept if name not in ("ref", "id")})

    spaced = f"{code[:3]} {code[3:]}"
    order = order_at(client.post(page_of(sku), asked | {"answer": spaced})["Location"])
    assert notify(client, order).content == b"success"

    assert state_of(order) == "completed"
    with tenant_atomic():
        looks = [(one.action, one.verified) for one in Assessment.objects.all()]
    assert looks == [("verify", "mail")]
    assert len(said_of(order)) == 1
    assert len(mail.outbox) == 1


def test_five_wrong_answers_end_a_code_and_the_form_stays(shop):
    sku = stocked()
    client = visitor(shop, sku, "en")
    rule("order")
    asked, code = carried(order_with(client, sku)), code_in(mail.outbox[0])

    told = [client.post(page_of(sku), asked | {"answer": wrong(code)}) for _each in range(5)]
    late = client.post(page_of(sku), asked | {"answer": code})

    assert "You have 4 more tries" in told[0].content.decode()
    assert all(carried(one)["contact"] == MAIL for one in [*told, late])
    assert "Have a new one sent" in told[4].content.decode()
    assert 'id="answer"' not in late.content.decode()
    with tenant_atomic():
        assert not Order.objects.exists()


def test_a_new_code_ends_the_old_one_and_is_waited_for(shop, clock):
    sku = stocked()
    client = visitor(shop, sku, "en")
    rule("order")
    asked, first = carried(order_with(client, sku)), code_in(mail.outbox[0])

    soon = client.post(page_of(sku), asked | {"instead": "again"})
    assert (soon.status_code, soon["Retry-After"], len(mail.outbox)) == (429, "60", 1)
    assert "The one that was sent is still good." in soon.content.decode()
    assert dict(re.findall(r'name="(check)" value="([^"]+)"', soon.content.decode())) == {
        "check": asked["check"]
    }
    assert carried(order_with(client, sku))["check"] == asked["check"]  # the form once more
    clock.shift(timedelta(seconds=61))
    anew = carried(client.post(page_of(sku), asked | {"instead": "again"}))

    assert client.post(page_of(sku), asked | {"answer": first}).status_code == 403
    second = code_in(mail.outbox[1])
    assert client.post(page_of(sku), anew | {"answer": second}).status_code == 302


def test_a_code_ends_after_ten_minutes(shop, clock):
    sku = stocked()
    client = visitor(shop, sku)
    rule("order")
    asked, code = carried(order_with(client, sku)), code_in(mail.outbox[0])
    clock.shift(timedelta(minutes=10))

    assert client.post(page_of(sku), asked | {"answer": code}).status_code == 403


def test_a_code_is_for_one_browser_one_form_and_one_address(shop):
    sku = stocked()
    client, other = visitor(shop, sku), visitor(shop, sku)
    rule("order")
    asked = carried(order_with(client, sku))
    right = asked | {"answer": code_in(mail.outbox[0])}

    assert other.post(page_of(sku), right).status_code == 403
    assert client.post(page_of(sku), right | {"request_key": "another"}).status_code == 403
    elsewhere = client.post(page_of(sku), right | {"contact": "eve@example.com"})

    assert elsewhere.status_code == 403
    assert mail.outbox[-1].to == ["eve@example.com"]
    assert codes_left(sku) == 3


def test_a_picture_is_no_code_and_a_telephone_gets_no_mail(shop):
    sku = stocked()
    client = visitor(shop, sku, "en")
    rule("order")
    asked = carried(order_with(client, sku))

    carried(client.post(page_of(sku), asked | {"instead": "words"}))
    with tenant_atomic():
        terms = Challenge.objects.get(way="words").answer.split("+")
        words = asked | {"check": Challenge.objects.get(way="words").ref, "check_way": "words"}
    solved = client.post(page_of(sku), words | {"answer": str(sum(map(int, terms)))})
    by_phone = buy(client, sku, request_key="by phone")

    assert carried(solved)["check"] == asked["check"]
    assert by_phone.status_code == 422
    assert "write your mail address" in by_phone.content.decode()


def test_a_mailbox_gets_ten_a_day_from_all_shops_together(shop, other_shop, clock):
    rule("order")
    told = []
    for number in range(12):
        sku = stocked()
        client = visitor(shop, sku)
        client.defaults["REMOTE_ADDR"] = f"203.0.{number % 3}.7"
        told.append(order_with(client, sku, request_key=f"form {number}").status_code)
        clock.shift(timedelta(hours=1, minutes=59))

    assert told == [403] * 10 + [429] * 2
    assert len(mail.outbox) == 10


def test_who_has_paid_with_an_address_has_codes_that_no_stranger_spends(shop, clock):
    sku = stocked()
    owner = visitor(shop, sku)
    assert notify(owner, order_at(order_with(owner, sku)["Location"])).content == b"success"
    stranger = visitor(shop, sku)
    rule("order")
    for number in range(10):
        stranger.defaults["REMOTE_ADDR"] = f"203.0.{number % 2}.7"
        assert order_with(stranger, sku, request_key=f"form {number}").status_code == 403
        clock.shift(timedelta(hours=1, minutes=59))

    def asked(client, at, **fields):
        return order_with(client, sku, request_key=f"then {at}", **fields).status_code

    assert asked(stranger, 0) == 429
    assert [asked(owner, at) for at in range(2)] == [403, 429]
    for at in range(2, 4):
        clock.shift(timedelta(minutes=70))
        assert asked(owner, at) == 403
    clock.shift(timedelta(minutes=70))
    assert asked(owner, 4) == 429
    assert len(mail.outbox) == 13


def test_a_stranger_leaves_codes_to_who_buys_for_the_first_time_from_elsewhere(shop, clock):
    sku = stocked()
    rule("order")
    told = []
    for number in range(8):
        stranger = visitor(shop, sku)
        stranger.defaults["REMOTE_ADDR"] = f"203.0.113.{number}"
        told.append(order_with(stranger, sku, request_key=f"form {number}").status_code)
        clock.shift(timedelta(hours=1, minutes=59))
    buyer = visitor(shop, sku)
    buyer.defaults["REMOTE_ADDR"] = "198.51.100.7"

    assert told == [403] * 5 + [429] * 3
    assert order_with(buyer, sku).status_code == 403
    assert len(mail.outbox) == 6


def test_past_the_shops_bound_a_person_looks_at_what_is_paid(shop, monkeypatch):
    monkeypatch.setattr(proving, "MOST_MAIL", 1)
    sku = stocked()
    rule("order")
    order_with(visitor(shop, sku), sku)

    client = visitor(shop, sku)
    order = order_at(order_with(client, sku, contact="bob@example.com")["Location"])
    assert notify(client, order).content == b"success"

    assert (state_of(order), len(mail.outbox)) == ("held", 1)


@pytest.mark.parametrize(
    ("why", "status"),
    [
        (SMTPRecipientsRefused({MAIL: (550, b"no such user")}), 422),
        (SMTPConnectError(421, b"not now"), 302),
        (TimeoutError(), 403),
    ],
    ids=["nobody there", "no server", "no answer"],
)
def test_what_could_not_be_sent_stops_nobody_for_good(shop, settings, monkeypatch, why, status):
    settings.EMAIL_BACKEND = f"{__name__}.Broken"
    monkeypatch.setattr(Broken, "why", why, raising=False)
    sku = stocked()
    rule("order")

    answer = order_with(visitor(shop, sku, "en"), sku)

    assert answer.status_code == status
    if status == 422:
        assert "No code could be sent to a***@example.com" in answer.content.decode()
        assert f'value="{MAIL}"' in answer.content.decode()


def test_guessing_at_codes_of_ones_own_is_bounded(shop, monkeypatch):
    few = {by: replace(one, free=7) for by, one in proving.ANSWERS.budgets.items()}
    monkeypatch.setattr(proving, "ANSWERS", replace(proving.ANSWERS, budgets=few))
    sku, answers = stocked(), []
    rule("order")

    for number in range(2):
        client = visitor(shop, sku)
        asked = carried(order_with(client, sku, contact=f"ann{number}@example.com"))
        code = code_in(mail.outbox[number])
        answers += [
            client.post(page_of(sku), asked | {"answer": wrong(code)}).status_code
            for _each in range(5)
        ]

    assert answers == [403] * 7 + [429] * 3


def test_a_code_that_is_answered_as_a_picture_is_not_heard(shop):
    """What guesses at codes may cost is counted where codes are answered."""
    sku = stocked()
    client = visitor(shop, sku)
    rule("order")
    asked, code = carried(order_with(client, sku)), code_in(mail.outbox[0])

    client.post(page_of(sku), asked | {"answer": code, "check_way": "slider"})

    with tenant_atomic():
        assert not Order.objects.exists()
        kept = Challenge.objects.get(ref=asked["check"])
        assert (kept.passed_at, kept.tries) == (None, 0)


def test_codes_are_opened_by_who_reads_the_orders_own_mail(shop, monkeypatch):
    sku = stocked()
    client = visitor(shop, sku)
    order = order_at(order_with(client, sku)["Location"])
    assert notify(client, order).content == b"success"
    rule("open")
    path = f"/o/{order.token}/codes/"

    told = client.post(path, headers={"accept": "application/json"})
    assert (told.status_code, told.json()["is_person_wanted"]) == (403, True)
    asked = carried(client.post(path))
    assert [one.to for one in mail.outbox] == [[MAIL]]
    shown = client.post(path, asked | {"answer": code_in(mail.outbox[0])})

    assert shown.status_code == 200
    assert client.post(path, headers={"accept": "application/json"}).json()["units"]
    assert len(said_of(order)) == 1


def test_codes_of_an_order_without_a_mail_address_wait_for_a_person(shop):
    sku = stocked()
    client = visitor(shop, sku)
    order = order_at(buy(client, sku)["Location"])
    assert notify(client, order).content == b"success"
    rule("open")

    closed = client.post(f"/o/{order.token}/codes/")
    again = client.post(f"/o/{order.token}/codes/")

    assert (closed.status_code, again.status_code) == (403, 403)
    assert 'name="check"' not in closed.content.decode()
    with tenant_atomic():
        looks = [one.action for one in Assessment.objects.filter(moment="open")]
    assert "hold" in looks


def test_another_browser_is_asked_for_a_code_of_its_own(shop):
    sku = stocked()
    client = visitor(shop, sku)
    rule("order")
    asked = carried(order_with(client, sku))
    client.post(page_of(sku), asked | {"answer": code_in(mail.outbox[0])})

    assert order_with(client_of(shop), sku, request_key="x").status_code == 429  # a minute


def test_a_sandbox_sends_nothing_and_says_what_it_would_have_sent(db):
    with bind(make_shop("cloud").pk):
        twin_id = tenants.open_sandbox(by=SYSTEM, now=timezone.now())
    with bind(twin_id):
        twin, sku = Merchant.objects.get(pk=twin_id), stocked()
        client = visitor(twin, sku, "en")
        rule("order")

        page = order_with(client, sku)
        code = re.findall(r"The code is (\d{6})\.", page.content.decode())[0]
        done = client.post(page_of(sku), carried(page) | {"answer": code})

    assert done.status_code == 302
    assert mail.outbox == []


def test_behind_a_busy_address_a_person_looks(shop, monkeypatch):
    monkeypatch.setattr(proving, "MOST_OF_AN_ADDRESS", 1)
    sku = stocked()
    rule("order")
    carried(order_with(visitor(shop, sku), sku))

    client = visitor(shop, sku)
    order = order_at(order_with(client, sku, contact="bob@example.com")["Location"])

    assert notify(client, order).content == b"success"
    assert (state_of(order), len(mail.outbox)) == ("held", 1)
