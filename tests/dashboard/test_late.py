"""The office's list of goods that came when nobody waited for them any more."""

import pytest

from core.actors import SYSTEM
from core.scope import tenant_atomic
from core.secrets import Secret
from dashboard import paging
from fulfillment.models import LateArrival, Unit
from fulfillment.services.late import keep_late
from inventory import services as inventory
from inventory.models import Code
from inventory.types import NewBatch, NewCode
from suppliers import services as suppliers
from suppliers.types import BoughtCode
from tenants.models import AuditRow
from tenants.roles import RIGHTS, Role
from tests.catalog.factories import make_sku
from tests.dashboard.people import browser_of
from tests.orders.factories import make_item, make_order
from tests.suppliers.factories import make_offer, told
from tests.times import NOON

pytestmark = pytest.mark.django_db(databases="__all__")
LIST, HEALTH = "/office/suppliers/late/", "/office/suppliers/health/"
CODE = "SHUT-CODE-0001"


@pytest.fixture
def sku(shop):
    with tenant_atomic():
        return make_sku(kind="supplier_code", name="Month")


@tenant_atomic
def tried(sku, outcome):
    """What a supplier has answered about a unit that was paid back meanwhile."""
    unit = Unit.objects.create(
        order=(order := make_order(state="canceled")), item=make_item(order, sku), position=1,
        state="refunded", source="supplier", paid_e4=0, opened_at=NOON,
    )  # fmt: skip
    offer = make_offer(sku=sku, cost_e4=77_700)
    attempt = suppliers.begin(unit_id=unit.pk, offer=offer, choice="first", now=NOON)
    suppliers.mark_sent(attempt_id=attempt.pk, now=NOON)
    return unit, told(attempt, outcome, codes=(BoughtCode(secret=Secret(CODE)),))


@pytest.fixture
def came(sku):
    """The attempt of goods that came after their money went back."""
    unit, attempt = tried(sku, "success")
    with tenant_atomic():
        keep_late(unit, attempt, now=NOON)
    return attempt


@pytest.fixture
def said(sku):
    """The attempt that its supplier calls a success after it had failed."""
    _unit, attempt = tried(sku, "failed")
    with tenant_atomic():
        return told(attempt, "success", codes=(BoughtCode(secret=Secret(CODE)),))


def text_of(answer):
    return answer.content.decode()


@pytest.mark.parametrize("role", Role.values)
def test_everybody_sees_what_came_late_and_who_deals_with_costs_what_it_cost(shop, came, role):
    browser = browser_of(shop, role)

    pages = [text_of(browser.get(path)) for path in (LIST, f"{LIST}{came.pk}/")]

    assert [came.number in page for page in pages] == [True, True]
    assert ["7.77" in page for page in pages] == ["cost.view" in RIGHTS[role]] * 2
    assert not any(CODE in page for page in pages)


def test_what_came_late_is_counted_where_suppliers_and_to_dos_are(shop, came, said):
    browser = browser_of(shop, "owner")

    health, home = text_of(browser.get(HEALTH)), text_of(browser.get("/office/"))

    assert '<span class="qy-count qy-bad">2</span>' in health
    assert "deliveries came after the end" in home


def test_without_late_goods_nothing_is_counted(shop, sku):
    browser = browser_of(shop, "owner")

    health, page = text_of(browser.get(HEALTH)), text_of(browser.get(LIST))

    assert f'class="qy-button" href="{LIST}"' not in health
    assert "Nothing came late." in page


def test_what_a_supplier_only_says_stands_on_the_same_list(shop, said):
    browser = browser_of(shop, "owner")

    page, own = text_of(browser.get(LIST)), text_of(browser.get(f"{LIST}{said.pk}/"))

    assert said.number in page
    assert "Nothing was bought" in own


def test_a_code_is_put_into_stock_by_a_button(shop, came, sku):
    with tenant_atomic():
        stock = make_sku(product_id=sku.product_id, kind="stock_code", name="From stock")
    browser = browser_of(shop, "operator")
    assert "From stock" in text_of(browser.get(f"{LIST}{came.pk}/"))

    browser.post(f"{LIST}{came.pk}/stock/", {"sku": stock.pk})

    with tenant_atomic():
        late, code = LateArrival.objects.get(), Code.objects.get()
    assert (late.state, late.batch_id, code.state) == ("stocked", code.batch_id, "available")


def test_a_loss_is_written_off_by_a_button_and_audited(shop, came):
    browser = browser_of(shop, "finance")

    answer = browser.post(f"{LIST}{came.pk}/write-off/", {"note": "gone"}, follow=True)

    with tenant_atomic():
        row = AuditRow.objects.get(action="late.written_off")
        assert LateArrival.objects.get().state == "written_off"
    assert (row.reason, row.data["number"]) == ("gone", came.number)
    assert "Written off as a loss" in text_of(answer)


def test_a_claim_without_a_word_is_refused(shop, came):
    browser = browser_of(shop, "finance")

    answer = browser.post(f"{LIST}{came.pk}/claim/", {"note": ""})

    with tenant_atomic():
        assert LateArrival.objects.get().state == "open"
    assert answer.status_code == 422
    assert "Write what the supplier was told" in text_of(answer)


def test_a_second_claim_is_refused_and_its_words_are_kept(shop, came):
    browser = browser_of(shop, "finance")
    browser.post(f"{LIST}{came.pk}/claim/", {"note": "told them"})

    answer = browser.post(f"{LIST}{came.pk}/claim/", {"note": "told them twice"})

    with tenant_atomic():
        assert LateArrival.objects.get().state == "claimed"
    assert answer.status_code == 409
    assert '<textarea id="note" name="note" maxlength="300">told them twice</textarea>' in text_of(
        answer
    )


@pytest.mark.parametrize("verb", ["stocked", "burn"])
def test_a_verb_that_is_none_is_not_there(shop, came, verb):
    assert browser_of(shop, "owner").post(f"{LIST}{came.pk}/{verb}/", {}).status_code == 404


def test_what_did_not_come_late_has_no_page(shop, sku):
    _unit, attempt = tried(sku, "failed")

    assert browser_of(shop, "owner").get(f"{LIST}{attempt.pk}/").status_code == 404


def test_a_refused_sku_stays_chosen(shop, came, sku):
    with tenant_atomic():
        chosen, _other = (
            make_sku(product_id=sku.product_id, kind="stock_code", name=f"Stock {at}", position=at)
            for at in (2, 1)
        )
        attempt = came.__class__.objects.get(pk=came.pk)
        bought = suppliers.read_bought(attempt_ids=[attempt.pk])[attempt.pk]
        codes = [NewCode(secret=one.secret, card_no=one.number) for one in bought]
        given = NewBatch(sku_id=chosen.pk, supplier_name="S", cost_e4=0, note="")
        inventory.add_codes(given=given, codes=codes, by=SYSTEM, now=NOON)

    answer = browser_of(shop, "operator").post(f"{LIST}{came.pk}/stock/", {"sku": chosen.pk})

    assert answer.status_code == 422
    assert f'<option value="{chosen.pk}" selected>' in text_of(answer)


def test_what_the_supplier_has_taken_back_is_neither_claimed_nor_written_off(shop, came):
    browser = browser_of(shop, "finance")
    with tenant_atomic():
        suppliers.take_back(attempt_id=came.pk, by=SYSTEM, reason="test", now=NOON)

    page = text_of(browser.get(f"{LIST}{came.pk}/"))

    assert [f"{came.pk}/{verb}/" in page for verb in ("returned", "write-off")] == [True, False]
    assert "Claim from the supplier" not in page


def walked(browser, paging, lines):
    """The attempts of one of the lists, page by page, and how many pages there are."""
    seen, query = [], ""
    for pages in range(1, 9):
        context = browser.get(f"{LIST}{query}").context
        seen += [line.attempt.pk for line in context[lines]]
        query = context[paging].next_query
        if not query:
            return seen, pages
    raise AssertionError("it never ends")


def test_each_list_comes_a_page_at_a_time(shop, sku, monkeypatch):
    monkeypatch.setattr(paging, "AT_ONCE", 2)
    came, said = [], []
    for _each in range(6):
        unit, attempt = tried(sku, "success")
        with tenant_atomic():
            keep_late(unit, attempt, now=NOON)
        came.append(attempt.pk)
    for _each in range(3):
        _unit, attempt = tried(sku, "failed")
        with tenant_atomic():
            told(attempt, "success")
        said.append(attempt.pk)
    browser = browser_of(shop, "finance")
    for pk in came[3:]:
        browser.post(f"{LIST}{pk}/write-off/", {"note": ""})

    assert walked(browser, "paging", "lines") == (came[:3], 2)
    assert walked(browser, "said_paging", "said") == (said, 2)
    assert walked(browser, "decided_paging", "decided") == (came[:2:-1], 2)


@pytest.mark.parametrize("count", [1, 3])
def test_a_longer_list_costs_no_more_questions(
    shop, sku, count, unprepared, django_assert_num_queries
):
    for _each in range(count):
        unit, attempt = tried(sku, "success")
        with tenant_atomic():
            keep_late(unit, attempt, now=NOON)
    browser = browser_of(shop, "owner")
    browser.get(LIST)

    with django_assert_num_queries(12):
        answer = browser.get(LIST)

    assert len(answer.context["lines"]) == count
