"""The desk: what waits and fits a filter, one case with all that is known, and decisions there."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from core.actors import SYSTEM
from core.scope import tenant_atomic
from dashboard.access import FRESH
from fulfillment import services as fulfillment
from orders.models import Opening, Order
from risk.models import Assessment, ListEntry, Review, Rule
from tenants.models import AuditRow
from tenants.roles import RIGHTS, Role
from tests.dashboard.people import browser_of
from tests.orders.factories import captured, hold, placed, stocked_sku
from tests.risk.factories import make_rule

pytestmark = pytest.mark.django_db(databases="__all__")
LIST, BULK = "/office/held/", "/office/held/bulk/"
DEAR = {"fact": "amount", "op": ">=", "value": "10.00"}
MANY = {"count": {"by": "device", "within": 3600, "of": ["order"]}, "op": ">", "value": 1}


@pytest.fixture
def browser(shop):
    return browser_of(shop, Role.OPERATOR)


def held_by_rule(sku, *, now, **fields):
    with tenant_atomic():
        order = placed(sku, now=now, buyer_key="D1", ip="203.0.113.7", **fields)
        payment = captured(order, now=now)
    fulfillment.take_payment(order_id=order.pk, payment_id=payment.pk, by=SYSTEM, now=now)
    return order


@pytest.fixture
def cases(shop):
    """One held by a rule for half an hour, one by its price for a day."""
    now = timezone.now()
    with tenant_atomic():
        sku = stocked_sku(9)
        make_rule(MANY, name="many of one device", hold_minutes=30, now=now - timedelta(days=8))
        dear = hold(placed(sku, now=now, channel="mini"), now=now)
    first = held_by_rule(sku, now=now)
    return {"first": first, "rule": held_by_rule(sku, now=now), "price": dear}


def fresh(order):
    with tenant_atomic():
        return Order.objects.get(pk=order.pk)


def text_of(answer):
    """What a person reads."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def numbers_in(page, cases):
    shown = [(page.find(order.number), name) for name, order in cases.items()]
    return [name for place, name in sorted(shown) if place >= 0]


def test_the_most_urgent_stands_first_and_how_long_is_left_is_told(browser, cases):
    page = browser.get(LIST).content.decode()

    assert numbers_in(page, cases) == ["rule", "price"]
    said = text_of(browser.get(LIST))
    assert "2 wait for a decision. 1 of them is due within an hour." in said
    assert "29 minutes left" in said
    assert "23 hours left" in said
    assert "many of one device" in said


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("reason=risk_rule", ["rule"]),
        ("reason=cost_above_price", ["price"]),
        ("reason=opening", []),
        ("channel=mini", ["price"]),
        ("channel=api", []),
        ("least=10.00&most=10.00", ["rule", "price"]),
        ("least=10.01", []),
        ("most=9.99", []),
        ("reason=nonsense", ["rule", "price"]),
        ("least=ten", ["rule", "price"]),
    ],
)
def test_what_waits_is_filtered(browser, cases, query, found):
    answer = browser.get(f"{LIST}?{query}")

    assert answer.status_code == 200
    assert numbers_in(answer.content.decode(), cases) == found


def test_by_the_rule_that_spoke(browser, cases):
    with tenant_atomic():
        other = make_rule(DEAR, name="another")
    of = {name: browser.get(f"{LIST}?rule={ref}").content.decode() for name, ref in (
        ("spoke", _rule_ref()), ("other", other.ref),
    )}  # fmt: skip

    assert numbers_in(of["spoke"], cases) == ["rule"]
    assert numbers_in(of["other"], cases) == []


def test_who_looks_an_order_up_says_nothing_of_why_it_waits(browser, cases):
    with tenant_atomic():
        other = make_rule(DEAR, name="another")
        spoke = {"rule": other.ref, "name": "another", "action": "tag", "is_shadow": False}
        Assessment.objects.create(
            moment="look_up", at=timezone.now(), subject=cases["rule"].number, action="tag",
            spoken=[spoke],
        )  # fmt: skip

    filtered = browser.get(f"{LIST}?rule={other.ref}").content.decode()
    rows = browser.get(LIST).context["rows"]

    assert numbers_in(filtered, cases) == []
    assert [row[0].rules for row in rows] == [["many of one device"], []]


def test_by_the_score_that_its_rules_add_up_to(browser, shop):
    now = timezone.now()
    with tenant_atomic():
        sku = stocked_sku(9)
        unasked = hold(placed(sku, now=now), now=now)
        make_rule(DEAR, name="dear", hold_minutes=4_000, score=30, now=now - timedelta(days=8))
        make_rule(DEAR, name="tried", state="shadow", score=7, now=now - timedelta(days=8))
        make_rule(DEAR, name="also dear", action="tag", score=12, now=now - timedelta(days=8))
    cases = {"rules": held_by_rule(sku, now=now), "price": unasked}

    assert numbers_in(browser.get(LIST).content.decode(), cases) == ["price", "rules"]
    sorted_so = browser.get(f"{LIST}?by=score")

    assert numbers_in(sorted_so.content.decode(), cases) == ["rules", "price"]
    assert "The first is due at" in text_of(sorted_so)
    assert ' data-name="Score">42</td>' in sorted_so.content.decode()
    for page in (f"{LIST}{cases['rules'].pk}/", f"/office/orders/{cases['rules'].pk}/"):
        said = text_of(browser.get(page))
        assert "Score 42" in said
        assert "dear +30" in said
        assert "also dear +12" in said
        assert "+7" not in said


def _rule_ref():
    with tenant_atomic():
        return Rule.objects.get(name="many of one device").ref


def test_codes_that_are_kept_closed_stand_in_the_same_queue(browser, cases):
    with tenant_atomic():
        Opening.objects.create(
            order=cases["first"], asked_at=timezone.now(), held_then="release",
            decide_by=timezone.now() + timedelta(minutes=5),
        )  # fmt: skip

    assert numbers_in(browser.get(LIST).content.decode(), cases) == ["first", "rule", "price"]
    case = text_of(browser.get(f"{LIST}{cases['first'].pk}/"))
    assert "if nobody does, the codes may be opened." in case
    answer = browser.post(
        f"/office/orders/{cases['first'].pk}/codes/allow/", {"judgement": "honest"}, follow=True
    )
    assert "The verdict: honest." in text_of(answer)
    with tenant_atomic():
        assert Opening.objects.get().state == "allowed"


def test_a_case_says_what_is_known_with_the_threshold_beside_it(browser, cases):
    said = text_of(browser.get(f"{LIST}{cases['rule'].pk}/"))

    assert "orders: 2 within 1 hour, of one device" in said
    assert "one device places orders more than 1 times within 1 hour" in said
    assert "Amount of the order ¥10.00" in said
    assert "When it was placed" in said
    assert "1 order before this one." not in said  # the same phone ordered the other one too
    assert "2 orders before this one." in said
    assert "1 / 2" in said


def test_linked_orders_stand_in_a_picture_and_in_a_table(browser, cases):
    page = browser.get(f"{LIST}{cases['rule'].pk}/").content.decode()

    picture, _end, table = page.partition("</svg>")
    assert picture.count("<text") == 4 + 2  # IP, /24, device and phone; two orders
    for order in (cases["first"], cases["price"]):
        assert f">{order.number}</text>" in picture
        assert f">{order.number}</a>" in table


def test_it_is_decided_with_a_word_and_the_next_one_is_led_to(browser, cases):
    answer = browser.post(
        f"/office/orders/{cases['rule'].pk}/refuse/",
        {"judgement": "fraud", "reason": "the same card as yesterday"},
        follow=True,
    )

    assert fresh(cases["rule"]).state == "canceled"
    said = text_of(answer)
    assert "operator@example.com had it paid back at" in said
    assert "The verdict: fraud. the same card as yesterday" in said
    assert f'rel="next" data-key="j" href="{LIST}{cases["price"].pk}/"' in answer.content.decode()
    with tenant_atomic():
        row = AuditRow.objects.get(action="order.reviewed")
        assert (row.target, row.reason) == (cases["rule"].number, "the same card as yesterday")
        assert row.data["verdict"] == "fraud"


def test_denied_and_blocked_in_one_step(browser, cases):
    browser.post(
        f"/office/orders/{cases['rule'].pk}/block/",
        {"judgement": "fraud", "block": ["device", "ip"], "days": "7"},
    )

    assert fresh(cases["rule"]).state == "canceled"
    with tenant_atomic():
        entries = {one.trait: one for one in ListEntry.objects.all()}
    assert set(entries) == {"device", "ip"}
    left = entries["ip"].until - timezone.now()
    assert timedelta(days=6, hours=23) < left < timedelta(days=7)


def test_blocking_nobody_is_refused_at_the_form_and_nothing_is_decided(browser, cases):
    answer = browser.post(
        f"/office/orders/{cases['rule'].pk}/block/", {"judgement": "fraud", "reason": "kept"}
    )

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Choose what to block: it is kept for this order." in page
    assert 'value="kept"' in page
    assert fresh(cases["rule"]).state == "held"


def test_who_is_second_is_told_who_was_first(shop, browser, cases):
    browser_of(shop, Role.FINANCE).post(f"/office/orders/{cases['rule'].pk}/release/")

    answer = browser.post(f"/office/orders/{cases['rule'].pk}/refuse/", {"judgement": "fraud"})

    assert answer.status_code == 409
    said = text_of(answer)
    assert "This order does not wait for a decision any more." in said
    assert "finance@example.com let it go on at" in said
    assert fresh(cases["rule"]).state == "completed"


def test_who_may_decide_and_not_write_rules_blocks_nobody(shop, cases):
    finance = browser_of(shop, Role.FINANCE)

    page = finance.get(f"{LIST}{cases['rule'].pk}/").content.decode()
    answer = finance.post(f"/office/orders/{cases['rule'].pk}/block/", {"block": ["device"]})

    assert "/block/" not in page
    assert answer.status_code == 403
    assert fresh(cases["rule"]).state == "held"


@pytest.mark.parametrize("role", Role.values)
def test_everybody_reads_a_case_and_who_may_decides(shop, cases, role):
    page = browser_of(shop, role).get(f"{LIST}{cases['rule'].pk}/").content.decode()

    assert cases["rule"].number in page
    assert (f"/orders/{cases['rule'].pk}/release/" in page) == ("orders.review" in RIGHTS[role])


def chosen(cases, *names):
    return {"order": [str(cases[name].pk) for name in names]}


def test_many_are_looked_over_then_each_has_its_own_outcome(browser, cases):
    asked = browser.post(BULK, chosen(cases, "rule", "price"))
    assert "Orders chosen: 2, ¥20.00" in text_of(asked)
    browser.post(f"/office/orders/{cases['price'].pk}/release/")

    answer = browser.post(
        BULK,
        chosen(cases, "rule", "price") | {"sure": "on", "verb": "refuse", "judgement": "fraud"},
    )  # fmt: skip

    said = text_of(answer)
    assert "Decided: 1. Not decided: 1." in said
    assert "Is paid back" in said
    assert "operator@example.com let it go on at" in said
    assert (fresh(cases["rule"]).state, fresh(cases["price"]).state) == ("canceled", "completed")
    with tenant_atomic():
        assert {one.subject: one.judgement for one in Review.objects.all()} == {
            cases["rule"].number: "fraud", cases["price"].number: "unsure",
        }  # fmt: skip


def test_nothing_is_done_before_it_is_confirmed_nor_for_nothing(browser, cases):
    browser.post(BULK, chosen(cases, "rule") | {"verb": "refuse"})
    browser.post(BULK, chosen(cases, "rule") | {"sure": "on", "verb": "burn"})
    nothing = browser.post(BULK, {"sure": "on", "verb": "refuse", "order": ["no", "99999999"]})

    assert nothing["Location"] == LIST
    assert fresh(cases["rule"]).state == "held"


def test_a_hundred_and_one_are_decided_by_who_types_it(browser, shop):
    now = timezone.now()
    with tenant_atomic():
        sku = stocked_sku(101)
        orders = [hold(placed(sku, now=now), now=now) for _each in range(101)]
    given = {"order": [str(one.pk) for one in orders], "sure": "on", "verb": "release"}

    wrong = browser.post(BULK, given | {"count": "100"})
    assert wrong.status_code == 422
    assert "Type the number of orders to confirm." in text_of(wrong)
    assert fresh(orders[0]).state == "held"
    right = browser.post(BULK, given | {"count": "101"})

    assert "Decided: 101. Not decided: 0." in text_of(right)


def test_an_old_password_is_asked_again_and_what_was_chosen_comes_back(browser, cases):
    given = chosen(cases, "rule") | {"sure": "on", "verb": "refuse", "reason": "kept meanwhile"}
    with time_machine.travel(timezone.now() + FRESH + timedelta(minutes=1)):
        answer = browser.post(BULK, given)
        page = browser.get(BULK).content.decode()

    assert answer["Location"].startswith("/office/reauthenticate/")
    assert "kept meanwhile" in page
    assert f'name="order" value="{cases["rule"].pk}"' in page
    assert fresh(cases["rule"]).state == "held"
