"""Signatures and ciphers against what the vendors published, and against our own reckoning."""

import json
from urllib.parse import parse_qs

import pytest

from core.secrets import Secret
from suppliers.adapters.fulu import Fulu
from suppliers.adapters.fulu_sealing import open_card, sign
from suppliers.adapters.iqiyi import sign as iqiyi_sign
from suppliers.adapters.juhe import Juhe
from suppliers.adapters.kasushou import Kasushou
from suppliers.adapters.ofpay import Ofpay
from suppliers.errors import BadSignature, NothingSent
from suppliers.types import Account, Kind, PurchaseOrder

FULU_SECRET = "0a091b3aa4324435aab703142518a8f7"
FULU_KEY = "i4esv1l+76l/7NQCL3QudG90Fq+YgVfFGJAWgT+7qO1Bm9o/adG/1iwO2qXsAXNB"
KASUSHOU_KEY = "H0YnuPpcVtx7rQdMTbjN6932s5oDOqFa"
CALLBACK = {
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


class Recorder:
    """Keeps what was sent, and has nothing to say."""

    def send(self, request):
        self.sent = request
        raise NothingSent("a test")

    ask_json = send


def adapter(protocol, *, app_id, secret, at=1700000000.0):
    http = Recorder()
    account = Account(app_id=app_id, secret=Secret(secret))
    return protocol(account=account, http=http, clock=lambda: at), http


def fulu():
    # 2024-01-02 03:04:05 in Beijing
    return adapter(Fulu, app_id=FULU_KEY, secret=FULU_SECRET, at=1704135845.0)


def test_published_fulu_reads_the_vendors_callback():
    """Published: the vendor's SDK tests it."""
    signed = CALLBACK | {"sign": "35d1c3403c42d2df58ed4e37991deee3"}

    called = fulu()[0].read_callback(body=json.dumps(signed).encode(), headers={})

    assert (called.number, called.supplier_ref) == ("123456", "19102237851777002017")


def test_fulu_refuses_a_callback_that_was_changed():
    forged = CALLBACK | {"price": "1.0000", "sign": "35d1c3403c42d2df58ed4e37991deee3"}

    with pytest.raises(BadSignature):
        fulu()[0].read_callback(body=json.dumps(forged).encode(), headers={})


@pytest.mark.parametrize("body", [b'{"order_id": "1"}', b"", b"order_id=1&sign=", b"{}"])
def test_fulu_refuses_a_callback_without_a_signature(body):
    with pytest.raises(BadSignature):
        fulu()[0].read_callback(body=body, headers={})


@pytest.mark.parametrize(
    ("sealed", "text"),
    [
        ("Gu8k2+8wDXH3zpNv5MIFjZDTK0m1kvm99iBAKIWwQTo=", "CD1000590202001040006363045"),
        ("12nCp6X/nALmrvr1erxK+D4L8n/kqz/RItKWUfvZrCU=", "CD1000250201906121742434441"),
        ("9HeOgdv+NpLihh2+5Gm0Mj4L8n/kqz/RItKWUfvZrCU=", "CP1000250201906121742434441"),
    ],
)
def test_published_fulu_opens_the_vendors_cards(sealed, text):
    assert open_card(sealed, Secret(FULU_SECRET)) == text


def test_fulu_signs_an_order_as_we_reckoned_it():
    speaker, http = fulu()
    order = PurchaseOrder(product="10000585", kind=Kind.CODES, quantity=1)

    with pytest.raises(NothingSent):
        speaker.buy(order=order, number="T20240102030405001")

    assert json.loads(http.sent.body)["sign"] == "066d5e9d69f9011ada8366cd0459afcd"


def test_fulu_signs_a_result_as_we_reckoned_it():
    result = (
        '{"order_id":"24010200000000000001","customer_order_no":"T20240102030405001",'
        '"order_state":"untreated"}'
    )

    assert sign(result, Secret(FULU_SECRET)) == "e536fcdf3f68853f5f620404dd721635"


def test_fulu_sends_nothing_that_it_cannot_sign():
    speaker, http = fulu()
    order = PurchaseOrder(product="1", kind=Kind.TOP_UP, quantity=1, target="a\U0001f600")

    with pytest.raises(NothingSent, match="emoji"):
        speaker.buy(order=order, number="T20240102030405001")

    assert not hasattr(http, "sent")


def test_published_kasushou_signs_a_query_as_the_vendor_does():
    speaker, http = adapter(Kasushou, app_id="7", secret=KASUSHOU_KEY, at=1696645385.740)

    with pytest.raises(NothingSent):
        speaker._ask(
            "order/info", {"ordersn": "D100759082558859640832", "day": 10, "external_orderno": ""}
        )

    assert http.sent.headers["Timestamp"] == "1696645385740"
    assert http.sent.headers["Sign"] == "15b8f541eb10e3fbb33efd92c8d52d50ddca0784"


def test_kasushou_reads_a_callback_as_we_reckoned_it():
    speaker, _http = adapter(Kasushou, app_id="7", secret=KASUSHOU_KEY)
    said = {
        "external_orderno": "T001",
        "has_back_money": "0.00",
        "ordersn": "D1",
        "recharge_hints": "充值成功",
        "status": "3",
        "time": "1695072521534",
        "total_price": "10.00",
        "card_list": [{"card_no": "1", "card_password": "2"}],
        "sign": "162c8535cd3deb7823802a0247c323080e5e16bf",
    }

    called = speaker.read_callback(body=json.dumps(said).encode(), headers={})

    assert (called.number, called.supplier_ref) == ("T001", "D1")
    with pytest.raises(BadSignature):
        speaker.read_callback(body=json.dumps(said | {"status": "5"}).encode(), headers={})


def test_published_iqiyi_signs_as_the_vendor_does():
    said = {"c": "1", "a": "3", "b": "2"}

    assert iqiyi_sign(said, "qwer") == "f80118ff523f25eda67cb799bdc9c52d"


PHONE = PurchaseOrder(
    product="140101", kind=Kind.PHONE, quantity=1, target="18913513535", face_value=50
)


def test_juhe_signs_an_order_as_we_reckoned_it():
    speaker, http = adapter(Juhe, app_id="JH0123456789abcdef0123456789abcdef", secret="appkey01")

    with pytest.raises(NothingSent):
        speaker.buy(order=PHONE, number="T20240102001")

    sent = parse_qs(http.sent.body.decode())
    assert sent["sign"] == ["afb7544ad1b406929d8495d1ce5a952f"]
    assert (sent["phoneno"], sent["cardnum"]) == (["18913513535"], ["50"])


def test_juhe_reads_a_callback_as_we_reckoned_it():
    speaker, _http = adapter(Juhe, app_id="JH", secret="appkey01")
    said = b"sporder_id=sp001&orderid=T20240102001&sta=1&err_msg=&sign="

    called = speaker.read_callback(body=said + b"68a45ecfc22ec353f2382e7d07b50e28", headers={})

    assert (called.number, called.supplier_ref) == ("T20240102001", "sp001")
    with pytest.raises(BadSignature):
        speaker.read_callback(body=said + b"0" * 32, headers={})


def test_ofpay_signs_an_order_as_we_reckoned_it():
    speaker, http = adapter(Ofpay, app_id="A08566", secret="of111111", at=1704135845.0)

    with pytest.raises(NothingSent):
        speaker.buy(order=PHONE, number="T001")

    sent = parse_qs(http.sent.body.decode())
    assert sent["userpws"] == ["4c625b7861a92c7971cd2029c2fd3c4a"]
    assert sent["md5_str"] == ["1F6EBCFA9ECB013E07A3DE43462571E3"]
