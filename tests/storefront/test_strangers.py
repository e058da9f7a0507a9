"""Who may see an order: the device that bought it, and who can prove it elsewhere."""

import pytest

from core.scope import tenant_atomic
from tests.conftest import as_tenant, client_of
from tests.storefront.factories import PHONE, bought, delivered, path_of, stocked

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
POSTS = ["codes/", "codes.txt", "help/", "help/NOSUCH/"]
GETS = ["pay/", "live/"]
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def order(shop):
    return delivered(client_of(shop), stocked(), password="open sesame")


@pytest.fixture
def stranger(shop):
    return client_of(shop)


def test_a_stranger_with_the_address_sees_a_question_and_nothing_else(stranger, order):
    answer = stranger.get(path_of(order))

    page = answer.content.decode()
    assert answer.status_code == 403
    assert order.number not in page
    assert "SECR" not in page


@pytest.mark.parametrize("rest", GETS)
def test_a_strangers_reading_is_refused(stranger, order, rest):
    assert stranger.get(path_of(order, rest)).status_code == 403


@pytest.mark.parametrize("rest", POSTS)
def test_a_strangers_posting_is_refused(stranger, order, rest):
    answer = stranger.post(path_of(order, rest), {"text": "x", "kind": "other"})

    assert answer.status_code == 403
    assert b"SECRET" not in answer.content


@pytest.mark.parametrize("proof", [PHONE, "+86 138-0013-8000", "open sesame"])
def test_who_knows_the_contact_or_the_password_opens_it(stranger, order, proof):
    answer = stranger.post(path_of(order), {"proof": proof})

    assert answer.status_code == 302
    assert order.number in stranger.get(path_of(order)).content.decode()
    assert stranger.post(path_of(order, "codes/")).status_code == 200


def test_opening_one_order_opens_no_other(stranger, shop, order):
    other = delivered(client_of(shop), stocked(), request_key="another")
    stranger.post(path_of(order), {"proof": PHONE})

    assert stranger.get(path_of(other)).status_code == 403


def test_a_look_up_by_number_opens_it(stranger, order):
    answer = stranger.post("/orders/find/", {"number": order.number.lower(), "proof": PHONE})

    assert answer["Location"] == path_of(order)
    assert stranger.get(path_of(order)).status_code == 200


def test_wrong_and_missing_get_the_same_answer(stranger, order):
    wrong = stranger.post("/orders/find/", {"number": order.number, "proof": "13900139000"})
    missing = stranger.post("/orders/find/", {"number": "20200101-AAAAAAAAAA", "proof": PHONE})

    def told(answer):
        return answer.content.decode().split('id="e-lookup"')[1].split("</p>")[0]

    assert (wrong.status_code, missing.status_code) == (404, 404)
    assert told(wrong) == told(missing)


def test_guessing_one_order_is_stopped_wherever_it_comes_from(shop, order):
    for number in range(5):
        guesser = client_of(shop, REMOTE_ADDR=f"10.{number}.0.1")
        guesser.post("/orders/find/", {"number": order.number, "proof": f"1390013{number:04}"})

    answer = client_of(shop, REMOTE_ADDR="10.99.1.1").post(
        "/orders/find/", {"number": order.number, "proof": PHONE}
    )

    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 5
    assert "请等待 1 分钟后再试" in answer.content.decode()


def test_guesses_at_an_orders_page_and_at_the_look_up_are_counted_together(shop, order):
    for number in range(5):
        guesser = client_of(shop, REMOTE_ADDR=f"10.{number}.0.1")
        guesser.post(path_of(order), {"proof": f"1390013{number:04}"})

    answer = client_of(shop, REMOTE_ADDR="10.99.1.1").post(
        "/orders/find/", {"number": order.number, "proof": PHONE}
    )

    assert answer.status_code == 429


def test_another_shops_order_is_not_there(order, other_shop):
    elsewhere = client_of(other_shop)

    with as_tenant(other_shop.pk):
        seen = elsewhere.get(path_of(order))
        found = elsewhere.post("/orders/find/", {"number": order.number, "proof": PHONE})

    assert (seen.status_code, found.status_code) == (404, 404)


def test_a_cookie_of_one_shop_says_nothing_at_another(shop, order, other_shop):
    there = client_of(other_shop)
    with as_tenant(other_shop.pk):
        bought(there, stocked())
    here = client_of(shop)
    here.cookies["qy_device"] = there.cookies["qy_device"].value

    assert here.get(path_of(order)).status_code == 403
    assert "No orders from this browser" in here.get("/orders/", headers=ENGLISH).content.decode()


def test_a_forged_cookie_opens_nothing(stranger, order):
    stranger.cookies["qy_device"] = f"{order.tenant_id}.forged:signature"

    assert stranger.get(path_of(order)).status_code == 403


def test_secrets_are_kept_by_no_cache(shop):
    buyer = client_of(shop)
    order = delivered(buyer, stocked())

    answers = [
        buyer.get(path_of(order)),
        buyer.get(path_of(order, "live/")),
        buyer.post(path_of(order, "codes/"), headers={"accept": "application/json"}),
        buyer.post(path_of(order, "codes.txt")),
    ]

    assert all("no-store" in answer["Cache-Control"] for answer in answers)
    assert {answer["Referrer-Policy"] for answer in answers} == {"same-origin"}


def test_codes_are_not_read_by_get(shop):
    buyer = client_of(shop)
    order = delivered(buyer, stocked())

    assert buyer.get(path_of(order, "codes/")).status_code == 405


def test_a_code_for_a_script_comes_with_its_picture(shop):
    buyer = client_of(shop)
    order = delivered(buyer, stocked())

    told = buyer.post(path_of(order, "codes/"), headers={"accept": "application/json"}).json()

    (goods,) = told["units"].values()
    assert goods["secret"].startswith("SECRET-")
    assert goods["qr"].startswith("<svg")


def test_the_shopper_complains_and_both_sides_talk(shop):
    buyer = client_of(shop)
    order = delivered(buyer, stocked())

    answer = buyer.post(
        path_of(order, "help/"), {"kind": "code_fails", "text": "It says: used already."}
    )
    page = buyer.get(path_of(order)).content.decode()
    ref = answer["Location"].split("#case-")[1]
    buyer.post(path_of(order, f"help/{ref}/"), {"text": "Any news?"})

    assert "It says: used already." in page
    assert "卡密无法使用" in page.split('id="case-')[1].split("</section>")[0]
    assert "Any news?" in buyer.get(path_of(order)).content.decode()


def test_a_complaint_about_another_orders_thing_is_refused(shop):
    buyer = client_of(shop)
    order = delivered(buyer, stocked())

    answer = buyer.post(
        path_of(order, "help/"), {"kind": "code_fails", "text": "x", "unit": "999999999"}
    )

    assert answer.status_code == 404


def test_an_order_without_contact_password_or_device_stays_shut(shop, stranger):
    with tenant_atomic():
        sku = stocked()
    order = delivered(client_of(shop), sku)

    for proof in ["", " ", "\0", "@", "0", "x" * 5000]:
        assert stranger.post(path_of(order), {"proof": proof}).status_code == 403
