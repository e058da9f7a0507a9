"""The merchant's pages of suppliers: how they do, their contracts, offers and tries to buy."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from core.scope import tenant_atomic, tenant_in_force
from dashboard.protocols import PROTOCOLS
from dashboard.supply_words import choice_words
from fulfillment.models import Unit
from suppliers import adapters, services
from suppliers.errors import NoAnswer, NothingSent
from suppliers.models import Call, Offer, Supplier
from suppliers.selectors import choose_offer, health_of_suppliers, judged_offers
from suppliers.selectors.health import FEWEST
from suppliers.services import docking
from suppliers.states import CallKind
from suppliers.types import Sale
from suppliers.words import said_words
from tenants.models import AuditRow
from tenants.roles import RIGHTS, Role
from tests.catalog.factories import make_sku
from tests.dashboard.people import browser_of
from tests.orders.factories import paid
from tests.suppliers.factories import begun, make_offer, make_supplier, told
from tests.times import NOON

pytestmark = pytest.mark.django_db(databases="__all__")
ZONE = ZoneInfo("Asia/Shanghai")
HEALTH = "/office/suppliers/health/"
SEE_COSTS = {Role.OWNER, Role.OPERATOR, Role.FINANCE}
NEW = {"name": "Fulu", "base_url": "https://fulu.test", "app_id": "u1", "secret": "S3CRET-KEY"}
TERMS = {"product": "88", "cost": "9.875", "priority": "1", "weight": "1", "slow_hours": "0",
         "is_on": "on"}  # fmt: skip


def ordered(offer, *, unit_id, outcome, now=NOON, **said):
    """One order that the supplier has answered."""
    attempt = begun(unit_id=unit_id, offer=offer, now=now)
    services.mark_sent(attempt_id=attempt.pk, now=now)
    answer = told(attempt, outcome, now=now, **said)
    Call.objects.filter(attempt=attempt).update(kind=CallKind.BUY)
    return answer


@pytest.fixture
def sku(shop):
    with tenant_atomic():
        return make_sku(kind="supplier_code", name="Month")


@pytest.fixture
def offer(sku):
    with tenant_atomic():
        return make_offer(sku=sku)


# How they do


def test_a_supplier_is_reckoned_by_its_orders_of_the_last_day(scope):
    offer = make_offer()
    supplier = offer.supplier
    made = {"made_at": NOON - timedelta(days=30), "balance_e4": 1_000_000}
    Supplier.objects.filter(pk=supplier.pk).update(**made)
    ordered(offer, unit_id=1, outcome="success", cost_e4=700_000, took_ms=900)
    ordered(offer, unit_id=2, outcome="rejected", took_ms=100)
    ordered(offer, unit_id=3, outcome="unknown", took_ms=100)
    then = NOON - timedelta(days=3)
    ordered(offer, unit_id=4, outcome="success", cost_e4=700_000, took_ms=9_000, now=then)

    (found,) = health_of_suppliers(now=NOON + timedelta(minutes=1))

    assert (found.ended, found.successes, found.success_percent) == (2, 1, 50)
    assert (found.p95_ms, found.unconfirmed) == (900, 1)
    assert (found.day_cost_e4, found.days_of_cover) == (200_000, 5)
    assert (found.rest, found.rests_since) == (None, None)


def test_a_new_supplier_costs_by_the_days_it_has_been_there(scope):
    offer = make_offer()
    Supplier.objects.update(made_at=NOON - timedelta(days=2))
    ordered(offer, unit_id=1, outcome="success", cost_e4=600_000)

    (found,) = health_of_suppliers(now=NOON)

    assert (found.day_cost_e4, found.days_of_cover) == (300_000, None)


def test_a_supplier_that_fails_rests_since_its_first_failure(scope):
    offer = make_offer()
    moments = [NOON + timedelta(seconds=at) for at in range(FEWEST + 1)]
    ordered(offer, unit_id=1, outcome="success", now=moments[0])
    for at in range(1, FEWEST + 1):
        ordered(offer, unit_id=at + 1, outcome="unknown", now=moments[at])

    (found,) = health_of_suppliers(now=moments[-1])

    assert (found.rest, found.rests_since) == ("probe", moments[1])


def test_the_health_of_many_suppliers_costs_no_more_questions(scope, django_assert_num_queries):
    for _each in range(3):
        make_supplier()

    with django_assert_num_queries(5):
        health_of_suppliers(now=NOON)


def test_of_many_orders_the_last_ones_say_how_it_does(scope, monkeypatch):
    monkeypatch.setattr("suppliers.selectors.health.ASKED", 2)
    offer = make_offer()
    ordered(offer, unit_id=1, outcome="rejected", took_ms=9_000)
    for at in (2, 3):
        moment = NOON + timedelta(seconds=at)
        ordered(offer, unit_id=at, outcome="success", took_ms=500, now=moment)

    (found,) = health_of_suppliers(now=NOON + timedelta(minutes=1))

    assert (found.ended, found.success_percent, found.p95_ms) == (2, 100, 500)


@pytest.mark.parametrize("role", Role.values)
def test_balances_and_costs_are_seen_by_who_deals_with_costs(shop, offer, role):
    with tenant_atomic():
        Supplier.objects.update(balance_e4=123_400, balance_at=NOON)
        attempt = ordered(offer, unit_id=1, outcome="success", cost_e4=77_700)
    browser = browser_of(shop, role)
    pages = {
        HEALTH: "12.34",
        f"/office/suppliers/{offer.supplier_id}/": "8.00",
        "/office/offers/": "8.00",
        "/office/suppliers/attempt/": "7.77",
        f"/office/suppliers/attempts/{attempt.pk}/": "7.77",
    }

    seen = {path: cost in browser.get(path).content.decode() for path, cost in pages.items()}

    assert seen == dict.fromkeys(pages, role in SEE_COSTS)


# Whether it is there


def answering(monkeypatch, balance):
    """The supplier as `balance` answers for it; returns the tenants in force meanwhile."""
    scopes = []

    class Played:
        def balance_e4(self):
            scopes.append(tenant_in_force())
            return balance()

    monkeypatch.setattr("suppliers.services.checking.speaker", lambda _supplier: Played())
    return scopes


def test_a_test_asks_for_the_balance_and_keeps_it(shop, offer, monkeypatch):
    scopes = answering(monkeypatch, lambda: 5_000_000)
    browser = browser_of(shop, "owner")

    page = browser.post(f"/office/suppliers/{offer.supplier_id}/check/", follow=True)

    assert "The balance there is ¥500.00." in page.content.decode()
    assert scopes == [None]
    with tenant_atomic():
        supplier, call = Supplier.objects.get(), Call.objects.get()
        assert AuditRow.objects.filter(action="supplier.checked").count() == 1
    assert (supplier.balance_e4, supplier.balance_at) == (5_000_000, call.at)
    assert (call.kind, call.outcome, call.is_bad) == ("balance", "success", False)


@pytest.mark.parametrize(
    ("why", "words"),
    [
        (NothingSent("ConnectTimeout"), "could not be reached (Not sent: no connection in time)"),
        (NoAnswer("HTTP 502"), "told no balance (Error page: HTTP 502)"),
        (KeyError("balance"), "told no balance (Unreadable: KeyError)"),
    ],
)
def test_a_test_that_fails_says_why_in_words(shop, offer, monkeypatch, why, words):
    def refuse():
        raise why

    answering(monkeypatch, refuse)
    browser = browser_of(shop, "owner")

    page = browser.post(
        f"/office/suppliers/{offer.supplier_id}/check/", {"from": "supplier"}, follow=True
    )

    assert words in page.content.decode()
    with tenant_atomic():
        call = Call.objects.get()
        assert Supplier.objects.get().balance_at is None
    assert (call.outcome, call.is_bad) == ("unknown", True)


# Contracts


def test_the_office_knows_every_protocol_and_no_other():
    assert set(PROTOCOLS) == set(adapters.PROTOCOLS)


@pytest.mark.parametrize("protocol", sorted(PROTOCOLS.keys() - {"sandbox"}))
def test_each_protocol_is_asked_for_its_secret(shop, protocol):
    path = f"/office/suppliers/new/?protocol={protocol}"
    page = browser_of(shop, "owner").get(path, follow=True)

    form = page.context["form"]
    assert {"name", "base_url", "app_id", "secret"} <= set(form.fields)


def test_a_supplier_by_a_recipe_has_a_page_of_its_own(shop):
    answer = browser_of(shop, "owner").get("/office/suppliers/new/?protocol=connector")

    assert (answer.status_code, answer["Location"]) == (302, "/office/suppliers/recipe/")


def test_a_supplier_is_docked_and_its_secret_is_never_shown(shop):
    browser = browser_of(shop, "operator")

    page = browser.post("/office/suppliers/new/?protocol=fulu", NEW, follow=True)

    with tenant_atomic():
        supplier = Supplier.objects.get()
        account = docking.speaker(supplier)._account
    assert (supplier.name, supplier.protocol, account.secret.reveal()) == (
        "Fulu", "fulu", "S3CRET-KEY",
    )  # fmt: skip
    paths = ("", "edit/", "secrets/")
    pages = [browser.get(f"/office/suppliers/{supplier.pk}/{path}") for path in paths]
    assert [b"S3CRET-KEY" in one.content for one in (page, *pages)] == [False] * 4


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"base_url": "http://fulu.test"}, "base_url"),
        ({"secret": ""}, "secret"),
        ({"name": " "}, "name"),
    ],
)
def test_what_is_wrong_with_a_contract_is_told_at_its_field(shop, settings, given, field):
    settings.SUPPLIERS_MAY_BE_LOCAL = False

    page = browser_of(shop, "owner").post("/office/suppliers/new/?protocol=fulu", NEW | given)

    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert b"S3CRET-KEY" not in page.content


def test_a_contract_is_changed(shop, offer):
    given = {name: NEW[name] for name in ("name", "base_url", "app_id")}
    browser = browser_of(shop, "owner")

    answer = browser.post(
        f"/office/suppliers/{offer.supplier_id}/edit/", given | {"most_per_minute": "30"}
    )

    assert answer.status_code == 302
    with tenant_atomic():
        supplier = Supplier.objects.get()
    assert (supplier.name, supplier.most_per_minute, supplier.is_on) == ("Fulu", 30, False)


@pytest.mark.parametrize("pace", ["0", "-1", "fast", "999999"])
def test_a_pace_is_a_number_of_orders(shop, offer, pace):
    given = {name: NEW[name] for name in ("name", "base_url", "app_id")}
    browser = browser_of(shop, "owner")

    page = browser.post(
        f"/office/suppliers/{offer.supplier_id}/edit/", given | {"most_per_minute": pace}
    )

    assert list(page.context["form"].errors) == ["most_per_minute"]


def test_secrets_are_changed_as_a_whole(shop, offer):
    browser = browser_of(shop, "owner")

    browser.post(f"/office/suppliers/{offer.supplier_id}/secrets/", {"secret": "ANOTHER"})

    with tenant_atomic():
        account = docking.speaker(Supplier.objects.get())._account
        assert AuditRow.objects.filter(action="supplier.secrets").count() == 1
    assert account.secret.reveal() == "ANOTHER"


@pytest.mark.parametrize("role", Role.values)
def test_contracts_are_for_owner_and_operator(role):
    assert ("suppliers.edit" in RIGHTS[role]) == (role in {Role.OWNER, Role.OPERATOR})


# Offers


def test_the_offers_of_a_sku_say_who_is_asked_and_why_others_are_not(shop, sku):
    with tenant_atomic():
        first = make_offer(sku=sku, priority=1, cost_e4=110_000, most_e4=120_000)
        second = make_offer(sku=sku, priority=2)
        make_offer(sku=sku, priority=3, is_on=False)
        sale = Sale(paid_e4=sku.price_e4)
        judged = judged_offers(sales={sku.pk: sale}, zone=ZONE, now=NOON)
        given = {"sku_id": sku.pk, "sale": sale, "key": "preview", "zone": ZONE}
        choice = choose_offer(**given, now=NOON)

    page = browser_of(shop, "owner").get("/office/offers/").content.decode()

    assert [one.why for one in judged[sku.pk]] == ["too dear", "", "off"]
    assert (judged[sku.pk][0].offer, choice.offer) == (first, second)
    assert f"Asked now: {second.supplier.name}, the only one that fits." in page
    assert page.index("Too dear") < page.index("Can be asked") < page.index("Out of use")


def test_equals_share_the_orders_by_weight(shop, sku):
    with tenant_atomic():
        make_offer(sku=sku, weight=3, supplier=make_supplier(name="Big"), cost_e4=1)
        make_offer(sku=sku, weight=1, supplier=make_supplier(name="Small"))

    page = browser_of(shop, "viewer").get("/office/offers/").content.decode()

    assert "Asked now, shared by weight: Big 75%, Small 25%." in page


def test_an_offer_is_added_to_the_ten_thousandth(shop, sku):
    with tenant_atomic():
        supplier = make_supplier()
    browser = browser_of(shop, "operator")

    answer = browser.post(f"/office/offers/new/{sku.pk}/", TERMS | {"supplier": supplier.pk})

    assert (answer.status_code, answer["Location"]) == (302, f"/office/offers/?sku={sku.pk}")
    with tenant_atomic():
        made = Offer.objects.get()
    assert (made.product, made.cost_e4, made.most_e4) == ("88", 98_750, 98_750)


def test_an_offer_is_saved_as_it_is_shown(shop, offer):
    with tenant_atomic():
        Offer.objects.update(most_e4=84_321, opens="08:00", closes="22:30")
    browser = browser_of(shop, "owner")
    form = browser.get(f"/office/offers/{offer.pk}/").context["form"]
    typed = {name: form[name].value() for name in form.fields}
    typed |= {"opens": "08:00", "closes": "22:30", "is_on": "on"}

    answer = browser.post(f"/office/offers/{offer.pk}/", typed)

    assert answer.status_code == 302
    with tenant_atomic():
        found = Offer.objects.get()
    assert (found.cost_e4, found.most_e4, str(found.closes)) == (80_000, 84_321, "22:30:00")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"cost": "9,5"}, "cost"),
        ({"cost": "9.87501"}, "cost"),
        ({"most": "1e3"}, "most"),
        ({"weight": "101"}, "weight"),
        ({"priority": "-1"}, "priority"),
        ({"opens": "08:00"}, "closes"),
    ],
)
def test_what_is_wrong_with_an_offer_is_told_at_its_field(shop, offer, given, field):
    page = browser_of(shop, "owner").post(f"/office/offers/{offer.pk}/", TERMS | given)

    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]


# Tries to buy, and what is not confirmed


def test_an_attempt_is_found_by_its_numbers_and_tells_its_story(shop, offer):
    with tenant_atomic():
        order = paid(make_sku(kind="by_hand"))
        unit = make_unit(order)
        attempt = ordered(
            offer, unit_id=unit.pk, outcome="unknown", reason="HTTP 502", supplier_ref="F-1"
        )
        ordered(offer, unit_id=unit.pk + 1, outcome="rejected")
    browser = browser_of(shop, "support")

    lists = [
        browser.get("/office/suppliers/attempt/", {"q": text}).context["cl"].result_list
        for text in (attempt.number.lower(), "F-1", order.number, "nothing")
    ]
    page = browser.get(f"/office/suppliers/attempts/{attempt.pk}/").content.decode()

    assert [[one.pk for one in found] for found in lists] == [[attempt.pk]] * 3 + [[]]
    assert f'href="/office/orders/{order.pk}/"' in page
    assert "Error page: HTTP 502" in page
    assert "<dt>Times asked</dt><dd>0</dd>" in page  # the order itself is no question


def make_unit(order, **given):
    fields = {"state": "unknown", "source": "supplier", "paid_e4": 0, "position": 9}
    fields |= {"order": order, "item": order.items.get(), "opened_at": NOON}
    return Unit.objects.create(**fields | given)


def test_attempts_are_filtered_by_supplier_and_state(shop, offer):
    with tenant_atomic():
        ordered(offer, unit_id=1, outcome="unknown")
        other = ordered(make_offer(), unit_id=2, outcome="success")
    browser, path = browser_of(shop, "viewer"), "/office/suppliers/attempt/"

    asked = [
        {"supplier": other.offer.supplier_id}, {"state__exact": "success"}, {"supplier": "nobody"},
    ]  # fmt: skip
    found = [browser.get(path, one).context["cl"].result_list for one in asked]

    assert [len(rows) for rows in found] == [1, 1, 2]
    assert found[0][0].pk == found[1][0].pk == other.pk


def test_what_is_not_confirmed_is_a_to_do_with_the_suppliers_number(shop, offer):
    with tenant_atomic():
        order = paid(make_sku(kind="by_hand"))
        open_one = ordered(offer, unit_id=1, outcome="unknown", reason="HTTP 502")
        make_unit(order, attempt=open_one, review_until=NOON)
        refused = ordered(offer, unit_id=2, outcome="rejected")
        make_unit(order, attempt=refused, state="review", position=8)
    browser = browser_of(shop, "viewer")

    answer = browser.get("/office/waiting/")

    page = answer.content.decode()
    assert [unit.attempt_id for unit, *_more in answer.context["unconfirmed"]] == [open_one.pk]
    assert [unit.attempt_id for unit, _tone in answer.context["units"]] == [refused.pk]
    assert open_one.number in page
    assert "Error page: HTTP 502" in page
    home = browser.get("/office/").content.decode()
    assert "deliveries are not confirmed by their supplier" in home


# On the shelf


@pytest.mark.parametrize(
    ("verb", "form"), [("publish", {}), ("schedule", {"publish_at": "2999-01-01T00:00"})]
)
def test_what_nobody_offers_stays_off_the_shelf(shop, sku, verb, form):
    with tenant_atomic():
        product = sku.product
        type(product).objects.update(state="draft")
    browser, path = browser_of(shop, "owner"), f"/office/products/{product.pk}/{verb}/"

    refused = browser.post(path, form)
    with tenant_atomic():
        make_offer(sku=sku)
    taken = browser.post(path, form)

    assert (refused.status_code, taken.status_code) == (409, 302)
    assert "No supplier offers Month for less than its price." in refused.content.decode()


def test_many_put_on_the_shelf_at_once_are_held_to_the_same(shop, sku):
    with tenant_atomic():
        product = sku.product
        type(product).objects.update(state="draft")
    given = {"ids": product.pk, "verb": "publish"}

    page = browser_of(shop, "owner").post("/office/products/bulk/", given, follow=True)

    assert "no supplier offers it for less than its price" in page.content.decode()
    with tenant_atomic():
        assert type(product).objects.get().state == "draft"


def test_the_kinds_that_suppliers_deliver_are_explained(shop, sku):
    page = browser_of(shop, "owner").get(f"/office/catalog/product/{sku.product_id}/change/")

    text = page.content.decode()
    assert 'value="supplier_code" selected' in text
    assert "add its offers under Supply, Offers" in text


# Words


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ("priority 1, 1 of 1 by weight 1", "priority 1, the only one of it"),
        ("priority 2, 1 of 3 by weight 5, 1 off", "priority 2, one of 3 by weight 5, 1 out of use"),
        ("0 of 2, 2 closed", "2 not open at this hour"),
        ("first", "first"),
    ],
)  # fmt: skip
def test_why_an_offer_was_taken_is_told_in_words(choice, words):
    assert choice_words(choice) == words


def test_what_a_supplier_says_itself_is_left_as_it_came():
    assert said_words("余额不足") == "余额不足"
