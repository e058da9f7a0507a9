import base64
import json
import time
from urllib.parse import parse_qsl

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from simulators.fulu_signing import encrypt, sign_fields, sign_text
from tests.simulators.calling import FULU_KEY, FULU_SECRET, FuluClient, fulu_sign
from tests.simulators.listening import listening

ADD = "fulu.order.card.add"
INFO = "fulu.order.info.get"


def decrypted(text: str) -> str:
    decryptor = Cipher(algorithms.AES(FULU_SECRET.encode()), modes.ECB()).decryptor()  # noqa: S305 -- the protocol's own
    unpadder = PKCS7(128).unpadder()
    padded = decryptor.update(base64.b64decode(text)) + decryptor.finalize()
    return (unpadder.update(padded) + unpadder.finalize()).decode()


def test_the_signature_of_a_callback_published_by_the_vendor():
    fields = {
        "order_id": "19102237851777002017",
        "charge_finish_time": "2019-10-22 20:17:57",
        "customer_order_no": "123456",
        "order_status": "success",
        "recharge_description": "充值成功",
        "product_id": "10000489",
        "price": "50.0000",
        "buy_num": "1",
        "operator_serial_number": "--",
    }

    assert sign_fields(fields, FULU_SECRET) == "35d1c3403c42d2df58ed4e37991deee3"


@pytest.mark.parametrize(
    ("plain", "sealed"),
    [
        ("CD1000590202001040006363045", "Gu8k2+8wDXH3zpNv5MIFjZDTK0m1kvm99iBAKIWwQTo="),
        ("CD1000250201906121742434441", "12nCp6X/nALmrvr1erxK+D4L8n/kqz/RItKWUfvZrCU="),
        ("CP1000250201906121742434441", "9HeOgdv+NpLihh2+5Gm0Mj4L8n/kqz/RItKWUfvZrCU="),
    ],
)
def test_cards_published_by_the_vendor(plain, sealed):
    assert encrypt(plain, FULU_SECRET) == sealed


def test_the_signature_of_a_request_computed_from_the_recipe():
    envelope = FuluClient("").envelope(
        ADD, product_id=10000585, buy_num=1, customer_order_no="T20240102030405001"
    )

    assert sign_fields(envelope, FULU_SECRET) == "066d5e9d69f9011ada8366cd0459afcd"
    assert envelope["sign"] == "066d5e9d69f9011ada8366cd0459afcd"


def test_the_signature_of_a_reply_computed_from_the_recipe():
    result = '{"order_id":"24010200000000000001","customer_order_no":"T20240102030405001","order_state":"untreated"}'  # noqa: E501 -- as given

    assert sign_text(result, FULU_SECRET) == "e536fcdf3f68853f5f620404dd721635"


def test_cards_are_bought_paid_for_and_fetched(fulu, desk):
    bought = fulu.result(ADD, product_id=1000, buy_num=3, customer_order_no="F001")

    order = fulu.wait("F001")
    again = fulu.result(INFO, customer_order_no="F001")
    cards = [(decrypted(c["card_number"]), decrypted(c["card_pwd"])) for c in order["cards"]]
    assert bought["order_state"] == "untreated"
    assert "cards" not in bought
    assert order["order_id"] == bought["order_id"]
    assert order["order_price"] == 29.625
    assert len(set(cards)) == 3
    assert any(number.startswith("00") for number, _ in cards)
    assert again["cards"] == order["cards"]
    assert desk.accounts()[0]["balance_e4"] == 10_000_000 - 3 * 98_750


def test_a_number_is_bought_once(fulu, desk):
    fulu.result(ADD, product_id=1000, buy_num=1, customer_order_no="F002")

    again = fulu.call(ADD, product_id=1000, buy_num=1, customer_order_no="F002").json

    assert again["code"] != 0
    assert again["result"] is None
    assert desk.accounts()[0]["balance_e4"] == 10_000_000 - 98_750
    assert len(desk.purchases(client_no="F002")) == 1


def test_an_account_may_be_set_to_return_the_first_order(fulu, desk):
    desk.account(protocol="fulu", id=FULU_KEY, options={"duplicates": "original"})
    first = fulu.result(ADD, product_id=1000, buy_num=1, customer_order_no="F003")

    again = fulu.result(ADD, product_id=1000, buy_num=1, customer_order_no="F003")

    assert again["order_id"] == first["order_id"]
    assert desk.totals()["sums"]["purchases"] == 1


def test_direct_and_mobile_orders_are_charged(fulu, desk):
    fulu.result(
        "fulu.order.direct.add",
        product_id=2000,
        buy_num=2,
        charge_account="12345678",
        customer_order_no="F004",
    )
    fulu.result(
        "fulu.order.mobile.add",
        charge_phone="18913513535",
        charge_value=50,
        customer_order_no="F005",
    )

    assert fulu.wait("F004")["order_type"] == 4
    assert fulu.wait("F005")["charge_account"] == "18913513535"
    assert fulu.wait("F005")["cards"] == []
    assert desk.accounts()[0]["balance_e4"] == 10_000_000 - 100_000 - 495_000


def test_a_wrong_signature_buys_nothing(fulu, desk):
    envelope = fulu.envelope(ADD, product_id=1000, buy_num=1, customer_order_no="F006")

    said = fulu.send(envelope | {"sign": envelope["sign"].upper()}).json

    assert said["code"] == 1002
    assert desk.purchases() == []


def test_a_signed_envelope_without_its_token_is_not_whole(fulu, desk):
    envelope = fulu.envelope(ADD, product_id=1000, buy_num=1, customer_order_no="F007")
    del envelope["app_auth_token"], envelope["sign"]

    said = fulu.send(envelope | {"sign": fulu_sign(envelope, FULU_SECRET)}).json

    assert said["code"] == 1001
    assert desk.purchases() == []


def test_a_price_above_the_clients_is_refused(fulu, desk):
    said = fulu.call(
        ADD, product_id=1000, buy_num=1, customer_order_no="F008", customer_price="9.8749"
    ).json

    assert said["code"] == 2004
    assert desk.purchases() == []


def test_goods_and_balance_are_told(fulu):
    goods = fulu.result("fulu.goods.info.get", product_id=1000)

    assert (goods["purchase_price"], goods["sales_status"]) == (9.875, "上架")
    assert fulu.result("fulu.user.info.get") == {"balance": 1000.0}
    assert fulu.result("fulu.goods.stock.check", product_id=1000, buy_num=5000) == {
        "product_id": 1000,
        "stock_status": "断货",
    }


@pytest.mark.parametrize("form", ["json", "form"])
def test_the_callback_is_signed_and_repeated_until_understood(fulu, desk, form):
    with listening("busy", "success") as ear:
        desk.account(
            protocol="fulu",
            id=FULU_KEY,
            callback_url=ear.url,
            options={"callback_retry_s": 0.1, "callback_format": form},
        )
        fulu.result(ADD, product_id=1000, buy_num=2, customer_order_no="F009")

        heard = ear.wait_for(2)
        time.sleep(0.3)

    body = heard[0][1]
    told = json.loads(body) if form == "json" else dict(parse_qsl(body.decode()))
    sign = told.pop("sign")
    assert len(ear.heard) == 2
    assert heard[0] == heard[1]
    assert set(map(type, told.values())) == {str}
    assert (told["order_status"], told["price"], told["buy_num"]) == ("success", "9.8750", "2")
    assert sign == fulu_sign(told, FULU_SECRET)
    assert [c["state"] for c in desk.callbacks()] == ["done"]


def test_a_callback_never_leaves_the_machine(fulu, desk):
    desk.account(protocol="fulu", id=FULU_KEY, callback_url="http://192.0.2.1/notify")
    fulu.result(ADD, product_id=1000, buy_num=1, customer_order_no="F010")

    fulu.wait("F010")
    time.sleep(0.2)

    assert desk.callbacks()[0]["answer"].startswith("NotThisMachine")
