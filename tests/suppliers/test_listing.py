"""What suppliers say that they sell, read by each adapter from a stand-in that never saw it."""

import pytest

from suppliers.abilities import ListedProduct
from suppliers.adapters import LISTING, kakayun, kasushou
from suppliers.adapters.listing import every_page, read_lines
from suppliers.errors import NoAnswer
from suppliers.services import speaker
from suppliers.types import Kind
from tests.suppliers.factories import PLAYED_AS, PRODUCTS, at_the_judge

WITH_STOCK = ["kasushou", "kakayun"]


@pytest.fixture(autouse=True)
def _in_scope(scope):
    """In the shop's transaction."""


@pytest.fixture
def desk(judge):
    judge.desk.reset()
    return judge.desk


def listed(supplier, **asked):
    return {one.product: one for one in speaker(supplier).products(**asked)}


def stocked(desk, protocol, **product):
    desk.product(protocol=PLAYED_AS.get(protocol, protocol), kind="card", name="季卡", **product)


@pytest.mark.parametrize("protocol", sorted(LISTING))
def test_what_it_sells_is_told_as_it_is(judge, desk, protocol):
    supplier = at_the_judge(judge, protocol)

    found = listed(supplier)["1000"]

    assert (found.name, found.kind, found.cost_e4) == ("会员月卡", Kind.CODES, 98_750)
    assert found.is_on_sale
    assert not found.is_unreadable
    assert found.stock == (1_000 if protocol in WITH_STOCK else None)


@pytest.mark.parametrize("protocol", sorted(LISTING))
def test_one_product_can_be_asked_for(judge, desk, protocol):
    supplier = at_the_judge(judge, protocol)
    stocked(desk, protocol, id="1001", price_e4=10_000, face_e4=100_000)

    assert set(listed(supplier, only="1001")) == {"1001"}


@pytest.mark.parametrize("protocol", sorted(LISTING - {"reloadly_gift_cards"}))
def test_what_cannot_be_had_is_told(judge, desk, protocol):
    supplier = at_the_judge(judge, protocol)
    stocked(desk, protocol, id="1001", price_e4=10_000, state="off")
    stocked(desk, protocol, id="1002", price_e4=10_000, stock=0)

    found = listed(supplier)

    assert (found["1001"].is_on_sale, found["1002"].is_on_sale) == (False, True)
    assert found["1002"].stock == 0


@pytest.mark.parametrize("protocol", ["fulu", "kakayun", "kasushou"])
def test_a_top_up_runs_out_of_nothing(judge, desk, protocol):
    supplier = at_the_judge(judge, protocol)

    found = listed(supplier)["2000"]

    assert (found.kind, found.stock) == (Kind.TOP_UP, None)


@pytest.mark.parametrize("protocol", sorted(LISTING))
def test_a_wrong_line_spoils_no_other(judge, desk, protocol):
    supplier = at_the_judge(judge, protocol)
    stocked(desk, protocol, id="0999", price_e4=-10_000, face_e4=100_000)

    found = listed(supplier)

    (wrong,) = [one for one in found.values() if one.is_unreadable]
    assert int(wrong.product) == 999
    assert found["1000"].cost_e4 == 98_750


@pytest.mark.parametrize("module", [kasushou, kakayun], ids=["kasushou", "kakayun"])
def test_all_pages_are_read(judge, desk, monkeypatch, module):
    monkeypatch.setattr(module, "_ON_A_PAGE", 2)
    monkeypatch.setattr(kakayun.Kakayun, "page_seconds", 0.0)
    protocol = module.__name__.rpartition(".")[2]
    supplier = at_the_judge(judge, protocol)
    for number in range(3):
        stocked(desk, protocol, id=f"300{number}", price_e4=10_000)

    assert len(listed(supplier)) == len(PRODUCTS[protocol]) + 3


@pytest.mark.parametrize("module", [kasushou, kakayun], ids=["kasushou", "kakayun"])
def test_a_catalogue_without_end_is_given_up(judge, desk, monkeypatch, module):
    monkeypatch.setattr(module, "_ON_A_PAGE", 1)
    monkeypatch.setattr(module, "_MOST_PAGES", 1)
    supplier = at_the_judge(judge, module.__name__.rpartition(".")[2])

    with pytest.raises(NoAnswer):
        listed(supplier)


@pytest.mark.parametrize("fault", ["http_502_after", "garbage_body", "reply_lost_after"])
@pytest.mark.parametrize("protocol", sorted(LISTING))
def test_no_answer_is_no_empty_catalogue(judge, desk, protocol, fault):
    supplier = at_the_judge(judge, protocol, faults=[f"query:{fault}"])

    with pytest.raises((NoAnswer, OSError)):
        listed(supplier)


def test_kakayuns_list_is_asked_for_slowly(judge, desk, monkeypatch):
    waited = []
    monkeypatch.setattr("suppliers.adapters.kakayun.time.sleep", waited.append)
    monkeypatch.setattr(kakayun, "_ON_A_PAGE", 1)

    listed(at_the_judge(judge, "kakayun"))

    assert waited == [5.0, 5.0]  # two products, and the page that has none


def test_a_gift_card_is_listed_in_each_of_its_values(judge, desk):
    supplier = at_the_judge(judge, "reloadly_gift_cards")

    (found,) = speaker(supplier).products(only="1000")

    assert (found.face_value, found.currency) == (10, "USD")


# Pages and lines


def lines_of(rows):
    return read_lines(rows, key="id", read=lambda row: [ListedProduct(product=str(row["id"]))])


def test_a_page_that_comes_again_ends_it():
    found = list(every_page(lambda _number: [{"id": 1}], read=lines_of, most=9))

    assert [one.product for one in found] == ["1"]


def test_a_page_of_nonsense_is_not_the_last_one():
    with pytest.raises(NoAnswer, match="page 1"):
        list(every_page(lambda _number: [{}, {"name": "x"}], read=lines_of, most=9))


def test_a_line_that_is_no_object_is_left_out():
    assert [one.product for one in lines_of([None, 7, [], {"id": 1}])] == ["1"]
